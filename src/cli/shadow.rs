//! `shadow`: rounds beside Entra's own job that write nothing, and what they found.

mod text;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use jiff::SignedDuration;

use super::exit::{self, Failure};
use super::{Exit, Run, output, wiring};
use crate::config;
use crate::daemon::{self, ShadowCalls, ShadowObserver};
use crate::engine::Shadowed;
use crate::event::catalogue::StdoutClosed;
use crate::store::Reader;

/// Longer than two of the cycles of Entra's job, which come every 40 minutes.
const DEFAULT_PATIENCE: &str = "2h";

/// Options of `shadow`.
#[derive(Debug, clap::Args)]
pub(super) struct ShadowArgs {
    /// Make one round, print the report and end; exit code 10 if something differs
    #[arg(long, conflicts_with = "show")]
    once: bool,
    /// Print the report of the last round again, also beside a shadow that is running; asks neither Entra nor Jostle
    #[arg(long)]
    show: bool,
    /// How long Entra's job may take for what it has to do; whatever differs longer is reported
    #[arg(long, value_name = "DURATION", default_value = DEFAULT_PATIENCE, value_parser = patience)]
    patience: SignedDuration,
}

fn patience(text: &str) -> Result<SignedDuration, String> {
    match text.parse::<SignedDuration>() {
        Ok(patience) if !patience.is_negative() => Ok(patience),
        _ => Err("write a duration like \"90m\" or \"2h\"".to_owned()),
    }
}

pub(super) async fn shadow(run: &Run, options: &ShadowArgs) -> Result<Exit, Failure> {
    if options.show {
        let path = beside(&config::load_state(&run.config)?.path);
        return print(run, &last(&path)?);
    }
    let config = wiring::load(run)?;
    let state = wiring::open_state(&beside(&config.offline.state.path))?;
    let planner = wiring::planner(run, &config, &state.store)?;
    if options.once {
        let found = planner.shadow(options.patience).await?;
        state.store.close().await;
        run.bars.clear();
        return print(run, &found);
    }
    let calls = ShadowCalls { schedule: &config.schedule, patience: options.patience, shutdown: &run.shutdown };
    daemon::shadow(&planner, calls, &observer(run)).await?;
    state.store.close().await;
    Ok(Exit::Success)
}

/// A state of its own, so that the real start meets Jostle first.
fn beside(state: &Path) -> PathBuf {
    let mut path = state.as_os_str().to_owned();
    path.push(".shadow");
    path.into()
}

fn last(path: &Path) -> Result<Shadowed, Failure> {
    let none = || anyhow!("there was no round yet: entra-jostle-sync shadow --once makes one");
    if !path.exists() {
        return Err(none().into());
    }
    let report = Reader::open(path)?.shadow_report()?.ok_or_else(none)?;
    Ok(serde_json::from_value(report).context("the report of the last round is of another version")?)
}

fn print(run: &Run, found: &Shadowed) -> Result<Exit, Failure> {
    output::print(run.json, found, || text::describe(found))?;
    Ok(exit::of_shadowed(found))
}

/// The log has every round in a line; somebody at a terminal, and a reader of JSON, gets the report.
fn observer(run: &Run) -> ShadowObserver {
    let (json, bars) = (run.json, std::sync::Arc::clone(&run.bars));
    let is_read = json || std::io::stdout().is_terminal();
    Box::new(move |found| {
        bars.clear();
        if is_read && let Err(error) = output::print(json, found, || format!("{}\n", text::describe(found))) {
            StdoutClosed { what: "a round".into(), error: error.into() }.emit();
        }
    })
}
