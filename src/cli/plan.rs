//! `plan`: what the next cycle would do.

use super::args::PlanArgs;
use super::exit::Failure;
use super::{Exit, Run, output, wiring};

pub(super) async fn plan(run: &Run, options: &PlanArgs) -> Result<Exit, Failure> {
    let config = wiring::load(run)?;
    let state = wiring::open_state(&config.offline.state.path)?;
    let plan = wiring::planner(run, &config, &state)?.plan().await?.plan;
    state.store.close().await;
    run.bars.clear();
    output::print(run.json, &plan, || plan.to_string())?;
    let changes = !plan.operations.is_empty() || !plan.held.is_empty();
    Ok(if options.detailed_exitcode && changes { Exit::ChangesPlanned } else { Exit::Success })
}
