//! `plan`: what the next cycle would do. Beside a daemon it is planned from a copy of what the daemon has read. `--out`
//! keeps it in a file, to be looked at and carried out later.

use std::path::Path;

use anyhow::Context;
use jiff::Timestamp;
use serde::Serialize;

use super::args::{PlanArgs, PlanCommand};
use super::exit::Failure;
use super::plan_file::{self, NewPlanFile};
use super::span::span;
use super::{Exit, Run, output, wiring};
use crate::config::Config;
use crate::plan::{Plan, PlanFile};
use crate::store::{Feed, Lock, LockError, Reader, Store};

/// What `--json` prints.
#[derive(Serialize)]
struct Printed<'a> {
    #[serde(flatten)]
    plan: &'a Plan,
    /// The file that was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

pub(super) async fn plan(run: &Run, options: &PlanArgs) -> Result<Exit, Failure> {
    if let Some(PlanCommand::Show(show)) = &options.command {
        return plan_file::show(run, show);
    }
    let config = wiring::load(run)?;
    let out = options.out.as_deref().map(NewPlanFile::create).transpose()?;
    let path = &config.offline.state.path;
    let plan = match Lock::acquire(path) {
        Ok(lock) => {
            let state = wiring::open_locked(path, lock)?;
            warn_of_pause(&state.store).await?;
            let plan = wiring::planner(run, &config, &state.store)?.plan().await?.plan;
            state.store.close().await;
            plan
        }
        Err(failed @ LockError::Failed { .. }) => return Err(failed.into()),
        Err(_held) => beside(run, &config, path).await?,
    };
    run.bars.clear();
    if let Some(out) = out {
        let fingerprint = wiring::policy(config.offline.clone()).fingerprint();
        out.publish(&PlanFile::new(&plan, Timestamp::now(), wiring::tenants(&config), fingerprint))?;
    }
    let file = options.out.as_ref().map(|file| file.display().to_string());
    output::print(run.json, &Printed { plan: &plan, file: file.clone() }, || {
        plan.to_string() + &file.map_or_else(String::new, |file| written(&file))
    })?;
    let changes = !plan.operations.is_empty() || !plan.held.is_empty();
    Ok(if options.detailed_exitcode && changes { Exit::ChangesPlanned } else { Exit::Success })
}

fn written(file: &str) -> String {
    format!(
        "\nwritten to {file}\nto look at it: entra-jostle-sync plan show {file}\nto carry it out: entra-jostle-sync apply \
         {file}\n"
    )
}

/// Only the daemon may write the state, and a plan notes things in it: so it works on a copy of its own.
async fn beside(run: &Run, config: &Config, path: &Path) -> Result<Plan, Failure> {
    let folder = tempfile::tempdir().context("failed to make a folder for a copy of the state")?;
    let copy = folder.path().join("state.db");
    Reader::open(path)?.backup(&copy)?;
    let store = Store::open(&copy)?;
    output::complain(&age(&store.feed().await?, Timestamp::now()));
    warn_of_pause(&store).await?;
    let plan = wiring::planner(run, config, &store)?.plan_from_snapshot().await?.plan;
    store.close().await;
    Ok(plan)
}

/// What is paused is planned all the same, and not done.
async fn warn_of_pause(store: &Store) -> Result<(), Failure> {
    if let Some(pause) = store.pause().await? {
        output::complain(&format!("{pause}; nothing of it is done until entra-jostle-sync resume"));
    }
    Ok(())
}

/// How old what was planned from is.
fn age(feed: &Feed, now: Timestamp) -> String {
    let read = match feed.delta_at {
        Some(at) => format!("has read of Entra up to {at:.0} ({} ago)", span(now.duration_since(at))),
        None => "has read of Entra by now; its first complete read is not finished, so people are missing".to_owned(),
    };
    format!("a daemon holds the state; this is planned from what it {read}")
}
