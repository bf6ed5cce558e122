//! Errors of the state file, by what they mean.

use std::path::PathBuf;

use rusqlite::ErrorCode;
use thiserror::Error;

use crate::model::{EntraId, TargetId};

/// Why the state could not be read or written. Nothing of the failed job was stored.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// The file cannot be opened, or is not what it should be.
    #[error("cannot open the state file {}: {reason}", path.display())]
    Open {
        /// Which file.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The file was written by a newer version of the program.
    #[error(
        "the state file has format {found} and this version knows formats up to {known}: install the newer version \
         again, or restore a backup from before the upgrade"
    )]
    NewerVersion {
        /// The format of the file.
        found: u32,
        /// The newest format that this program knows.
        known: u32,
    },
    /// The content is damaged.
    #[error(
        "the state file is damaged ({0}): restore a backup, or move the file away to start anew; accounts are then \
         adopted again by userName"
    )]
    Corrupt(String),
    /// No room left.
    #[error("the disk of the state file is full: free some space; nothing was lost, the work goes on from here")]
    Full,
    /// The system refused a write for another reason.
    #[error(
        "the state file could not be written ({0}): look for a quota, a limit on the size of files, or a failing disk; \
         nothing was lost, the work goes on from here"
    )]
    Unwritable(String),
    /// The file is no longer where it was when it was opened.
    #[error(
        "the state file {} was moved, replaced or deleted while the program ran: put it back and start the program \
         again; without it, accounts are adopted again by userName",
        path.display()
    )]
    Vanished {
        /// Where it was.
        path: PathBuf,
    },
    /// The file or its directory cannot be written.
    #[error("the state file is read-only: give the service's user write access to the file and its directory")]
    ReadOnly,
    /// Anything else that `SQLite` reports.
    #[error("the state file cannot be used: {0}; check its disk and permissions, and report this if both are right")]
    Sqlite(String),
    /// The copy was not written; the state itself is as it was.
    #[error("cannot write the backup {}: {reason}", path.display())]
    Backup {
        /// The file that was asked for.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The store was closed, or its thread is gone.
    #[error("the state file is closed: the program is stopping, or the thread that writes it has died; start it again")]
    Closed,
    /// A baseline shows too few people to be believed; nobody was removed.
    #[error(
        "a complete read of Entra shows only {found} of the {known} people known, so nobody was removed: check the \
         app's permissions and the tenant, and lower limits.smallest_baseline_share only if so many really left"
    )]
    ShrunkenBaseline {
        /// Live people whom this baseline shows and who were known before it.
        found: u64,
        /// Live people known when it began.
        known: u64,
    },
    /// A page came although no round is open.
    #[error("no round of the Entra users feed is open: start a round before storing a page")]
    NoRound,
    /// Two people cannot have one account.
    #[error("the Jostle account {target_id} is linked to the person {owner} already: unlink one of the two")]
    LinkTaken {
        /// The account.
        target_id: TargetId,
        /// Whose it is.
        owner: EntraId,
    },
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(error.to_string()),
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::SystemIoFailure) if is_write(&error) => Self::Unwritable(error.to_string()),
            None if is_conversion(&error) => Self::Corrupt(error.to_string()),
            _ => Self::Sqlite(error.to_string()),
        }
    }
}

fn is_write(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_IOERR_FSYNC, SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_WRITE};
    const WRITES: [i32; 4] = [SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC, SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_SHMSIZE];
    error.sqlite_error().is_some_and(|error| WRITES.contains(&error.extended_code))
}

/// A stored value that the program would never have written.
fn is_conversion(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error};
    matches!(error, FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..) | Utf8Error(..))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever reads it must know what to write where.
    #[test]
    fn a_baseline_that_is_not_believed_names_the_setting() {
        let told = StoreError::ShrunkenBaseline { found: 11, known: 45 }.to_string();
        assert!(told.contains("shows only 11 of the 45 people") && told.contains("limits.smallest_baseline_share"));
    }
}
