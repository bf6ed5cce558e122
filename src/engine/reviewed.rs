//! Carrying out a plan that somebody has reviewed: exactly what it says, for everybody for whom it still is what would be
//! done. Beside a cycle it works on one person at a time, as provisioning on demand does: planned and written under one
//! lock, and what the cycle planned for them until then is void.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::{StreamExt, stream};

use super::applied::{Applied, Became, Carried, Sheet};
use super::carry_out::{Overtaken, STILL_IN_DOUBT};
use super::draft::Basis;
use super::outcome::{Done, PersonFailed};
use super::planner::Considered;
use super::settle::Doubt;
use super::tally::Tally;
use super::{CycleError, Engine, Planner, Stage};
use crate::connector::{Side, SourceReader, TargetWriter};
use crate::model::{EntraId, HeldOperation, Operation};
use crate::plan::{Decision, PlanEntry, PlanFile, PlannedOperation, SkipReason, is_rejected, stale};
use crate::scope::Memberships;
use crate::store::{CycleId, CycleKind, Stops};

/// What everybody of the plan is decided and carried out with.
#[derive(Clone, Copy)]
struct Round<'a> {
    cycle: CycleId,
    memberships: &'a Arc<Memberships>,
    held: &'a BTreeMap<EntraId, HeldOperation>,
    suspects: &'a BTreeSet<EntraId>,
    tally: &'a Tally,
    sheet: &'a Sheet,
}

impl<S: SourceReader, W: TargetWriter> Engine<S, W> {
    /// Carries out a plan that was made earlier, after reading the source. Nobody is written who is not in it, and
    /// nobody for whom it is not exactly what would be done now. Its approval is that it was handed in: no limit holds
    /// it, and it counts against none. A pause does hold it. What ended it early stands beside what was done until then.
    pub async fn apply_plan(&self, file: &PlanFile) -> Result<Carried, CycleError> {
        let running = self.begin(CycleKind::Apply).await?;
        let (made_at, people) = (file.made_at, file.entries.len());
        tracing::info!(event = "plan.begun", %made_at, people, "carrying out a plan that was made at {made_at:.0}");
        let (tally, sheet) = (Tally::default(), Sheet::default());
        let result = self.apply_steps(running.id, file, &tally, &sheet).await;
        let mut report = self.end(running, tally, result.map(|()| 0)).await?;
        let error = report.error.take();
        let policy_changed = file.policy != self.planner.policy.fingerprint();
        let applied = Applied { policy_changed, ..sheet.into_applied(file, &report, error.as_ref()) };
        Ok(Carried { applied, error })
    }

    async fn apply_steps(&self, id: CycleId, file: &PlanFile, tally: &Tally, sheet: &Sheet) -> Result<(), CycleError> {
        let planner = &self.planner;
        if let Some(pause) = planner.read_pause().await? {
            tally.wait(&pause, []);
            if pause.what == Stops::Everything {
                tally.wait(&pause, file.entries.iter().map(|entry| &entry.operation.entra_id));
                return Ok(());
            }
        }
        self.probe().await?;
        planner.settle_intents().await?;
        planner.read().await?;
        self.leave_quarantine(Side::Entra).await?;
        planner.store.set_policy(&planner.policy.fingerprint()).await?;
        let now = (planner.settings.clock)();
        let held = planner.ledger(now).await?.held;
        let (memberships, suspects) = (planner.memberships().await?, planner.interlock.suspects());
        let round = Round { cycle: id, memberships: &memberships, held: &held, suspects: &suspects, tally, sheet };
        planner.settings.progress.begin(Stage::Apply, Some(file.entries.len() as u64));
        for is_suspect in [false, true] {
            for kind in Operation::ALL {
                planner.review_kind(&file.entries, kind, is_suspect, round).await;
            }
        }
        planner.end_review(round).await?;
        self.leave_quarantine(Side::Jostle).await
    }
}

