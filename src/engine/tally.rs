//! What a cycle did so far, counted by several tasks, and what ended it early.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::CycleError;
use super::draft::Basis;
use super::outcome::Done;
use super::pausing::Paused;
use crate::model::{EntraId, Operation};
use crate::plan::{Breaker, Counts, Failed, PlannedOperation, QuarantineRules};
use crate::store::{Forgiven, Pause};

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
    /// The pause that was met first.
    paused: Option<Pause>,
    /// Whoever waits for its end.
    waiting: BTreeSet<EntraId>,
}

impl Counted {
    /// What a pause has kept from being written; none if there was none.
    pub(super) fn paused(&self) -> Option<Paused> {
        let pause = self.paused.clone()?;
        Some(Paused { pause, waiting: self.waiting.len() as u64 })
    }
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
            Done::Paused(_) => {}
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
            Done::PutOff(_) | Done::Paused(_) => {}
        }
        if let Some(trip) = counted.breaker.tripped(rules) {
            counted.end.get_or_insert(trip.into());
        }
    }

    /// A pause is set, and these people wait for its end.
    pub(super) fn wait<'a>(&self, pause: &Pause, people: impl IntoIterator<Item = &'a EntraId>) {
        let mut counted = self.counted();
        counted.paused.get_or_insert_with(|| pause.clone());
        counted.waiting.extend(people.into_iter().cloned());
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

    /// Those of them who could not be tried, because they wait for the end of a pause.
    pub(super) fn untried(&self, mut people: BTreeSet<EntraId>) -> BTreeSet<EntraId> {
        let counted = self.counted();
        people.retain(|id| counted.waiting.contains(id));
        people
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Stops;

    #[test]
    fn only_those_suspects_stay_so_who_wait_for_the_end_of_a_pause() {
        let people = |names: &[&str]| names.iter().map(|name| EntraId::new(name)).collect::<BTreeSet<_>>();
        let tally = Tally::default();
        assert_eq!(tally.untried(people(&["ann", "bob"])), people(&[]));
        let pause = Pause::new(Stops::Removals, jiff::Timestamp::UNIX_EPOCH, "ann".to_owned(), None);
        tally.wait(&pause, &people(&["bob", "cid"]));
        assert_eq!(tally.untried(people(&["ann", "bob"])), people(&["bob"]));
        assert_eq!(tally.into_counted().paused().map(|paused| paused.waiting), Some(2));
    }
}
