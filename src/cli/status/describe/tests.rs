use serde_json::json;

use super::*;
use crate::connector::Side;
use crate::health::{Grounds, Room, Rules, judge};
use crate::model::EntraId;
use crate::store::{CycleId, CycleKind, Pause, Reconciliation, Retry, Stops, Throttled};

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
    Status {
        people: 120,
        deleted: 3,
        managed: 117,
        cycles: vec![ended(7, CycleKind::Incremental)],
        feed: Feed { delta_at: Some(at(1)), baseline_at: Some(at(0)), ..Feed::default() },
        next_cycle: Some(at(7)),
        ..Status::default()
    }
}

fn shown(status: &Status) -> String {
    let command = "/usr/bin/entra-jostle-sync run".to_owned();
    shown_beside(Some(LockError::Held { pid: 4711, since: at(-60), command }), status)
}

fn shown_beside(holder: Option<LockError>, status: &Status) -> String {
    let rules = Rules {
        missed_cycles: 3,
        failing_attempts: 3,
        longest_pause: SignedDuration::from_hours(24),
        least_room: 100 << 20,
        expiries: Vec::new(),
    };
    let room = Some(Room { free: 1 << 40, state: 0 });
    let (is_running, now, overdue_at) = (holder.is_some(), at(4), Some(at(60)));
    let grounds = Grounds { status, holds: &[], is_running, overdue_at, room, rules: &rules, now };
    let health = judge(&grounds);
    let text = describe(&Look { now, holder, status: status.clone(), health, expiries: Vec::new() });
    assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
    text
}

