//! What is said over the socket: one line of JSON each way.

use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::time::timeout;

use crate::engine::{
    Applied, Chosen, DecidedOn, EntraId, HoldId, Pause, Provisioned, Purged, Reconciled, Stops, Undone, Verdict,
};

/// Both sides speak it or nothing: a daemon runs on while its program file is replaced.
const VERSION: u64 = 1;

/// A longer line is no request: the largest one holds a plan, which takes about a kilobyte for each person.
pub(super) const LONGEST_REQUEST: u64 = 256 * 1024 * 1024;

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
        /// As in [`Ask::Pause`]; an older command does not say it.
        #[serde(default)]
        sudo_user: Option<String>,
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
    /// What was decided about whose an account is.
    Choose {
        /// What, and for whom.
        chosen: Vec<Chosen>,
        /// As in [`Ask::Pause`].
        sudo_user: Option<String>,
    },
    /// A reviewed plan is carried out, exactly as it is.
    Apply {
        /// The plan.
        plan: PlanText,
        /// As in [`Ask::Provision`].
        #[serde(default)]
        sudo_user: Option<String>,
    },
    /// What a cycle did is taken back, as it was shown and confirmed.
    Undo {
        /// Which cycle, by its number.
        cycle: i64,
        /// The operations that were confirmed.
        operations: PlanText,
        /// As in [`Ask::Pause`].
        sudo_user: Option<String>,
    },
    /// Every managed account compared with what is known of it, and a cycle for what is to be repaired.
    Reconcile {},
    /// Everything that is remembered of one person is removed.
    Purge {
        /// Whom, by object id.
        entra_id: EntraId,
        /// As in [`Ask::Pause`].
        sudo_user: Option<String>,
    },
    /// The end of the pause, and a cycle for what has waited.
    Resume {
        /// As in [`Ask::Pause`].
        sudo_user: Option<String>,
    },
}

impl Ask {
    /// One word for the log.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Provision { .. } => "provision",
            Self::Retry { .. } => "retry",
            Self::Pause { .. } => "pause",
            Self::Decide { .. } => "decide",
            Self::Choose { .. } => "choose",
            Self::Apply { .. } => "apply",
            Self::Undo { .. } => "undo",
            Self::Reconcile {} => "reconcile",
            Self::Purge { .. } => "purge",
            Self::Resume { .. } => "resume",
        }
    }

    /// The one person whom it is about, as the caller names them.
    pub(super) fn user(&self) -> Option<&str> {
        match self {
            Self::Provision { user, sudo_user: _ } => Some(user),
            Self::Retry { user } => user.as_deref(),
            _ => None,
        }
    }
}

/// A plan as its file has it, or its operations, with every value: what is logged of it is its length.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanText(pub String);

