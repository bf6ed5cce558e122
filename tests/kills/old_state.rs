//! The state as an older version would have left it.

use std::path::Path;

use entra_jostle_sync::store::Reader;
use rusqlite::Connection;

const MIGRATIONS: [&str; 3] = [
    include_str!("../../src/store/migrations/1.sql"),
    include_str!("../../src/store/migrations/2.sql"),
    include_str!("../../src/store/migrations/3.sql"),
];

/// Puts a file of an older format in the place of a state, with everything in it that the format knows.
pub(crate) fn age(state: &Path, format: u32) {
    drop(Reader::open(state).expect("a state of this version"));
    let old = state.with_extension("old");
    let connection = Connection::open(&old).expect("a new file");
    for sql in &MIGRATIONS[..format as usize] {
        connection.execute_batch(sql).expect("a format");
    }
    connection.execute("ATTACH ?1 AS newer", [state.to_str().expect("UTF-8")]).expect("attached");
    connection.pragma_update(None, "defer_foreign_keys", true).expect("set");
    let application: i32 = connection.pragma_query_value(Some("newer"), "application_id", get).expect("a number");
    connection.pragma_update(Some("main"), "application_id", application).expect("set");
    connection.pragma_update(Some("main"), "user_version", format).expect("set");
    for table in texts(&connection, "SELECT name FROM main.sqlite_schema WHERE type = 'table'") {
        // The columns that are stored and not computed; a later format only adds to them.
        let columns = format!("SELECT name FROM pragma_table_xinfo('{table}', 'main') WHERE hidden = 0");
        let columns = texts(&connection, &columns).join(", ");
        let copy = format!(
            "DELETE FROM main.{table}; INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newer.{table}"
        );
        connection.execute_batch(&copy).expect("copied");
    }
    connection.close().expect("closed");
    for suffix in ["", "-wal", "-shm"] {
        let _absent = std::fs::remove_file(format!("{}{suffix}", state.display()));
    }
    std::fs::rename(old, state).expect("replaced");
}

fn get(row: &rusqlite::Row<'_>) -> rusqlite::Result<i32> {
    row.get(0)
}

fn texts(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).expect("SQL");
    let rows = statement.query_map([], |row| row.get(0)).expect("rows");
    rows.collect::<Result<_, _>>().expect("texts")
}
