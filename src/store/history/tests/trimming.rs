//! What is removed because it is old, or takes too much room.

use jiff::SignedDuration;

use super::super::super::records::CycleEnd;
use super::super::super::status;
use super::super::trim::bytes;
use super::*;
use crate::store::{Pause, Stops, pauses};

const DAY: i64 = 24 * 3600;
const FOREVER: Retention = Retention { keep: SignedDuration::MAX, most_bytes: u64::MAX };

fn days(days: i64) -> Retention {
    Retention { keep: SignedDuration::from_hours(24 * days), ..FOREVER }
}

/// Everything that a retention removes a hundred days after the beginning, so many rows at once.
fn removed(connection: &Connection, retention: Retention, rows: usize) -> Vec<(u64, u64, u64)> {
    let mut all = Vec::new();
    loop {
        let Trimmed { operations, audit, cycles, is_more } = trim(connection, retention, at(100 * DAY), rows).unwrap();
        all.push((operations, audit, cycles));
        if !is_more {
            return all;
        }
    }
}

/// A cycle for every tenth day, each with an operation, and the last two without.
fn decades(connection: &Connection) {
    for number in 0..10 {
        let began = at(number * 10 * DAY);
        let cycle = work::begin_cycle(connection, CycleKind::Incremental, began).unwrap();
        if number < 8 {
            let entry = LogEntry { at: began, ..entry(cycle, "ann") };
            work::record(connection, &Outcome { entry, ..outcome(cycle, "ann") }).unwrap();
        }
        let end = CycleEnd { at: began, result: "ok".to_owned(), error: None, summary: json!({}) };
        work::finish_cycle(connection, cycle, &end).unwrap();
    }
}

fn left(connection: &Connection, table: &str) -> i64 {
    connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn what_is_old_goes_a_little_at_a_time_with_its_cycles() {
    let connection = with_people(&["ann"]);
    decades(&connection);
    assert_eq!(removed(&connection, days(400), 10), [(0, 0, 0)]);
    assert_eq!(removed(&connection, days(65), 2), [(2, 0, 2), (2, 0, 2), (0, 0, 0)]);
    assert_eq!(found(&connection, HistoryQuery::default()), [7, 6, 5, 4].map(|number| number * 10 * DAY));
    assert_eq!([1, 4, 5, 99].map(|id| is_forgotten(&connection, CycleId(id)).unwrap()), [true, true, false, false]);
}

#[test]
fn a_cycle_of_which_a_part_is_gone_is_forgotten() {
    let connection = with_people(&["ann"]);
    let cycle = work::begin_cycle(&connection, CycleKind::Initial, at(0)).unwrap();
    for second in [0, 90 * DAY] {
        let entry = LogEntry { at: at(second), ..entry(cycle, "ann") };
        work::record(&connection, &Outcome { entry, ..outcome(cycle, "ann") }).unwrap();
    }
    assert!(!is_forgotten(&connection, cycle).unwrap());
    assert_eq!(removed(&connection, days(30), 10), [(1, 0, 0)]);
    assert!(is_forgotten(&connection, cycle).unwrap());
}

/// Without it everything would look like the first start, when limits count for nothing.
#[test]
fn the_last_cycle_that_came_to_its_end_stays_however_old_it_is() {
    let connection = with_people(&["ann"]);
    decades(&connection);
    connection.execute("UPDATE cycles SET result = 'failed' WHERE id > 3", []).unwrap();
    removed(&connection, days(8), 10);
    assert!(work::ever_completed(&connection).unwrap());
    assert_eq!(status::status(&connection).unwrap().last_success, Some(at(20 * DAY)));
    assert_eq!(left(&connection, "cycles"), 8);
}

#[test]
fn a_write_in_doubt_keeps_its_cycle() {
    let connection = with_people(&["ann"]);
    decades(&connection);
    let intent = crate::store::fixtures::intent(CycleId(1), "ann");
    crate::store::intents::begin(&connection, &intent).unwrap();
    removed(&connection, days(8), 10);
    assert!(status::cycle_of(&connection, CycleId(1)).unwrap().is_some());
}

#[test]
fn what_takes_too_much_room_goes_but_not_what_is_still_judged_by() {
    let connection = with_people(&["ann"]);
    decades(&connection);
    let cycle = work::begin_cycle(&connection, CycleKind::Incremental, at(95 * DAY)).unwrap();
    let recent = LogEntry { at: at(95 * DAY), ..entry(cycle, "ann") };
    work::record(&connection, &Outcome { entry: recent, ..outcome(cycle, "ann") }).unwrap();
    let size = left(&connection, "provisioning_log");
    let taken = bytes(&connection).unwrap();
    assert!((150..400).contains(&(taken / size.unsigned_abs())), "{taken} bytes for {size} rows");
    let half = Retention { most_bytes: taken / 2, ..days(400) };
    removed(&connection, half, 1);
    assert_eq!(left(&connection, "provisioning_log"), 4);
    removed(&connection, Retention { most_bytes: 0, ..days(400) }, 1);
    assert_eq!(found(&connection, HistoryQuery::default()), [95 * DAY]);
}

#[test]
fn acts_and_decisions_go_too() {
    let connection = with_people(&["ann"]);
    let pause = Pause { what: Stops::Removals, since: at(1), by: "ann".to_owned(), why: None };
    pauses::set(&connection, &pause).unwrap();
    approved(&connection, Operation::Create);
    assert_eq!(removed(&connection, days(99), 10), [(0, 2, 0)]);
    assert_eq!((left(&connection, "audit"), left(&connection, "decisions")), (0, 0));
}

/// What is measured by statement is what is measured by the triggers, also of what was there before them.
#[test]
fn the_room_is_counted_from_the_beginning() {
    let mut connection = Connection::open_in_memory().unwrap();
    schema::migrate(&mut connection, &schema::MIGRATIONS[..7]).unwrap();
    let row = "INSERT INTO provisioning_log (cycle, at, entra_id, user_name, operation, status, changes, message, duration_ms)
                    VALUES (7, 0, 'ann', 'ann@x', 'update', 'success', '[]', 'why', 12)";
    connection
        .execute_batch(&format!("INSERT INTO cycles (id, kind, started_at) VALUES (7, 'initial', 0); {row}"))
        .unwrap();
    schema::migrate(&mut connection, schema::MIGRATIONS).unwrap();
    let before = bytes(&connection).unwrap();
    connection.execute(row, []).unwrap();
    assert_eq!(bytes(&connection).unwrap(), 2 * before);
    connection.execute("DELETE FROM provisioning_log", []).unwrap();
    assert_eq!((before, bytes(&connection).unwrap()), (211, 0));
}