impl fmt::Debug for PlanText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
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
    /// It was decided whose accounts are.
    Chosen {
        /// For how many people.
        people: u64,
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
    /// A plan was carried out.
    Applied {
        /// What came of it.
        applied: Box<Applied>,
        /// If it ended early, the exit code for what ended it.
        code: Option<u8>,
    },
    /// A cycle was undone.
    Undone {
        /// What came of it.
        undone: Box<Undone>,
        /// If it ended early, the exit code for what ended it.
        code: Option<u8>,
    },
    /// Every managed account was compared.
    Reconciled {
        /// What was found.
        found: Box<Reconciled>,
        /// Whether a cycle begins at once if there is something to repair, or after the one under way.
        cycle: bool,
    },
    /// One person was removed from what is remembered.
    Purged(Purged),
    /// They were not.
    PurgeRefused {
        /// Why, and what to do.
        reason: String,
    },
    /// A plan cannot be carried out here; nothing was done.
    PlanRefused {
        /// Why.
        reason: String,
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

/// Bytes of a line taken from the system at once.
const READ_AT_ONCE: usize = 64 * 1024;

/// Writes one message.
pub(super) async fn send<T: Serialize>(stream: &mut (impl AsyncWrite + Unpin), message: &T) -> Result<(), String> {
    let mut value = serde_json::to_value(message).map_err(|error| error.to_string())?;
    value["version"] = json!(VERSION);
    let line = format!("{value}\n");
    stream.write_all(line.as_bytes()).await.map_err(|error| error.to_string())?;
    stream.flush().await.map_err(|error| error.to_string())
}

/// Reads one line of so many bytes at most, from somebody who is never silent for longer than this; none if the other
/// side went away without a word.
pub(super) async fn receive(
    stream: &mut (impl AsyncRead + Unpin),
    limit: u64,
    patience: Duration,
) -> Result<Option<Vec<u8>>, String> {
    let mut stream = BufReader::with_capacity(READ_AT_ONCE, stream.take(limit));
    let mut line = Vec::new();
    loop {
        let silent = || "nothing was said in time".to_owned();
        let part = timeout(patience, stream.fill_buf()).await.map_err(|_| silent())?;
        let part = part.map_err(|error| error.to_string())?;
        let end = part.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(part.len(), |end| end + 1);
        line.extend_from_slice(&part[..taken]);
        stream.consume(taken);
        match taken {
            0 if line.is_empty() => return Ok(None),
            0 if line.len() as u64 >= limit => return Err(format!("the line is longer than {limit} bytes")),
            0 => return Err("the line has no end".to_owned()),
            _ if end.is_some() => return Ok(Some(line)),
            _ => {}
        }
    }
}

/// What a line says.
pub(super) fn read<T: DeserializeOwned>(line: &[u8]) -> Result<T, String> {
    let value: Value = serde_json::from_slice(line).map_err(|error| format!("it is no JSON: {}", short(&error)))?;
    match value["version"].as_u64() {
        Some(VERSION) => {
            serde_json::from_value(value).map_err(|error| format!("it is not understood: {}", short(&error)))
        }
        Some(other) => Err(format!(
            "it speaks version {other} of the protocol, and this program version {VERSION}: restart the daemon, so that \
             both are of one version"
        )),
        None => Err("it names no version of the protocol".to_owned()),
    }
}

/// An error may quote all of a line, which is for no log and for no answer.
fn short(error: &serde_json::Error) -> String {
    const LONGEST: usize = 200;
    let text = error.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::*;

    async fn received(bytes: &[u8], limit: u64) -> Result<Option<Vec<u8>>, String> {
        receive(&mut &*bytes, limit, Duration::from_secs(2)).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_line_is_read_up_to_its_end_and_never_beyond_the_limit() {
        assert_eq!(received(b"one\ntwo\n", 100).await, Ok(Some(b"one\n".to_vec())));
        assert_eq!(received(b"", 100).await, Ok(None));
        assert_eq!(received(b"one", 100).await, Err("the line has no end".to_owned()));
        assert_eq!(received(&[b'x'; 101], 100).await, Err("the line is longer than 100 bytes".to_owned()));
        let long = [vec![b'x'; 3 * READ_AT_ONCE], b"\n".to_vec()].concat();
        assert_eq!(received(&long, 1 << 20).await, Ok(Some(long)));
    }

    /// Whoever goes on talking is listened to, however long it takes in all.
    #[tokio::test(start_paused = true)]
    async fn whoever_falls_silent_is_not_waited_for() {
        let (mut caller, mut daemon) = tokio::io::duplex(64);
        let talking = tokio::spawn(async move {
            for part in [b"a", b"b", b"c"] {
                caller.write_all(part).await.unwrap();
                tokio::time::sleep(Duration::from_millis(1500)).await;
            }
            tokio::time::sleep(Duration::from_mins(1)).await;
        });
        let line = receive(&mut daemon, 100, Duration::from_secs(2)).await;
        assert_eq!(line, Err("nothing was said in time".to_owned()));
        talking.abort();
    }

    #[test]
    fn what_is_not_understood_is_not_repeated_at_length() {
        let line = format!("{{\"version\":1,\"ask\":\"{}\"}}", "x".repeat(100_000));
        let error = read::<Ask>(line.as_bytes()).unwrap_err();
        assert!(error.starts_with("it is not understood: unknown variant") && error.len() < 300, "{error}");
    }

    #[test]
    fn what_is_logged_of_a_plan_is_its_length() {
        let ask = Ask::Apply { plan: PlanText("{\"secret\": 1}".to_owned()), sudo_user: None };
        assert_eq!(format!("{ask:?}"), "Apply { plan: 13 bytes, sudo_user: None }");
        assert_eq!(read::<Ask>(b"{\"version\":1,\"ask\":\"apply\",\"plan\":\"{\\\"secret\\\": 1}\"}"), Ok(ask));
    }
}
