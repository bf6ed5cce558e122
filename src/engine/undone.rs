//! Undoing a cycle: what reverses it, as it was drawn and confirmed, for everybody of whom nothing has moved on. What it
//! leaves to be done is rejected with its outcome, so that the next cycle does not do the same again.

use serde::{Deserialize, Serialize};

use super::applied::{AppliedLine, Lists, Sheet};
use super::by_hand::{Ground, Reviewed, Round};
use super::draft::Basis;
use super::outcome::Done;
use super::perform::with_changes;
use super::planner::person;
use super::tally::Tally;
use super::{CycleError, Engine, Planner};
use crate::connector::{SourceReader, TargetWriter};
use crate::defects::{Defect, planted};
use crate::event::catalogue::{UndoBegun, UndoKeptOut};
use crate::model::{Link, Operation, Watch};
use crate::plan::{
    Afterwards, Decided, Decision, LoggedWrite, Matching, NotUndone, PlannedOperation, Policy, Reversal, Undo,
    WrittenPerson, afterwards, class_of, decide, is_rejected, moved_in_jostle, reversal, stale,
};
use crate::store::{
    ByHand, CycleFile, CycleKind, HoldChange, LogEntry, LogQuery, Pause, PersonFile, PersonRecord, Rejection,
};

/// What came of an undo: everybody for whom it was confirmed is in one of the lists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Undone {
    /// Its own number in the provisioning log.
    pub cycle: i64,
    /// The cycle that it undoes.
    pub undoes: i64,
    /// For whom it was carried out.
    pub done: Vec<AppliedLine>,
    /// Of whom something has moved on: nothing was written.
    pub refused: Vec<AppliedLine>,
    /// Who failed.
    pub failed: Vec<AppliedLine>,
    /// Who was not tried, because of a pause or because it ended early.
    pub waiting: Vec<AppliedLine>,
    /// The pause that is set.
    pub paused: Option<Pause>,
    /// Why it ended early.
    pub error: Option<String>,
}

/// What came of an undo, and what ended it early.
#[derive(Debug)]
#[must_use]
pub struct CarriedUndo {
    /// What was done.
    pub undone: Undone,
    /// What ended it early.
    pub error: Option<CycleError>,
}

/// An undo under way.
pub(super) struct Undoing {
    /// The cycle that is undone.
    cycle: i64,
    by: String,
    /// Why what it leaves to be done is kept out.
    why: String,
}

/// What reverses a cycle, by all that the state has of whomever it has written.
pub fn draw_undo(CycleFile { cycle, people, in_flight: _ }: &CycleFile, policy: &Policy) -> Undo {
    let logs: Vec<_> = people.iter().map(|person| writes_of(&person.log)).collect();
    let written = people.iter().zip(&logs).filter_map(|(PersonFile { record, log, .. }, writes)| {
        let user_name = &log.iter().find(|entry| entry.cycle == cycle.id && is_write(entry))?.user_name;
        Some(WrittenPerson { entra_id: &record.user.id, user_name, writes, link: record.link.as_ref() })
    });
    Undo::new(cycle.id.0, written, policy)
}

impl<S: SourceReader, W: TargetWriter> Engine<S, W> {
    /// Undoes a cycle at the word of a user of the operating system: these operations, which were drawn by
    /// [`draw_undo`] and confirmed. Nobody is written of whom anything has moved on since. No limit holds it, and it
    /// counts against none; a pause does hold it. What ended it early stands beside what was done until then.
    pub async fn undo(
        &self,
        undoes: i64,
        operations: &[PlannedOperation],
        by: &str,
    ) -> Result<CarriedUndo, CycleError> {
        let by_hand = ByHand { by: Some(by.to_owned()), undoes: Some(undoes) };
        let running = self.begin_by_hand(CycleKind::Undo, by_hand).await?;
        let (cycle, people) = (running.id, operations.len());
        UndoBegun { cycle: cycle.0, undoes, by: by.into(), people: people as u64 }.emit();
        let why = format!("cycle {undoes} was undone by {by} (cycle {})", cycle.0);
        let undoing = Undoing { cycle: undoes, by: by.to_owned(), why };
        let (tally, sheet) = (Tally::default(), Sheet::default());
        let operations: Vec<_> = operations.iter().collect();
        let result = self.by_hand((cycle, Reviewed::Undo(&undoing)), &operations, &tally, &sheet).await;
        let mut report = self.end(running, tally, result.map(|()| 0)).await?;
        let error = report.error.take();
        let paused = report.paused.map(|paused| paused.pause);
        let Lists { done, stale, failed, waiting } = sheet.into_lists(&operations, paused.as_ref(), error.is_some());
        let told = error.as_ref().map(ToString::to_string);
        let undone = Undone { cycle: cycle.0, undoes, done, refused: stale, failed, waiting, paused, error: told };
        Ok(CarriedUndo { undone, error })
    }
}