impl<S: SourceReader, W: TargetWriter> Planner<S, W> {
    async fn review_kind(&self, entries: &[PlanEntry], kind: Operation, is_suspect: bool, round: Round<'_>) {
        let chosen = entries.iter().enumerate().filter(|(_, entry)| {
            entry.operation.operation == kind && round.suspects.contains(&entry.operation.entra_id) == is_suspect
        });
        stream::iter(chosen)
            .for_each_concurrent(self.settings.concurrency, |(number, entry)| async move {
                let planned = &entry.operation;
                if round.tally.is_ended() {
                    return;
                }
                match self.review(planned, is_suspect, round).await {
                    Ok(became) => {
                        log(planned, &became);
                        round.sheet.note(number, became);
                    }
                    Err(error) => round.tally.end(error, &planned.entra_id),
                }
                self.settings.progress.advance(1);
            })
            .await;
    }

    /// One person: planned again, and written if that is what the plan says.
    async fn review(
        &self,
        planned: &PlannedOperation,
        is_suspect: bool,
        round: Round<'_>,
    ) -> Result<Became, CycleError> {
        let Round { cycle, memberships, held, tally, .. } = round;
        self.go_on()?;
        if let Err(pause) = self.interlock.pauses.leave(planned.operation) {
            tally.wait(&pause, [&planned.entra_id]);
            return Ok(Became::Waiting(pause.to_string()));
        }
        let outdated = |why: String| {
            tally.add(1, 0);
            Ok(Became::Stale(why))
        };
        let _working = self.interlock.work_beside(&planned.entra_id).await;
        if self.settle_person(&planned.entra_id).await? == Doubt::Remains {
            return outdated(STILL_IN_DOUBT.to_owned());
        }
        let Some(record) = self.store.person(&planned.entra_id).await? else {
            return outdated("the person is not known: Entra has not shown anybody with this object id".to_owned());
        };
        let Considered { decision, watch, looked_up: _ } = self.decide(&record, memberships).await?;
        let basis = Basis::of(&record, watch, memberships);
        let now = match decision {
            Ok(now) => now,
            Err(failed) => {
                self.record_planning_failure(cycle, &failed, &basis).await?;
                let (message, request_code) = (failed.message, Some(failed.code));
                let done = Done::Failed(PersonFailed { message, request_code });
                return Ok(self.became(planned, &basis, is_suspect, done, tally));
            }
        };
        if let Some(why) = stale(planned, &now) {
            return outdated(why);
        }
        if held.get(&planned.entra_id).is_some_and(|before| is_rejected(before, planned)) {
            return outdated(SkipReason::Rejected.to_string());
        }
        let Decision::Do(operation) = now else { return outdated("nothing to do any more".to_owned()) };
        let done = self.write(cycle, &operation, &basis, Overtaken::IsLeft).await?;
        Ok(self.became(planned, &basis, is_suspect, done, tally))
    }

    fn became(&self, planned: &PlannedOperation, basis: &Basis, is_suspect: bool, done: Done, tally: &Tally) -> Became {
        if let Done::Paused(pause) = &done {
            tally.wait(pause, [&planned.entra_id]);
        }
        tally.judge(planned, basis, is_suspect, &done, &self.settings.quarantine);
        match done {
            Done::Written(performed) => match performed.skipped {
                None => Became::Done,
                Some(reason) => Became::Stale(format!("nothing to do any more: {reason}")),
            },
            Done::Failed(failed) => Became::Failed(failed.message),
            Done::PutOff(why) => Became::Stale(why.to_owned()),
            Done::Paused(pause) => Became::Waiting(pause.to_string()),
        }
    }

    /// As at the end of a cycle: whoever failed because all of Jostle did is forgiven, and comes last in the next one.
    async fn end_review(&self, Round { tally, suspects, .. }: Round<'_>) -> Result<(), CycleError> {
        let Some(error) = tally.ended() else { return Ok(()) };
        if error.is_outage_of_jostle() {
            self.interlock.suspect(&tally.suspects() | suspects);
            self.store.forgive(tally.unforgiven()).await?;
        }
        Err(error)
    }
}

/// Whoever was done or has failed is in the log already.
fn log(planned: &PlannedOperation, became: &Became) {
    if let Became::Stale(why) = became {
        let PlannedOperation { operation, user_name: user, entra_id, .. } = planned;
        tracing::warn!(event = "plan.stale", user, %entra_id, %operation, "not done as the plan says: {why}");
    }
}
