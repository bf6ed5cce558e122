//! `run`: the daemon.

use super::exit::Failure;
use super::{Exit, Run, output, wiring};
use crate::daemon::{self, CycleObserver};

pub(super) async fn run(run: &Run) -> Result<Exit, Failure> {
    let config = wiring::load(run)?;
    let state = wiring::open_state(&config.offline.state.path)?;
    let engine = wiring::engine(run, &config, &state)?;
    let json = run.json;
    let observe: CycleObserver = Box::new(move |report| {
        // The log has every cycle; a reader of stdout that has gone away must not end the daemon.
        if json && let Err(error) = output::print(true, report, String::new) {
            tracing::warn!(event = "stdout.closed", %error, "a cycle could not be printed");
        }
    });
    daemon::run(&engine, &config.schedule, &run.shutdown, &observe).await?;
    state.store.close().await;
    Ok(Exit::Success)
}
