#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

use jiff::SignedDuration;
use serde_json::json;

use super::super::fixtures::{at, entry, id, intent, outcome, person, user, with_people};
use super::super::records::{CycleKind, Settled};
use super::super::{intents, people, work};
use super::*;
use crate::model::{TargetPath, TargetValue};
use crate::store::{HoldChange, Intent, Outcome, RetryChange};

const APPROVAL: SignedDuration = SignedDuration::from_secs(100);

fn to_hold(connection: &Connection, name: &str, new: &str) -> ToHold {
    let change = Change {
        attribute: TargetPath::user_name(),
        old: None,
        new: Some(TargetValue::Text(new.to_owned())),
        redacted: true,
    };
    ToHold {
        entra_id: id(name),
        user_name: format!("{name}@x"),
        held: HeldOperation {
            class: HoldClass::Loud,
            operation: Operation::Update,
            target_id: Some(TargetId::new(name)),
            changes: vec![change],
            verdict: Verdict::Open,
            limit: "too many".to_owned(),
        },
        reason: "it differs".to_owned(),
        mark: person(connection, name).mark,
        watch: Watch::default(),
    }
}

fn held(connection: &Connection, names: &[&str], new: &str, second: i64) -> Vec<(HoldId, u64)> {
    let all: Vec<_> = names.iter().map(|name| to_hold(connection, name, new)).collect();
    hold(connection, &all, at(second)).unwrap().into_iter().map(|raised| (raised.id, raised.people)).collect()
}

/// Three people who changed, of whom two are held.
fn in_hold() -> Connection {
    let connection = with_people(&["ann", "bob", "cem"]);
    for name in ["ann", "bob", "cem"] {
        people::put_user(&connection, user(name, json!({"mail": "m@x"})), at(1)).unwrap();
    }
    assert_eq!(held(&connection, &["ann", "bob"], "new", 5), [(HoldId { number: 1, revision: 1 }, 2)]);
    connection
}

fn decided(
    connection: &Connection,
    revision: i64,
    verdict: Verdict,
    only: Option<&[&str]>,
    except: &[&str],
) -> DecidedOn {
    let ids = |names: &[&str]| names.iter().map(|name| id(name)).collect::<Vec<_>>();
    let decision = Decision {
        hold: HoldId { number: 1, revision },
        verdict,
        only: only.map(ids),
        except: ids(except),
        by: "root".to_owned(),
        at: at(50),
    };
    decide(connection, &decision).unwrap()
}

fn verdicts(connection: &Connection, second: i64) -> Vec<(String, Verdict)> {
    let record = guard_record(connection, at(second), APPROVAL).unwrap();
    record.held.into_iter().map(|person| (person.entra_id.to_string(), person.held.verdict)).collect()
}

fn is_due(connection: &Connection, name: &str) -> bool {
    person(connection, name).mark.is_some()
}

#[test]
fn whoever_is_held_is_due_no_more_and_stands_there_with_every_value() {
    let connection = in_hold();
    assert_eq!(["ann", "bob", "cem"].map(|name| is_due(&connection, name)), [false, false, true]);
    let people = of(&connection, 1).unwrap();
    assert_eq!(people.iter().map(|person| person.user_name.as_str()).collect::<Vec<_>>(), ["ann@x", "bob@x"]);
    assert_eq!(people[0].held, to_hold(&connection, "ann", "new").held);
    let hold = &list(&connection).unwrap()[0];
    assert_eq!((hold.class, hold.raised_at, hold.limit.as_str()), (HoldClass::Loud, at(5), "too many"));
    assert_eq!((hold.open, hold.approved, hold.rejected, open(&connection).unwrap()), (2, 0, 0, 2));
    assert_eq!(accounts(&connection).unwrap(), ["ann", "bob"].map(TargetId::new).into());
}

/// For the time from Entra to Jostle.
#[test]
fn whoever_is_held_waits_on_and_whoever_is_rejected_does_not() {
    let connection = in_hold();
    let waiting = || count(&connection, "SELECT count(*) FROM noticed", []).unwrap();
    assert_eq!(waiting(), 3);
    decided(&connection, 1, Verdict::Approved, Some(&["ann"]), &[]);
    assert_eq!(waiting(), 3, "it is not in Jostle yet");
    decided(&connection, 1, Verdict::Rejected, Some(&["bob"]), &[]);
    assert_eq!(waiting(), 2, "it is never to be");
}

