//! `undo`: what a cycle did is taken back, after it was shown and confirmed; by this process or by the daemon that runs.

mod describe;
mod only;

use anyhow::{Context, anyhow};
use jiff::Timestamp;
use serde::Serialize;

use super::confirm::{self, Confirmed};
use super::exit::Failure;
use super::here::here;
use super::holder::{self, Holder};
use super::wiring::{self, Edges};
use super::{Exit, Run, output, who};
use crate::config::{self, Offline};
use crate::daemon::control::{Answer, Ask, PlanText};
use crate::engine::{CarriedUndo, Undone, draw_undo};
use crate::plan::{Counts, NotUndone, PlannedOperation, Undo, operations_to_text};
use crate::store::{CycleFile, CycleId, CycleView, Lock, Reader};

/// What is said of a cycle of which not everything is known any more.
const TOO_OLD: &str = "is too old to be undone: what it did is not kept any more, or not all of it ([history] keep_days \
                       and max_mb); change in Entra what is to be otherwise";

/// Options of `undo`.
#[derive(Debug, clap::Args)]
pub(super) struct UndoArgs {
    /// The cycle, by its number in `status` and in the log
    #[arg(value_name = "CYCLE", value_parser = clap::value_parser!(i64).range(1..))]
    cycle: i64,
    /// Only these people: user principal name, mail address or object id
    #[arg(long, value_name = "USER", num_args = 1..)]
    only: Vec<String>,
    /// Do not ask; needed wherever nobody can be asked
    #[arg(long)]
    yes: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Printed<'a> {
    /// The cycle that is undone.
    undoes: i64,
    operations: &'a [PlannedOperation],
    counts: Counts,
    /// What is left as it is, as far as it is known beforehand.
    refused: &'a [NotUndone],
    /// What came of it; none: nothing was written.
    outcome: Option<Outcome>,
}

/// What came of it.
#[derive(Serialize)]
#[serde(untagged)]
enum Outcome {
    Undone(Box<Undone>),
    Noted { status: &'static str, waits_for: String },
}

pub(super) async fn undo(run: &Run, options: &UndoArgs) -> Result<Exit, Failure> {
    let offline = config::load_offline(&run.config)?;
    let (cycle, drawn) = draw(offline, options)?;
    let print = |outcome: Option<Outcome>, text: String| {
        let Undo { cycle: undoes, operations, refused } = &drawn;
        let counts = drawn.counts();
        output::print(run.json, &Printed { undoes: *undoes, operations, counts, refused, outcome }, || text)
    };
    let shown = describe::drawn(&cycle, &drawn, Timestamp::now());
    if drawn.operations.is_empty() {
        print(None, shown)?;
        return Ok(if drawn.refused.is_empty() { Exit::Success } else { Exit::SomeFailed });
    }
    if !run.json {
        print(None, shown.clone())?;
    }
    match confirm::confirm(run, "Undo this?", options.yes).await? {
        Confirmed::Yes => {}
        Confirmed::No => {
            output::complain("nothing was undone");
            return Ok(Exit::Failure);
        }
        Confirmed::NobodyToAsk => {
            if run.json {
                print(None, shown)?;
            }
            output::complain("nothing was undone: nobody can be asked here; look at it, and say --yes");
            return Ok(Exit::Usage);
        }
    }
    let (outcome, exit) = Box::pin(carry_out(run, &drawn)).await?;
    run.bars.clear();
    let text = describe::outcome(&outcome);
    print(Some(outcome), text)?;
    Ok(exit)
}

/// What reverses a cycle, for everybody or for those who are named.
fn draw(offline: Offline, options: &UndoArgs) -> Result<(CycleView, Undo), Failure> {
    let path = offline.state.path.clone();
    // Whoever ends between the two looks has ended its cycle first, if it could.
    let is_held = Lock::held(&path).is_some();
    let number = options.cycle;
    let reader = Reader::open(&path)?;
    if reader.is_forgotten(CycleId(number))? {
        return Err(Failure::Unknown(format!("cycle {number} {TOO_OLD}")));
    }
    let Some(file) = reader.cycle(CycleId(number))? else {
        return Err(Failure::Unknown(format!(
            "there is no cycle {number}; status shows the last ones, and log those of one person"
        )));
    };
    refuse_unfinished(&file, is_held)?;
    let chosen = only::chosen(&file, &options.only)?;
    let mut drawn = draw_undo(&file, &wiring::policy(offline));
    if let Some(chosen) = chosen {
        drawn.operations.retain(|operation| chosen.contains(&operation.entra_id));
        drawn.refused.retain(|left| chosen.contains(&left.entra_id));
    }
    Ok((file.cycle, drawn))
}

/// What it did is not known yet.
fn refuse_unfinished(CycleFile { cycle, in_flight, .. }: &CycleFile, is_held: bool) -> Result<(), Failure> {
    let number = cycle.id.0;
    if cycle.result.is_none() && is_held {
        let (kind, since) = (cycle.kind.as_str(), cycle.started_at);
        return Err(anyhow!("cycle {number} ({kind}) is still running, since {since:.0}; wait for its end").into());
    }
    match in_flight {
        0 => Ok(()),
        in_flight => Err(anyhow!(
            "cycle {number} was cut off, and of {in_flight} of its writes it is not known whether they were carried \
             out; the next cycle settles that: entra-jostle-sync sync"
        )
        .into()),
    }
}

async fn carry_out(run: &Run, drawn: &Undo) -> Result<(Outcome, Exit), Failure> {
    let Undo { cycle, operations, refused } = drawn;
    let is_whole = refused.is_empty();
    let path = config::load_state(&run.config)?.path;
    match holder::find(&path).await? {
        Holder::Us(lock) => {
            let config = wiring::load(run)?;
            let by = who::user();
            let work = async |cycles: &Edges| cycles.undo(*cycle, operations, &by).await;
            let CarriedUndo { undone, error } = here(run, &config, lock, work).await?;
            let exit = error.map_or_else(|| of_undone(&undone, is_whole), |error| Failure::from(error).exit());
            Ok((Outcome::Undone(Box::new(undone)), exit))
        }
        Holder::Daemon(daemon) => {
            let operations = PlanText(operations_to_text(operations).context("failed to write the undo as JSON")?);
            let ask = Ask::Undo { cycle: *cycle, operations, sudo_user: who::sudo_user() };
            match daemon.ask(&path, &ask).await? {
                Answer::Undone { undone, code } => {
                    let exit = code.map_or_else(|| of_undone(&undone, is_whole), Exit::of_code);
                    Ok((Outcome::Undone(undone), exit))
                }
                Answer::Noted { waits_for } => Ok((Outcome::Noted { status: "noted", waits_for }, Exit::Noted)),
                Answer::PlanRefused { reason } => Err(anyhow!("the daemon cannot undo it: {reason}").into()),
                _ => Err(daemon.astray()),
            }
        }
    }
}

/// The code of an undo that was gone through to its end.
fn of_undone(undone: &Undone, is_whole: bool) -> Exit {
    match undone {
        Undone { waiting, .. } if !waiting.is_empty() => Exit::Held,
        Undone { refused, failed, .. } if !is_whole || !refused.is_empty() || !failed.is_empty() => Exit::SomeFailed,
        _ => Exit::Success,
    }
}
