//! From a healthy daemon, one thing is changed.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::*;
use crate::connector::Side;
use crate::model::{EntraId, HoldClass};
use crate::store::{
    CycleId, CycleKind, CycleView, HoldId, HoldView, Pause, Quarantine, Retry, Status, Stops, Survey, SurveyChange,
    Throttled, Waiting,
};

fn at(minute: i64) -> Timestamp {
    "2026-03-01T08:00:00Z".parse::<Timestamp>().expect("a time") + SignedDuration::from_mins(minute)
}

fn cycle(result: Option<&str>) -> CycleView {
    CycleView {
        id: CycleId(7),
        kind: CycleKind::Incremental,
        started_at: at(0),
        finished_at: result.map(|_| at(1)),
        result: result.map(str::to_owned),
        error: (result == Some("failed")).then(|| "the group is gone".to_owned()),
        summary: json!(null),
    }
}

fn healthy() -> Status {
    Status {
        people: 120,
        deleted: 3,
        managed: 117,
        cycles: vec![cycle(Some("ok"))],
        next_cycle: Some(at(5)),
        last_success: Some(at(1)),
        ..Status::default()
    }
}

struct Case {
    status: Status,
    holds: Vec<HoldView>,
    is_running: bool,
    overdue_at: Timestamp,
    free: u64,
}

impl Default for Case {
    fn default() -> Self {
        Self { status: healthy(), holds: Vec::new(), is_running: true, overdue_at: at(60), free: 1 << 40 }
    }
}

fn rules() -> Rules {
    Rules {
        missed_cycles: 3,
        failing_attempts: 3,
        longest_pause: SignedDuration::from_hours(24),
        least_room: 400 << 20,
        expiries: Vec::new(),
    }
}

/// The word, and a line for each finding.
fn found(Case { status, holds, is_running, overdue_at, free }: Case) -> String {
    let grounds = Grounds {
        status: &status,
        holds: &holds,
        is_running,
        overdue_at: Some(overdue_at),
        room: Some(Room { free, state: 0 }),
        rules: &rules(),
        now: at(10),
    };
    let health = judge(&grounds);
    let lines = health.findings.iter().map(|finding| {
        let Finding { level, cause, subject, since, what, remedy, .. } = finding;
        let subject = subject.as_ref().map_or_else(String::new, |subject| format!(" {subject}"));
        let since = since.map_or_else(|| "?".to_owned(), |at| format!("{at:.0}"));
        format!("{level:?} {}{subject} {since}\n  {what}\n  {remedy}", cause.as_str())
    });
    [health.word().to_owned()].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}

fn with(change: impl FnOnce(&mut Status)) -> String {
    let mut status = healthy();
    change(&mut status);
    found(Case { status, ..Case::default() })
}

#[test]
fn a_daemon_that_does_its_work_has_nothing_to_say() {
    assert_eq!(found(Case::default()), "ok");
    assert_eq!(with(|status| status.dirty = 5000), "ok", "they are looked at next");
}

