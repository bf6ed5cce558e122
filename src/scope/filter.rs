//! Filters: every clause of one must hold, and one filter is enough.

use super::clause::{Clause, ClauseFailure};
use crate::model::Subject;

/// A filter. One without clauses lets everybody pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// What people call it.
    pub title: String,
    /// What must hold, all of it.
    pub clauses: Vec<Clause>,
}

impl Filter {
    /// Whether it lets a person pass. A clause that is false decides, whatever another one fails at.
    pub(super) fn passes(&self, subject: &Subject<'_>) -> Result<bool, ClauseFailure> {
        decide(false, self.clauses.iter().map(|clause| clause.holds(subject)))
    }
}

/// Whether one of several filters lets a person pass; no filter lets everybody pass. A filter that passes decides,
/// whatever another one fails at.
pub(super) fn passes_one(filters: &[Filter], subject: &Subject<'_>) -> Result<bool, ClauseFailure> {
    if filters.is_empty() {
        return Ok(true);
    }
    decide(true, filters.iter().map(|filter| filter.passes(subject)))
}

/// AND for `decisive == false`, OR for true: the decisive answer wins over a failure, a failure over the other answer.
fn decide<E>(decisive: bool, answers: impl Iterator<Item = Result<bool, E>>) -> Result<bool, E> {
    let mut failure = None;
    for answer in answers {
        match answer {
            Ok(answer) if answer == decisive => return Ok(decisive),
            Ok(_) => {}
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    failure.map_or(Ok(!decisive), Err)
}
