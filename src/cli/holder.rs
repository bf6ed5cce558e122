//! Who may write the state: this process, or one that is asked to do it.

use std::path::Path;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::exit::{Exit, Failure};
use crate::daemon::control::{self, Answer, Ask, ControlError};
use crate::store::{Lock, LockError};

/// A process that is just starting or ending does not serve, and holds the state all the same.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(50);

/// Who may write the state.
pub(super) enum Holder {
    /// This process, as long as it keeps the lock.
    Us(Lock),
    /// Another one, which can be asked.
    Daemon(Daemon),
}

/// Another process that holds the state and takes requests.
pub(super) struct Daemon {
    held: LockError,
}

/// Takes the lock of the state, or finds who has it. Fails if another process has it and takes no requests.
pub(super) async fn find(state: &Path) -> Result<Holder, Failure> {
    let give_up = Instant::now() + PATIENCE;
    loop {
        let held = match Lock::acquire(state) {
            Ok(lock) => return Ok(Holder::Us(lock)),
            Err(failed @ LockError::Failed { .. }) => return Err(failed.into()),
            Err(held) => held,
        };
        if control::is_served(state).await {
            return Ok(Holder::Daemon(Daemon { held }));
        }
        if Instant::now() >= give_up {
            return Err(held.into());
        }
        sleep(PAUSE).await;
    }
}

impl Daemon {
    /// Hands a request over. That the other process could not do it is an error here, with its exit code.
    pub(super) async fn ask(&self, state: &Path, ask: &Ask) -> Result<Answer, Failure> {
        match control::ask(state, ask).await {
            Ok(Answer::Failed { code, reason }) => Err(Failure::OfDaemon { exit: Exit::of_code(code), reason }),
            Ok(answer) => Ok(answer),
            Err(error) => Err(Failure::HeldAndMute(self.held.clone(), error)),
        }
    }

    /// An answer to another question.
    pub(super) fn astray(&self) -> Failure {
        let lost = ControlError::Lost("the daemon answered something else".to_owned());
        Failure::HeldAndMute(self.held.clone(), lost)
    }
}
