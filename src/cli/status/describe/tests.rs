use jiff::SignedDuration;
use serde_json::json;

use super::*;
use crate::connector::Side;
use crate::model::EntraId;
use crate::store::{CycleId, CycleKind, Reconciliation, Retry};

fn at(minute: i64) -> Timestamp {
    "2026-03-01T08:00:00Z".parse::<Timestamp>().expect("a time") + SignedDuration::from_mins(minute)
}

fn ended(id: i64, kind: CycleKind) -> CycleView {
    CycleView {
        id: CycleId(id),
        kind,
        started_at: at(0),
        finished_at: Some(at(2)),
        result: Some("ok".to_owned()),
        error: None,
        summary: json!({"operations": {"create": 2, "update": 0, "adopt": 1}}),
    }
}

fn running(id: i64) -> CycleView {
    CycleView { finished_at: None, result: None, started_at: at(3), ..ended(id, CycleKind::Incremental) }
}

fn waiting(name: &str, attempts: u32, next_at: Option<Timestamp>, kind: &str, message: &str) -> Waiting {
    let request_id = (kind == "400").then(|| "8e5f2a54-77a5-4e53-a3a1-9a1b3f6ad0c1".to_owned());
    let retry = Retry {
        first_failed_at: at(0),
        attempts,
        next_at,
        kind: kind.to_owned(),
        message: message.to_owned(),
        request_id,
    };
    Waiting { entra_id: EntraId::new(name), user_name: format!("{name}@corp.example"), retry }
}

fn idle() -> Status {
    let feed =
        Feed { selection: None, delta_link: None, delta_at: Some(at(1)), baseline_at: Some(at(0)), open_round: None };
    Status {
        people: 120,
        deleted: 3,
        managed: 117,
        dirty: 0,
        waiting: Vec::new(),
        cycles: vec![ended(7, CycleKind::Incremental)],
        feed,
        open_intents: 0,
        next_cycle: Some(at(7)),
        quarantines: Vec::new(),
        throttled: Vec::new(),
        pause: None,
        held: 0,
        reconciliation: None,
        last_success: None,
    }
}

fn shown(status: &Status) -> String {
    let command = "/usr/bin/entra-jostle-sync run".to_owned();
    shown_beside(Some(&LockError::Held { pid: 4711, since: at(-60), command }), status)
}

fn shown_beside(holder: Option<&LockError>, status: &Status) -> String {
    let text = describe(status, holder, at(4));
    assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
    text
}

