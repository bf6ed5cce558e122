//! The outcome of an operation: what is remembered and logged, whatever came of it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::draft::Basis;
use super::perform::Performed;
use super::trouble::Trouble;
use super::{CycleError, Planner};
use crate::connector::{SourceReader, TargetWriter};
use crate::defects::{Defect, planted};
use crate::event::catalogue::{
    UserAdopted, UserCreated, UserDeactivated, UserDeleted, UserFailed, UserReactivated, UserSkipped, UserUpdated,
    UserWritten,
};
use crate::event::{Prose, Word};
use crate::model::{Change, Operation};
use crate::plan::{Failed, Identity, PlannedOperation, next_attempt};
use crate::store::{
    CycleId, Forgiven, HoldChange, Intent, IntentId, LinkChange, LogEntry, Matched, Outcome, Pause, Retry, RetryChange,
    StoreError,
};

/// What became of one operation.
#[derive(Debug)]
pub(super) enum Done {
    /// It was carried out, or turned out not to be needed.
    Written(Performed),
    /// The person failed.
    Failed(PersonFailed),
    /// Nothing was sent, and why; the person stays due.
    PutOff(&'static str),
    /// Nothing was sent because of this pause; the person stays due.
    Paused(Pause),
}

/// How a person failed.
#[derive(Debug)]
pub(super) struct PersonFailed {
    pub(super) message: String,
    /// What the request failed with; none if it was not a request that failed.
    pub(super) request_code: Option<String>,
}

/// One operation under way.
pub(super) struct Trace<'a> {
    pub(super) operation: PlannedOperation,
    pub(super) basis: &'a Basis,
    pub(super) intent: Intent,
    /// Its number, as long as it is open.
    pub(super) number: Option<IntentId>,
}

