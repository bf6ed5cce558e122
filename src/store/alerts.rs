//! What whoever is sent alerts has been told, as it is written down elsewhere.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use super::columns::Json;
use super::error::StoreError;

/// The book of one channel; none if nothing was ever sent over it.
pub(super) fn book(connection: &Connection, channel: &str) -> Result<Option<Value>, StoreError> {
    let sql = "SELECT book FROM alert_books WHERE channel = ?1";
    let read = |row: &rusqlite::Row<'_>| Ok(row.get::<_, Json<Value>>(0)?.0);
    Ok(connection.prepare_cached(sql)?.query_row([channel], read).optional()?)
}

pub(super) fn put_book(connection: &Connection, channel: &str, book: &Value) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO alert_books (channel, book) VALUES (?1, ?2)";
    connection.prepare_cached(sql)?.execute(params![channel, Json(book)])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use serde_json::json;

    use super::super::fixtures::memory;
    use super::*;

    #[test]
    fn every_channel_has_a_book_of_its_own() {
        let connection = memory();
        assert_eq!(book(&connection, "mail").unwrap(), None);
        put_book(&connection, "mail", &json!({"told": []})).unwrap();
        put_book(&connection, "mail", &json!({"told": [1]})).unwrap();
        put_book(&connection, "hook", &json!(null)).unwrap();
        assert_eq!(book(&connection, "mail").unwrap(), Some(json!({"told": [1]})));
        assert_eq!(book(&connection, "hook").unwrap(), Some(json!(null)));
    }
}
