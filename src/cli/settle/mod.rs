//! `link`, `create`, `ignore` and `settle`: an administrator says whose an account is.

mod args;
mod file;
mod list;

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

pub(in crate::cli) use args::{ChooseArgs, LinkArgs, SettleArgs};
pub(in crate::cli) use list::said;

use super::exit::Failure;
use super::holder::{self, Holder};
use super::{Exit, Run, output, snapshot, who};
use crate::config;
use crate::daemon::control::{Answer, Ask};
use crate::engine::choose;
use crate::model::{MatchChoice, TargetId};
use crate::store::{Chosen, Reader, Store};

const HINT: &str = "entra-jostle-sync --provision-on-demand reads one person alone";

/// What was decided.
#[derive(Serialize)]
struct Settled {
    /// For so many people; none if the daemon has not said so yet.
    people: Option<u64>,
    /// Whether a running daemon begins a cycle for it.
    cycle: bool,
    /// What the daemon waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    waits_for: Option<String>,
}

pub(super) async fn link(run: &Run, LinkArgs { user, jostle_id }: &LinkArgs) -> Result<Exit, Failure> {
    one(run, user, MatchChoice::Link { jostle_id: TargetId::new(jostle_id.as_str()) }).await
}

pub(super) async fn create(run: &Run, ChooseArgs { user }: &ChooseArgs) -> Result<Exit, Failure> {
    one(run, user, MatchChoice::Create).await
}

pub(super) async fn ignore(run: &Run, ChooseArgs { user }: &ChooseArgs) -> Result<Exit, Failure> {
    one(run, user, MatchChoice::Ignore).await
}

pub(super) async fn settle(run: &Run, options: &SettleArgs) -> Result<Exit, Failure> {
    let state = config::load_state(&run.config)?.path;
    match (&options.file, &options.write) {
        (Some(file), _) => {
            let lines = file::read(file)?;
            let chosen = lines.into_iter().map(|(number, user, choice)| {
                person(&state, &user, choice).map_err(|failure| file::at(file, number, &failure))
            });
            let chosen = chosen.collect::<Result<Vec<_>, _>>()?;
            file::refuse_twice(file, &chosen)?;
            decide(run, &state, chosen).await
        }
        (None, Some(file)) => {
            let people = file::write(&Reader::open(&state)?, file)?;
            output::print(run.json, &serde_json::json!({ "file": file, "people": people }), || {
                let name = file.display();
                match people {
                    0 => format!("nobody's account is doubtful; {name} says how the lines look"),
                    1.. => {
                        let people = if people == 1 { "1 person".to_owned() } else { format!("{people} people") };
                        format!(
                            "written to {name}: {people}; take the # off one line of each, then: entra-jostle-sync \
                             settle {name}"
                        )
                    }
                }
            })?;
            Ok(Exit::Success)
        }
        (None, None) if options.list => {
            let choices = Reader::open(&state)?.choices()?;
            output::print(run.json, &choices, || list::list(&choices, Timestamp::now()))?;
            Ok(Exit::Success)
        }
        // The parser lets nothing else through.
        (None, None) => Ok(Exit::Usage),
    }
}

async fn one(run: &Run, user: &str, choice: MatchChoice) -> Result<Exit, Failure> {
    let state = config::load_state(&run.config)?.path;
    let chosen = person(&state, user, choice)?;
    decide(run, &state, vec![chosen]).await
}

/// Somebody in the snapshot who has no account yet, and what is decided for them.
fn person(state: &Path, user: &str, choice: MatchChoice) -> Result<Chosen, Failure> {
    let record = snapshot::find(state, user, 0, HINT)?.0.record;
    if let Some(link) = record.link.filter(|link| !link.gone) {
        return Err(Failure::Unknown(format!(
            "{user} has the account {} already, so there is nothing to decide: entra-jostle-sync explain {user}",
            link.target_id
        )));
    }
    if let MatchChoice::Link { jostle_id } = &choice
        && let Some(owner) = Reader::open(state)?.owner_of(jostle_id)?.filter(|owner| *owner != record.user.id)
    {
        return Err(Failure::Unknown(format!(
            "the account {jostle_id} belongs to another Entra user already: entra-jostle-sync explain {owner}"
        )));
    }
    Ok(Chosen { entra_id: record.user.id, choice })
}

async fn decide(run: &Run, state: &Path, chosen: Vec<Chosen>) -> Result<Exit, Failure> {
    let settled = match holder::find(state).await? {
        Holder::Us(_lock) => {
            let store = Store::open(state)?;
            let people = choose(&store, chosen, who::user(), Timestamp::now()).await?;
            store.close().await;
            Settled { people: Some(people), cycle: false, waits_for: None }
        }
        Holder::Daemon(daemon) => {
            let ask = Ask::Choose { chosen, sudo_user: who::sudo_user() };
            match daemon.ask(state, &ask).await? {
                Answer::Chosen { people, cycle } => Settled { people: Some(people), cycle, waits_for: None },
                Answer::Noted { waits_for } => Settled { people: None, cycle: false, waits_for: Some(waits_for) },
                _ => return Err(daemon.astray()),
            }
        }
    };
    output::print(run.json, &settled, || describe(&settled))?;
    Ok(if settled.people.is_some() { Exit::Success } else { Exit::Noted })
}

fn describe(Settled { people, cycle, waits_for }: &Settled) -> String {
    let decided = match people {
        None => return super::noted(waits_for.as_deref().unwrap_or_default()),
        Some(0) => return "nothing was decided: they have got accounts meanwhile".to_owned(),
        Some(1) => "decided for 1 person".to_owned(),
        Some(people) => format!("decided for {people} people"),
    };
    match cycle {
        true => {
            format!("{decided}; the daemon begins a cycle for it at once, or as soon as the one under way has ended")
        }
        false => format!("{decided}; the next cycle does it: entra-jostle-sync sync"),
    }
}
