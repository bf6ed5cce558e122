//! `retry USER|--all`: whoever waits for another try is tried again by a cycle that begins at once.

use jiff::Timestamp;
use serde::Serialize;

use super::args::RetryArgs;
use super::exit::Failure;
use super::holder::{self, Holder};
use super::{Exit, Run, output, snapshot};
use crate::config;
use crate::daemon::control::{Answer, Ask};
use crate::store::{Reader, Store};

const HINT: &str = "whoever was never read does not wait for another try either";

/// What was done.
#[derive(Serialize)]
struct Retried {
    /// So many people are tried again; none if the daemon has not said so yet.
    people: Option<u64>,
    /// Whether a running daemon begins a cycle for it.
    cycle: bool,
    /// What the daemon waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    waits_for: Option<String>,
}

pub(super) async fn retry(run: &Run, options: &RetryArgs) -> Result<Exit, Failure> {
    let state = config::load_state(&run.config)?.path;
    let who = match &options.user {
        Some(user) => Some(snapshot::find(&state, user, 0, HINT)?.0.record.user.id),
        // A state is not made for this.
        None => Reader::open(&state).map(|_| None)?,
    };
    let retried = match holder::find(&state).await? {
        Holder::Us(_lock) => {
            let store = Store::open(&state)?;
            let people = store.retry_now(who, Timestamp::now()).await?;
            store.close().await;
            Retried { people: Some(people), cycle: false, waits_for: None }
        }
        Holder::Daemon(daemon) => {
            let user = who.as_ref().map(ToString::to_string);
            match daemon.ask(&state, &Ask::Retry { user }).await? {
                Answer::Woken { people, cycle } => Retried { people: Some(people), cycle, waits_for: None },
                Answer::Noted { waits_for } => Retried { people: None, cycle: false, waits_for: Some(waits_for) },
                _ => return Err(daemon.astray()),
            }
        }
    };
    output::print(run.json, &retried, || describe(&retried, options))?;
    Ok(if retried.people.is_some() { Exit::Success } else { Exit::Noted })
}

fn describe(Retried { people, cycle, waits_for }: &Retried, options: &RetryArgs) -> String {
    let who = match (people, &options.user) {
        (None, _) => return super::noted(waits_for.as_deref().unwrap_or_default()),
        (Some(0), Some(user)) => return format!("{user} does not wait for another try: nothing to do"),
        (Some(0), None) => "nobody waits for another try".to_owned(),
        (Some(1), _) => "1 person is tried again".to_owned(),
        (Some(people), _) => format!("{people} people are tried again"),
    };
    match (cycle, people) {
        (true, _) => format!("{who}; the daemon begins a cycle at once, or as soon as the one under way has ended"),
        (false, Some(0)) => who,
        (false, _) => format!("{who} by the next cycle; no daemon is running, so entra-jostle-sync sync begins one"),
    }
}
