//! `purge`: everything that is remembered of somebody who is gone is removed, after it was shown and confirmed; by this
//! process or by the daemon that runs.

use std::path::Path;

use anyhow::anyhow;
use jiff::Timestamp;
use serde::Serialize;

use super::confirm::{self, Confirmed};
use super::exit::Failure;
use super::holder::{self, Holder};
use super::{Exit, Run, output, who};
use crate::config;
use crate::daemon::control::{Answer, Ask};
use crate::engine;
use crate::model::EntraId;
use crate::store::{Purged, Reader, Store};

/// Options of `purge`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct PurgeArgs {
    /// User principal name, mail address or object id of somebody who is deleted for good in Entra, and whose account in
    /// Jostle is gone
    user: String,
    /// Do not ask; needed wherever nobody can be asked
    #[arg(long)]
    yes: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Printed {
    /// What is removed.
    #[serde(flatten)]
    purged: Purged,
    /// Whether it was.
    done: bool,
    /// What the daemon waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    waits_for: Option<String>,
}

pub(super) async fn purge(run: &Run, options: &PurgeArgs) -> Result<Exit, Failure> {
    let state = config::load_state(&run.config)?.path;
    let (id, purged) = find(&Reader::open(&state)?, &options.user)?;
    let print = |printed: Printed, text: &str| output::print(run.json, &printed, || text.to_owned());
    let nothing = |text: &str| print(Printed { purged, done: false, waits_for: None }, text);
    if !run.json {
        nothing(&describe(&options.user, &id, purged))?;
    }
    match confirm::confirm(run, "Remove this for good?", options.yes).await? {
        Confirmed::Yes => {}
        Confirmed::No => {
            output::complain("nothing was removed");
            return Ok(Exit::Failure);
        }
        Confirmed::NobodyToAsk => {
            if run.json {
                nothing("")?;
            }
            output::complain("nothing was removed: nobody can be asked here; look at it, and say --yes");
            return Ok(Exit::Usage);
        }
    }
    match remove(&state, id).await? {
        Removed::Done(purged) => {
            let text = "removed; copies of the state that were made before still have it";
            print(Printed { purged, done: true, waits_for: None }, text)?;
            Ok(Exit::Success)
        }
        Removed::Noted(waits_for) => {
            let text = super::noted(&waits_for);
            print(Printed { purged, done: false, waits_for: Some(waits_for) }, &text)?;
            Ok(Exit::Noted)
        }
    }
}

/// What came of it.
enum Removed {
    Done(Purged),
    /// The daemon goes on with it, and waits for this.
    Noted(String),
}

async fn remove(state: &Path, id: EntraId) -> Result<Removed, Failure> {
    match holder::find(state).await? {
        Holder::Us(_lock) => {
            let store = Store::open(state)?;
            let done = engine::purge(&store, &id, &who::user(), Timestamp::now()).await?;
            store.close().await;
            Ok(Removed::Done(done.map_err(|refused| not_purged(&refused))?))
        }
        Holder::Daemon(daemon) => {
            let ask = Ask::Purge { entra_id: id, sudo_user: who::sudo_user() };
            match daemon.ask(state, &ask).await? {
                Answer::Purged(purged) => Ok(Removed::Done(purged)),
                Answer::PurgeRefused { reason } => Err(not_purged(&reason)),
                Answer::Noted { waits_for } => Ok(Removed::Noted(waits_for)),
                _ => Err(daemon.astray()),
            }
        }
    }
}

/// The one person who has a name or had it, and what is to be removed of them.
fn find(reader: &Reader, name: &str) -> Result<(EntraId, Purged), Failure> {
    let id = match <[_; 1]>::try_from(reader.people(name)?) {
        Ok([id]) => id,
        Err(nobody) if nobody.is_empty() => {
            return Err(Failure::Unknown(format!("nothing is remembered of {name:?}: there is nothing to remove")));
        }
        Err(several) => {
            let ids: Vec<_> = several.iter().map(EntraId::as_str).collect();
            return Err(Failure::Unknown(format!(
                "{} people have or had the name {name:?}; give the object id of one: {}",
                ids.len(),
                ids.join(", ")
            )));
        }
    };
    let purged = reader.purge_preview(&id)?.map_err(|refused| not_purged(&refused))?;
    Ok((id, purged))
}

fn not_purged(reason: &dyn std::fmt::Display) -> Failure {
    anyhow!("nothing was removed: {reason}").into()
}

fn describe(user: &str, id: &EntraId, Purged { operations, decisions, others }: Purged) -> String {
    format!(
        "to remove of {user} (Entra id {id}): operations of the log {operations}, decisions {decisions}, other rows \
         {others}; what was done stays in Jostle and in the log of the system, and cannot be undone any more"
    )
}
