//! Carrying out a plan: kind by kind, several people at once.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::{StreamExt, stream};

use super::draft::{Basis, Draft};
use super::outcome::Done;
use super::{CycleError, Planner, Stage};
use crate::connector::{SourceReader, TargetWriter};
use crate::model::Operation;
use crate::plan::{Counts, PlannedOperation};
use crate::store::{CycleId, RetryChange, Settled};

/// People settled in one transaction.
const SETTLED_AT_ONCE: usize = 1000;

/// What was done so far, by several tasks, and what ended it early.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<Counted>);

/// The counts of a [`Tally`].
#[derive(Debug, Default)]
pub(super) struct Counted {
    pub(super) operations: Counts,
    pub(super) skipped: u64,
    pub(super) failed: u64,
    end: Option<CycleError>,
}

impl Tally {
    /// Counts what became of one operation.
    pub(super) fn count(&self, done: &Done) {
        let mut counted = self.counted();
        match done {
            Done::Written(performed) if performed.skipped.is_some() => counted.skipped += 1,
            Done::Written(performed) => counted.operations.add(performed.operation),
            Done::Failed(_) => counted.failed += 1,
        }
    }

    /// Counts people for whom nothing was sent.
    pub(super) fn add(&self, skipped: usize, failed: usize) {
        let mut counted = self.counted();
        counted.skipped += skipped as u64;
        counted.failed += failed as u64;
    }

    /// The counts, at the end.
    pub(super) fn into_counted(self) -> Counted {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: SourceReader, W: TargetWriter> Planner<S, W> {
    /// Carries out a plan. Goes on past a person's failure; ends early if Jostle as a whole fails.
    pub(super) async fn apply(&self, cycle: CycleId, draft: &Draft, tally: &Tally) -> Result<(), CycleError> {
        self.settle_without_writing(cycle, draft).await?;
        tally.add(draft.plan.skipped.len(), draft.plan.failed.len());
        self.settings.progress.begin(Stage::Apply, Some(draft.plan.operations.len() as u64));
        for kind in Operation::ALL {
            let of_kind = draft.plan.operations.iter().filter(|operation| operation.operation == kind);
            stream::iter(of_kind)
                .for_each_concurrent(self.settings.concurrency, |operation| self.one(cycle, operation, draft, tally))
                .await;
            if let Some(error) = tally.counted().end.take() {
                return Err(error);
            }
        }
        Ok(())
    }

    async fn one(&self, cycle: CycleId, operation: &PlannedOperation, draft: &Draft, tally: &Tally) {
        if tally.counted().end.is_some() {
            return;
        }
        let result = match self.go_on() {
            Err(stopped) => Err(stopped),
            Ok(()) => {
                let basis = draft.basis.get(&operation.entra_id).cloned().unwrap_or_default();
                self.carry_out(cycle, operation, &basis).await
            }
        };
        self.settings.progress.advance(1);
        match result {
            Ok(done) => tally.count(&done),
            Err(error) => {
                tally.counted().end.get_or_insert(error);
            }
        }
    }

    /// Everybody of the plan who needs no write: due no more, or waiting for another try.
    async fn settle_without_writing(&self, cycle: CycleId, draft: &Draft) -> Result<(), CycleError> {
        let settled = draft.plan.skipped.iter().map(|skipped| {
            let basis = draft.basis.get(&skipped.entra_id);
            Settled {
                entra_id: skipped.entra_id.clone(),
                mark: basis.and_then(|basis| basis.mark),
                retry: RetryChange::Clear,
                watch: basis.map(|basis| basis.watch),
            }
        });
        for chunk in settled.collect::<Vec<_>>().chunks(SETTLED_AT_ONCE) {
            self.store.settle(chunk.to_vec()).await?;
        }
        let nobody = Basis::default();
        let records = draft.plan.failed.iter().map(|failed| {
            let basis = draft.basis.get(&failed.entra_id).unwrap_or(&nobody);
            self.record_planning_failure(cycle, failed, basis)
        });
        stream::iter(records).buffer_unordered(SETTLED_AT_ONCE).fold(Ok(()), |all, one| async { all.and(one) }).await
    }
}
