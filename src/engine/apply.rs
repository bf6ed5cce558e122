//! Carrying out a plan: kind by kind, several people at once.

use std::collections::BTreeSet;

use futures::{StreamExt, stream};

use super::draft::{Basis, Draft};
use super::outcome::Done;
use super::tally::Tally;
use super::{CycleError, Planner, Stage};
use crate::connector::{SourceReader, TargetWriter};
use crate::model::{EntraId, Operation};
use crate::plan::{PlannedOperation, SkipReason};
use crate::store::{CycleId, RetryChange, Settled, Stops};

/// People settled in one transaction.
const SETTLED_AT_ONCE: usize = 1000;

/// A plan being carried out.
#[derive(Clone, Copy)]
struct Applying<'a> {
    cycle: CycleId,
    draft: &'a Draft,
    tally: &'a Tally,
    suspects: &'a BTreeSet<EntraId>,
}

impl<S: SourceReader, W: TargetWriter> Planner<S, W> {
    /// Carries out a plan. Goes on past a person's failure; ends early if Jostle as a whole fails. Then whoever failed
    /// in this cycle is forgiven, and comes last in the next one, so that they cannot keep everybody else from it.
    /// Whoever waits for the end of a pause is left as they are; while everything is paused that is everybody.
    pub(super) async fn apply(&self, cycle: CycleId, draft: &Draft, tally: &Tally) -> Result<(), CycleError> {
        if let Some(pause) = self.read_pause().await? {
            tally.wait(&pause, []);
            if pause.what == Stops::Everything {
                tally.wait(&pause, draft.plan.operations.iter().map(|operation| &operation.entra_id));
                return Ok(());
            }
        }
        self.settle_without_writing(cycle, draft, tally).await?;
        self.interlock.ledger.lock().await.clone_from(&draft.ledger);
        if !draft.plan.operations.is_empty() {
            let (planned, now) = (draft.plan.operations.len() as u64, (self.settings.clock)());
            self.store.announce_work(cycle, planned, now).await?;
        }
        self.settings.progress.begin(Stage::Apply, Some(draft.plan.operations.len() as u64));
        let suspects = self.interlock.suspects();
        let applying = Applying { cycle, draft, tally, suspects: &suspects };
        for is_suspect in [false, true] {
            for kind in Operation::ALL {
                self.apply_kind(kind, is_suspect, applying).await;
            }
        }
        let ended = tally.ended();
        match &ended {
            None => self.interlock.suspect(tally.untried(suspects)),
            Some(error) if error.is_outage_of_jostle() => {
                self.interlock.suspect(tally.suspects());
                self.store.forgive(tally.unforgiven()).await?;
            }
            Some(_) => {}
        }
        ended.map_or(Ok(()), Err)
    }

    async fn apply_kind(&self, kind: Operation, is_suspect: bool, applying: Applying<'_>) {
        let chosen = applying.draft.plan.operations.iter().filter(|operation| {
            operation.operation == kind && applying.suspects.contains(&operation.entra_id) == is_suspect
        });
        stream::iter(chosen)
            .for_each_concurrent(self.settings.concurrency, |operation| self.one(operation, is_suspect, applying))
            .await;
    }

    async fn one(&self, operation: &PlannedOperation, is_suspect: bool, applying: Applying<'_>) {
        let Applying { cycle, draft, tally, suspects: _ } = applying;
        if tally.is_ended() {
            return;
        }
        if let Err(pause) = self.interlock.pauses.leave(operation.operation) {
            return tally.wait(&pause, [&operation.entra_id]);
        }
        let nobody = Basis::default();
        let basis = draft.basis.get(&operation.entra_id).unwrap_or(&nobody);
        let result = match self.go_on() {
            Err(stopped) => Err(stopped),
            Ok(()) => self.carry_out(cycle, operation, basis).await,
        };
        self.settings.progress.advance(1);
        match result {
            Ok(Done::Paused(pause)) => tally.wait(&pause, [&operation.entra_id]),
            Ok(done) => tally.judge(operation, basis, is_suspect, &done, &self.settings.quarantine),
            Err(error) => tally.end(error, &operation.entra_id),
        }
    }

    /// Everybody of the plan who needs no write: due no more, or waiting for another try. Whoever was worked on beside
    /// the cycle since it was planned stays as they are now.
    async fn settle_without_writing(&self, cycle: CycleId, draft: &Draft, tally: &Tally) -> Result<(), CycleError> {
        for chunk in draft.plan.skipped.chunks(SETTLED_AT_ONCE) {
            let worked_on = self.interlock.worked_on().await;
            let settled = chunk.iter().filter(|skipped| !worked_on.contains(&skipped.entra_id)).map(|skipped| {
                let basis = draft.basis.get(&skipped.entra_id);
                Settled {
                    entra_id: skipped.entra_id.clone(),
                    mark: basis.and_then(|basis| basis.mark),
                    retry: RetryChange::Clear,
                    watch: basis.map(|basis| basis.watch),
                    ends_hold: skipped.reason != SkipReason::Rejected,
                }
            });
            self.store.settle(settled.collect()).await?;
        }
        let nobody = Basis::default();
        for chunk in draft.plan.failed.chunks(SETTLED_AT_ONCE) {
            let worked_on = self.interlock.worked_on().await;
            let failed = chunk.iter().filter(|failed| !worked_on.contains(&failed.entra_id)).map(|failed| {
                let basis = draft.basis.get(&failed.entra_id).unwrap_or(&nobody);
                if failed.asked {
                    tally.add_look_up(failed, basis);
                }
                self.record_planning_failure(cycle, failed, basis)
            });
            let all: stream::FuturesUnordered<_> = failed.collect();
            all.fold(Ok(()), |all, one| async { all.and(one) }).await?;
        }
        tally.add(draft.plan.skipped.len(), draft.plan.failed.len());
        Ok(())
    }
}
