//! `explain`: all that is known of one person and why. Reads the state beside a running daemon, asks nobody.

mod account;
mod describe;
mod next;
mod table;

use jiff::Timestamp;

use super::args::ExplainArgs;
use super::exit::Failure;
use super::{Exit, Run, output, snapshot, wiring};
use crate::config;
use crate::engine::explain as explained;

/// Lines of the provisioning log that are shown.
const LOG_LINES: usize = 10;

const HINT: &str =
    "check the name, or have the person read from Entra with --provision-on-demand, whatever comes of it";

pub(super) fn explain(run: &Run, options: &ExplainArgs) -> Result<Exit, Failure> {
    let offline = config::load_offline(&run.config)?;
    let (file, background) = snapshot::find(&offline.state.path, &options.user, LOG_LINES, HINT)?;
    let explanation = explained(&file, &background, &wiring::policy(offline), Timestamp::now());
    output::print(run.json, &explanation, || describe::describe(&explanation))?;
    Ok(Exit::Success)
}
