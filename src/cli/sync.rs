//! `sync`: one cycle.

use super::exit::{self, Failure};
use super::here::here;
use super::{Exit, Run, output, wiring};
use crate::engine::CycleReport;
use crate::store::Lock;

pub(super) async fn sync(run: &Run) -> Result<Exit, Failure> {
    let config = wiring::load(run)?;
    let retention = wiring::retention(&config);
    let lock = Lock::acquire(&config.offline.state.path)?;
    let report = here(run, &config, lock, async |cycles| {
        let report = cycles.cycle().await?;
        cycles.trim_history(retention).await?;
        Ok(report)
    })
    .await?;
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
         {} {} to Graph, {} to Jostle",
        kind.as_str(),
        requests.graph,
        if requests.graph == 1 { "request" } else { "requests" },
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
