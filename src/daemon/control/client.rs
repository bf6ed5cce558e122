//! Asking the process that holds the state.

use std::path::Path;
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::time::timeout;

use super::address::{Address, socket_of};
use super::error::ControlError;
use super::protocol::{Answer, Ask, LONGEST_ANSWER, read, receive, send};
use super::server::ANSWER_WITHIN;

/// For the way there and back, beside the time of the other process.
const ON_THE_WAY: Duration = Duration::from_millis(700);

const SILENT: &str = "the daemon is silent";

/// For a request that is as long as a plan of a large company.
const SEND_WITHIN: Duration = Duration::from_secs(20);

/// Whether somebody listens beside this state file.
pub async fn is_served(state: &Path) -> bool {
    connect(&socket_of(state)).await.is_ok()
}

/// Asks whoever listens beside this state file, and waits 5 seconds at most once the request is handed over. What it
/// answers with [`Answer::NotTaken`] is an error here.
pub async fn ask(state: &Path, ask: &Ask) -> Result<Answer, ControlError> {
    let path = socket_of(state);
    let mut stream = connect(&path).await.map_err(|error| ControlError::Nobody { path, reason: error.to_string() })?;
    // Whoever refuses a caller does not read first: there may be an answer although nothing could be sent.
    let sent = timeout(SEND_WITHIN, send(&mut stream, ask)).await.unwrap_or_else(|_| Err(SILENT.to_owned()));
    timeout(ANSWER_WITHIN + ON_THE_WAY, answer(&mut stream, sent))
        .await
        .unwrap_or_else(|_| Err(ControlError::Lost(SILENT.to_owned())))
}

async fn answer(stream: &mut UnixStream, sent: Result<(), String>) -> Result<Answer, ControlError> {
    let line = receive(stream, LONGEST_ANSWER, ANSWER_WITHIN + ON_THE_WAY).await;
    match line.and_then(|line| line.map(|line| read(&line)).transpose()) {
        Ok(Some(Answer::NotTaken { reason })) => Err(ControlError::NotTaken(reason)),
        Ok(Some(answer)) => Ok(as_shown(answer)),
        Ok(None) => Err(ControlError::Lost(sent.err().unwrap_or_else(|| "the daemon has ended".to_owned()))),
        Err(reason) => Err(ControlError::Lost(reason)),
    }
}

async fn connect(path: &Path) -> std::io::Result<UnixStream> {
    UnixStream::connect(Address::of(path)?.path()).await
}

/// A value that must not be shown came as what stands for it, and is shown as that again.
fn as_shown(mut answer: Answer) -> Answer {
    if let Answer::Provisioned(provisioned) = &mut answer {
        for change in &mut provisioned.changes {
            change.redact_what_was();
        }
    }
    answer
}
