//! What is said over the socket: one line of JSON each way.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};

use crate::engine::{DecidedOn, EntraId, HoldId, Pause, Provisioned, Stops, Verdict};

/// Both sides speak it or nothing: a daemon runs on while its program file is replaced.
const VERSION: u64 = 1;

/// A longer line is no request: names and object ids are far shorter.
pub(super) const LONGEST_REQUEST: u64 = 64 * 1024;

/// A longer line is no answer: the largest one holds every attribute of one person.
pub(super) const LONGEST_ANSWER: u64 = 64 * 1024 * 1024;

/// What can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Ask {
    /// One person at once, by user principal name, mail address or object id.
    Provision {
        /// Who.
        user: String,
    },
    /// Another try now, in a cycle that begins at once.
    Retry {
        /// Who; none is everybody who waits.
        user: Option<String>,
    },
    /// Nothing of this is written any more until it is ended.
    Pause {
        /// How much.
        what: Stops,
        /// Why, in the words of whoever asks.
        why: Option<String>,
        /// Whoever called `sudo` for it, as the caller says; the daemon knows the user itself.
        sudo_user: Option<String>,
    },
    /// A decision about people who are held.
    Decide {
        /// Of which hold, as it was seen.
        hold: HoldId,
        /// What.
        verdict: Verdict,
        /// Only these, by object id; none: everybody who waits.
        only: Option<Vec<EntraId>>,
        /// But not these.
        except: Vec<EntraId>,
        /// As in [`Ask::Pause`].
        sudo_user: Option<String>,
    },
    /// The end of the pause, and a cycle for what has waited.
    Resume {
        /// As in [`Ask::Pause`].
        sudo_user: Option<String>,
    },
}

/// What comes of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// One person went through every step.
    Provisioned(Box<Provisioned>),
    /// Somebody is tried again.
    Woken {
        /// How many people.
        people: u64,
        /// Whether a cycle begins for it at once, or after the one under way.
        cycle: bool,
    },
    /// Something is paused.
    Paused {
        /// The pause.
        pause: Pause,
        /// The one that it replaces.
        replaced: Option<Pause>,
    },
    /// People who are held were decided on.
    Decided {
        /// How many, and who is left.
        #[serde(flatten)]
        on: DecidedOn,
        /// Whether a cycle begins for it at once, or after the one under way.
        cycle: bool,
    },
    /// Nothing is paused any more.
    Resumed {
        /// The pause that was set; none if nothing was paused.
        ended: Option<Pause>,
        /// Whether a cycle begins for it at once, or after the one under way.
        cycle: bool,
    },
    /// Taken on and not finished: it goes on there.
    Noted {
        /// What it waits for, as a clause.
        waits_for: String,
    },
    /// It could not be done.
    Failed {
        /// The exit code that the command would have had without a daemon.
        code: u8,
        /// Why.
        reason: String,
    },
    /// The request was not understood, or not taken; nothing was done.
    NotTaken {
        /// Why.
        reason: String,
    },
}

/// Writes one message.
pub(super) async fn send<T: Serialize>(stream: &mut (impl AsyncWrite + Unpin), message: &T) -> Result<(), String> {
    let mut value = serde_json::to_value(message).map_err(|error| error.to_string())?;
    value["version"] = json!(VERSION);
    let line = format!("{value}\n");
    stream.write_all(line.as_bytes()).await.map_err(|error| error.to_string())?;
    stream.flush().await.map_err(|error| error.to_string())
}

/// Reads one message of so many bytes at most; none if the other side went away without a word.
pub(super) async fn receive<T: DeserializeOwned>(
    stream: &mut (impl AsyncRead + Unpin),
    limit: u64,
) -> Result<Option<T>, String> {
    let mut line = Vec::new();
    BufReader::new(stream.take(limit)).read_until(b'\n', &mut line).await.map_err(|error| error.to_string())?;
    match line.last() {
        None => Ok(None),
        Some(b'\n') => read(&line).map(Some),
        Some(_) if line.len() as u64 >= limit => Err(format!("the line is longer than {limit} bytes")),
        Some(_) => Err("the line has no end".to_owned()),
    }
}

fn read<T: DeserializeOwned>(line: &[u8]) -> Result<T, String> {
    let value: Value = serde_json::from_slice(line).map_err(|error| format!("it is no JSON: {error}"))?;
    match value["version"].as_u64() {
        Some(VERSION) => serde_json::from_value(value).map_err(|error| format!("it is not understood: {error}")),
        Some(other) => Err(format!(
            "it speaks version {other} of the protocol, and this program version {VERSION}: restart the daemon, so that \
             both are of one version"
        )),
        None => Err("it names no version of the protocol".to_owned()),
    }
}
