//! `run`: the daemon.

use std::sync::Arc;

use futures::TryFutureExt;
use tokio::sync::Notify;

use super::exit::{self, Failure};
use super::{Exit, Run, alert, collect, output, wiring};
use crate::daemon::control::{Desk, Plans, serve_beside};
use crate::daemon::{self, Calls, CycleObserver};
use crate::event::catalogue::StdoutClosed;

pub(super) async fn run(run: &Run) -> Result<Exit, Failure> {
    let config = wiring::load(run)?;
    let path = &config.offline.state.path;
    let state = wiring::open_state(path)?;
    let wiring::Engines { cycles: engine, urgent, plans } = wiring::engines(run, &config, &state)?;
    let json = run.json;
    let metrics = collect::start(&config);
    let finished = metrics.clone();
    let watch = alert::start(&config, &state.store)?;
    let look_now = Arc::new(Notify::new());
    let has_ended = Arc::clone(&look_now);
    let observe: CycleObserver = Box::new(move |report| {
        has_ended.notify_one();
        if let Some(metrics) = finished.as_ref().filter(|_| report.error.is_none()) {
            metrics.finished_a_cycle();
        }
        // The log has every cycle; a reader of stdout that has gone away must not end the daemon.
        if json && let Err(error) = output::print(true, report, String::new) {
            StdoutClosed { what: "a cycle".into(), error: error.into() }.emit();
        }
    });
    let wake = Arc::new(Notify::new());
    let plans = Plans { engine: plans, tenants: wiring::tenants(&config) };
    let desk = Desk::new(urgent, plans, Some(Arc::clone(&wake)), exit::code_of);
    let calls = Calls {
        schedule: &config.schedule,
        reconcile: &config.reconcile,
        wake: &wake,
        retention: wiring::retention(&config),
        expiries: &config.health.expiries,
        heartbeat: config.log.heartbeat,
        shutdown: &run.shutdown,
    };
    let cycles = daemon::run(&engine, calls, &observe);
    // A daemon that cannot go on does not wait for what others have asked of it either.
    let until_stopped = cycles.inspect_err(|_| run.shutdown.cancel());
    let serving = Box::pin(serve_beside(path, desk, &run.shutdown, until_stopped));
    let measured = Box::pin(collect::beside(metrics.as_ref(), &config.metrics, &run.shutdown, serving));
    alert::beside(watch, &look_now, measured).await?;
    state.store.close().await;
    Ok(Exit::Success)
}