#[test]
fn an_addition_makes_a_new_state_and_the_same_again_does_not() {
    let connection = in_hold();
    assert_eq!(held(&connection, &["ann", "bob"], "new", 6), []);
    assert_eq!(held(&connection, &["bob", "cem"], "new", 7), [(HoldId { number: 1, revision: 2 }, 1)]);
    assert_eq!(held(&connection, &["ann"], "newer", 8), [(HoldId { number: 1, revision: 3 }, 1)]);
    let revisions: Vec<_> = of(&connection, 1).unwrap().iter().map(|person| person.revision).collect();
    assert_eq!(revisions, [3, 1, 2]);
}

#[test]
fn an_approval_is_of_what_was_seen_and_makes_it_due() {
    let connection = in_hold();
    held(&connection, &["cem"], "new", 7);
    assert_eq!(decided(&connection, 1, Verdict::Approved, None, &["bob"]), DecidedOn { people: 1, left: 2 });
    assert_eq!(["ann", "bob", "cem"].map(|name| is_due(&connection, name)), [true, false, false]);
    let open = ("bob".to_owned(), Verdict::Open);
    assert_eq!(verdicts(&connection, 60)[..2], [("ann".to_owned(), Verdict::Approved), open]);
    assert_eq!(of(&connection, 1).unwrap()[0].decided, Some(("root".to_owned(), at(50))));
    assert_eq!(decided(&connection, 2, Verdict::Approved, None, &[]), DecidedOn { people: 2, left: 0 });
    let hold = &list(&connection).unwrap()[0];
    assert_eq!((hold.open, hold.approved), (0, 3), "nobody waits for a decision");
    assert_eq!(held(&connection, &["bob"], "newest", 60), [(HoldId { number: 2, revision: 1 }, 1)]);
}

#[test]
fn what_was_decided_is_remembered_by_whom_and_for_whom() {
    let connection = in_hold();
    held(&connection, &["cem"], "new", 7);
    decided(&connection, 2, Verdict::Rejected, Some(&["cem"]), &[]);
    decided(&connection, 2, Verdict::Approved, None, &[]);
    decided(&connection, 2, Verdict::Approved, None, &[]);
    let view = |verdict, people: &[&str]| DecisionView {
        hold: HoldId { number: 1, revision: 2 },
        class: HoldClass::Loud,
        limit: "too many".to_owned(),
        verdict,
        by: "root".to_owned(),
        at: at(50),
        people: people.iter().map(|name| id(name)).collect(),
    };
    let expected = [view(Verdict::Approved, &["ann", "bob"]), view(Verdict::Rejected, &["cem"])];
    assert_eq!(decisions(&connection, 9).unwrap(), expected, "and nothing of whoever decided about nobody");
    assert_eq!(decisions(&connection, 1).unwrap(), expected[..1]);
    assert_eq!(decisions_of(&connection, &id("cem"), 9).unwrap(), expected[1..]);
}

#[test]
fn what_is_kept_out_person_by_person_is_one_decision() {
    let connection = in_hold();
    let hold = HoldId { number: 1, revision: 1 };
    for (name, second) in [("cem", 10), ("ann", 100), ("bob", 159), ("cem", 218)] {
        note(&connection, hold, (Verdict::Rejected, "root"), &[id(name)], at(second)).unwrap();
    }
    let found = decisions(&connection, 9).unwrap();
    let times: Vec<_> = found.iter().map(|decision| (decision.at, decision.people.len())).collect();
    assert_eq!(times, [(at(218), 3), (at(10), 1)]);
}

#[test]
fn an_approval_expires() {
    let connection = in_hold();
    decided(&connection, 1, Verdict::Approved, Some(&["ann"]), &[]);
    assert_eq!(verdicts(&connection, 149)[0].1, Verdict::Approved);
    assert_eq!(verdicts(&connection, 151)[0].1, Verdict::Open);
    held(&connection, &["ann"], "new", 151);
    assert_eq!((of(&connection, 1).unwrap()[0].revision, verdicts(&connection, 60)[0].1), (2, Verdict::Open));
}

/// Held because it is doubtful whose this account is.
fn in_match(connection: &Connection, name: &str) {
    let mut person = to_hold(connection, name, "new");
    person.held.class = HoldClass::Match;
    hold(connection, &[person], at(5)).unwrap();
}

