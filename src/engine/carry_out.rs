//! One operation from its intent to its outcome. The error is that of the whole cycle, never of the person.

use super::claims::Claimed;
use super::draft::Basis;
use super::instead::Instead;
use super::outcome::{Done, Trace};
use super::perform::{PerformError, with_changes};
use super::planner::LookUpError;
use super::settle::{Doubt, Found};
use super::trouble::Trouble;
use super::{CycleError, Planner};
use crate::connector::{ConnectorError, ErrorKind, SourceReader, TargetWriter};
use crate::defects::{Defect, planted};
use crate::model::{Change, Operation, fold};
use crate::plan::PlannedOperation;
use crate::store::{CycleId, StoreError};

/// Why somebody is not written.
pub(super) const STILL_IN_DOUBT: &str =
    "it is in doubt whether an earlier write was carried out, and the account cannot be read";

/// The same, because of an account that was nobody's.
pub(super) const GIVEN_TO_ANOTHER: &str = "the account was given to somebody else since the plan was made";

/// The name is taken, by an account that may be somebody else's.
const IN_DOUBT: &str = "an account has the name, and it is doubtful whose it is: it is held until somebody says so";

/// The account is another one than the one that was planned for, or approved.
const HELD_NOW: &str = "it would be done to another account than planned, and is held as a limit says";

/// What somebody reviewed, and Jostle has made something else of.
const ANOTHER_THING: &str =
    "Jostle answered that it has something else than the plan says; the next plan has what is to do";

/// What is done when an answer of Jostle shows that something else is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overtaken {
    /// That: it was asked for by hand.
    Done,
    /// That, as far as the limits let it.
    Limited,
    /// Nothing: exactly this operation was reviewed.
    Left,
}

impl<S: SourceReader, W: TargetWriter> Planner<S, W> {
    /// One operation of a plan. Nothing is sent if the person is not what the plan was made from any more.
    pub(super) async fn carry_out(
        &self,
        cycle: CycleId,
        operation: &PlannedOperation,
        basis: &Basis,
    ) -> Result<Done, CycleError> {
        let _working = self.interlock.people.lock(&operation.entra_id).await;
        if self.settle_person(&operation.entra_id).await? == Doubt::Remains {
            return Ok(Done::PutOff(STILL_IN_DOUBT));
        }
        let record = self.store.person(&operation.entra_id).await?;
        let is_as_planned = record.is_some_and(|record| {
            (record.mark, &record.link, &record.retry) == (basis.mark, &basis.link, &basis.retry)
        });
        if !is_as_planned {
            return Ok(Done::PutOff("the person changed since the plan was made"));
        }
        self.write(cycle, operation, basis, Overtaken::Limited).await
    }

    /// One operation for a person on whom the caller works, and of whom nothing is in doubt.
    pub(super) async fn write(
        &self,
        cycle: CycleId,
        operation: &PlannedOperation,
        basis: &Basis,
        overtaken: Overtaken,
    ) -> Result<Done, CycleError> {
        if self.is_name_in_doubt(operation).await? {
            return Ok(Done::PutOff("it is in doubt whether somebody else was given an account of this name"));
        }
        let mut trace = self.begin(cycle, operation.clone(), basis).await?;
        let mut link = basis.link.clone();
        if planted(Defect::OutcomeBeforeRequest)
            && let Some(link) = &link
        {
            self.store.put_link(with_changes(link.clone(), None, &operation.changes)).await?;
        }
        let mut is_first = true;
        loop {
            if let Some(refused) = self.interlock.refusal(cycle) {
                self.nothing_came_of(&mut trace).await?;
                return Err(refused.into());
            }
            let stop = match self.interlock.pauses.leave(trace.operation.operation) {
                Ok(stop) => stop,
                Err(pause) => {
                    self.nothing_came_of(&mut trace).await?;
                    return Ok(Done::Paused(pause));
                }
            };
            let claimed = self.claim(&trace.operation).await?;
            if matches!(claimed, Claimed::ByAnother) {
                self.nothing_came_of(&mut trace).await?;
                return Ok(Done::PutOff(GIVEN_TO_ANOTHER));
            }
            let error = match self.perform(&trace.operation, link.as_ref(), stop).await {
                Ok(performed) => return self.succeeded(&trace, performed).await,
                Err(PerformError::Side(error)) if error.kind == ErrorKind::Withdrawn => {
                    return self.withdrawn(&mut trace, &error).await;
                }
                Err(PerformError::Side(error)) => error,
                Err(error) => return self.give_up(&mut trace, error).await,
            };
            let error = match self.settle_answer(&mut trace, error).await? {
                Answer::Settled(done) => return Ok(done),
                Answer::Refused(error) => error,
            };
            match self.instead(&trace.operation, basis, link.as_ref(), error.clone()).await {
                Ok(Instead::Nothing(performed)) => return self.succeeded(&trace, performed).await,
                Ok(Instead::Another(..)) if overtaken == Overtaken::Left => return Ok(Done::PutOff(ANOTHER_THING)),
                Ok(Instead::Another(another, None)) if self.hold_if_doubtful(&another, basis).await? => {
                    return Ok(Done::PutOff(IN_DOUBT));
                }
                Ok(Instead::Another(another, found)) if is_first => {
                    if let Some(found) = found {
                        drop(claimed);
                        let Some(_claim) = self.interlock.claims.take(&found.target_id) else {
                            return Ok(Done::PutOff(GIVEN_TO_ANOTHER));
                        };
                        match self.store.put_link(found.clone()).await {
                            Err(taken @ StoreError::LinkTaken { .. }) => {
                                return self.failed(&trace, &[], Trouble::taken(&taken)).await;
                            }
                            result => result?,
                        }
                        link = Some(found);
                    }
                    let another = match overtaken {
                        Overtaken::Limited => self.within_limits(&trace.operation, *another, basis).await?,
                        Overtaken::Done | Overtaken::Left => Some(*another),
                    };
                    let Some(another) = another else { return Ok(Done::PutOff(HELD_NOW)) };
                    trace = self.begin(cycle, another, basis).await?;
                    is_first = false;
                }
                // What goes while it is written must not keep anybody busy for ever.
                Ok(Instead::Another(..)) => return self.give_up(&mut trace, error.into()).await,
                Err(error) => return self.give_up(&mut trace, error).await,
            }
        }
    }

