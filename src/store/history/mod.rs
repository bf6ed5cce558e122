//! The history: what was done to whom and at whose word, the newest first, at any length.
//!
//! It is read page by page, each in a transaction of its own, so that whoever reads it slowly, in a pager for example,
//! never keeps the writer from tidying up behind itself.

mod decided;
mod operations;
mod records;

use std::collections::VecDeque;

use rusqlite::Connection;

use super::error::StoreError;
pub(super) use decided::decided;
pub use records::{Asked, DecidedBy, HistoryQuery, LoggedOperation, Way};

/// Rows of the history, the newest first.
#[derive(Debug)]
pub struct History<'r> {
    connection: &'r Connection,
    query: HistoryQuery,
    people: Option<Vec<String>>,
    page: VecDeque<LoggedOperation>,
    /// Where the next page begins; none: there is none.
    next: Option<operations::Place>,
}

/// Rows read at once.
const PAGE: usize = 500;

/// What the history has; an error says that the state cannot be read. None: nobody has or had the name that is asked for.
pub(super) fn history(connection: &Connection, query: HistoryQuery) -> Result<Option<History<'_>>, StoreError> {
    let people = query.user.as_deref().map(|name| operations::people(connection, name)).transpose()?;
    if people.as_ref().is_some_and(Vec::is_empty) {
        return Ok(None);
    }
    Ok(Some(History { connection, query, people, page: VecDeque::new(), next: Some(operations::Place::NEWEST) }))
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
}

impl Iterator for History<'_> {
    type Item = Result<LoggedOperation, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.turn() {
            Ok(()) => self.page.pop_front().map(Ok),
            Err(error) => Some(Err(error)),
        }
    }
}

#[cfg(test)]
mod tests;
