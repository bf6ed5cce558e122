//! Carrying out operations that somebody has looked at, person by person: the operations of a plan, or what undoes a
//! cycle. Beside a cycle it works on one person at a time, as provisioning on demand does: looked at again and written
//! under one lock, and what the cycle planned for them until then is void.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::{StreamExt, stream};

use super::applied::{Became, Sheet};
use super::carry_out::{Overtaken, STILL_IN_DOUBT};
use super::draft::Basis;
use super::outcome::{Done, PersonFailed};
use super::settle::Doubt;
use super::tally::Tally;
use super::trouble::code_of;
use super::undone::Undoing;
use super::{CycleError, Engine, Planner, Stage};
use crate::connector::{Side, SourceReader, TargetReader, TargetWriter};
use crate::event::catalogue::{LeftOut, PlanStale, UndoRefused};
use crate::model::{Account, Change, EntraId, HeldOperation, Link, Operation};
use crate::plan::PlannedOperation;
use crate::scope::Memberships;
use crate::store::{CycleId, PersonRecord, Stops};

/// What somebody has looked at.
#[derive(Clone, Copy)]
pub(super) enum Reviewed<'a> {
    /// A plan: it must be what would be done now.
    Plan,
    /// What undoes a cycle: nothing of it may have moved on.
    Undo(&'a Undoing),
}

/// What everybody is carried out with.
#[derive(Clone, Copy)]
pub(super) struct Round<'a> {
    pub(super) cycle: CycleId,
    pub(super) reviewed: Reviewed<'a>,
    pub(super) memberships: &'a Arc<Memberships>,
    pub(super) held: &'a BTreeMap<EntraId, HeldOperation>,
    pub(super) suspects: &'a BTreeSet<EntraId>,
    pub(super) tally: &'a Tally,
    pub(super) sheet: &'a Sheet,
}

/// What a second look at one person shows.
pub(super) enum Ground {
    /// It still is to be done.
    Holds(Box<PlannedOperation>, Basis),
    /// It is not, and why.
    Stale(String),
    /// It could not be found out.
    Failed(PersonFailed, Basis),
}

impl<S: SourceReader, W: TargetWriter> Engine<S, W> {
    /// Carries out what somebody has looked at. No limit holds it, and it counts against none; a pause does hold it.
    pub(super) async fn by_hand(
        &self,
        (cycle, reviewed): (CycleId, Reviewed<'_>),
        operations: &[&PlannedOperation],
        tally: &Tally,
        sheet: &Sheet,
    ) -> Result<(), CycleError> {
        let planner = &self.planner;
        if let Some(pause) = planner.read_pause().await? {
            tally.wait(&pause, []);
            if pause.what == Stops::Everything {
                tally.wait(&pause, operations.iter().map(|operation| &operation.entra_id));
                return Ok(());
            }
        }
        self.planner.probe_quarantined().await?;
        planner.settle_intents().await?;
        // What undoes a cycle is not decided by what the source has.
        if matches!(reviewed, Reviewed::Plan) {
            planner.read().await?;
            self.planner.leave_quarantine(Side::Entra).await?;
            planner.begin_deciding().await?;
        }
        let held = planner.ledger(self.now()).await?.held;
        let (memberships, suspects) = (planner.memberships().await?, planner.interlock.suspects());
        let (memberships, held, suspects) = (&memberships, &held, &suspects);
        let round = Round { cycle, reviewed, memberships, held, suspects, tally, sheet };
        planner.settings.progress.begin(Stage::Apply, Some(operations.len() as u64));
        for is_suspect in [false, true] {
            for kind in Operation::ALL {
                planner.review_kind(operations, kind, is_suspect, round).await;
            }
        }
        planner.end_review(round).await?;
        self.planner.leave_quarantine(Side::Jostle).await
    }
}

impl<S: SourceReader, W: TargetWriter> Planner<S, W> {
    async fn review_kind(&self, operations: &[&PlannedOperation], kind: Operation, is_suspect: bool, round: Round<'_>) {
        let chosen = operations.iter().enumerate().filter(|(_, operation)| {
            operation.operation == kind && round.suspects.contains(&operation.entra_id) == is_suspect
        });
        stream::iter(chosen)
            .for_each_concurrent(self.settings.concurrency, |(number, planned)| async move {
                if round.tally.is_ended() {
                    return;
                }
                match self.review(planned, is_suspect, round).await {
                    Ok(became) => {
                        log(planned, &became, round.reviewed);
                        round.sheet.note(number, became);
                    }
                    Err(error) => round.tally.end(error, &planned.entra_id),
                }
                self.settings.progress.advance(1);
            })
            .await;
    }

    /// One person: looked at again, and written if it still is as it was shown.
    async fn review(
        &self,
        planned: &PlannedOperation,
        is_suspect: bool,
        round: Round<'_>,
    ) -> Result<Became, CycleError> {
        let Round { cycle, reviewed, tally, .. } = round;
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
        let (done, basis) = match self.ground(planned, &record, round).await? {
            Ground::Stale(why) => return outdated(why),
            Ground::Failed(failed, basis) => (Done::Failed(failed), basis),
            Ground::Holds(operation, basis) => {
                let done = self.write(cycle, &operation, &basis, Overtaken::Left).await?;
                if let Reviewed::Undo(undoing) = reviewed {
                    undoing.log(&operation, &basis, &done);
                }
                (done, basis)
            }
        };
        Ok(self.became(planned, &basis, is_suspect, done, tally))
    }

    async fn ground(
        &self,
        planned: &PlannedOperation,
        record: &PersonRecord,
        round: Round<'_>,
    ) -> Result<Ground, CycleError> {
        match round.reviewed {
            Reviewed::Plan => self.is_still_planned(planned, record, round).await,
            Reviewed::Undo(undoing) => self.can_still_be_undone(undoing, planned, record, round).await,
        }
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

impl<S: Sync, W: TargetReader> Planner<S, W> {
    /// Whether an operation holds by what its account shows now: `moved` says what of it has moved on.
    pub(super) async fn on_the_account(
        &self,
        operation: Box<PlannedOperation>,
        basis: Basis,
        link: &Link,
        moved: fn(&[Change], &Link, &Account) -> Vec<String>,
    ) -> Result<Ground, CycleError> {
        let account = match self.target.account(&link.target_id).await {
            Ok(Some(account)) => account,
            Ok(None) => return Ok(Ground::Stale(format!("Jostle has no account {} any more", link.target_id))),
            Err(error) => {
                return match self.outage(&error).await {
                    Some(outage) => Err(outage),
                    None => {
                        let (message, request_code) = (error.to_string(), Some(code_of(&error)));
                        Ok(Ground::Failed(PersonFailed { message, request_code }, basis))
                    }
                };
            }
        };
        let moved = moved(&operation.changes, link, &account);
        Ok(if moved.is_empty() { Ground::Holds(operation, basis) } else { Ground::Stale(moved.join("; ")) })
    }
}

/// Whoever was done or has failed is in the log already.
fn log(planned: &PlannedOperation, became: &Became, reviewed: Reviewed<'_>) {
    let Became::Stale(why) = became else { return };
    let left_out = LeftOut {
        entra_id: (&planned.entra_id).into(),
        user_name: (&planned.user_name).into(),
        operation: planned.operation.into(),
        reason: why.into(),
    };
    match reviewed {
        Reviewed::Plan => PlanStale::from(left_out).emit(),
        Reviewed::Undo(_) => UndoRefused::from(left_out).emit(),
    }
}