#[test]
fn a_daemon_that_is_gone() {
    insta::assert_snapshot!(found(Case { is_running: false, ..Case::default() }), @"
    warning
    Warning stopped 2026-03-01T08:05:00Z
      no daemon is running, so that nothing is read or written
      systemctl start entra-jostle-sync; why it ended: journalctl -u entra-jostle-sync -n 50
    ");
    let mut status = healthy();
    (status.next_cycle, status.cycles) = (None, vec![cycle(None), cycle(Some("ok"))]);
    insta::assert_snapshot!(found(Case { status, is_running: false, ..Case::default() }), @"
    warning
    Warning stopped ?
      no daemon is running, so that nothing is read or written; cycle 7 was cut off, and the next start settles what it left
      systemctl start entra-jostle-sync; why it ended: journalctl -u entra-jostle-sync -n 50
    ");
    let mut status = healthy();
    status.next_cycle = None;
    assert_eq!(found(Case { status, is_running: false, ..Case::default() }), "ok", "cycles are run by hand");
}

#[test]
fn no_success_for_too_long() {
    insta::assert_snapshot!(found(Case { overdue_at: at(10), ..Case::default() }), @"
    critical
    Critical no_success 2026-03-01T08:01:00Z
      no cycle has ended well since 2026-03-01T08:01:00Z
      entra-jostle-sync check says whether Entra and Jostle can be used; the log says what happened: journalctl -u entra-jostle-sync -n 50
    ");
    let mut status = healthy();
    (status.last_success, status.cycles) = (None, vec![cycle(None)]);
    insta::assert_snapshot!(found(Case { status, overdue_at: at(9), ..Case::default() }), @"
    warning
    Warning no_success ?
      no cycle has ever ended well; cycle 7 is running since 2026-03-01T08:00:00Z
      entra-jostle-sync check says whether Entra and Jostle can be used; the log says what happened: journalctl -u entra-jostle-sync -n 50
    ");
}

#[test]
fn a_disk_that_fills() {
    let word = |megabytes: u64| found(Case { free: megabytes << 20, ..Case::default() });
    assert_eq!(word(400), "ok");
    insta::assert_snapshot!(word(399), @"
    warning
    Warning disk_nearly_full ?
      the disk of the state has 399 MB left, and cannot be written when it is full
      make room, or move the state to another disk ([state] path)
    ");
    assert!(word(100).starts_with("warning") && word(99).starts_with("critical"));
}

#[test]
fn a_cycle_that_failed_for_itself() {
    insta::assert_snapshot!(with(|status| status.cycles = vec![cycle(None), cycle(Some("failed"))]), @"
    warning
    Warning cycle_failed 2026-03-01T08:01:00Z
      cycle 7 failed: the group is gone
      the next cycle tries again; entra-jostle-sync check says whether Entra and Jostle can be used
    ");
    let later = CycleView { kind: CycleKind::OnDemand, ..cycle(Some("failed")) };
    assert_eq!(with(|status| status.cycles.insert(0, later)), "ok", "whoever asked for it was told");
}

#[test]
fn sides_that_fail() {
    let quarantine = |side, is_refusal| Quarantine {
        side,
        since: at(-90),
        failures: 2,
        next_at: at(12),
        code: "401".to_owned(),
        reason: format!("{side}: it says no"),
        is_refusal,
    };
    insta::assert_snapshot!(with(|status| {
        status.cycles = vec![cycle(Some("failed"))];
        status.quarantines = vec![quarantine(Side::Entra, false), quarantine(Side::Jostle, true)];
    }), @"
    critical
    Critical credentials_refused Jostle 2026-03-01T06:30:00Z
      Jostle: it says no
      make a new API key in Jostle (Manage User Provisioning), and put it where [jostle] reads it; then entra-jostle-sync check, and systemctl restart entra-jostle-sync
    Warning quarantine Entra 2026-03-01T06:30:00Z
      Entra: it says no
      it is tried again by itself; at once with entra-jostle-sync retry --all
    ");
}

#[test]
fn a_side_that_asks_for_time_is_no_trouble() {
    let throttled = |until| Throttled { side: Side::Jostle, until };
    insta::assert_snapshot!(with(|status| status.throttled = vec![throttled(at(11))]), @"
    ok
    Notice throttled Jostle ?
      Jostle has asked to be left alone until 2026-03-01T08:11:00Z
      nothing: it goes on by itself
    ");
    assert_eq!(with(|status| status.throttled = vec![throttled(at(10))]), "ok");
}

/// Now is minute ten.
#[test]
fn that_jostle_has_changed_is_told_for_three_days() {
    let changed = |minute, count: usize| {
        let what = (0..count).map(|number| format!("the attribute a{number} is gone")).collect();
        let change = Some(SurveyChange { at: at(minute), what });
        let survey = Survey { at: at(9), entra_credentials_end: None, jostle: None, change };
        with(|status| status.survey = Some(survey))
    };
    insta::assert_snapshot!(changed(-60, 7), @"
    warning
    Warning jostle_changed 2026-03-01T07:00:00Z
      Jostle is not as it was: the attribute a0 is gone; the attribute a1 is gone; the attribute a2 is gone; the attribute a3 is gone; the attribute a4 is gone; and 2 more
      entra-jostle-sync check says whether every mapped attribute is still there
    ");
    let days = 3 * 24 * 60;
    assert!(changed(10 - days, 1).contains("Jostle is not as it was: the attribute a0 is gone\n"));
    assert_eq!(changed(9 - days, 1), "ok");
}

#[test]
fn when_credentials_expire_is_believed_of_entra_itself() {
    let end = Some("2026-03-05T10:00:00Z".parse().expect("a time"));
    let survey = Survey { at: at(9), entra_credentials_end: end, jostle: None, change: None };
    insta::assert_snapshot!(with(|status| status.survey = Some(survey)), @"
    warning
    Warning credential_expiring Entra ?
      the credentials for Entra expire in 4 days, on 2026-03-05
      look at the app registration in the Entra admin center: Certificates & secrets, API permissions; put a new client secret where [entra] reads it; then systemctl restart entra-jostle-sync
    ");
}

#[test]
fn a_pause_is_told_of_when_it_was_probably_forgotten_and_a_freeze_at_once() {
    let paused = |what, minutes: i64, by: &str| {
        let pause = Pause { what, since: at(10 - minutes), by: by.to_owned(), why: Some("a merger".to_owned()) };
        with(|status| status.pause = Some(pause))
    };
    insta::assert_snapshot!(paused(Stops::Everything, 5, "ann"), @"
    ok
    Notice paused 2026-03-01T08:05:00Z
      everything is paused since 2026-03-01T08:05:00Z by ann: a merger
      entra-jostle-sync resume ends the pause
    ");
    assert!(paused(Stops::Everything, 24 * 60 - 1, "ann").starts_with("ok"));
    assert!(paused(Stops::Everything, 24 * 60, "ann").starts_with("warning"));
    insta::assert_snapshot!(paused(Stops::Removals, 0, "entra-jostle-sync"), @"
    warning
    Warning paused 2026-03-01T08:10:00Z
      deactivations and deletions are paused since 2026-03-01T08:10:00Z by entra-jostle-sync: a merger
      entra-jostle-sync resume ends the pause
    ");
}

#[test]
fn what_waits_for_a_decision() {
    let hold = |number, class, open| HoldView {
        id: HoldId { number, revision: 2 },
        class,
        raised_at: at(3),
        limit: "5 of 117 are too many".to_owned(),
        open,
        approved: 1,
        rejected: 0,
    };
    let holds =
        vec![hold(3, HoldClass::Deactivate, 5), hold(4, HoldClass::FirstContact, 1), hold(5, HoldClass::Loud, 0)];
    insta::assert_snapshot!(found(Case { holds, ..Case::default() }), @"
    warning
    Warning first_contact 4 2026-03-01T08:03:00Z
      hold 4.2: 1 person waits at the first contact, to be taken over or created: 5 of 117 are too many
      entra-jostle-sync hold show 4.2; then entra-jostle-sync hold approve 4.2, or entra-jostle-sync hold reject 4.2
    Warning held 3 2026-03-01T08:03:00Z
      hold 3.2: 5 people wait for a decision, to be deactivated: 5 of 117 are too many
      entra-jostle-sync hold show 3.2; then entra-jostle-sync hold approve 3.2, or entra-jostle-sync hold reject 3.2
    ");
}

fn waiting(name: &str, attempts: u32, kind: &str) -> Waiting {
    let (message, request_id) = (String::new(), None);
    let retry =
        Retry { first_failed_at: at(4), attempts, next_at: Some(at(20)), kind: kind.to_owned(), message, request_id };
    Waiting { entra_id: EntraId::new(name), user_name: format!("{name}@x"), retry }
}

#[test]
fn people_who_fail_are_told_of_when_waiting_does_not_mend_it() {
    assert_eq!(with(|status| status.waiting = vec![waiting("ann", 2, "503")]), "ok");
    insta::assert_snapshot!(with(|status| status.waiting = vec![waiting("ann", 3, "503")]), @"
    warning
    Warning people_failing 2026-03-01T08:04:00Z
      1 person fails (1 with 503): ann@x
      entra-jostle-sync explain ann@x
    ");
    insta::assert_snapshot!(with(|status| status.waiting = vec![waiting("ann", 1, "409")]), @"
    warning
    Warning people_failing 2026-03-01T08:04:00Z
      1 person fails (1 with 409): ann@x
      entra-jostle-sync explain ann@x
    ");
    let many = (0..300).map(|number| waiting(&format!("p{number}"), 1, if number < 3 { "400" } else { "409" }));
    insta::assert_snapshot!(with(|status| status.waiting = many.collect()), @"
    warning
    Warning people_failing 2026-03-01T08:04:00Z
      300 people fail (297 with 409, 3 with 400): p0@x, p1@x, p2@x, p3@x, p4@x, p5@x, p6@x, p7@x, p8@x, p9@x and 290 more
      entra-jostle-sync explain p0@x
    ");
}

#[test]
fn the_worst_comes_first() {
    let health = |levels: &[Level]| {
        let finding = |level: &Level| Finding {
            level: *level,
            cause: Cause::Held,
            subject: None,
            since: None,
            what: String::new(),
            remedy: String::new(),
            about: std::collections::BTreeSet::new(),
        };
        Health { findings: levels.iter().map(finding).collect() }.word()
    };
    assert_eq!(health(&[]), "ok");
    assert_eq!(health(&[Level::Notice]), "ok");
    assert_eq!(health(&[Level::Notice, Level::Warning]), "warning");
    assert_eq!(health(&[Level::Warning, Level::Critical, Level::Notice]), "critical");
}