impl<S: SourceReader, W: TargetWriter> Planner<S, W> {
    /// Whether what was confirmed still reverses the cycle, by the state and by what Jostle shows now; with what becomes
    /// of what it leaves to be done.
    pub(super) async fn can_still_be_undone(
        &self,
        undoing: &Undoing,
        planned: &PlannedOperation,
        record: &PersonRecord,
        round: Round<'_>,
    ) -> Result<Ground, CycleError> {
        let query = LogQuery { entra_id: Some(record.user.id.clone()), limit: usize::MAX };
        let writes = writes_of(&self.store.log(query).await?);
        let (entra_id, user_name, link) = (&record.user.id, planned.user_name.as_str(), record.link.as_ref());
        let person = WrittenPerson { entra_id, user_name, writes: &writes, link };
        let (operation, link) = match (reversal(undoing.cycle, person, &self.policy), link) {
            (Reversal { operation: Some(operation), refused: _ }, Some(link)) => (Box::new(operation), link),
            (Reversal { refused, .. }, _) => return Ok(Ground::Stale(reasons(&refused))),
        };
        if let Some(why) = stale(planned, &Decision::Do(operation.clone())) {
            return Ok(Ground::Stale(why));
        }
        let (watch, undo) = match self.follows(undoing, &operation, record, link, round) {
            Ok(follows) => follows,
            Err(why) => return Ok(Ground::Stale(why)),
        };
        let basis = Basis { undo: Some(undo), ..Basis::of(record, watch, round.memberships) };
        self.on_the_account(operation, basis, link, moved_in_jostle).await
    }

    /// What an undo leaves to be done, and what becomes of that; or why that cannot be said.
    fn follows(
        &self,
        Undoing { cycle: _, by, why }: &Undoing,
        operation: &PlannedOperation,
        record: &PersonRecord,
        link: &Link,
        Round { memberships, held, .. }: Round<'_>,
    ) -> Result<(Watch, HoldChange), String> {
        let situation = self.situation(memberships);
        let decided = |record: &PersonRecord| decide(person(record), situation, Matching::NotAsked);
        let undone = with_changes(link.clone(), None, &operation.changes);
        let before = decided(record).decision;
        let Decided { decision: after, watch } = decided(&PersonRecord { link: Some(undone), ..record.clone() });
        let is_rejected = match (&before, held.get(&record.user.id)) {
            (Decision::Do(before), Some(held)) => is_rejected(held, before),
            _ => false,
        };
        let change = match afterwards(&operation.changes, &before, &after, is_rejected) {
            Afterwards::Nothing => HoldChange::End,
            Afterwards::AsBefore => HoldChange::Keep,
            Afterwards::Again(_) if planted(Defect::UndoneAgain) => HoldChange::End,
            Afterwards::Again(again)
                if planted(Defect::UndoneAgainAfterGrace)
                    && again.operation == Operation::Deactivate
                    && self.policy.actions.grace_days > 0 =>
            {
                HoldChange::End
            }
            Afterwards::Again(again) => rejection(*again, by, why).map_or(HoldChange::End, HoldChange::Reject),
            Afterwards::Mixed(waiting) => {
                let changes: Vec<_> = waiting.changes.iter().map(ToString::to_string).collect();
                return Err(format!(
                    "something else waits to be done for the person ({}: {}), and afterwards the two cannot be told \
                     apart: let a cycle do it, or decide about it if it is held, and undo again",
                    waiting.operation,
                    changes.join(", ")
                ));
            }
        };
        Ok((watch, change))
    }
}

impl Undoing {
    /// That what it leaves to be done is kept out; what was done is in the log already.
    pub(super) fn log(&self, operation: &PlannedOperation, basis: &Basis, done: &Done) {
        let (Some(HoldChange::Reject(kept)), Done::Written(_)) = (&basis.undo, done) else { return };
        let PlannedOperation { user_name, entra_id, .. } = operation;
        let Rejection { operation, class, .. } = kept.as_ref();
        UndoKeptOut {
            entra_id: entra_id.into(),
            user_name: user_name.into(),
            operation: operation.into(),
            class: class.into(),
            by: (&self.by).into(),
        }
        .emit();
    }
}

fn rejection(again: PlannedOperation, by: &str, why: &str) -> Option<Box<Rejection>> {
    let class = class_of(&again)?;
    let PlannedOperation { operation, target_id, changes, reason, .. } = again;
    let (reason, why, by) = (reason.to_string(), why.to_owned(), by.to_owned());
    Some(Box::new(Rejection { class, operation, target_id, changes, reason, why, by }))
}

fn reasons(refused: &[NotUndone]) -> String {
    let all: Vec<_> = refused
        .iter()
        .map(|left| match &left.attribute {
            Some(attribute) => format!("{attribute}: {}", left.reason),
            None => left.reason.clone(),
        })
        .collect();
    match all.is_empty() {
        true => "the cycle did nothing for the person that is to be undone".to_owned(),
        false => all.join("; "),
    }
}

/// The writes of one person, the oldest first.
fn writes_of(log: &[LogEntry]) -> Vec<LoggedWrite> {
    let write = |entry: &LogEntry| {
        let operation = Operation::ALL.into_iter().find(|operation| operation.as_str() == entry.operation)?;
        let (target_id, changes) = (entry.target_id.clone(), entry.changes.clone());
        Some(LoggedWrite { cycle: entry.cycle.0, operation, target_id, changes })
    };
    log.iter().rev().filter(|entry| is_write(entry)).filter_map(write).collect()
}

fn is_write(entry: &LogEntry) -> bool {
    entry.status == "success"
}
