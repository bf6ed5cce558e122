//! Carrying out a plan that somebody has reviewed: exactly what it says, for everybody for whom it still is what would be
//! done.

use super::applied::{Applied, Carried, Lists, Sheet};
use super::by_hand::{Ground, Reviewed, Round};
use super::draft::Basis;
use super::outcome::PersonFailed;
use super::planner::Considered;
use super::tally::Tally;
use super::{CycleError, Engine, Planner};
use crate::connector::{SourceReader, TargetWriter};
use crate::defects::{Defect, planted};
use crate::event::catalogue::PlanBegun;
use crate::plan::{Decision, PlanFile, PlannedOperation, SkipReason, is_rejected, moved_under_plan, stale};
use crate::store::{ByHand, CycleKind, PersonRecord};

impl<S: SourceReader, W: TargetWriter> Engine<S, W> {
    /// Carries out a plan that was made earlier, after reading the source. Nobody is written who is not in it, and
    /// nobody for whom it is not exactly what would be done now. Its approval is that it was handed in: no limit holds
    /// it, and it counts against none. A pause does hold it. What ended it early stands beside what was done until then.
    pub async fn apply_plan(&self, file: &PlanFile) -> Result<Carried, CycleError> {
        self.apply_plan_by(file, None).await
    }

    /// The same at the word of a user of the operating system, whom the history remembers.
    pub async fn apply_plan_by(&self, file: &PlanFile, by: Option<String>) -> Result<Carried, CycleError> {
        let running = self.begin_by_hand(CycleKind::Apply, ByHand { by, undoes: None }).await?;
        PlanBegun { cycle: running.id.0, made_at: file.made_at, people: file.entries.len() as u64 }.emit();
        let (tally, sheet) = (Tally::default(), Sheet::default());
        let operations: Vec<_> = file.entries.iter().map(|entry| &entry.operation).collect();
        let result = self.by_hand((running.id, Reviewed::Plan), &operations, &tally, &sheet).await;
        let mut report = self.end(running, tally, result.map(|()| 0)).await?;
        let error = report.error.take();
        let paused = report.paused.map(|paused| paused.pause);
        let Lists { done, stale, failed, waiting } = sheet.into_lists(&operations, paused.as_ref(), error.is_some());
        let applied = Applied {
            cycle: report.cycle,
            made_at: file.made_at,
            policy_changed: file.policy != self.planner.policy.fingerprint(),
            done,
            stale,
            failed,
            waiting,
            paused,
            error: error.as_ref().map(ToString::to_string),
        };
        Ok(Carried { applied, error })
    }
}

impl<S: SourceReader, W: TargetWriter> Planner<S, W> {
    /// Whether a reviewed operation is what would be done now.
    pub(super) async fn is_still_planned(
        &self,
        planned: &PlannedOperation,
        record: &PersonRecord,
        Round { cycle, memberships, held, .. }: Round<'_>,
    ) -> Result<Ground, CycleError> {
        let Considered { decision, watch, looked_up: _ } = self.decide(record, memberships).await?;
        let basis = Basis::of(record, watch, memberships);
        let now = match decision {
            Ok(now) => now,
            Err(failed) => {
                self.record_planning_failure(cycle, &failed, &basis).await?;
                let (message, request_code) = (failed.message, Some(failed.code));
                return Ok(Ground::Failed(PersonFailed { message, request_code }, basis));
            }
        };
        if let Some(why) = stale(planned, &now).filter(|_| !planted(Defect::PlanNotCompared)) {
            return Ok(Ground::Stale(why));
        }
        if held.get(&planned.entra_id).is_some_and(|before| is_rejected(before, planned)) {
            return Ok(Ground::Stale(SkipReason::Rejected.to_string()));
        }
        let Decision::Do(operation) = now else { return Ok(Ground::Stale("nothing to do any more".to_owned())) };
        // An account that is to be taken over has just been read.
        match record.link.as_ref().filter(|link| operation.target_id.as_ref() == Some(&link.target_id)) {
            Some(link) => self.on_the_account(operation, basis, link, moved_under_plan).await,
            None => Ok(Ground::Holds(operation, basis)),
        }
    }
}
