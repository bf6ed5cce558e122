//! The loop: a cycle at once, then by schedule, until it is told to stop.

use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::{Schedule, notify};
use crate::connector::{SourceReader, TargetWriter};
use crate::engine::{CycleError, CycleReport, Engine};

/// Called after every cycle.
pub type CycleObserver = Box<dyn Fn(&CycleReport) + Send + Sync>;

/// Runs cycles until `shutdown`. A failed cycle is logged and the next one tried at its time; only a state that cannot
/// be written ends the daemon, since nothing that it did could be remembered.
pub async fn run<S: SourceReader, W: TargetWriter>(
    engine: &Engine<S, W>,
    schedule: &Schedule,
    shutdown: &CancellationToken,
    observe: &CycleObserver,
) -> Result<(), CycleError> {
    notify::ready();
    loop {
        notify::status("a cycle is running");
        let started = Timestamp::now();
        let report = engine.cycle().await?;
        observe(&report);
        if shutdown.is_cancelled() {
            break;
        }
        let now = Timestamp::now();
        let Some(next) = schedule.next(started, now, fastrand::f64()) else {
            tracing::error!(
                event = "schedule.ended",
                "the cron expression never comes true again; change schedule.cron"
            );
            break;
        };
        engine.announce_next(next).await?;
        notify::status(&format!("{} ({}); next cycle {next:.0}", report.operations, report.result()));
        if wait_until(next, now, shutdown).await {
            break;
        }
    }
    notify::stopping();
    tracing::info!(event = "daemon.stopped", "stopped");
    Ok(())
}

/// True if it was told to stop first.
async fn wait_until(next: Timestamp, now: Timestamp, shutdown: &CancellationToken) -> bool {
    let wait = Duration::try_from(next.duration_since(now)).unwrap_or(Duration::ZERO);
    tokio::select! {
        () = shutdown.cancelled() => true,
        () = tokio::time::sleep(wait) => false,
    }
}
