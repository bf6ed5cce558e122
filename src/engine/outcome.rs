//! One operation from its intent to its outcome: what is remembered and logged, whatever came of it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::draft::Basis;
use super::perform::{PerformError, Performed};
use super::trouble::Trouble;
use super::{CycleError, Planner};
use crate::connector::{ConnectorError, ErrorKind, SourceReader, TargetWriter};
use crate::plan::{Failed, PlannedOperation, next_attempt};
use crate::store::{CycleId, Intent, IntentId, LinkChange, LogEntry, Outcome, Retry, RetryChange, StoreError};

/// What became of one operation.
#[derive(Debug)]
pub(super) enum Done {
    Written(Performed),
    Failed(String),
}

/// One operation under way.
struct Trace<'a> {
    cycle: CycleId,
    operation: &'a PlannedOperation,
    basis: &'a Basis,
    intent: IntentId,
    started: Timestamp,
}

impl<S: SourceReader, W: TargetWriter> Planner<S, W> {
    /// One operation: intent, request, outcome. The error is that of the whole cycle, never of the person.
    pub(super) async fn carry_out(
        &self,
        cycle: CycleId,
        operation: &PlannedOperation,
        basis: &Basis,
    ) -> Result<Done, CycleError> {
        let started = (self.settings.clock)();
        let intent = Intent {
            cycle,
            entra_id: operation.entra_id.clone(),
            operation: operation.operation,
            user_name: operation.user_name.clone(),
            target_id: operation.target_id.clone(),
            at: started,
        };
        let intent = self.store.begin_intent(intent).await?;
        let performed = self.perform(operation, basis).await;
        let trace = Trace { cycle, operation, basis, intent, started };
        match performed {
            Ok(performed) => self.succeeded(&trace, performed).await,
            Err(PerformError::Cycle(error)) => Err(error),
            Err(PerformError::Person(failure)) => self.failed(&trace, failure.into()).await,
            Err(PerformError::Side(error)) => self.refused(&trace, error).await,
        }
    }

    async fn succeeded(&self, trace: &Trace<'_>, performed: Performed) -> Result<Done, CycleError> {
        let mut entry = self.entry(trace);
        performed.operation.as_str().clone_into(&mut entry.operation);
        entry.target_id.clone_from(&performed.target_id);
        entry.changes.clone_from(&performed.changes);
        if let Some(reason) = performed.skipped {
            "skipped".clone_into(&mut entry.status);
            entry.message = Some(reason.to_string());
        }
        let logged = entry.clone();
        // A link that is gone and shall be created again is not settled: the person stays due.
        let again =
            matches!(&performed.link, LinkChange::Put(link) if link.gone) && self.policy.actions.recreate_deleted;
        let outcome = Outcome {
            intent: Some(trace.intent),
            entry,
            link: performed.link.clone(),
            retry: RetryChange::Clear,
            watch: Some(trace.basis.watch),
            mark: trace.basis.mark.filter(|_| !again),
        };
        match self.store.record(outcome).await {
            Ok(()) => {
                log_success(&logged);
                Ok(Done::Written(performed))
            }
            // Somebody else was linked to the account in the meantime: a conflict of this person, not of the state.
            Err(taken @ StoreError::LinkTaken { .. }) => self.failed(trace, Trouble::taken(&taken)).await,
            Err(error) => Err(error.into()),
        }
    }

    async fn refused(&self, trace: &Trace<'_>, error: ConnectorError) -> Result<Done, CycleError> {
        if error.kind == ErrorKind::Stopped {
            self.store.drop_intent(trace.intent, None).await?;
            return Err(CycleError::Stopped);
        }
        let Some(outage) = self.outage(&error).await else { return self.failed(trace, error.into()).await };
        // A create in doubt keeps its intent: the next cycle asks Jostle for the name before anything else.
        if error.kind != ErrorKind::InDoubt {
            self.store.drop_intent(trace.intent, None).await?;
        }
        Err(outage)
    }

    async fn failed(&self, trace: &Trace<'_>, trouble: Trouble) -> Result<Done, CycleError> {
        let mut entry = self.entry(trace);
        "failure".clone_into(&mut entry.status);
        entry.changes.clone_from(&trace.operation.changes);
        entry.message = Some(trouble.message.clone());
        entry.request_id.clone_from(&trouble.request_id);
        log_failure(&entry);
        let message = trouble.message.clone();
        let intent = Some(trace.intent).filter(|_| !trouble.in_doubt);
        let retry = RetryChange::Set(self.retry(trace.basis.retry.as_ref(), trouble));
        let watch = Some(trace.basis.watch);
        let outcome = Outcome { intent, entry, link: LinkChange::Keep, retry, watch, mark: trace.basis.mark };
        self.store.record(outcome).await?;
        Ok(Done::Failed(message))
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
            operation: "none".to_owned(),
            status: "failure".to_owned(),
            changes: Vec::new(),
            message: Some(failed.message.clone()),
            request_id: failed.request_id.clone(),
            duration_ms: 0,
        };
        log_failure(&entry);
        let retry = RetryChange::Set(self.retry(basis.retry.as_ref(), failed.into()));
        let watch = Some(basis.watch);
        let outcome = Outcome { intent: None, entry, link: LinkChange::Keep, retry, watch, mark: basis.mark };
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

    fn entry(&self, trace: &Trace<'_>) -> LogEntry {
        let now = (self.settings.clock)();
        LogEntry {
            cycle: trace.cycle,
            at: now,
            entra_id: trace.operation.entra_id.clone(),
            user_name: trace.operation.user_name.clone(),
            target_id: trace.operation.target_id.clone(),
            operation: trace.operation.operation.as_str().to_owned(),
            status: "success".to_owned(),
            changes: Vec::new(),
            message: None,
            request_id: None,
            duration_ms: milliseconds(trace.started, now),
        }
    }
}

/// Milliseconds from one time to another, never negative: a clock may be set back.
pub(super) fn milliseconds(from: Timestamp, to: Timestamp) -> i64 {
    i64::try_from(to.duration_since(from).as_millis()).unwrap_or_default().max(0)
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok()).unwrap_or(Timestamp::MAX)
}

fn log_success(entry: &LogEntry) {
    let changed: Vec<_> = entry.changes.iter().map(|change| change.attribute.to_string()).collect();
    let event = match (entry.status.as_str(), entry.operation.as_str()) {
        ("skipped", _) => "user.skipped",
        (_, "create") => "user.created",
        (_, "adopt") => "user.adopted",
        (_, "deactivate") => "user.deactivated",
        (_, "reactivate") => "user.reactivated",
        (_, "delete") => "user.deleted",
        _ => "user.updated",
    };
    tracing::info!(
        event,
        user = entry.user_name,
        entra_id = %entry.entra_id,
        jostle_id = entry.target_id.as_ref().map(ToString::to_string),
        attributes = changed.join(" "),
        duration_ms = entry.duration_ms,
        "{}",
        entry.message.as_deref().unwrap_or(&entry.operation)
    );
}

fn log_failure(entry: &LogEntry) {
    tracing::warn!(
        event = "user.failed",
        user = entry.user_name,
        entra_id = %entry.entra_id,
        operation = entry.operation,
        request_id = entry.request_id,
        "{}",
        entry.message.as_deref().unwrap_or_default()
    );
}
