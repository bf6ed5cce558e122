//! What administrators did.

use super::*;
use crate::store::{Pause, Stops, pauses};

fn acts(connection: &Connection, query: HistoryQuery) -> Vec<(i64, Option<String>, Act)> {
    let rows = history(connection, query).unwrap().expect("known people").map(Result::unwrap);
    let act = |row| match row {
        HistoryRow::Audit(AuditEntry { at: then, by, act, .. }) => {
            Some((then.duration_since(at(0)).as_secs(), by, act))
        }
        HistoryRow::Operation(_) => None,
    };
    rows.filter_map(act).collect()
}

fn all(connection: &Connection) -> Vec<(i64, Option<String>, Act)> {
    acts(connection, HistoryQuery::default())
}

fn paused(second: i64) -> Pause {
    Pause { what: Stops::Everything, since: at(second), by: "ann".to_owned(), why: Some("a merger".to_owned()) }
}

#[test]
fn a_pause_is_told_after_its_end_and_a_choice_after_another_one() {
    let connection = with_people(&["ann"]);
    pauses::set(&connection, &paused(3)).unwrap();
    pauses::end(&connection, "bob", at(5)).unwrap();
    assert_eq!(pauses::end(&connection, "bob", at(6)).unwrap(), None);
    for (second, choice) in [(7, MatchChoice::Ignore), (8, MatchChoice::Create)] {
        let chosen = choices::Chosen { entra_id: id("ann"), choice };
        choices::choose(&connection, &[chosen], "eve", at(second)).unwrap();
    }
    let (ann, bob, eve) = (Some("ann".to_owned()), Some("bob".to_owned()), Some("eve".to_owned()));
    let (what, why, since, set_by) = (Stops::Everything, Some("a merger".to_owned()), at(3), "ann".to_owned());
    let expected = [
        (8, eve.clone(), Act::Chosen { choice: MatchChoice::Create }),
        (7, eve, Act::Chosen { choice: MatchChoice::Ignore }),
        (5, bob, Act::Resumed { what, since, set_by }),
        (3, ann, Act::Paused { what, why }),
    ];
    assert_eq!(all(&connection), expected);
    let of = |name: &str| acts(&connection, HistoryQuery { user: Some(name.to_owned()), ..HistoryQuery::default() });
    assert_eq!(of("ann@x"), expected[..2]);
}

#[test]
fn decisions_plans_and_undone_cycles_are_read_from_where_they_are_kept() {
    let connection = with_people(&["ann"]);
    approved(&connection, Operation::Create);
    let (by, undoes) = (Some("root".to_owned()), Some(7));
    let undo = work::begin_for(&connection, CycleKind::Undo, &ByHand { by: by.clone(), undoes }, at(20)).unwrap();
    let apply =
        work::begin_for(&connection, CycleKind::Apply, &ByHand { by: by.clone(), undoes: None }, at(21)).unwrap();
    work::begin_cycle(&connection, CycleKind::Incremental, at(22)).unwrap();
    let decided =
        Act::Decided { hold: 1, revision: 1, class: HoldClass::Create, verdict: Verdict::Approved, people: 1 };
    let expected = [
        (21, by.clone(), Act::Applied { cycle: apply.0 }),
        (20, by, Act::Undone { cycle: undo.0, undoes }),
        (6, Some("eve".to_owned()), decided),
    ];
    assert_eq!(all(&connection), expected);
    let query = HistoryQuery { cycle: Some(undo), ..HistoryQuery::default() };
    assert_eq!(acts(&connection, query), expected[1..2]);
    let query = HistoryQuery { since: Some(at(6)), until: Some(at(20)), ..HistoryQuery::default() };
    assert_eq!(acts(&connection, query), expected[2..]);
    let query = HistoryQuery { user: Some("ann@x".to_owned()), ..HistoryQuery::default() };
    assert_eq!(acts(&connection, query), expected[2..]);
    let query = HistoryQuery { statuses: vec!["success".to_owned()], ..HistoryQuery::default() };
    assert_eq!(acts(&connection, query), []);
}

/// An undo keeps out person by person what it takes back.
#[test]
fn what_is_decided_person_by_person_is_told_once() {
    let connection = with_people(&["ann", "bob", "cem"]);
    approved(&connection, Operation::Create);
    let hold = holds::HoldId { number: 1, revision: 1 };
    for (second, name) in [(60, "ann"), (61, "bob"), (62, "cem")] {
        holds::note(&connection, hold, (Verdict::Rejected, "root"), &[id(name)], at(second)).unwrap();
    }
    let told: Vec<_> = all(&connection).into_iter().map(|(second, _, act)| (second, act)).collect();
    let [(62, Act::Decided { people: 3, .. }), (6, Act::Decided { people: 1, .. })] = told.as_slice() else {
        panic!("{told:?}");
    };
}

#[test]
fn a_changed_configuration_is_told_by_its_sections() {
    let connection = with_people(&[]);
    let sections = |mapping: &str, limits: &str| {
        [("mapping", mapping), ("limits", limits)].map(|(name, text)| (name.to_owned(), text.to_owned()))
    };
    for (second, sections) in
        [(1, sections("a", "b")), (2, sections("a", "b")), (3, sections("c", "b")), (4, sections("d", "e"))]
    {
        note_configuration(&connection, &sections, at(second)).unwrap();
    }
    let told = |names: &[&str]| Act::Configured { sections: names.iter().map(|name| (*name).to_owned()).collect() };
    assert_eq!(all(&connection), [(4, None, told(&["mapping", "limits"])), (3, None, told(&["mapping"]))]);
}

#[test]
fn both_kinds_come_in_the_order_of_time_and_each_alone_if_asked() {
    let connection = with_people(&["ann"]);
    log(&connection, &ROWS);
    for second in [5, 25, 55] {
        pauses::set(&connection, &paused(second)).unwrap();
    }
    let seconds = |records| {
        let rows = history(&connection, HistoryQuery { records, ..HistoryQuery::default() }).unwrap().unwrap();
        let time = |row: Result<HistoryRow, _>| match row.unwrap() {
            HistoryRow::Operation(row) => row.entry.at,
            HistoryRow::Audit(row) => row.at,
        };
        rows.map(|row| time(row).duration_since(at(0)).as_secs()).collect::<Vec<_>>()
    };
    assert_eq!(seconds(Records::All), [55, 50, 40, 30, 25, 20, 10, 5]);
    assert_eq!(seconds(Records::Operations), [50, 40, 30, 20, 10]);
    assert_eq!(seconds(Records::Audit), [55, 25, 5]);
}
