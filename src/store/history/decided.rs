//! Who has decided that an operation be done.

use rusqlite::{Connection, OptionalExtension, params};

use super::DecidedBy;
use crate::store::columns::Named;
use crate::store::error::StoreError;
use crate::store::records::{LogEntry, Matched};

/// Who has, of what is to be logged; none: nobody had to. To be asked before the outcome ends what was held and chosen.
///
/// What is approved is done by a cycle of the schedule: on demand, by a plan and by an undo it is done without. Whoever
/// said whose an account is has decided whatever then takes it over.
pub(in crate::store) fn decided(connection: &Connection, entry: &LogEntry) -> Result<Option<DecidedBy>, StoreError> {
    let sql = "SELECT decided_by, hold FROM held
                WHERE entra_id = ?1 AND operation = ?2 AND verdict = 'approved'
                  AND (SELECT kind FROM cycles WHERE id = ?3) IN ('initial', 'incremental')";
    let params = params![entry.entra_id.as_str(), entry.operation, entry.cycle.0];
    let approved =
        connection.prepare_cached(sql)?.query_row(params, |row| Ok(DecidedBy { by: row.get(0)?, hold: row.get(1)? }));
    if let Some(approved) = approved.optional()? {
        return Ok(Some(approved));
    }
    let sql = "SELECT by_user FROM choices WHERE entra_id = ?1 AND done_at IS NULL AND ?2 = ?3";
    let params = params![entry.entra_id.as_str(), entry.matched.map(Named), Named(Matched::Chosen)];
    let chosen = connection.prepare_cached(sql)?.query_row(params, |row| row.get(0)).optional()?;
    Ok(chosen.map(|by| DecidedBy { by, hold: None }))
}
