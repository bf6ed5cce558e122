//! The commands: one file each. They print; they decide nothing.

mod alert;
mod apply;
mod args;
mod backup;
mod check;
mod collect;
mod confirm;
#[cfg(feature = "simulator")]
mod demo;
mod events;
mod exit;
mod explain;
mod here;
mod hold;
mod holder;
mod import_entra;
mod log;
mod mapping;
mod output;
mod pause;
mod plan;
mod plan_file;
mod progress;
mod provision;
mod purge;
mod reconcile;
#[cfg(feature = "simulator")]
mod rehearse;
mod report;
mod retry;
mod run;
mod settle;
mod shadow;
#[cfg(feature = "simulator")]
mod simulate;
mod snapshot;
mod span;
mod status;
mod sync;
mod undo;
mod who;
mod wiring;
mod wrap;

use std::io::IsTerminal;
use std::sync::Arc;

use anyhow::Context;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use tokio_util::sync::CancellationToken;

use args::{Args, Command};
pub use exit::Exit;
use exit::Failure;
use progress::Bars;

use crate::telemetry::{LogOptions, init};

/// Runs the program on the arguments of the process.
pub fn main() -> Exit {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version are no failure, and go to stdout.
            let _closed = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Success };
        }
    };
    let bars = Arc::new(Bars::new());
    init(&log_options(&args), bars.log_writer());
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("failed to start the runtime")
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(dispatch(args, Arc::clone(&bars))));
    bars.clear();
    result.unwrap_or_else(|failure| {
        output::complain(&failure.to_string());
        failure.exit()
    })
}

/// What every command is given.
pub(in crate::cli) struct Run {
    pub(in crate::cli) config: std::path::PathBuf,
    pub(in crate::cli) json: bool,
    pub(in crate::cli) shutdown: CancellationToken,
    pub(in crate::cli) bars: Arc<Bars>,
}

async fn dispatch(args: Args, bars: Arc<Bars>) -> Result<Exit, Failure> {
    let shutdown = CancellationToken::new();
    crate::daemon::stop_on_signals(shutdown.clone()).context("failed to listen for signals")?;
    let context = Run { config: args.config, json: args.json, shutdown, bars };
    match (args.command, args.provision_on_demand.as_slice()) {
        (None, []) => {
            // Options without anything to do, which the parser lets through.
            let missing = "a command is missing, or --provision-on-demand";
            let _closed = Args::command().error(ErrorKind::MissingSubcommand, missing).print();
            Ok(Exit::Usage)
        }
        (None, users) => provision::provision(&context, users).await,
        (Some(_), [_, ..]) => {
            output::complain("--provision-on-demand stands alone, without a command");
            Ok(Exit::Usage)
        }
        (Some(Command::Run), []) => Box::pin(run::run(&context)).await,
        (Some(Command::Sync), []) => Box::pin(sync::sync(&context)).await,
        (Some(Command::Plan(options)), []) => plan::plan(&context, &options).await,
        (Some(Command::Apply(options)), []) => Box::pin(apply::apply(&context, &options)).await,
        (Some(Command::Undo(options)), []) => Box::pin(undo::undo(&context, &options)).await,
        (Some(Command::Reconcile), []) => reconcile::reconcile(&context).await,
        (Some(Command::Shadow(options)), []) => shadow::shadow(&context, &options).await,
        (Some(Command::Check), []) => check::check(&context).await,
        (Some(Command::Mapping(options)), []) => mapping::mapping(&context, &options.command),
        (Some(Command::Explain(options)), []) => explain::explain(&context, &options),
        (Some(Command::Log(options)), []) => log::log(&context, &options),
        (Some(Command::Report(options)), []) => report::report(&context, &options),
        (Some(Command::Purge(options)), []) => purge::purge(&context, &options).await,
        (Some(Command::Status(options)), []) => status::status(&context, &options).await,
        (Some(Command::Alert(options)), []) => Box::pin(alert::alert(&context, &options.command)).await,
        (Some(Command::Retry(options)), []) => retry::retry(&context, &options).await,
        (Some(Command::Hold(options)), []) => hold::hold(&context, &options.command).await,
        (Some(Command::Link(options)), []) => settle::link(&context, &options).await,
        (Some(Command::Create(options)), []) => settle::create(&context, &options).await,
        (Some(Command::Ignore(options)), []) => settle::ignore(&context, &options).await,
        (Some(Command::Settle(options)), []) => settle::settle(&context, &options).await,
        (Some(Command::Pause(options)), []) => pause::pause(&context, &options).await,
        (Some(Command::Resume), []) => pause::resume(&context).await,
        (Some(Command::Events(options)), []) => events::events(&context, &options),
        (Some(Command::Backup(options)), []) => backup::backup(&context, &options),
        (Some(Command::ImportEntra(options)), []) => import_entra::import_entra(&context, &options).await,
        #[cfg(feature = "simulator")]
        (Some(Command::Simulate(options)), []) => simulate::simulate(&context, &options).await,
        #[cfg(feature = "simulator")]
        (Some(Command::Rehearse(options)), []) => rehearse::rehearse(&context, &options).await,
        #[cfg(feature = "simulator")]
        (Some(Command::Demo(options)), []) => demo::demo(&context, &options).await,
    }
}

/// What is said of something that a daemon goes on with.
fn noted(waits_for: &str) -> String {
    format!("taken on by the daemon and not finished: {waits_for}; the daemon goes on with it")
}

fn log_options(args: &Args) -> LogOptions {
    let is_daemon = matches!(args.command, Some(Command::Run));
    // At a terminal the result says what was done and where to read more; a daemon and a pipe want it line by line.
    let quiet = !is_daemon && std::io::stderr().is_terminal();
    let default = match &args.command {
        // What fails in a rehearsal is meant to.
        #[cfg(feature = "simulator")]
        Some(Command::Rehearse(_)) => "off",
        _ if quiet => "error",
        _ => "info",
    };
    LogOptions { filter: args.log_level.clone().unwrap_or_else(|| default.to_owned()), format: args.log_format }
}
