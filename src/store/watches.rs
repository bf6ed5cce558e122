//! What time alone will change about a person.

use rusqlite::{Connection, params};

use super::columns::Millis;
use super::error::StoreError;
use crate::model::{EntraId, Watch};

/// Stores what the watch is now; without one it stays. A watch of nothing has no row.
pub(super) fn change(connection: &Connection, id: &EntraId, watch: Option<Watch>) -> Result<(), StoreError> {
    let Some(watch) = watch else { return Ok(()) };
    let Watch { left_at, revisit_at } = watch;
    if watch == Watch::default() {
        connection.prepare_cached("DELETE FROM watches WHERE entra_id = ?1")?.execute([id.as_str()])?;
        return Ok(());
    }
    let sql = "INSERT OR REPLACE INTO watches (entra_id, left_at, revisit_at) VALUES (?1, ?2, ?3)";
    connection.prepare_cached(sql)?.execute(params![id.as_str(), left_at.map(Millis), revisit_at.map(Millis)])?;
    Ok(())
}
