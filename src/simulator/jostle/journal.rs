//! What was written to the tenant, by whom, with the account before and after.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value;

/// The oldest writes are forgotten beyond this many, so that a simulator may run for weeks.
const KEPT: usize = 10_000;

/// Who wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Author {
    /// A client of the API.
    Api,
    /// Somebody in Jostle's own pages.
    Administrator,
}

/// One write that the tenant carried out, whatever became of its answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JostleWrite {
    /// Counts from 1 and goes on when the journal is cleared.
    pub number: u64,
    /// Who wrote.
    pub by: Author,
    /// POST, PUT, PATCH or DELETE; an administrator's write has the method that does the same.
    pub method: String,
    /// The account's id before the write; of a new account the one that it got.
    pub id: String,
    /// The account as the API would have shown it before; none of a new one.
    pub before: Option<Value>,
    /// The account as the API shows it afterwards; none of a deleted one. Equal to `before` where nothing changed.
    pub after: Option<Value>,
}

/// The writes since the start or the last clearing, oldest first.
#[derive(Debug, Default)]
pub(super) struct Journal {
    last_number: u64,
    writes: VecDeque<JostleWrite>,
}

impl Journal {
    /// Notes a write.
    pub(super) fn note(&mut self, by: Author, method: &str, id: &str, before: Option<Value>, after: Option<Value>) {
        self.last_number += 1;
        if self.writes.len() == KEPT {
            self.writes.pop_front();
        }
        let (method, id) = (method.to_owned(), id.to_owned());
        self.writes.push_back(JostleWrite { number: self.last_number, by, method, id, before, after });
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<JostleWrite> {
        self.writes.iter().cloned().collect()
    }

    /// Forgets them.
    pub(super) fn clear(&mut self) {
        self.writes.clear();
    }
}
