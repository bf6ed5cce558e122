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
use crate::store::Lock;

/// Lines of the provisioning log that are shown.
const LOG_LINES: usize = 10;

const HINT: &str =
    "check the name, or have the person read from Entra with --provision-on-demand, whatever comes of it";

pub(super) fn explain(run: &Run, options: &ExplainArgs) -> Result<Exit, Failure> {
    let offline = config::load_offline(&run.config)?;
    let path = &offline.state.path;
    // What a daemon that has ended has announced does not come.
    let is_held = Lock::held(path).is_some();
    let (file, mut background) = snapshot::find(path, &options.user, LOG_LINES, HINT)?;
    background.next_cycle = background.next_cycle.filter(|_| is_held);
    let explanation = explained(&file, &background, &wiring::policy(offline), Timestamp::now());
    output::print(run.json, &explanation, || describe::describe(&explanation))?;
    Ok(Exit::Success)
}
