//! Metrics for Prometheus: counters of what the log tells, gauges of what the state has, over HTTP or in a file.
//!
//! No label tells of a person: the values of each are few and known beforehand, but for the codes of errors, of which
//! there are as many as a provider has.

mod events;
mod gauges;
mod names;
mod serve;
mod textfile;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub use events::EventCounter;
pub use serve::serve;
pub use textfile::write_to;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::health::{Health, Room};
use crate::store::{Status, StoreError};

/// What the gauges show, of one moment.
#[derive(Clone, Debug)]
pub struct Sight {
    /// The state.
    pub status: Status,
    /// What is made of it.
    pub health: Health,
    /// The disk of the state.
    pub room: Option<Room>,
}

/// Looks at the state. Blocks for milliseconds.
pub type Look = Arc<dyn Fn() -> Result<Sight, StoreError> + Send + Sync>;

/// Set as soon as anybody wants metrics: until then nothing is counted.
static IS_WANTED: AtomicBool = AtomicBool::new(false);

/// Seconds of a request, from a local proxy's answer to the longest timeout.
const REQUEST_SECONDS: [f64; 9] = [0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0];
/// Seconds of a cycle, from an idle one to the first one of a large company.
const CYCLE_SECONDS: [f64; 10] = [0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0, 28_800.0];

/// Everything that is counted and measured in this process.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
    look: Look,
    has_finished: Arc<AtomicBool>,
}

impl Metrics {
    /// Begins to count; once in a process. None if something else counts in it already.
    pub fn start(look: Look) -> Option<Self> {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(names::REQUEST_SECONDS.to_owned()), &REQUEST_SECONDS)
            .and_then(|b| b.set_buckets_for_metric(Matcher::Full(names::CYCLE_SECONDS.to_owned()), &CYCLE_SECONDS))
            .ok()?
            .build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).ok()?;
        names::describe();
        gauges::set_once();
        IS_WANTED.store(true, Ordering::Relaxed);
        Some(Self { handle, look, has_finished: Arc::default() })
    }

    /// A cycle has ended well: from now on the daemon is ready, unless a side is in quarantine.
    pub fn finished_a_cycle(&self) {
        self.has_finished.store(true, Ordering::Relaxed);
    }

    /// Everything, in the text format of Prometheus. What the state cannot tell is left as it was last.
    fn render(&self) -> Result<String, StoreError> {
        gauges::set(&(self.look)()?);
        self.handle.run_upkeep();
        Ok(self.handle.render())
    }

    /// Why it is not ready; none if it is.
    fn unready(&self) -> Option<String> {
        if !self.has_finished.load(Ordering::Relaxed) {
            return Some("no cycle has ended well since the start".to_owned());
        }
        match (self.look)() {
            Err(error) => Some(error.to_string()),
            Ok(Sight { status, .. }) => {
                status.quarantines.first().map(|quarantine| format!("{} is in quarantine", quarantine.side))
            }
        }
    }
}
