//! Removing what is older than it has to be kept, or more than there is room for; a little at a time.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use crate::store::columns::{Millis, count, limit};
use crate::store::error::StoreError;
use crate::store::records::CycleId;

/// So long the log is kept whatever room it takes: what was approved is judged by it for a week, and the limits of a day
/// by its last day.
pub const LEAST_KEPT: SignedDuration = SignedDuration::from_hours(8 * 24);

/// How much of the history is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// How long; [`LEAST_KEPT`] at least.
    pub keep: SignedDuration,
    /// The room that the log may take, in bytes; what is younger than [`LEAST_KEPT`] stays all the same.
    pub most_bytes: u64,
}

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trimmed {
    /// Operations.
    pub operations: u64,
    /// Acts of administrators, and their decisions about holds.
    pub audit: u64,
    /// Cycles of which nothing else is left.
    pub cycles: u64,
    /// More is to be removed.
    pub is_more: bool,
}

/// Removes so many rows of each kind at most, the oldest first. What was decided about a hold goes with what was done; a
/// cycle only with all that it did, and never the last one that came to its end: it says that there was one.
pub(in crate::store) fn trim(
    connection: &Connection,
    retention: Retention,
    now: Timestamp,
    rows: usize,
) -> Result<Trimmed, StoreError> {
    let before = |age: SignedDuration| now.checked_sub(age.max(LEAST_KEPT)).unwrap_or(Timestamp::MIN);
    let old = before(retention.keep);
    let mut operations = remove_operations(connection, old, rows)?;
    if operations == 0 && bytes(connection)? > retention.most_bytes {
        operations = remove_operations(connection, before(LEAST_KEPT), rows)?;
    }
    let remove = |sql: &str| -> Result<u64, StoreError> {
        Ok(connection.prepare_cached(sql)?.execute(params![Millis(old), limit(rows)])? as u64)
    };
    let audit = remove("DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < ?1 ORDER BY at LIMIT ?2)")?
        + remove("DELETE FROM decisions WHERE id IN (SELECT id FROM decisions WHERE at < ?1 ORDER BY id LIMIT ?2)")?;
    let cycles = remove(
        "DELETE FROM cycles WHERE id IN (
            SELECT id FROM cycles c
             WHERE started_at < ?1
               AND id < (SELECT max(id) FROM cycles WHERE kind IN ('initial', 'incremental') AND result IN ('ok', 'partial'))
               AND NOT EXISTS (SELECT 1 FROM provisioning_log l WHERE l.cycle = c.id)
               AND NOT EXISTS (SELECT 1 FROM intents i WHERE i.cycle = c.id)
             ORDER BY started_at LIMIT ?2)",
    )?;
    let most = rows as u64;
    Ok(Trimmed { operations, audit, cycles, is_more: operations.max(audit).max(cycles) >= most })
}

/// Whether rows of a cycle were removed, or all of it; not of one that never was.
pub(in crate::store) fn is_forgotten(connection: &Connection, id: CycleId) -> Result<bool, StoreError> {
    let sql = "SELECT coalesce((SELECT trimmed FROM cycles WHERE id = ?1),
                               (SELECT seq >= ?1 FROM sqlite_sequence WHERE name = 'cycles'), 0)";
    Ok(connection.query_row(sql, [id.0], |row| row.get(0))?)
}

/// About how much room the log takes.
pub(super) fn bytes(connection: &Connection) -> Result<u64, StoreError> {
    Ok(count(connection, "SELECT bytes FROM log_size", [])?)
}

/// Their cycles remember that they cannot be undone any more.
fn remove_operations(connection: &Connection, before: Timestamp, rows: usize) -> Result<u64, StoreError> {
    let sql = "SELECT id, cycle FROM provisioning_log WHERE at < ?1 ORDER BY at, id LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_map(params![Millis(before), limit(rows)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let found: Vec<(i64, i64)> = found.collect::<Result<_, _>>()?;
    let mut mark = connection.prepare_cached("UPDATE cycles SET trimmed = 1 WHERE id = ?1 AND trimmed = 0")?;
    let mut delete = connection.prepare_cached("DELETE FROM provisioning_log WHERE id = ?1")?;
    for (id, cycle) in &found {
        mark.execute([cycle])?;
        delete.execute([id])?;
    }
    Ok(found.len() as u64)
}