#[test]
fn before_the_first_cycle() {
    let feed = Feed { delta_at: None, ..idle().feed };
    let status = Status { cycles: Vec::new(), next_cycle: None, feed, ..idle() };
    insta::assert_snapshot!(shown(&status), @r#"
    process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                 /usr/bin/entra-jostle-sync run
    last cycle   none yet
    next cycle   not scheduled: no daemon has announced one (entra-jostle-sync run)
    Entra        never read to the end
    Jostle       117 accounts are managed
    to do        0 people are looked at in the next cycle
    waiting      nobody
    "#);
}

#[test]
fn idle_with_nothing_wrong() {
    insta::assert_snapshot!(shown(&idle()), @r#"
    process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                 /usr/bin/entra-jostle-sync run
    last cycle   7 (incremental): ok, 2 min ago; 1 adopt, 2 create
    next cycle   2026-03-01T08:07:00Z, in 3 min
    Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago)
    Jostle       117 accounts are managed
    to do        0 people are looked at in the next cycle
    waiting      nobody
    "#);
}

#[test]
fn after_a_reconciliation() {
    let found = Reconciliation { at: at(-90), drift: 2, orphans: 3, active_orphans: 1, unmanaged: Some(4), deleted: 5 };
    insta::assert_snapshot!(shown(&Status { reconciliation: Some(found), ..idle() }), @"
    process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                 /usr/bin/entra-jostle-sync run
    last cycle   7 (incremental): ok, 2 min ago; 1 adopt, 2 create
    next cycle   2026-03-01T08:07:00Z, in 3 min
    Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago)
    Jostle       117 accounts are managed
    to do        0 people are looked at in the next cycle
    reconciled   2026-03-01T06:30:00Z (1 h 34 min ago): 2 values changed in Jostle;
                 orphans 3, 1 of them active; unmanaged 4; deleted in Jostle 5
    waiting      nobody
    ");
    let found = Reconciliation { unmanaged: None, ..found };
    let text = shown(&Status { reconciliation: Some(found), ..idle() });
    assert!(text.contains("unmanaged not known"), "{text}");
}

#[test]
fn in_the_middle_of_a_cycle() {
    let cycles = vec![running(8), ended(7, CycleKind::OnDemand)];
    let status = Status { cycles, next_cycle: Some(at(3)), open_intents: 16, dirty: 90, ..idle() };
    insta::assert_snapshot!(shown(&status), @r#"
    process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                 /usr/bin/entra-jostle-sync run
    running      8 (incremental), since 2026-03-01T08:03:00Z (1 min); writes under
                 way: 16
    last cycle   7 (on demand): ok, 2 min ago; 1 adopt, 2 create
    next cycle   after the one that is running
    Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago)
    Jostle       117 accounts are managed
    to do        90 people are looked at in the next cycle
    waiting      nobody
    "#);
}

#[test]
fn after_a_process_was_killed_in_a_cycle() {
    let cycles = vec![running(8), ended(7, CycleKind::Incremental)];
    let status = Status { cycles, open_intents: 16, dirty: 90, ..idle() };
    insta::assert_snapshot!(shown_beside(None, &status), @r#"
    process      none: nothing is read or written until one is started
    interrupted  8 (incremental), since 2026-03-01T08:03:00Z; the next start settles
                 its writes in doubt: 16
    last cycle   7 (incremental): ok, 2 min ago; 1 adopt, 2 create
    next cycle   not scheduled: no daemon has announced one (entra-jostle-sync run)
    Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago)
    Jostle       117 accounts are managed
    to do        90 people are looked at in the next cycle
    waiting      nobody
    "#);
}

#[test]
fn with_a_pause() {
    let shown = |what, why: Option<&str>| {
        let (by, why) = ("root (by sudo: ann)".to_owned(), why.map(str::to_owned));
        shown(&Status { pause: Some(Pause { what, since: at(-20), by, why }), ..idle() })
    };
    insta::assert_snapshot!(shown(Stops::Everything, Some("Jostle moves to another data centre")), @r#"
    process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                 /usr/bin/entra-jostle-sync run
    paused       nothing is written to Jostle since 2026-03-01T07:40:00Z (24 min),
                 by root (by sudo: ann): Jostle moves to another data centre
                 entra-jostle-sync resume ends the pause
    last cycle   7 (incremental): ok, 2 min ago; 1 adopt, 2 create
    next cycle   2026-03-01T08:07:00Z, in 3 min
    Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago)
    Jostle       117 accounts are managed
    to do        0 people are looked at in the next cycle
    waiting      nobody
    "#);
    insta::assert_snapshot!(shown(Stops::Removals, None), @r#"
    process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                 /usr/bin/entra-jostle-sync run
    paused       nobody is deactivated or deleted since 2026-03-01T07:40:00Z (24
                 min), by root (by sudo: ann)
                 entra-jostle-sync resume ends the pause
    last cycle   7 (incremental): ok, 2 min ago; 1 adopt, 2 create
    next cycle   2026-03-01T08:07:00Z, in 3 min
    Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago)
    Jostle       117 accounts are managed
    to do        0 people are looked at in the next cycle
    waiting      nobody
    "#);
}

#[test]
fn with_both_sides_in_trouble() {
    let cycle = CycleView {
        result: Some("failed".to_owned()),
        error: Some("Jostle: still throttles after every try; it goes on by itself later (HTTP 429)".to_owned()),
        ..ended(7, CycleKind::Incremental)
    };
    let quarantine = |side, failures, next_at: Timestamp| Quarantine {
        side,
        since: at(-90),
        failures,
        next_at,
        code: "AADSTS7000222".to_owned(),
        reason: format!("{side}: the client secret has expired; make a new one, put it where the configuration says"),
    };
    let status = Status {
        cycles: vec![cycle],
        quarantines: vec![quarantine(Side::Entra, 1, at(9)), quarantine(Side::Jostle, 4, at(3))],
        throttled: vec![Throttled { side: Side::Jostle, until: at(58) }],
        ..idle()
    };
    insta::assert_snapshot!(shown(&status), @r#"
    process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                 /usr/bin/entra-jostle-sync run
    last cycle   7 (incremental): failed, 2 min ago; 1 adopt, 2 create
                 Jostle: still throttles after every try; it goes on by itself later
                 (HTTP 429)
    last success none yet
    next cycle   2026-03-01T08:07:00Z, in 3 min
    quarantine   Entra: the client secret has expired; make a new one, put it where
                 the configuration says
                 Entra is left alone since 2026-03-01T06:30:00Z (1 h 34 min), failed
                 once (AADSTS7000222); tried again at 2026-03-01T08:09:00Z, in 5
                 min, or at once with retry --all
    quarantine   Jostle: the client secret has expired; make a new one, put it where
                 the configuration says
                 Jostle is left alone since 2026-03-01T06:30:00Z (1 h 34 min),
                 failed 4 times in a row (AADSTS7000222); tried again in the next
                 cycle, or at once with retry --all
    throttled    Jostle has asked to be left alone until 2026-03-01T08:58:00Z, for
                 another 54 min
    Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago)
    Jostle       117 accounts are managed
    to do        0 people are looked at in the next cycle
    waiting      nobody
    "#);
}

#[test]
fn with_people_who_are_held() {
    let held =
        |held| shown(&Status { held, ..idle() }).lines().find(|line| line.starts_with("held")).map(str::to_owned);
    assert_eq!(held(0), None);
    assert_eq!(held(1).unwrap(), "held         1 person waits for a decision: entra-jostle-sync hold list");
    assert_eq!(held(12).unwrap(), "held         12 people wait for a decision: entra-jostle-sync hold list");
}

#[test]
fn with_people_who_wait() {
    let refused = "Jostle: refused the account: the value of emails[type eq \"work\"].value is no mail address \
                   (HTTP 400, invalidValue)";
    let waiting = vec![
        waiting("ann", 1, None, "mapping", "mail is empty in Entra"),
        waiting("bob", 2, Some(at(90)), "400", refused),
        waiting("cem", 12, Some(at(3)), "503", "Jostle: answers, but not now"),
    ];
    insta::assert_snapshot!(shown(&Status { waiting, ..idle() }), @r#"
    process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                 /usr/bin/entra-jostle-sync run
    last cycle   7 (incremental): ok, 2 min ago; 1 adopt, 2 create
    next cycle   2026-03-01T08:07:00Z, in 3 min
    Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago)
    Jostle       117 accounts are managed
    to do        0 people are looked at in the next cycle
    waiting      3 people, each with its reason:
      ann@corp.example: mail is empty in Entra
        1 attempt failed since 2026-03-01T08:00:00Z (code mapping); no next attempt
        by itself; waiting does not mend it: a change in Entra, of the mapping or of
        the scope does
      bob@corp.example: Jostle: refused the account: the value of emails[type eq
        "work"].value is no mail address (HTTP 400, invalidValue)
        2 attempts failed since 2026-03-01T08:00:00Z (code 400, request id
        8e5f2a54-77a5-4e53-a3a1-9a1b3f6ad0c1); next attempt in 1 h 26 min; waiting
        does not mend it: somebody has to, in Entra or in Jostle
      cem@corp.example: Jostle: answers, but not now
        12 attempts failed since 2026-03-01T08:00:00Z (code 503); next attempt in
        the next cycle; waiting may mend it
    "#);
}
