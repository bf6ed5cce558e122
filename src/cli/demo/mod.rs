//! `demo`: the main job on an embedded tenant, through the same wiring as `sync`.

mod compare;
mod day;

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::{Context, anyhow};
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde::Serialize;
use serde_json::Value;

use super::args::DemoArgs;
use compare::Standing;

use super::exit::Failure;
use super::{Exit, Run, output, wiring};
use crate::engine::{CycleReport, Requests};
use crate::simulator::{RunningSimulator, Simulator, SimulatorOptions, write_config};
use crate::store::Waiting;

/// Columns of the table, so that it fits every terminal.
const WIDTH: u16 = 80;

/// One row of the table.
#[derive(Serialize)]
struct Row {
    happened: String,
    expected: String,
    pushed: String,
    requests: Requests,
    duration_ms: i64,
}

/// The whole result.
#[derive(Serialize)]
struct Shown {
    people: usize,
    rows: Vec<Row>,
    /// Why people could not be provisioned, and how many.
    failed: BTreeMap<String, usize>,
    compared: usize,
    differences: Vec<String>,
}

pub(super) async fn demo(run: &Run, options: &DemoArgs) -> Result<Exit, Failure> {
    let folder = tempfile::tempdir().context("failed to make a folder for the demo")?;
    let options = SimulatorOptions { users: options.users, ..SimulatorOptions::default() };
    let people = options.users;
    let simulator = Simulator::start(options).await.context("failed to start the simulator")?;
    let file = write_config(folder.path(), simulator.details(), simulator.ca_pem())
        .context("failed to write the demo's configuration")?;
    let run = Run { config: file, json: run.json, shutdown: run.shutdown.clone(), bars: run.bars.clone() };
    let (rows, failed) = play(&run, &simulator).await?;
    run.bars.clear();
    if run.shutdown.is_cancelled() {
        return Ok(Exit::Success);
    }
    let (compared, mut differences) = compare::compare(&simulator.graph().users(), &simulator.jostle().users_json());
    differences.extend(
        rows.iter()
            .filter(|row| row.expected != row.pushed)
            .map(|row| format!("{}: pushed {}, expected {}", row.happened, row.pushed, row.expected)),
    );
    simulator.stop().await;
    let shown = Shown { people, rows, failed, compared, differences };
    output::print(run.json, &shown, || describe(&shown))?;
    Ok(if shown.differences.is_empty() { Exit::Success } else { Exit::Failure })
}

async fn play(run: &Run, simulator: &RunningSimulator) -> Result<(Vec<Row>, BTreeMap<String, usize>), Failure> {
    let config = wiring::load(run)?;
    let state = wiring::open_state(&config.offline.state.path)?;
    let engine = wiring::engine(run, &config, &state)?;
    let users = simulator.graph().users();
    let first = engine.cycle().await?;
    let mut rows = vec![row("first cycle".to_owned(), expected_first(&users), &first)];
    let waiting = state.store.status().await?.waiting;
    for event in day::events(simulator.graph()).map_err(|problem| anyhow!("the demo's day: {problem}"))? {
        if run.shutdown.is_cancelled() {
            break;
        }
        event.happen(simulator.graph()).map_err(|problem| anyhow!("{}: {problem}", event.title))?;
        let report = engine.cycle().await?;
        rows.push(row(event.title, event.pushes.to_owned(), &report));
    }
    state.store.close().await;
    Ok((rows, causes(&waiting)))
}

fn row(happened: String, expected: String, report: &CycleReport) -> Row {
    let mut pushed = report.operations.to_string();
    for (count, word) in [(report.failed, "failed"), (report.held, "held")] {
        if count > 0 {
            let _infallible = write!(pushed, ", {count} {word}");
        }
    }
    if let Some(error) = &report.error {
        let _infallible = write!(pushed, ", then: {error}");
    }
    Row { happened, expected, pushed, requests: report.requests, duration_ms: report.duration_ms }
}

fn expected_first(users: &[Value]) -> String {
    let mut text = match compare::count(users, Standing::Employee) {
        0 => "nothing to do".to_owned(),
        count => format!("{count} create"),
    };
    let incomplete = compare::count(users, Standing::Incomplete);
    if incomplete > 0 {
        let _infallible = write!(text, ", {incomplete} failed");
    }
    text
}

fn causes(waiting: &[Waiting]) -> BTreeMap<String, usize> {
    let mut causes = BTreeMap::new();
    for waiting in waiting {
        *causes.entry(waiting.retry.message.clone()).or_default() += 1;
    }
    causes
}

fn describe(shown: &Shown) -> String {
    let Shown { people, rows, failed, compared, differences } = shown;
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    table.set_header(["in Entra", "pushed to Jostle", "Graph", "Jostle", "ms"]);
    for row in rows {
        let Row { happened, expected: _, pushed, requests, duration_ms } = row;
        let numbers = [requests.graph.to_string(), requests.jostle.to_string(), duration_ms.to_string()];
        let [graph, jostle, ms] = numbers;
        table.add_row([happened.as_str(), pushed, &graph, &jostle, &ms]);
    }
    for column in 2..5 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text = format!("A simulated tenant of {people} employees (Graph, Jostle: requests sent)\n{table}\n");
    for (cause, count) in failed {
        let _infallible = writeln!(text, "{count} failed, as they should: {cause}");
    }
    let verdict = match differences.len() {
        0 => format!("Compared {compared} people on both sides: all as Entra says."),
        count => format!("Compared {compared} people on both sides: {count} differences:"),
    };
    text.push_str(&verdict);
    for difference in differences {
        let _infallible = write!(text, "\n  {difference}");
    }
    text
}
