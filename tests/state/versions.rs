//! A state of another version.

use rusqlite::Connection;

use super::place::Place;

fn version(place: &Place) -> i64 {
    let connection = Connection::open(place.state()).unwrap();
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

fn set_version(place: &Place, version: i64) {
    Connection::open(place.state()).unwrap().pragma_update(None, "user_version", version).unwrap();
}

#[test]
fn a_newer_one_is_refused_by_every_command_and_left_as_it_is() {
    let place = Place::in_sync(40);
    let known = version(&place);
    set_version(&place, known + 1);
    let before = std::fs::read(place.state()).unwrap();
    let says = format!("has format {} and this version knows formats up to {known}", known + 1);
    for command in [&["sync"][..], &["plan"], &["run"], &["status"], &["explain", "x"], &["--provision-on-demand", "x"]]
    {
        place.refuses(command, &[&says, "install the newer version again, or restore a backup"]);
    }
    assert_eq!(std::fs::read(place.state()).unwrap(), before);
    set_version(&place, known);
    place.assert_at_rest();
}

/// Takes a state back to format 3, which did not keep what a write means to change.
fn take_back_to_format_3(place: &Place) {
    take_back_to_format_4(place);
    let sql = "DROP TABLE quarantines; DROP TABLE throttles; DROP INDEX watches_left; DROP INDEX intents_person;
               ALTER TABLE intents DROP COLUMN changes; ALTER TABLE intents DROP COLUMN seen; PRAGMA user_version = 3";
    Connection::open(place.state()).unwrap().execute_batch(sql).unwrap();
}

/// Takes a state back to format 5, under which accounts were neither listed, chosen nor compared.
fn take_back_to_format_5(place: &Place) {
    take_back_to_format_7(place);
    let sql = "DROP TABLE unmanaged; DROP TABLE listing; DROP TABLE choices; DROP TABLE drift; DROP TABLE reconciled;
               DROP TABLE shadow_differences; DROP TABLE shadow_agreed; DROP TABLE shadow_round;
               ALTER TABLE intents DROP COLUMN undo; PRAGMA user_version = 5";
    Connection::open(place.state()).unwrap().execute_batch(sql).unwrap();
}

/// Takes a state back to format 6, which forgot what was said of an account once it was done.
fn take_back_to_format_6(place: &Place) {
    take_back_to_format_7(place);
    let sql = "ALTER TABLE choices DROP COLUMN done_at; PRAGMA user_version = 6";
    Connection::open(place.state()).unwrap().execute_batch(sql).unwrap();
}

/// Takes a state back to format 10, under which no side was asked what it is like.
fn take_back_to_format_10(place: &Place) {
    let sql = "DROP TABLE survey; PRAGMA user_version = 10";
    Connection::open(place.state()).unwrap().execute_batch(sql).unwrap();
}

/// Takes a state back to format 9, under which nobody knew how long it took from Entra to Jostle.
fn take_back_to_format_9(place: &Place) {
    take_back_to_format_10(place);
    let sql = "DROP TABLE noticed; ALTER TABLE provisioning_log DROP COLUMN noticed_at; PRAGMA user_version = 9";
    Connection::open(place.state()).unwrap().execute_batch(sql).unwrap();
}

/// Takes a state back to format 8, under which nobody was sent alerts.
fn take_back_to_format_8(place: &Place) {
    take_back_to_format_9(place);
    let sql = "DROP TABLE alert_books; ALTER TABLE quarantines DROP COLUMN is_refusal; PRAGMA user_version = 8";
    Connection::open(place.state()).unwrap().execute_batch(sql).unwrap();
}

/// Takes a state back to format 7, under which the log told neither why nor who asked.
fn take_back_to_format_7(place: &Place) {
    take_back_to_format_8(place);
    let columns = [
        ("intents", &["reason", "matched"][..]),
        ("provisioning_log", &["reason", "matched", "http_status", "code", "decided_by", "hold"]),
        ("cycles", &["by_user", "undoes", "trimmed"]),
    ];
    let drop = |(table, columns): (&str, &[&str])| {
        columns.iter().map(|column| format!("ALTER TABLE {table} DROP COLUMN {column};")).collect::<Vec<_>>().concat()
    };
    let sql = "DROP TABLE audit; DROP TABLE sections; DROP TABLE log_size; DROP TRIGGER provisioning_log_grows;
               DROP TRIGGER provisioning_log_shrinks; DROP INDEX cycles_started; DROP INDEX provisioning_log_time;
               DROP INDEX provisioning_log_cycle; DROP INDEX provisioning_log_name;";
    let sql = format!("{sql} {} PRAGMA user_version = 7", columns.map(drop).concat());
    Connection::open(place.state()).unwrap().execute_batch(&sql).unwrap();
}

#[test]
fn whoever_was_to_be_ignored_still_is() {
    let place = Place::in_sync(40);
    place.rig.person("newcomer", &serde_json::json!({}));
    place.rig.expect(0, &["pause"]);
    place.rig.expect(11, &["sync"]);
    place.rig.expect(0, &["ignore", "newcomer@corp.example"]);
    place.rig.expect(0, &["resume"]);
    take_back_to_format_6(&place);
    place.rig.sim.clear_requests();
    place.rig.expect(0, &["sync"]);
    assert_eq!(place.rig.writes(), Vec::<String>::new());
}

/// Takes a state back to format 4, under which nothing could be paused or held.
fn take_back_to_format_4(place: &Place) {
    take_back_to_format_5(place);
    let sql = "DROP TABLE pauses; DROP TABLE decisions; DROP TABLE held; DROP TABLE holds;
               DROP INDEX provisioning_log_counts; ALTER TABLE provisioning_log DROP COLUMN counts_as;
               ALTER TABLE intents DROP COLUMN counts_as; PRAGMA user_version = 4";
    Connection::open(place.state()).unwrap().execute_batch(sql).unwrap();
}

/// Whoever pauses between the installation and the first start wants nothing to be written by that start.
#[test]
fn an_older_one_can_be_paused_before_the_newer_program_writes_anything() {
    let place = Place::in_sync(40);
    place.rig.person("newcomer", &serde_json::json!({}));
    take_back_to_format_4(&place);
    place.rig.expect(0, &["pause"]);
    place.rig.expect(11, &["sync"]);
    assert_eq!(place.rig.writes(), Vec::<String>::new());
    place.rig.expect(0, &["resume"]);
    place.assert_mended();
}

fn in_flight(place: &Place) -> i64 {
    let sql = "SELECT count(*) FROM intents";
    Connection::open(place.state()).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn what_an_older_one_had_in_flight_is_settled_by_reading_jostle() {
    let place = Place::killed(400, 100);
    take_back_to_format_3(&place);
    assert!(in_flight(&place) > 0, "a killed process leaves writes without an outcome");
    place.assert_mended();
    assert_eq!(in_flight(&place), 0);
}

/// An account that an older version posted without learning of the answer, and an update that it may have sent.
#[test]
fn a_create_and_an_update_of_an_older_one_are_both_settled() {
    let place = Place::in_sync(40);
    let id = place.rig.person("newcomer", &serde_json::json!({}));
    place.rig.expect(0, &["sync"]);
    take_back_to_format_3(&place);
    let connection = Connection::open(place.state()).unwrap();
    let sql = "INSERT INTO intents (cycle, entra_id, operation, user_name, target_id, at)
                 SELECT 1, entra_id, 'create', 'newcomer@corp.example', NULL, 0 FROM links WHERE entra_id = ?1
           UNION SELECT * FROM (
                 SELECT 1, entra_id, 'update', 'somebody', target_id, 0 FROM links WHERE entra_id <> ?1 LIMIT 1)";
    assert_eq!(connection.execute(sql, [&id]).unwrap(), 2);
    connection.execute("DELETE FROM links WHERE entra_id = ?1", [&id]).unwrap();
    drop(connection);
    let before = place.accounts();
    place.rig.sim.clear_requests();
    place.assert_mended();
    assert_eq!(place.accounts(), before);
    assert_eq!(place.rig.expect(0, &["status", "--json"]).json()["managed"], before.len());
}
