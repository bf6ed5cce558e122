//! `pause` and `resume`: nothing is written to Jostle meanwhile, or nobody is removed.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::exit::Failure;
use super::holder::{self, Holder};
use super::{Exit, Run, output, who, wrap};
use crate::config;
use crate::daemon::control::{Answer, Ask};
use crate::engine::{end_pause, set_pause};
use crate::store::{Pause, Reader, Stops, Store};

/// Options of `pause`.
#[derive(Debug, clap::Args)]
pub(super) struct PauseArgs {
    /// Only deactivate and delete nobody; everything else is written
    #[arg(long)]
    pub(super) removals: bool,
    /// Why, in a few words: whoever meets the pause is told
    #[arg(long, value_name = "TEXT", value_parser = remark)]
    pub(super) why: Option<String>,
}

/// A remark stands in one line of the log and of `status`.
fn remark(text: &str) -> Result<String, String> {
    const LONGEST: usize = 200;
    let text = text.trim();
    match text.chars().count() {
        0 => Err("it says nothing".to_owned()),
        length if length > LONGEST => Err(format!("it has {length} characters, and {LONGEST} are kept")),
        _ if text.chars().any(char::is_control) => {
            Err("it is more than one line, or has control characters".to_owned())
        }
        _ => Ok(text.to_owned()),
    }
}

/// What a pause came to.
#[derive(Serialize)]
struct Set {
    /// The pause; none if the daemon has not said so yet.
    paused: Option<Pause>,
    /// The one that it replaces.
    replaced: Option<Pause>,
    /// Whether a running daemon keeps to it already.
    daemon: bool,
    /// What the daemon waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    waits_for: Option<String>,
}

/// What a resumption came to.
#[derive(Serialize)]
struct Resumed {
    /// The pause that was set; none if nothing was paused, or if the daemon has not said so yet.
    ended: Option<Pause>,
    /// Whether a running daemon begins a cycle for it.
    cycle: bool,
    /// What the daemon waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    waits_for: Option<String>,
}

pub(super) async fn pause(run: &Run, options: &PauseArgs) -> Result<Exit, Failure> {
    let state = config::load_state(&run.config)?.path;
    refuse_missing(&state)?;
    let what = if options.removals { Stops::Removals } else { Stops::Everything };
    let set = match holder::find(&state).await? {
        Holder::Us(_lock) => {
            let store = Store::open(&state)?;
            let pause = Pause::new(what, Timestamp::now(), who::user(), options.why.clone());
            let replaced = set_pause(&store, pause.clone()).await?;
            store.close().await;
            Set { paused: Some(pause), replaced, daemon: false, waits_for: None }
        }
        Holder::Daemon(daemon) => {
            let ask = Ask::Pause { what, why: options.why.clone(), sudo_user: who::sudo_user() };
            match daemon.ask(&state, &ask).await? {
                Answer::Paused { pause, replaced } => {
                    Set { paused: Some(pause), replaced, daemon: true, waits_for: None }
                }
                Answer::Noted { waits_for } => {
                    Set { paused: None, replaced: None, daemon: true, waits_for: Some(waits_for) }
                }
                _ => return Err(daemon.astray()),
            }
        }
    };
    output::print(run.json, &set, || wrapped(&describe_set(&set)))?;
    Ok(exit(set.waits_for.as_ref()))
}

pub(super) async fn resume(run: &Run) -> Result<Exit, Failure> {
    let state = config::load_state(&run.config)?.path;
    refuse_missing(&state)?;
    let resumed = match holder::find(&state).await? {
        Holder::Us(_lock) => {
            let store = Store::open(&state)?;
            let ended = end_pause(&store, &who::user(), Timestamp::now()).await?;
            store.close().await;
            Resumed { ended, cycle: false, waits_for: None }
        }
        Holder::Daemon(daemon) => match daemon.ask(&state, &Ask::Resume { sudo_user: who::sudo_user() }).await? {
            Answer::Resumed { ended, cycle } => Resumed { ended, cycle, waits_for: None },
            Answer::Noted { waits_for } => Resumed { ended: None, cycle: false, waits_for: Some(waits_for) },
            _ => return Err(daemon.astray()),
        },
    };
    output::print(run.json, &resumed, || wrapped(&describe_resumed(&resumed)))?;
    Ok(exit(resumed.waits_for.as_ref()))
}

/// A state is not made for this. One of an older format is brought up to date: whoever pauses before the first start of
/// a new version wants just that.
fn refuse_missing(state: &Path) -> Result<(), Failure> {
    if !state.exists() {
        Reader::open(state)?;
    }
    Ok(())
}

fn exit(waits_for: Option<&String>) -> Exit {
    if waits_for.is_some() { Exit::Noted } else { Exit::Success }
}

fn wrapped(text: &str) -> String {
    wrap::lines(text, wrap::WIDTH).join("\n")
}

fn describe_set(Set { paused, replaced, daemon, waits_for }: &Set) -> String {
    let Some(pause) = paused else { return super::noted(waits_for.as_deref().unwrap_or_default()) };
    let mut lines = vec![pause.to_string()];
    lines.extend(replaced.as_ref().map(|old| format!("it replaces the pause of {}; {}", old.what, had_set(old))));
    lines.push(match daemon {
        true => "the daemon finishes what it is just sending, and begins nothing more of it".to_owned(),
        false => "no daemon is running; the next one keeps to it, and so do sync and --provision-on-demand".to_owned(),
    });
    lines.push("entra-jostle-sync resume ends the pause".to_owned());
    lines.join("\n")
}

fn describe_resumed(Resumed { ended, cycle, waits_for }: &Resumed) -> String {
    if let Some(waits_for) = waits_for {
        return super::noted(waits_for);
    }
    let Some(pause) = ended else { return "nothing is paused: nothing to do".to_owned() };
    let next = match cycle {
        true => "the daemon begins a cycle at once, or as soon as the one under way has ended",
        false => "the next cycle does what has waited; no daemon begins one, so entra-jostle-sync sync does",
    };
    format!("the pause of {} is ended; {}\n{next}", pause.what, had_set(pause))
}

/// Of a pause that is over.
fn had_set(Pause { what: _, since, by, why }: &Pause) -> String {
    let why = why.as_ref().map_or_else(String::new, |why| format!(": {why}"));
    format!("{by} had set it at {since:.0}{why}")
}