impl<S: SourceReader, W: TargetWriter> Planner<S, W> {
    /// Says that an operation is about to be sent.
    pub(super) async fn begin<'a>(
        &self,
        cycle: CycleId,
        operation: PlannedOperation,
        basis: &'a Basis,
    ) -> Result<Trace<'a>, CycleError> {
        let intent = Intent {
            cycle,
            entra_id: operation.entra_id.clone(),
            operation: operation.operation,
            user_name: operation.user_name.clone(),
            target_id: operation.target_id.clone(),
            changes: operation.changes.clone(),
            seen: operation.seen.clone(),
            counts_as: operation.counts_as,
            undo: basis.undo.clone(),
            reason: Some(operation.reason.to_string()),
            matched: Some(matched(&operation)),
            at: (self.settings.clock)(),
        };
        let number = match planted(Defect::IntentNotWritten) {
            true => None,
            false => Some(self.store.begin_intent(intent.clone()).await?),
        };
        Ok(Trace { operation, basis, intent, number })
    }

    /// Ends the intent of a request that is known to have done nothing.
    pub(super) async fn nothing_came_of(&self, trace: &mut Trace<'_>) -> Result<(), CycleError> {
        if let Some(number) = trace.number.take() {
            self.store.drop_intent(number).await?;
        }
        Ok(())
    }

    pub(super) async fn succeeded(&self, trace: &Trace<'_>, performed: Performed) -> Result<Done, CycleError> {
        let mut entry = entry_of(&trace.intent, &performed, (self.settings.clock)());
        if let Some(reason) = performed.skipped {
            "skipped".clone_into(&mut entry.status);
            entry.message = Some(reason.to_string());
        }
        let logged = entry.clone();
        // A link that is gone and shall be created again is not settled: the person stays due.
        let again =
            matches!(&performed.link, LinkChange::Put(link) if link.gone) && self.policy.actions.recreate_deleted;
        if again {
            // Whoever was due by time alone has no mark that could stay.
            let entra_id = trace.operation.entra_id.clone();
            self.store.forgive(vec![Forgiven { entra_id, retry: None }]).await?;
        }
        let hold = trace.intent.undo.clone().unwrap_or(HoldChange::End);
        let stays_due = hold == HoldChange::Keep;
        let outcome = Outcome {
            intent: trace.number,
            entry,
            link: performed.link.clone(),
            retry: if stays_due { RetryChange::Keep } else { RetryChange::Clear },
            watch: Some(trace.basis.watch),
            mark: trace.basis.mark.filter(|_| !again && !stays_due),
            hold,
        };
        match self.store.record(outcome).await {
            Ok(()) => {
                log_success(&logged);
                Ok(Done::Written(performed))
            }
            // Somebody else was linked to the account in the meantime: a conflict of this person, not of the state.
            Err(taken @ StoreError::LinkTaken { .. }) => {
                self.failed(trace, &performed.changes, Trouble::taken(&taken)).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The person failed, with these changes not written. An intent that is still in doubt stays.
    pub(super) async fn failed(
        &self,
        trace: &Trace<'_>,
        changes: &[Change],
        trouble: Trouble,
    ) -> Result<Done, CycleError> {
        let mut entry = blank_entry(&trace.intent, (self.settings.clock)());
        if !planted(Defect::LogBeforeWrite) {
            "failure".clone_into(&mut entry.status);
        }
        changes.clone_into(&mut entry.changes);
        entry.message = Some(trouble.message.clone());
        entry.request_id.clone_from(&trouble.request_id);
        entry.http_status = trouble.status;
        entry.code = Some(trouble.code.clone());
        log_failure(&entry);
        let (message, request_code) = (trouble.message.clone(), trouble.request_code.clone());
        let intent = trace.number.filter(|_| !trouble.in_doubt);
        // An undo is not tried again by itself, and the person is as due as before.
        let (retry, watch, mark) = match trace.intent.undo {
            Some(_) => (RetryChange::Keep, None, None),
            None => {
                let retry = RetryChange::Set(self.retry(trace.basis.retry.as_ref(), trouble));
                (retry, Some(trace.basis.watch), trace.basis.mark)
            }
        };
        let (link, hold) = (LinkChange::Keep, HoldChange::Keep);
        let outcome = Outcome { intent, entry, link, retry, watch, mark, hold };
        self.store.record(outcome).await?;
        Ok(Done::Failed(PersonFailed { message, request_code }))
    }

    /// Somebody who cannot be provisioned as planned: in the log, and waiting for another try.
    pub(super) async fn record_planning_failure(
        &self,
        cycle: CycleId,
        failed: &Failed,
        basis: &Basis,
    ) -> Result<(), CycleError> {
        let entry = LogEntry {
            cycle,
            at: (self.settings.clock)(),
            entra_id: failed.entra_id.clone(),
            user_name: failed.user_name.clone(),
            target_id: basis.link.as_ref().map(|link| link.target_id.clone()),
            operation: LogEntry::NO_OPERATION.to_owned(),
            status: "failure".to_owned(),
            changes: Vec::new(),
            message: Some(failed.message.clone()),
            request_id: failed.request_id.clone(),
            duration_ms: 0,
            counts_as: None,
            reason: None,
            matched: None,
            http_status: None,
            code: Some(failed.code.clone()),
        };
        log_failure(&entry);
        let retry = RetryChange::Set(self.retry(basis.retry.as_ref(), failed.into()));
        let watch = Some(basis.watch);
        let (link, hold) = (LinkChange::Keep, HoldChange::Keep);
        let outcome = Outcome { intent: None, entry, link, retry, watch, mark: basis.mark, hold };
        Ok(self.store.record(outcome).await?)
    }

    fn retry(&self, earlier: Option<&Retry>, trouble: Trouble) -> Retry {
        let now = (self.settings.clock)();
        let attempts = earlier.map_or(0, |retry| retry.attempts).saturating_add(1);
        let wait = next_attempt(trouble.pace, attempts, fastrand::f64());
        Retry {
            first_failed_at: earlier.map_or(now, |retry| retry.first_failed_at),
            attempts,
            next_at: wait.map(|wait| later(now, wait)),
            kind: trouble.code,
            message: trouble.message,
            request_id: trouble.request_id,
        }
    }
}

/// The line of the log for what was done.
pub(super) fn entry_of(intent: &Intent, performed: &Performed, now: Timestamp) -> LogEntry {
    LogEntry {
        operation: performed.operation.as_str().to_owned(),
        target_id: performed.target_id.clone(),
        changes: performed.changes.clone(),
        counts_as: intent.counts_as,
        http_status: performed.receipt.as_ref().map(|receipt| receipt.status),
        request_id: performed.receipt.as_ref().and_then(|receipt| receipt.request_id.clone()),
        ..blank_entry(intent, now)
    }
}

fn blank_entry(intent: &Intent, now: Timestamp) -> LogEntry {
    LogEntry {
        cycle: intent.cycle,
        at: now,
        entra_id: intent.entra_id.clone(),
        user_name: intent.user_name.clone(),
        target_id: intent.target_id.clone(),
        operation: intent.operation.as_str().to_owned(),
        status: "success".to_owned(),
        changes: Vec::new(),
        message: None,
        request_id: None,
        duration_ms: milliseconds(intent.at, now),
        counts_as: None,
        reason: intent.reason.clone(),
        matched: intent.matched,
        http_status: None,
        code: None,
    }
}

/// Milliseconds from one time to another, never negative: a clock may be set back.
pub(super) fn milliseconds(from: Timestamp, to: Timestamp) -> i64 {
    i64::try_from(to.duration_since(from).as_millis()).unwrap_or_default().max(0)
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok()).unwrap_or(Timestamp::MAX)
}

pub(super) fn log_success(entry: &LogEntry) {
    let changed: Vec<_> = entry.changes.iter().map(|change| change.attribute.to_string()).collect();
    let values: Vec<_> = entry.changes.iter().map(ToString::to_string).collect();
    let written = UserWritten {
        entra_id: (&entry.entra_id).into(),
        user_name: (&entry.user_name).into(),
        jostle_id: entry.target_id.as_ref().map(Word::from),
        attributes: changed.join(" ").into(),
        changes: Some(values.join("; ").into()).filter(|_| !values.is_empty()),
        note: entry.message.as_ref().map(Prose::from),
        cycle: entry.cycle.0,
        duration_ms: entry.duration_ms.unsigned_abs(),
    };
    match (entry.status.as_str(), entry.operation.as_str()) {
        ("skipped", _) => UserSkipped::from(written).emit(),
        (_, "create") => UserCreated::from(written).emit(),
        (_, "adopt") => UserAdopted::from(written).emit(),
        (_, "deactivate") => UserDeactivated::from(written).emit(),
        (_, "reactivate") => UserReactivated::from(written).emit(),
        (_, "delete") => UserDeleted::from(written).emit(),
        _ => UserUpdated::from(written).emit(),
    }
}

/// How the account of an operation was found.
fn matched(PlannedOperation { operation, identity, .. }: &PlannedOperation) -> Matched {
    match (operation, identity) {
        (Operation::Create | Operation::Adopt, Identity::Chosen) => Matched::Chosen,
        (Operation::Create, _) => Matched::NoAccount,
        (Operation::Adopt, _) => Matched::UserName,
        _ => Matched::Link,
    }
}

fn log_failure(entry: &LogEntry) {
    UserFailed {
        entra_id: (&entry.entra_id).into(),
        user_name: (&entry.user_name).into(),
        jostle_id: entry.target_id.as_ref().map(Word::from),
        operation: (&entry.operation).into(),
        code: entry.code.as_deref().unwrap_or_default().into(),
        error: entry.message.as_deref().unwrap_or_default().into(),
        request_id: entry.request_id.as_ref().map(Word::from),
        cycle: entry.cycle.0,
    }
    .emit();
}