#[test]
fn an_approval_of_whose_an_account_is_expires_too_unless_it_is_given_again() {
    let connection = with_people(&["ann", "bob", "cem"]);
    for name in ["ann", "bob", "cem"] {
        in_match(&connection, name);
    }
    decided(&connection, 3, Verdict::Approved, None, &[]);
    end(&connection, &id("cem")).unwrap();
    let chosen = |second| {
        expire(&connection, at(second), APPROVAL).unwrap();
        ["ann", "bob", "cem"].map(|name| person(&connection, name).choice.is_some())
    };
    assert_eq!(chosen(150), [true; 3]);
    let again = Decision {
        hold: HoldId { number: 1, revision: 3 },
        verdict: Verdict::Approved,
        only: Some(vec![id("bob")]),
        except: vec![],
        by: "root".to_owned(),
        at: at(160),
    };
    assert_eq!(decide(&connection, &again).unwrap(), DecidedOn { people: 1, left: 0 });
    assert_eq!(chosen(161), [false, true, false]);
    assert_eq!(chosen(260), [false, true, false]);
    assert_eq!(chosen(261), [false; 3]);
}

#[test]
fn a_write_in_doubt_is_told_of_if_it_counts() {
    let connection = in_hold();
    let cycle = work::begin_cycle(&connection, CycleKind::Incremental, at(10)).unwrap();
    let begin = |name: &str, counts_as| {
        let intent = Intent { counts_as, ..intent(cycle, name) };
        intents::begin(&connection, &intent).unwrap()
    };
    let number = begin("ann", Some(HoldClass::Loud));
    begin("bob", None);
    let in_doubt = || guard_record(&connection, at(20), APPROVAL).unwrap().in_doubt;
    assert_eq!(in_doubt(), [(id("ann"), HoldClass::Loud)].into());
    intents::end(&connection, number).unwrap();
    assert_eq!(in_doubt(), [].into());
}

/// A cycle of this kind that began then has carried out something of a person at another time.
fn carried_out(connection: &Connection, name: &str, kind: CycleKind, began: i64, second: i64) {
    let cycle = work::begin_cycle(connection, kind, at(began)).unwrap();
    let entry = super::super::LogEntry { at: at(second), ..entry(cycle, name) };
    work::record(connection, &Outcome { entry, ..outcome(cycle, name) }).unwrap();
}

/// An approval of ann and bob at 50, of which a cycle has carried out ann; what is made of bob at another time.
fn of_bob(kind: CycleKind, began: i64, done: i64, second: i64) -> Verdict {
    let connection = in_hold();
    decided(&connection, 1, Verdict::Approved, None, &[]);
    carried_out(&connection, "ann", kind, began, done);
    verdicts(&connection, second)[0].1
}

#[test]
fn what_a_cycle_began_in_time_is_finished_as_long_as_it_goes_on() {
    let cycle = CycleKind::Incremental;
    for (began, done, second, verdict) in [
        (60, 140, 239, Verdict::Approved),
        (149, 300, 390, Verdict::Approved),
        (60, 140, 241, Verdict::Open),
        (151, 160, 170, Verdict::Open),
        (40, 140, 160, Verdict::Open),
        (149, 700, 749, Verdict::Approved),
        (149, 740, 751, Verdict::Open),
    ] {
        let what = format!("a cycle of {began} that last wrote at {done}, looked at {second}");
        assert_eq!(of_bob(cycle, began, done, second), verdict, "{what}");
    }
    assert_eq!(of_bob(CycleKind::Initial, 60, 140, 160), Verdict::Approved);
    assert_eq!(of_bob(CycleKind::OnDemand, 60, 140, 160), Verdict::Open, "nobody has begun it for all");
}

#[test]
fn an_approval_that_is_carried_out_says_nothing_of_another_one() {
    let connection = in_hold();
    decided(&connection, 1, Verdict::Approved, Some(&["ann"]), &[]);
    let later = Decision {
        hold: HoldId { number: 1, revision: 1 },
        verdict: Verdict::Approved,
        only: None,
        except: Vec::new(),
        by: "root".to_owned(),
        at: at(55),
    };
    assert_eq!(decide(&connection, &later).unwrap().people, 1);
    carried_out(&connection, "ann", CycleKind::Incremental, 60, 140);
    assert_eq!(verdicts(&connection, 160), [("bob".to_owned(), Verdict::Open)]);
}

