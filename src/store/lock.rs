//! One writer at a time: a lock beside the state file, released by the system when its holder ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The right to write the state; held until dropped.
#[derive(Debug)]
#[must_use = "the lock is released when this is dropped"]
pub struct Lock {
    file: File,
}

impl Drop for Lock {
    /// A command line may name somebody: it stays no longer than it tells anything.
    fn drop(&mut self) {
        // Whoever comes next writes over what could not be erased.
        let _ = self.file.set_len(0);
    }
}

/// Why the lock was not had.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LockError {
    /// Another process writes this state.
    #[error("the state is in use by process {pid} since {since} ({command}): stop it first, or use another state file")]
    Held {
        /// Its process id.
        pid: u32,
        /// When it took the lock.
        since: Timestamp,
        /// Its command line.
        command: String,
    },
    /// Another process writes this state and has not (yet) said which.
    #[error("the state is in use by another process, which {} does not name: find it with fuser, and stop it", path.display())]
    HeldByUnknown {
        /// The lock file.
        path: PathBuf,
    },
    /// The lock file cannot be used.
    #[error("cannot lock {}: {reason}; give the service's user write access to its directory", path.display())]
    Failed {
        /// The lock file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
}

/// Somebody who looks whether the state is held has the lock for a moment; whoever wants to hold it does not end for that.
const LOOKS: u32 = 5;
const LOOK: Duration = Duration::from_millis(2);

/// What the holder writes into the lock file.
#[derive(Serialize, Deserialize)]
struct Holder {
    pid: u32,
    since: Timestamp,
    command: String,
}

impl Lock {
    /// Takes the lock of a state file, `<file>.lock`, without waiting. The lock file stays behind: removing it could
    /// let two processes lock two different files of the same name.
    pub fn acquire(state: &Path) -> Result<Self, LockError> {
        let path = beside(state);
        let failed = |error: std::io::Error| LockError::Failed { path: path.clone(), reason: error.to_string() };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(failed)?;
        let mut looks = 0..LOOKS;
        loop {
            match (file.try_lock(), looks.next()) {
                (Ok(()), _) => break,
                (Err(TryLockError::WouldBlock), None) => return Err(holder(path)),
                (Err(TryLockError::WouldBlock), Some(_)) => std::thread::sleep(LOOK),
                (Err(TryLockError::Error(error)), _) => return Err(failed(error)),
            }
        }
        sign(&mut file).map_err(failed)?;
        Ok(Self { file })
    }

    /// Why the lock of a state file would not be had just now; nothing if nobody holds it.
    pub fn held(state: &Path) -> Option<LockError> {
        let path = beside(state);
        let failed = |error: std::io::Error| LockError::Failed { path: path.clone(), reason: error.to_string() };
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
            Err(error) => return Some(failed(error)),
        };
        match file.try_lock_shared() {
            Ok(()) => None,
            Err(TryLockError::WouldBlock) => Some(holder(path)),
            Err(TryLockError::Error(error)) => Some(failed(error)),
        }
    }
}

fn beside(state: &Path) -> PathBuf {
    let mut path = state.as_os_str().to_owned();
    path.push(".lock");
    PathBuf::from(path)
}

fn sign(file: &mut File) -> std::io::Result<()> {
    let arguments: Vec<_> = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let holder = Holder { pid: std::process::id(), since: Timestamp::now(), command: arguments.join(" ") };
    let mut line = serde_json::to_string(&holder)?;
    line.push('\n');
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(line.as_bytes())
}

fn holder(path: PathBuf) -> LockError {
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    match serde_json::from_str(&text) {
        Ok(Holder { pid, since, command }) => LockError::Held { pid, since, command },
        Err(_) => LockError::HeldByUnknown { path },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use std::os::unix::fs::PermissionsExt;

    use super::super::fixtures::Scratch;
    use super::*;

    #[test]
    fn a_second_writer_is_refused_and_told_who_holds_the_state() {
        let scratch = Scratch::new();
        let before = Timestamp::now();
        let lock = Lock::acquire(&scratch.file()).unwrap();
        let Err(LockError::Held { pid, since, command }) = Lock::acquire(&scratch.file()) else {
            panic!("two writers");
        };
        assert_eq!(pid, std::process::id());
        assert!(before <= since && since <= Timestamp::now());
        assert!(command.contains(&std::env::args().next().unwrap()));
        drop(lock);
        let _again = Lock::acquire(&scratch.file()).unwrap();
    }

    #[test]
    fn whoever_looks_learns_who_holds_the_state_and_keeps_nobody_from_it() {
        let scratch = Scratch::new();
        assert_eq!(Lock::held(&scratch.file()), None, "there is no lock file");
        let lock = Lock::acquire(&scratch.file()).unwrap();
        assert!(matches!(Lock::held(&scratch.file()), Some(LockError::Held { pid, .. }) if pid == std::process::id()));
        drop(lock);
        assert_eq!(Lock::held(&scratch.file()), None);
        let _lock = Lock::acquire(&scratch.file()).unwrap();
    }

    #[test]
    fn the_lock_file_is_private_and_what_a_former_holder_left_does_not_matter() {
        let scratch = Scratch::new();
        let path = scratch.path().join("state.db.lock");
        drop(Lock::acquire(&scratch.file()).unwrap());
        let left = std::fs::metadata(&path).unwrap();
        assert_eq!((left.permissions().mode() & 0o777, left.len()), (0o600, 0), "and no command line is left in it");
        std::fs::write(&path, "x".repeat(1000)).unwrap();
        let lock = Lock::acquire(&scratch.file()).unwrap();
        assert!(matches!(Lock::acquire(&scratch.file()), Err(LockError::Held { .. })));
        std::fs::write(&path, "").unwrap();
        assert_eq!(Lock::acquire(&scratch.file()).unwrap_err(), LockError::HeldByUnknown { path });
        drop(lock);
    }

    #[test]
    fn a_directory_that_does_not_exist_is_an_error() {
        let scratch = Scratch::new();
        assert!(matches!(Lock::acquire(&scratch.path().join("no/state.db")), Err(LockError::Failed { .. })));
    }
}