#[test]
fn before_the_first_cycle() {
    let feed = Feed { delta_at: None, ..idle().feed };
    let status = Status { cycles: Vec::new(), next_cycle: None, feed, ..idle() };
    insta::assert_snapshot!(shown(&status), @"
    health       ok: no cycle has ended well yet
    process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                 /usr/bin/entra-jostle-sync run
    cycles       none yet
    next cycle   not scheduled: no daemon has announced one (entra-jostle-sync run)
    Entra        never read to the end
    Jostle       117 accounts are managed
    due          0 people are looked at in the next cycle
    waiting      nobody
    ");
}

#[test]
fn idle_with_nothing_wrong() {
    insta::assert_snapshot!(shown(&idle()), @"
    health       ok: no cycle has ended well yet
    process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                 /usr/bin/entra-jostle-sync run
    cycles       7 (incremental): ok, 2 min ago, took 2 min; 1 adopt, 2 create
    next cycle   2026-03-01T08:07:00Z, in 3 min
    Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago);
                 read completely 4 min ago
    Jostle       117 accounts are managed
    due          0 people are looked at in the next cycle
    waiting      nobody
    ");
}

#[test]
fn after_a_reconciliation() {
    let found = Reconciliation { at: at(-90), drift: 2, orphans: 3, active_orphans: 1, unmanaged: Some(4), deleted: 5 };
    insta::assert_snapshot!(shown(&Status { reconciliation: Some(found), ..idle() }), @"
    health       ok: no cycle has ended well yet
    process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                 /usr/bin/entra-jostle-sync run
    cycles       7 (incremental): ok, 2 min ago, took 2 min; 1 adopt, 2 create
    next cycle   2026-03-01T08:07:00Z, in 3 min
    Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago);
                 read completely 4 min ago
    Jostle       117 accounts are managed
    due          0 people are looked at in the next cycle
    reconciled   2026-03-01T06:30:00Z (1 h 34 min ago): 2 values changed in Jostle;
                 orphans 3, 1 of them active; unmanaged 4; deleted in Jostle 5
    waiting      nobody
    ");
    let found = Reconciliation { unmanaged: None, ..found };
    let text = shown(&Status { reconciliation: Some(found), ..idle() });
    assert!(text.contains("unmanaged not known"), "{text}");
}

#[test]
fn groups_that_are_followed() {
    let shown = |groups| shown(&Status { groups: Some(GroupFeeds { groups, position_at: at(1) }), ..idle() });
    let text = shown(1);
    assert!(
        text.contains("\ngroups       1 group is followed; read up to 2026-03-01T08:01:00Z (3 min ago)\n"),
        "{text}"
    );
    assert!(shown(12).contains("\ngroups       12 groups are followed;"));
}

#[test]
fn in_the_middle_of_a_cycle() {
    let cycles = vec![running(8), ended(7, CycleKind::OnDemand)];
    let status = Status { cycles, next_cycle: Some(at(3)), open_intents: 16, dirty: 90, ..idle() };
    insta::assert_snapshot!(shown(&status), @"
    health       ok: no cycle has ended well yet
    process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                 /usr/bin/entra-jostle-sync run
    running      8 (incremental), since 2026-03-01T08:03:00Z (1 min); writes under
                 way: 16
    cycles       7 (on demand): ok, 2 min ago, took 2 min; 1 adopt, 2 create
    next cycle   after the one that is running
    Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago);
                 read completely 4 min ago
    Jostle       117 accounts are managed
    due          90 people are looked at in the next cycle
    waiting      nobody
    ");
}

#[test]
fn after_a_process_was_killed_in_a_cycle() {
    let cycles = vec![running(8), ended(7, CycleKind::Incremental)];
    let status = Status { cycles, open_intents: 16, dirty: 90, ..idle() };
    insta::assert_snapshot!(shown_beside(None, &status), @"
    health       warning: there is something to do; no cycle has ended well yet
      WARNING    no daemon is running, so that nothing is read or written; cycle 8
                 was cut off, and the next start settles what it left
                 -> systemctl start entra-jostle-sync; why it ended:
                 journalctl -u entra-jostle-sync -n 50
    process      none: nothing is read or written until one is started
    interrupted  8 (incremental), since 2026-03-01T08:03:00Z; the next start settles
                 its writes in doubt: 16
    cycles       7 (incremental): ok, 2 min ago, took 2 min; 1 adopt, 2 create
    next cycle   not scheduled: no daemon has announced one (entra-jostle-sync run)
    Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago);
                 read completely 4 min ago
    Jostle       117 accounts are managed
    due          90 people are looked at in the next cycle
    waiting      nobody
    ");
}

#[test]
fn with_a_pause() {
    let shown = |what, why: Option<&str>| {
        let (by, why) = ("root (by sudo: ann)".to_owned(), why.map(str::to_owned));
        shown(&Status { pause: Some(Pause { what, since: at(-20), by, why }), ..idle() })
    };
    insta::assert_snapshot!(shown(Stops::Everything, Some("Jostle moves to another data centre")), @"
    health       ok: no cycle has ended well yet
      notice     everything is paused since 2026-03-01T07:40:00Z by root (by sudo:
                 ann): Jostle moves to another data centre (24 min)
                 -> entra-jostle-sync resume ends the pause
    process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                 /usr/bin/entra-jostle-sync run
    cycles       7 (incremental): ok, 2 min ago, took 2 min; 1 adopt, 2 create
    next cycle   2026-03-01T08:07:00Z, in 3 min
    Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago);
                 read completely 4 min ago
    Jostle       117 accounts are managed
    due          0 people are looked at in the next cycle
    waiting      nobody
    ");
    insta::assert_snapshot!(shown(Stops::Removals, None), @"
    health       ok: no cycle has ended well yet
      notice     deactivations and deletions are paused since 2026-03-01T07:40:00Z
                 by root (by sudo: ann) (24 min)
                 -> entra-jostle-sync resume ends the pause
    process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                 /usr/bin/entra-jostle-sync run
    cycles       7 (incremental): ok, 2 min ago, took 2 min; 1 adopt, 2 create
    next cycle   2026-03-01T08:07:00Z, in 3 min
    Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago);
                 read completely 4 min ago
    Jostle       117 accounts are managed
    due          0 people are looked at in the next cycle
    waiting      nobody
    ");
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
        is_refusal: side == Side::Entra,
    };
    let status = Status {
        cycles: vec![cycle],
        quarantines: vec![quarantine(Side::Entra, 1, at(9)), quarantine(Side::Jostle, 4, at(3))],
        throttled: vec![Throttled { side: Side::Jostle, until: at(58) }],
        ..idle()
    };
    insta::assert_snapshot!(shown(&status), @"
    health       critical: there are 2 things to do; no cycle has ended well yet
      CRITICAL   Entra: the client secret has expired; make a new one, put it where
                 the configuration says (1 h 34 min)
                 -> look at the app registration in the Entra admin center:
                 Certificates & secrets, API permissions; put a new client secret
                 where [entra] reads it; then entra-jostle-sync check, and
                 systemctl restart entra-jostle-sync
      WARNING    Jostle: the client secret has expired; make a new one, put it where
                 the configuration says (1 h 34 min)
                 -> it is tried again by itself; at once with
                 entra-jostle-sync retry --all
      notice     Jostle has asked to be left alone until 2026-03-01T08:58:00Z
                 -> nothing: it goes on by itself
    process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                 /usr/bin/entra-jostle-sync run
    cycles       7 (incremental): failed, 2 min ago, took 2 min; 1 adopt, 2 create
                 Jostle: still throttles after every try; it goes on by itself later
                 (HTTP 429)
    next cycle   2026-03-01T08:07:00Z, in 3 min
    quarantine   Entra is left alone since 2026-03-01T06:30:00Z (1 h 34 min), failed
                 once (AADSTS7000222); tried again at 2026-03-01T08:09:00Z, in 5 min
    quarantine   Jostle is left alone since 2026-03-01T06:30:00Z (1 h 34 min),
                 failed 4 times in a row (AADSTS7000222); tried again in the next
                 cycle, or at once with retry --all
    Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago);
                 read completely 4 min ago
    Jostle       117 accounts are managed
    due          0 people are looked at in the next cycle
    waiting      nobody
    ");
}

