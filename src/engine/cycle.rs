//! One whole cycle.

use std::sync::Arc;

use super::outcome::milliseconds;
use super::tally::Tally;
use super::{CycleError, CycleReport, Paused, Planner, Requests};
use crate::connector::{Side, SourceReader, TargetWriter};
use crate::event::Prose;
use crate::event::catalogue::{CycleEnded, CycleFailed, CycleFinished, CyclePaused};
use crate::model::Operation;
use crate::plan::Policy;
use crate::store::{ByHand, CycleEnd, CycleId, CycleKind, Pause, Quarantine, Store};

/// The whole engine: a planner whose target can be written.
pub struct Engine<S, W> {
    pub(super) planner: Planner<S, W>,
}

impl<S: SourceReader, W: TargetWriter> Engine<S, W> {
    /// Joins a source, a writable target and a store under a policy.
    pub fn new(source: S, target: W, store: Store, policy: Policy, settings: super::Settings) -> Self {
        Self { planner: Planner::new(source, target, store, policy, settings) }
    }

    /// Another pair of edges over the same state, with the same policy, locks and settings: for what is done beside a
    /// cycle of this engine.
    #[must_use]
    pub fn beside(&self, source: S, target: W) -> Self {
        let Planner { source: _, target: _, store, policy, settings, interlock } = &self.planner;
        let (store, policy, settings) = (store.clone(), policy.clone(), settings.clone());
        Self { planner: Planner { source, target, store, policy, settings, interlock: Arc::clone(interlock) } }
    }

    /// One cycle. An error that ended it early stands in the report, with what was done until then.
    pub async fn cycle(&self) -> Result<CycleReport, CycleError> {
        let planner = &self.planner;
        let _alone = planner.interlock.alone.lock().await;
        let kind = match planner.store.ever_completed().await? {
            true => CycleKind::Incremental,
            false => CycleKind::Initial,
        };
        let running = self.begin(kind).await?;
        let tally = Tally::default();
        let result = self.steps(running.id, &tally).await;
        self.end(running, tally, result).await
    }

    async fn steps(&self, id: CycleId, tally: &Tally) -> Result<u64, CycleError> {
        self.planner.probe_quarantined().await?;
        self.planner.settle_intents().await?;
        self.planner.read().await?;
        self.planner.leave_quarantine(Side::Entra).await?;
        let draft = self.planner.draw_up().await?;
        self.planner.hold(&draft).await?;
        self.planner.apply(id, &draft, tally).await?;
        self.planner.leave_quarantine(Side::Jostle).await?;
        Ok(self.planner.store.held().await?)
    }

    pub(super) async fn begin(&self, kind: CycleKind) -> Result<Running, CycleError> {
        self.begin_by_hand(kind, ByHand::default()).await
    }

    pub(super) async fn begin_by_hand(&self, kind: CycleKind, by_hand: ByHand) -> Result<Running, CycleError> {
        let planner = &self.planner;
        let started = (planner.settings.clock)();
        let id = planner.store.begin_cycle_by_hand(kind, by_hand, started).await?;
        planner.interlock.begin_run(id);
        Ok(Running { id, kind, started, before: self.requests() })
    }

    pub(super) async fn end(
        &self,
        running: Running,
        tally: Tally,
        result: Result<u64, CycleError>,
    ) -> Result<CycleReport, CycleError> {
        let tally = tally.into_counted();
        let paused = tally.paused();
        let now = (self.planner.settings.clock)();
        let after = self.requests();
        let (held, error) = match result {
            Ok(held) => (held, None),
            Err(error) => (0, Some(error)),
        };
        if let Some(error) = &error {
            self.planner.enter_quarantine(error, running.kind.is_by_hand()).await?;
        }
        let report = CycleReport {
            cycle: running.id.0,
            kind: running.kind,
            operations: tally.operations,
            skipped: tally.skipped,
            failed: tally.failed,
            held,
            requests: Requests {
                graph: after.graph - running.before.graph,
                jostle: after.jostle - running.before.jostle,
            },
            duration_ms: milliseconds(running.started, now),
            paused,
            error,
        };
        log_end(&report);
        let end = CycleEnd {
            at: now,
            result: report.result().to_owned(),
            error: report.error.as_ref().map(ToString::to_string),
            summary: serde_json::to_value(&report).unwrap_or_default(),
        };
        self.planner.store.finish_cycle(running.id, end).await?;
        Ok(report)
    }

    /// Which quarantine still pauses, the longest; none if a cycle may run. Asked before each cycle of the schedule.
    pub async fn rest(&self) -> Result<Option<Quarantine>, CycleError> {
        self.planner.rest().await
    }

    /// Remembers when the next cycle is due, for `status`.
    pub async fn announce_next(&self, at: jiff::Timestamp) -> Result<(), CycleError> {
        Ok(self.planner.store.announce_next_cycle(at).await?)
    }

    fn requests(&self) -> Requests {
        Requests { graph: self.planner.source.requests(), jostle: self.planner.target.requests() }
    }
}

/// A cycle under way.
pub(super) struct Running {
    pub(super) id: CycleId,
    kind: CycleKind,
    started: jiff::Timestamp,
    before: Requests,
}

fn log_end(report: &CycleReport) {
    let CycleReport { cycle, kind, operations, skipped, failed, held, requests, duration_ms, paused, error } = report;
    let kind = kind.as_str();
    if let Some(paused) = paused {
        let Paused { pause: Pause { what, since, by, why }, waiting } = paused;
        CyclePaused {
            cycle: *cycle,
            what: what.into(),
            since: *since,
            by: by.into(),
            why: why.as_ref().map(Prose::from),
            waiting: *waiting,
        }
        .emit();
    }
    let ended = CycleEnded {
        cycle: *cycle,
        kind: kind.into(),
        operations: operations.into(),
        created: operations.of(Operation::Create),
        adopted: operations.of(Operation::Adopt),
        updated: operations.of(Operation::Update),
        deactivated: operations.of(Operation::Deactivate),
        reactivated: operations.of(Operation::Reactivate),
        deleted: operations.of(Operation::Delete),
        skipped: *skipped,
        failed: *failed,
        held: *held,
        requests_graph: requests.graph,
        requests_jostle: requests.jostle,
        duration_ms: duration_ms.unsigned_abs(),
        error: error.as_ref().map(Prose::from),
        code: error.as_ref().map(|error| error.code().into()),
    };
    match error {
        Some(_) => CycleFailed::from(ended).emit(),
        None => CycleFinished::from(ended).emit(),
    }
}
