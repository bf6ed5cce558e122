#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod acts;
mod purging;
mod trimming;

use serde_json::json;

use super::*;
use crate::model::{EntraId, HeldOperation, HoldClass, MatchChoice, Operation, TargetId, Verdict, Watch};
use crate::store::fixtures::{at, entry, id, link, outcome, user, with_people};
use crate::store::records::{ByHand, CycleId, CycleKind, LinkChange, LogEntry, Matched, Outcome};
use crate::store::{choices, holds, people, schema, work};

/// (who, the second, what, how it went), in a cycle of its own each.
type Row<'a> = (&'a str, i64, &'a str, &'a str);

fn cycle(connection: &Connection, kind: CycleKind, by: Option<&str>) -> CycleId {
    let by_hand = ByHand { by: by.map(str::to_owned), undoes: None };
    work::begin_for(connection, kind, &by_hand, at(0)).unwrap()
}

fn log(connection: &Connection, rows: &[Row<'_>]) {
    for (name, second, operation, status) in rows {
        let cycle = cycle(connection, CycleKind::Incremental, None);
        let (operation, status) = ((*operation).to_owned(), (*status).to_owned());
        let entry = LogEntry { at: at(*second), operation, status, ..entry(cycle, name) };
        work::record(connection, &Outcome { entry, ..outcome(cycle, name) }).unwrap();
    }
}

const ROWS: [Row<'_>; 5] = [
    ("ann", 10, "create", "success"),
    ("bob", 20, "create", "failure"),
    ("ann", 30, "update", "success"),
    ("bob", 40, "create", "success"),
    ("cem", 50, "delete", "skipped"),
];

/// The seconds of the rows that a query finds.
fn found(connection: &Connection, query: HistoryQuery) -> Vec<i64> {
    operations(connection, query).iter().map(|row| row.entry.at.as_second() - at(0).as_second()).collect()
}

fn operations(connection: &Connection, query: HistoryQuery) -> Vec<LoggedOperation> {
    let rows = history(connection, query).unwrap().expect("known people").map(Result::unwrap);
    let operation = |row| match row {
        HistoryRow::Operation(operation) => Some(*operation),
        HistoryRow::Audit(_) => None,
    };
    rows.filter_map(operation).collect()
}

#[test]
fn a_query_finds_what_fits_and_the_newest_first() {
    let connection = with_people(&["ann"]);
    log(&connection, &ROWS);
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let all = HistoryQuery::default;
    let of = |name: &str| HistoryQuery { user: Some(name.to_owned()), ..all() };
    for (query, seconds) in [
        (all(), vec![50, 40, 30, 20, 10]),
        (HistoryQuery { since: Some(at(20)), until: Some(at(40)), ..all() }, vec![30, 20]),
        (HistoryQuery { operations: words(&["create", "delete"]), ..all() }, vec![50, 40, 20, 10]),
        (HistoryQuery { statuses: words(&["failure", "skipped"]), ..all() }, vec![50, 20]),
        (HistoryQuery { operations: words(&["create"]), statuses: words(&["failure"]), ..all() }, vec![20]),
        (HistoryQuery { cycle: Some(CycleId(3)), ..all() }, vec![30]),
        (of("Ann@X"), vec![30, 10]),
        (of("bob@x"), vec![40, 20]),
        (of("BOB"), vec![40, 20]),
        (HistoryQuery { since: Some(at(20)), ..of("ann@x") }, vec![30]),
    ] {
        assert_eq!(found(&connection, query.clone()), seconds, "{query:?}");
    }
    assert!(history(&connection, of("nobody@x")).unwrap().is_none());
}

/// Bob has left, and Ann has got his address.
#[test]
fn whoever_had_a_name_is_found_under_it_and_under_the_one_of_now() {
    let connection = with_people(&["ann"]);
    log(&connection, &ROWS);
    people::put_user(&connection, user("ann", json!({"userPrincipalName": "new@x", "mail": "bob@x"})), at(60)).unwrap();
    let of = |name: &str| HistoryQuery { user: Some(name.to_owned()), ..HistoryQuery::default() };
    assert_eq!(found(&connection, of("new@x")), [30, 10]);
    assert_eq!(found(&connection, of("ann@x")), [30, 10]);
    assert_eq!(found(&connection, of("bob@x")), [40, 30, 20, 10]);
}

#[test]
fn every_row_comes_once_whatever_the_pages_and_the_clock_are() {
    let connection = with_people(&[]);
    let cycle = cycle(&connection, CycleKind::Incremental, None);
    let rows = 2 * PAGE + 7;
    for number in 0..rows {
        // Many in the same millisecond, across the end of a page too.
        let second = i64::try_from(number / 300).unwrap();
        let entry = LogEntry { at: at(second), ..entry(cycle, "ann") };
        work::record(&connection, &Outcome { entry, ..outcome(cycle, "ann") }).unwrap();
    }
    for query in [HistoryQuery::default(), HistoryQuery { cycle: Some(cycle), ..HistoryQuery::default() }] {
        let numbers: Vec<_> = operations(&connection, query).iter().map(|row| row.number).collect();
        assert!(numbers.into_iter().eq((1..=i64::try_from(rows).unwrap()).rev()));
    }
}

/// Every query goes by an index, and none sorts the whole log.
#[test]
fn no_query_reads_the_whole_table() {
    let connection = with_people(&[]);
    log(&connection, &ROWS);
    let sql = "SELECT l.*, c.kind FROM provisioning_log l CROSS JOIN cycles c ON c.id = l.cycle WHERE";
    let order = "ORDER BY l.at DESC, l.id DESC LIMIT 5";
    for (filter, by) in [
        ("(l.at, l.id) < (5, 5)", "provisioning_log_time (at<?)"),
        ("(l.at, l.id) < (5, 5) AND l.status IN (SELECT value FROM json_each('[]'))", "provisioning_log_time"),
        ("(l.at, l.id) < (5, 5) AND l.cycle = 7", "provisioning_log_cycle (cycle=? AND at<?)"),
        ("l.entra_id IN (SELECT value FROM json_each('[]'))", "provisioning_log_person (entra_id=?)"),
    ] {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql} {filter} {order}")).unwrap();
        let plan: Vec<String> = statement.query_map([], |row| row.get(3)).unwrap().map(Result::unwrap).collect();
        let plan = plan.join("; ");
        assert!(plan.contains(by) && !plan.contains("SCAN l"), "{filter}: {plan}");
    }
}