#[test]
fn with_people_who_are_held() {
    let shown = |held| shown(&Status { held, ..idle() });
    let line = |held| shown(held).lines().find(|line| line.starts_with("Jostle")).map(str::to_owned).expect("a line");
    assert_eq!(line(0), "Jostle       117 accounts are managed");
    assert_eq!(line(1), "Jostle       117 accounts are managed, 1 person is held");
    assert_eq!(line(12), "Jostle       117 accounts are managed, 12 people are held");
}

#[test]
fn while_a_cycle_writes() {
    let progress = |planned, done| {
        let progress = Some(CycleProgress { planned, done, since: at(2) });
        let throttled = vec![Throttled { side: Side::Jostle, until: at(9) }];
        let status = Status { cycles: vec![running(8)], progress, ..idle() };
        (shown(&status), shown(&Status { throttled, ..status }))
    };
    let line = |text: String| {
        let lines = text.lines().skip_while(|line| !line.starts_with("running")).skip(1);
        lines.take_while(|line| line.starts_with(' ')).map(str::trim).collect::<Vec<_>>().join(" ")
    };
    let (free, throttled) = progress(1000, 250);
    insta::assert_snapshot!(line(free), @"way: 0 250 of 1000 operations done, 750 left; 125 a minute, done in 6 min (about 2026-03-01T08:10:00Z)");
    insta::assert_snapshot!(line(throttled), @"way: 0 250 of 1000 operations done, 750 left; 125 a minute, done in 11 min (about 2026-03-01T08:15:00Z)");
    insta::assert_snapshot!(line(progress(1000, 0).0), @"way: 0 0 of 1000 operations done, 1000 left");
    insta::assert_snapshot!(line(progress(1000, 1000).0), @"way: 0 1000 of 1000 operations done, 0 left");
}

#[test]
fn the_last_cycles_with_what_came_of_them() {
    let failed = CycleView {
        result: Some("failed".to_owned()),
        error: Some("Entra: no answer".to_owned()),
        finished_at: Some(at(0) + SignedDuration::from_millis(350)),
        summary: json!({"operations": {}, "failed": 2, "held": 3}),
        ..ended(8, CycleKind::Incremental)
    };
    let cycles = vec![failed.clone(), failed, ended(6, CycleKind::Initial)];
    let text = shown(&Status { cycles, ..idle() });
    let lines: Vec<_> = text.lines().skip_while(|line| !line.starts_with("cycles")).collect();
    insta::assert_snapshot!(lines[..4].join("\n"), @"
    cycles       8 (incremental): failed, 3 min ago, took 350 ms; 2 failed, 3 held
                 8 (incremental): failed, 3 min ago, took 350 ms; 2 failed, 3 held
                 6 (initial): ok, 2 min ago, took 2 min; 1 adopt, 2 create
    next cycle   2026-03-01T08:07:00Z, in 3 min
    ");
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
    health       warning: there is something to do; no cycle has ended well yet
      WARNING    3 people fail (1 with 400, 1 with 503, 1 with mapping):
                 ann@corp.example, bob@corp.example, cem@corp.example (4 min)
                 -> entra-jostle-sync explain ann@corp.example
    process      4711 since 2026-03-01T07:00:00Z (1 h 4 min):
                 /usr/bin/entra-jostle-sync run
    cycles       7 (incremental): ok, 2 min ago, took 2 min; 1 adopt, 2 create
    next cycle   2026-03-01T08:07:00Z, in 3 min
    Entra        120 people, 3 deleted; read up to 2026-03-01T08:01:00Z (3 min ago);
                 read completely 4 min ago
    Jostle       117 accounts are managed
    due          0 people are looked at in the next cycle
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
