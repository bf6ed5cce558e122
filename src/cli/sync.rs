//! `sync`: one cycle.

use futures::TryFutureExt;

use super::exit::{self, Failure};
use super::{Exit, Run, output, wiring};
use crate::daemon::control::{Desk, Plans, serve_beside};
use crate::engine::CycleReport;

pub(super) async fn sync(run: &Run) -> Result<Exit, Failure> {
    let config = wiring::load(run)?;
    let path = &config.offline.state.path;
    let state = wiring::open_state(path)?;
    let wiring::Engines { cycles, urgent, plans } = wiring::engines(run, &config, &state)?;
    let plans = Plans { engine: plans, tenants: wiring::tenants(&config) };
    let desk = Desk::new(urgent, plans, None, exit::code_of);
    let cycle = cycles.cycle().inspect_err(|_| run.shutdown.cancel());
    let report = serve_beside(path, desk, &run.shutdown, cycle).await?;
    state.store.close().await;
    run.bars.clear();
    output::print(run.json, &report, || describe(&report))?;
    Ok(exit::of_report(&report))
}

/// A cycle in a few lines.
pub(super) fn describe(report: &CycleReport) -> String {
    let CycleReport { cycle, kind, operations, skipped, failed, held, requests, duration_ms, paused, error } = report;
    #[expect(clippy::cast_precision_loss, reason = "a duration for people")]
    let seconds = *duration_ms as f64 / 1000.0;
    let mut lines = vec![format!(
        "cycle {cycle} ({}): {operations}; {skipped} skipped, {failed} failed, {held} held; {seconds:.1} s, \
         {} requests to Graph, {} to Jostle",
        kind.as_str(),
        requests.graph,
        requests.jostle
    )];
    if *failed > 0 {
        lines.push("who failed and why: entra-jostle-sync status".to_owned());
    }
    if *held > 0 {
        lines.push("what is held and why: entra-jostle-sync hold list".to_owned());
    }
    lines.extend(paused.as_ref().map(|paused| format!("{paused}; entra-jostle-sync resume ends the pause")));
    lines.extend(error.as_ref().map(|error| format!("ended early: {error}")));
    lines.join("\n")
}