    /// A request that was paused while it waited to be sent. What an earlier try of it may have done is settled by reading
    /// before anything else is sent.
    async fn withdrawn(&self, trace: &mut Trace<'_>, error: &ConnectorError) -> Result<Done, CycleError> {
        if !error.in_doubt {
            self.nothing_came_of(trace).await?;
        }
        Ok(match self.interlock.pauses.leave(trace.operation.operation) {
            Err(pause) => Done::Paused(pause),
            Ok(_) => Done::PutOff("it was paused for a moment while it waited to be sent"),
        })
    }

    /// A request that failed: whether something was done all the same.
    async fn settle_answer(&self, trace: &mut Trace<'_>, error: ConnectorError) -> Result<Answer, CycleError> {
        if error.ends_all() {
            if !error.in_doubt {
                self.nothing_came_of(trace).await?;
            }
            return Err(self.outage(&error).await.unwrap_or_else(|| error.into()));
        }
        let (Some(number), true) = (trace.number, error.in_doubt) else {
            self.nothing_came_of(trace).await?;
            return Ok(Answer::Refused(error));
        };
        let found = match self.find(&trace.intent).await {
            Ok(found) => found,
            Err(LookUpError::Cycle(error)) => return Err(error),
            Err(LookUpError::Jostle(unread)) => match self.outage(&unread).await {
                Some(outage) => return Err(outage),
                None => {
                    let trouble = Trouble { in_doubt: true, ..error.into() };
                    let changes = trace.intent.changes.clone();
                    return Ok(Answer::Settled(self.failed(trace, &changes, trouble).await?));
                }
            },
        };
        let Some(found) = found else {
            self.nothing_came_of(trace).await?;
            return Ok(Answer::Refused(error));
        };
        trace.number = None;
        self.settle(number, &trace.intent, Some(&found)).await?;
        let Found { performed, is_whole } = found;
        // The rest of a new account is written by the next plan; of a change, it was refused.
        if is_whole || performed.operation == Operation::Create {
            return Ok(Answer::Settled(Done::Written(performed)));
        }
        let is_unwritten = |change: &Change| !performed.changes.iter().any(|c| c.attribute == change.attribute);
        let rest: Vec<_> = trace.intent.changes.iter().filter(|change| is_unwritten(change)).cloned().collect();
        Ok(Answer::Settled(self.failed(trace, &rest, error.into()).await?))
    }

    /// Nothing else can be done for the person, unless it is all of Jostle that fails.
    async fn give_up(&self, trace: &mut Trace<'_>, error: PerformError) -> Result<Done, CycleError> {
        let outage = match &error {
            PerformError::Side(error) => self.outage(error).await,
            PerformError::Cycle(error) => Some(error.clone()),
            PerformError::Person(_) => None,
        };
        if let Some(outage) = outage {
            self.nothing_came_of(trace).await?;
            return Err(outage);
        }
        let changes = trace.intent.changes.clone();
        match error {
            PerformError::Side(error) => self.failed(trace, &changes, error.into()).await,
            PerformError::Person(failure) => self.failed(trace, &changes, failure.into()).await,
            PerformError::Cycle(error) => Err(error),
        }
    }

    /// Whether somebody else's account of this name may have been created: then this one is not to be had.
    async fn is_name_in_doubt(&self, operation: &PlannedOperation) -> Result<bool, CycleError> {
        if !matches!(operation.operation, Operation::Create | Operation::Adopt) {
            return Ok(false);
        }
        let name = fold(&operation.user_name);
        Ok(self.store.open_intents().await?.iter().any(|(_, intent)| {
            intent.operation == Operation::Create
                && intent.entra_id != operation.entra_id
                && fold(&intent.user_name) == name
        }))
    }
}

/// What a failed request came to.
enum Answer {
    /// It was carried out, or the person has failed.
    Settled(Done),
    /// Nothing was done.
    Refused(ConnectorError),
}