#[test]
fn a_rejection_holds_as_long_as_the_person_stays_as_they_are() {
    let connection = in_hold();
    decided(&connection, 1, Verdict::Rejected, Some(&["ann"]), &[]);
    assert!(!is_due(&connection, "ann"));
    assert_eq!(
        decided(&connection, 1, Verdict::Approved, None, &["bob"]).people,
        0,
        "nobody but ann, and she waits no more"
    );
    assert_eq!(decided(&connection, 1, Verdict::Approved, Some(&["ann"]), &[]).people, 1, "unless she is named");
    assert_eq!(decided(&connection, 1, Verdict::Rejected, Some(&["ann"]), &[]).people, 1);
    assert_eq!(verdicts(&connection, 1000)[0].1, Verdict::Rejected);
    let settled =
        |ends_hold| Settled { entra_id: id("ann"), mark: None, retry: RetryChange::Keep, watch: None, ends_hold };
    work::settle(&connection, &[settled(false)]).unwrap();
    assert_eq!(verdicts(&connection, 1000).len(), 2);
    people::put_user(&connection, user("ann", json!({"mail": "another@x"})), at(60)).unwrap();
    assert_eq!(verdicts(&connection, 1000).len(), 1, "it is asked anew");
    work::settle(&connection, &[settled(true)]).unwrap();
    assert_eq!(of(&connection, 1).unwrap().len(), 1);
}

/// A row of the mapping that comes or goes is no change of the person's, although all people are read again for it.
#[test]
fn a_rejection_holds_when_other_properties_are_read() {
    let connection = in_hold();
    let reads = |selection: &str| connection.execute("UPDATE feed SET selection = ?1", [selection]).unwrap();
    reads("mail");
    decided(&connection, 1, Verdict::Rejected, Some(&["ann"]), &[]);
    reads("city,mail");
    people::put_user(&connection, user("ann", json!({"mail": "m@x", "city": "Rome"})), at(60)).unwrap();
    assert_eq!(verdicts(&connection, 1000)[0], ("ann".to_owned(), Verdict::Rejected));
    people::put_user(&connection, user("ann", json!({"mail": "another@x", "city": "Rome"})), at(61)).unwrap();
    assert_eq!(verdicts(&connection, 1000).len(), 1, "it is asked anew");
}

#[test]
fn a_rejection_takes_back_whose_an_account_was_said_to_be() {
    let connection = with_people(&["ann"]);
    connection.execute("DELETE FROM dirty", []).unwrap();
    let mut doubtful = to_hold(&connection, "ann", "new");
    doubtful.held.class = HoldClass::Match;
    hold(&connection, &[doubtful], at(5)).unwrap();
    decided(&connection, 1, Verdict::Approved, None, &[]);
    assert!(person(&connection, "ann").choice.is_some());
    decided(&connection, 1, Verdict::Rejected, Some(&["ann"]), &[]);
    assert_eq!(person(&connection, "ann").choice, None);
}

#[test]
fn what_was_done_ends_it_and_what_failed_does_not() {
    let connection = in_hold();
    let cycle = work::begin_cycle(&connection, CycleKind::Incremental, at(2)).unwrap();
    let failed = Outcome {
        entry: super::super::LogEntry { status: "failure".to_owned(), ..entry(cycle, "ann") },
        hold: HoldChange::Keep,
        ..outcome(cycle, "ann")
    };
    work::record(&connection, &failed).unwrap();
    assert_eq!(open(&connection).unwrap(), 2);
    work::record(&connection, &outcome(cycle, "ann")).unwrap();
    assert_eq!(open(&connection).unwrap(), 1);
}

#[test]
fn a_day_counts_what_counts_whatever_becomes_of_the_clock() {
    let connection = with_people(&["ann"]);
    let cycle = work::begin_cycle(&connection, CycleKind::Incremental, at(0)).unwrap();
    let day = 24 * 3600;
    for (second, class) in [
        (0, Some(HoldClass::Update)),
        (10, Some(HoldClass::Update)),
        (10, Some(HoldClass::Loud)),
        (10, None),
        (2 * day, Some(HoldClass::Update)),
    ] {
        let entry = super::super::LogEntry { at: at(second), counts_as: class, ..entry(cycle, "ann") };
        work::record(&connection, &Outcome { entry, ..outcome(cycle, "ann") }).unwrap();
    }
    let spent = |second| guard_record(&connection, at(second), APPROVAL).unwrap().spent;
    assert_eq!(spent(20), [(HoldClass::Update, 2), (HoldClass::Loud, 1)].into());
    assert_eq!(spent(day + 5), [(HoldClass::Update, 2), (HoldClass::Loud, 1)].into());
    assert_eq!(spent(4 * day), [].into());
}