fn asked(connection: &Connection) -> (Way, Option<String>, Option<i64>) {
    let row = operations(connection, HistoryQuery::default()).remove(0);
    let Asked { way, by, hold, undoes: _ } = row.asked();
    (way, by.map(str::to_owned), hold)
}

fn carried_out(connection: &Connection, cycle: CycleId, operation: Operation, matched: Matched) {
    let operation = operation.as_str().to_owned();
    let entry = LogEntry { operation, matched: Some(matched), ..entry(cycle, "ann") };
    let put = LinkChange::Put(link("ann", "17"));
    work::record(connection, &Outcome { entry, link: put, ..outcome(cycle, "ann") }).unwrap();
}

fn approved(connection: &Connection, operation: Operation) {
    let held = HeldOperation {
        class: HoldClass::Create,
        operation,
        target_id: None,
        changes: Vec::new(),
        verdict: Verdict::Open,
        limit: "too many".to_owned(),
    };
    let (user_name, reason) = ("ann@x".to_owned(), String::new());
    let one = holds::ToHold { entra_id: id("ann"), user_name, held, reason, mark: None, watch: Watch::default() };
    holds::hold(connection, &[one], at(5)).unwrap();
    let decision = holds::Decision {
        hold: holds::HoldId { number: 1, revision: 1 },
        verdict: Verdict::Approved,
        only: None,
        except: Vec::new(),
        by: "eve".to_owned(),
        at: at(6),
    };
    assert_eq!(holds::decide(connection, &decision).unwrap().people, 1);
}

#[test]
fn who_asked_is_whoever_began_the_cycle() {
    for (kind, by, way) in [
        (CycleKind::Incremental, None, Way::Schedule),
        (CycleKind::OnDemand, Some("root"), Way::OnDemand),
        (CycleKind::Apply, Some("root"), Way::Apply),
        (CycleKind::Undo, Some("root"), Way::Undo),
    ] {
        let connection = with_people(&["ann"]);
        carried_out(&connection, cycle(&connection, kind, by), Operation::Update, Matched::Link);
        assert_eq!(asked(&connection), (way, by.map(str::to_owned), None));
    }
}

#[test]
fn who_asked_is_whoever_approved_just_that_if_a_cycle_did_it() {
    for (kind, operation, expected) in [
        (CycleKind::Incremental, Operation::Create, (Way::Approval, Some("eve"), Some(1))),
        (CycleKind::Incremental, Operation::Update, (Way::Schedule, None, None)),
        (CycleKind::OnDemand, Operation::Create, (Way::OnDemand, Some("root"), None)),
    ] {
        let connection = with_people(&["ann"]);
        approved(&connection, Operation::Create);
        let by = (kind == CycleKind::OnDemand).then_some("root");
        carried_out(&connection, cycle(&connection, kind, by), operation, Matched::NoAccount);
        let (way, by, hold) = expected;
        assert_eq!(asked(&connection), (way, by.map(str::to_owned), hold), "{kind:?} {operation}");
    }
}

#[test]
fn who_asked_is_whoever_said_whose_the_account_is_as_long_as_that_counts() {
    let to_link = MatchChoice::Link { jostle_id: TargetId::new("17") };
    for (choice, operation, way) in
        [(to_link, Operation::Adopt, Way::Link), (MatchChoice::Create, Operation::Create, Way::Create)]
    {
        let connection = with_people(&["ann"]);
        let chosen = choices::Chosen { entra_id: EntraId::new("ann"), choice };
        choices::choose(&connection, &[chosen], "eve", at(5)).unwrap();
        let cycle = cycle(&connection, CycleKind::Incremental, None);
        carried_out(&connection, cycle, operation, Matched::Chosen);
        assert_eq!(asked(&connection), (way, Some("eve".to_owned()), None));
        carried_out(&connection, cycle, operation, Matched::Chosen);
        assert_eq!(asked(&connection).0, Way::Schedule, "it was done before");
    }
}

#[test]
fn what_was_logged_before_is_read_as_far_as_it_was_written() {
    let mut connection = Connection::open_in_memory().unwrap();
    schema::migrate(&mut connection, &schema::MIGRATIONS[..7]).unwrap();
    let sql = "INSERT INTO cycles (id, kind, started_at) VALUES (7, 'on_demand', 0);
               INSERT INTO provisioning_log (cycle, at, entra_id, user_name, operation, status, changes, duration_ms)
                    VALUES (7, 1700000003000, 'ann', 'ann@x', 'update', 'success', '[]', 12)";
    connection.execute_batch(sql).unwrap();
    schema::migrate(&mut connection, schema::MIGRATIONS).unwrap();
    let row = operations(&connection, HistoryQuery::default()).remove(0);
    let before = LogEntry { at: at(3), reason: None, matched: None, http_status: None, ..entry(CycleId(7), "ann") };
    assert_eq!((&row.entry, row.asked().way, row.asked().by), (&before, Way::OnDemand, None));
}
