//! One whole cycle, and what begins it: settling what was in doubt.

use super::apply::Tally;
use super::outcome::milliseconds;
use super::{CycleError, CycleReport, Planner, Requests};
use crate::connector::{SourceReader, TargetWriter};
use crate::model::{Link, LinkOrigin, Operation, Values};
use crate::plan::{Hit, Policy};
use crate::store::{CycleEnd, CycleId, CycleKind, Intent, Store};

/// The whole engine: a planner whose target can be written.
pub struct Engine<S, W> {
    pub(super) planner: Planner<S, W>,
}

impl<S: SourceReader, W: TargetWriter> Engine<S, W> {
    /// Joins a source, a writable target and a store under a policy.
    pub fn new(source: S, target: W, store: Store, policy: Policy, settings: super::Settings) -> Self {
        Self { planner: Planner::new(source, target, store, policy, settings) }
    }

    /// One cycle. An error that ended it early stands in the report, with what was done until then.
    pub async fn cycle(&self) -> Result<CycleReport, CycleError> {
        let planner = &self.planner;
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
        self.settle_intents().await?;
        let draft = self.planner.plan().await?;
        let held = draft.plan.held.len() as u64;
        if let Some(first) = draft.plan.held.first() {
            tracing::error!(event = "hold.raised", held, "held, nothing of it is done: {}", first.limit);
        }
        self.planner.apply(id, &draft, tally).await?;
        Ok(held)
    }

    pub(super) async fn begin(&self, kind: CycleKind) -> Result<Running, CycleError> {
        let planner = &self.planner;
        let started = (planner.settings.clock)();
        let id = planner.store.begin_cycle(kind, started).await?;
        Ok(Running { id, kind, started, before: self.requests() })
    }

    pub(super) async fn end(
        &self,
        running: Running,
        tally: Tally,
        result: Result<u64, CycleError>,
    ) -> Result<CycleReport, CycleError> {
        let tally = tally.into_counted();
        let now = (self.planner.settings.clock)();
        let after = self.requests();
        let (held, error) = match result {
            Ok(held) => (held, None),
            Err(error) => (0, Some(error)),
        };
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

    /// Remembers when the next cycle is due, for `status`.
    pub async fn announce_next(&self, at: jiff::Timestamp) -> Result<(), CycleError> {
        Ok(self.planner.store.announce_next_cycle(at).await?)
    }

    fn requests(&self) -> Requests {
        Requests { graph: self.planner.source.requests(), jostle: self.planner.target.requests() }
    }

    /// What was in doubt when the program ended is settled by reading Jostle. Only a create needs it: everything else
    /// is done again by the next plan, with the same result.
    pub(super) async fn settle_intents(&self) -> Result<(), CycleError> {
        let planner = &self.planner;
        for (id, intent) in planner.store.open_intents().await? {
            planner.go_on()?;
            let link = match intent.operation {
                Operation::Create => self.account_of(&intent).await?,
                _ => None,
            };
            planner.store.drop_intent(id, link).await?;
        }
        Ok(())
    }

    async fn account_of(&self, intent: &Intent) -> Result<Option<Link>, CycleError> {
        let planner = &self.planner;
        let linked = planner.store.person(&intent.entra_id).await?.is_some_and(|record| record.link.is_some());
        if linked {
            return Ok(None);
        }
        let hits = planner.hits(&intent.user_name).await?;
        let [Hit { account, owner: None }] = hits.as_slice() else { return Ok(None) };
        tracing::info!(
            event = "intent.settled",
            user = intent.user_name,
            entra_id = %intent.entra_id,
            jostle_id = %account.id,
            "the account was created before the last stop"
        );
        Ok(Some(Link {
            entra_id: intent.entra_id.clone(),
            target_id: account.id.clone(),
            origin: LinkOrigin::Created,
            gone: false,
            sent: Values::new(),
            seen: planner.seen_with_active(account),
        }))
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
    let CycleReport { cycle, kind, operations, skipped, failed, held, requests, duration_ms, error } = report;
    let kind = kind.as_str();
    let (graph, jostle) = (requests.graph, requests.jostle);
    match error {
        Some(error) => tracing::error!(
            event = "cycle.failed",
            cycle,
            kind,
            skipped,
            failed,
            held,
            requests_graph = graph,
            requests_jostle = jostle,
            duration_ms,
            "{operations}, then: {error}"
        ),
        None => tracing::info!(
            event = "cycle.finished",
            cycle,
            kind,
            skipped,
            failed,
            held,
            requests_graph = graph,
            requests_jostle = jostle,
            duration_ms,
            "{operations}"
        ),
    }
}
