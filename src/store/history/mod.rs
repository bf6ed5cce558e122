//! The history: what was done to whom and at whose word, the newest first, at any length.
//!
//! It is read page by page, each in a transaction of its own, so that whoever reads it slowly, in a pager for example,
//! never keeps the writer from tidying up behind itself.

mod audit;
mod decided;
mod operations;
mod purge;
mod records;
mod trim;

use std::collections::VecDeque;

use rusqlite::Connection;

use super::error::StoreError;
use crate::model::EntraId;
pub use audit::{Act, AuditEntry};
pub(super) use audit::{note, note_configuration};
pub(super) use decided::decided;
pub use purge::{NotPurged, Purged};
pub(super) use purge::{preview as purge_preview, purge};
pub use records::{Asked, DecidedBy, HistoryQuery, HistoryRow, LoggedOperation, Records, Way};
pub use trim::{LEAST_KEPT, Retention, Trimmed};
pub(super) use trim::{is_forgotten, trim};

/// Rows of the history, the newest first.
#[derive(Debug)]
pub struct History<'r> {
    connection: &'r Connection,
    query: HistoryQuery,
    people: Option<Vec<String>>,
    page: VecDeque<LoggedOperation>,
    /// Where the next page begins; none: there is none.
    next: Option<operations::Place>,
    /// There is little of it: it is read at once.
    audit: VecDeque<AuditEntry>,
}

/// Rows read at once.
const PAGE: usize = 500;

/// What the history has; an error says that the state cannot be read. None: nobody has or had the name that is asked for.
pub(super) fn history(connection: &Connection, query: HistoryQuery) -> Result<Option<History<'_>>, StoreError> {
    let people = query.user.as_deref().map(|name| operations::people(connection, name)).transpose()?;
    if people.as_ref().is_some_and(Vec::is_empty) {
        return Ok(None);
    }
    let audit = audit::audit(connection, &query, people.as_deref())?.into();
    let next = query.records.has_operations().then_some(operations::Place::NEWEST);
    Ok(Some(History { connection, query, people, page: VecDeque::new(), next, audit }))
}

impl History<'_> {
    fn turn(&mut self) -> Result<(), StoreError> {
        if self.page.is_empty()
            && let Some(place) = self.next.take()
        {
            let page = operations::page(self.connection, (&self.query, self.people.as_deref()), place, PAGE)?;
            self.next = page.last().filter(|_| page.len() == PAGE).map(operations::Place::behind);
            self.page = page.into();
        }
        Ok(())
    }

    fn newest(&mut self) -> Option<HistoryRow> {
        let done = self.page.front().map(|operation| operation.entry.at);
        let is_audit = self.audit.front().is_some_and(|audit| done.is_none_or(|done| audit.at >= done));
        match is_audit {
            true => self.audit.pop_front().map(HistoryRow::Audit),
            false => self.page.pop_front().map(|operation| HistoryRow::Operation(Box::new(operation))),
        }
    }
}

impl Iterator for History<'_> {
    type Item = Result<HistoryRow, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.turn() {
            Ok(()) => self.newest().map(Ok),
            Err(error) => Some(Err(error)),
        }
    }
}

/// The object ids of whoever has a name, or had it in the log.
pub(super) fn people(connection: &Connection, name: &str) -> Result<Vec<EntraId>, StoreError> {
    Ok(operations::people(connection, name)?.iter().map(|id| EntraId::new(id)).collect())
}

#[cfg(test)]
mod tests;
