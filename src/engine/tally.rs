//! What a cycle did so far, counted by several tasks, and what ended it early.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::CycleError;
use super::draft::Basis;
use super::outcome::Done;
use crate::model::{EntraId, Operation};
use crate::plan::{Breaker, Counts, Failed, PlannedOperation, QuarantineRules};
use crate::store::Forgiven;

/// What was done so far.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<Counted>);

/// The counts of a [`Tally`].
#[derive(Debug, Default)]
pub(super) struct Counted {
    pub(super) operations: Counts,
    pub(super) skipped: u64,
    pub(super) failed: u64,
    breaker: Breaker,
    has_succeeded: bool,
    /// Whose request failed in this cycle, with the retry from before.
    unforgiven: Vec<Forgiven>,
    /// Whose request showed that all of Jostle fails.
    blamed: Option<EntraId>,
    end: Option<CycleError>,
}

impl Tally {
    /// Counts what became of one operation that nothing depends on.
    pub(super) fn count(&self, done: &Done) {
        let mut counted = self.counted();
        match done {
            Done::Written(performed) if performed.skipped.is_some() => counted.skipped += 1,
            Done::Written(performed) => counted.operations.add(performed.operation),
            Done::Failed(_) => counted.failed += 1,
            Done::PutOff(_) => counted.skipped += 1,
        }
    }

    /// Counts what became of one operation of a plan, and ends the cycle if too many failed by now. Of a suspect a
    /// failure is their own as soon as anybody else gets through.
    pub(super) fn judge(
        &self,
        operation: &PlannedOperation,
        basis: &Basis,
        is_suspect: bool,
        done: &Done,
        rules: &QuarantineRules,
    ) {
        self.count(done);
        let mut counted = self.counted();
        match done {
            // An account that is taken over as it is needs no request.
            Done::Written(performed) if performed.operation == Operation::Adopt && performed.changes.is_empty() => {}
            Done::Written(_) => {
                counted.breaker.succeeded();
                counted.has_succeeded = true;
            }
            Done::Failed(failed) => {
                let Some(code) = &failed.request_code else { return };
                let retry = basis.retry.clone();
                let is_own = retry.is_some() || is_suspect && counted.has_succeeded;
                counted.unforgiven.push(Forgiven { entra_id: operation.entra_id.clone(), retry });
                if !is_own {
                    counted.breaker.failed(code);
                }
            }
            Done::PutOff(_) => {}
        }
        if let Some(trip) = counted.breaker.tripped(rules) {
            counted.end.get_or_insert(trip.into());
        }
    }

    /// Counts people for whom nothing was sent.
    pub(super) fn add(&self, skipped: usize, failed: usize) {
        let mut counted = self.counted();
        counted.skipped += skipped as u64;
        counted.failed += failed as u64;
    }

    /// A look-up that failed while planning is to be forgiven with the rest.
    pub(super) fn add_look_up(&self, failed: &Failed, basis: &Basis) {
        let forgiven = Forgiven { entra_id: failed.entra_id.clone(), retry: basis.retry.clone() };
        self.counted().unforgiven.push(forgiven);
    }

    /// Nothing more is to be begun; the first cause counts.
    pub(super) fn end(&self, error: CycleError, person: &EntraId) {
        let mut counted = self.counted();
        if counted.end.is_none() {
            counted.end = Some(error);
            counted.blamed = Some(person.clone());
        }
    }

    pub(super) fn is_ended(&self) -> bool {
        self.counted().end.is_some()
    }

    /// Why the cycle ended early.
    pub(super) fn ended(&self) -> Option<CycleError> {
        self.counted().end.clone()
    }

    /// Everybody whose request failed, to be forgiven if it was not for a cause of their own.
    pub(super) fn unforgiven(&self) -> Vec<Forgiven> {
        self.counted().unforgiven.clone()
    }

    /// Everybody who may have been the cause.
    pub(super) fn suspects(&self) -> BTreeSet<EntraId> {
        let counted = self.counted();
        counted.unforgiven.iter().map(|forgiven| &forgiven.entra_id).chain(&counted.blamed).cloned().collect()
    }

    /// The counts, at the end.
    pub(super) fn into_counted(self) -> Counted {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
