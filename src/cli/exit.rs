//! Exit codes, and how every failure becomes one. The table in the README lists them.

use std::process::ExitCode;

use thiserror::Error;

use crate::config::ConfigErrors;
use crate::connector::{ConnectorError, ErrorKind, Side};
use crate::daemon::control::ControlError;
use crate::engine::{CycleError, CycleReport, ImportError, Reconciled, ShadowVerdict, Shadowed};
use crate::store::{LockError, StoreError};

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Everything was done.
    Success = 0,
    /// Anything that has no code of its own: told to stop before the end, the state cannot be written, a difference in
    /// the demo. `status --check`: a warning.
    Failure = 1,
    /// The command line is wrong. `status --check`: it is critical.
    Usage = 2,
    /// The configuration is wrong. `status --check`: nobody can tell.
    Configuration = 3,
    /// Entra or Jostle refused the credentials, or they do not suffice.
    CredentialsRefused = 4,
    /// Entra cannot be reached, or does not answer as it should.
    EntraUnreachable = 5,
    /// Jostle cannot be reached, or does not answer as it should.
    JostleUnreachable = 6,
    /// Some people failed; everybody else was done.
    SomeFailed = 7,
    /// The person is not known to Entra.
    PersonNotFound = 8,
    /// Another process holds the state.
    StateHeld = 9,
    /// `plan --detailed-exitcode`: something would be done. `reconcile`: something was found. `shadow`: something
    /// differs, or it is too early to say.
    ChangesPlanned = 10,
    /// Operations are held because they exceed a limit, or wait for the end of a pause.
    Held = 11,
    /// The daemon has taken it on and has not finished it yet.
    Noted = 12,
}

impl Exit {
    /// What monitors take from `status --check`.
    pub(super) const WARNING: Self = Self::Failure;
    /// The same.
    pub(super) const CRITICAL: Self = Self::Usage;
    /// The same: the state cannot be judged.
    pub(super) const UNKNOWN: Self = Self::Configuration;

    const ALL: [Self; 13] = [
        Self::Success,
        Self::Failure,
        Self::Usage,
        Self::Configuration,
        Self::CredentialsRefused,
        Self::EntraUnreachable,
        Self::JostleUnreachable,
        Self::SomeFailed,
        Self::PersonNotFound,
        Self::StateHeld,
        Self::ChangesPlanned,
        Self::Held,
        Self::Noted,
    ];

    /// The code that a daemon names; one that this version does not know is a failure.
    pub(super) fn of_code(code: u8) -> Self {
        Self::ALL.into_iter().find(|exit| *exit as u8 == code).unwrap_or(Self::Failure)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A command that could not be carried out.
#[derive(Debug, Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Cycle(#[from] CycleError),
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The daemon that was asked could not do it.
    #[error("{reason}")]
    OfDaemon { exit: Exit, reason: String },
    /// Another process holds the state and could not be asked either.
    #[error("{0}; {1}")]
    HeldAndMute(LockError, ControlError),
    #[error("{0}")]
    Unknown(String),
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

impl From<ConnectorError> for Failure {
    fn from(error: ConnectorError) -> Self {
        Self::Cycle(error.into())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Cycle(error.into())
    }
}

impl Failure {
    /// The code for this failure.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Config(_) => Exit::Configuration,
            Self::Lock(LockError::Held { .. } | LockError::HeldByUnknown { .. }) | Self::HeldAndMute(..) => {
                Exit::StateHeld
            }
            Self::OfDaemon { exit, .. } => *exit,
            Self::Lock(LockError::Failed { .. }) | Self::Other(_) => Exit::Failure,
            Self::Cycle(error) => of_cycle_error(error),
            Self::Import(error) => of_import_error(error),
            Self::Unknown(_) => Exit::PersonNotFound,
        }
    }
}

/// The code for one person who could not be provisioned.
fn of_import_error(error: &ImportError) -> Exit {
    match error {
        ImportError::Cycle(error) => of_cycle_error(error),
        ImportError::Paused { .. } => Exit::Held,
        ImportError::Unknown(_) | ImportError::NotInSnapshot(_) | ImportError::Ambiguous { .. } => Exit::PersonNotFound,
    }
}

/// The same as a number, for a daemon to tell.
pub(super) fn code_of(error: &ImportError) -> u8 {
    of_import_error(error) as u8
}

fn of_cycle_error(error: &CycleError) -> Exit {
    match error {
        CycleError::Side(error) => of_connector_error(error),
        CycleError::NoGroup(_) | CycleError::ManyGroups { .. } => Exit::Configuration,
        // As likely as not Entra does not answer as it should.
        CycleError::NobodyAssigned(_) => Exit::EntraUnreachable,
        CycleError::Failing { .. } => Exit::JostleUnreachable,
        // Whoever asked has no result: that must not look like a plan with nothing to do.
        CycleError::Store(_) | CycleError::Moved(_) | CycleError::Stopped => Exit::Failure,
    }
}

/// The code for a side that failed.
pub(super) fn of_connector_error(error: &ConnectorError) -> Exit {
    match (error.kind, error.side) {
        (ErrorKind::CredentialsRefused | ErrorKind::Forbidden, _) => Exit::CredentialsRefused,
        (ErrorKind::Stopped, _) => Exit::Failure,
        (_, Side::Entra) => Exit::EntraUnreachable,
        (_, Side::Jostle) => Exit::JostleUnreachable,
    }
}

/// The code for a cycle that came to an end.
pub(super) fn of_report(report: &CycleReport) -> Exit {
    match &report.error {
        Some(error) => of_cycle_error(error),
        None if report.held > 0 || report.waiting() > 0 => Exit::Held,
        None if report.failed > 0 => Exit::SomeFailed,
        None => Exit::Success,
    }
}

/// The code for a reconciliation that came to its end.
pub(super) fn of_reconciled(found: &Reconciled) -> Exit {
    match found {
        found if !found.unread.is_empty() => Exit::SomeFailed,
        found if found.found_anything() => Exit::ChangesPlanned,
        _ => Exit::Success,
    }
}

/// The code for a round of a shadow.
pub(super) fn of_shadowed(found: &Shadowed) -> Exit {
    match found.verdict {
        ShadowVerdict::Content => Exit::Success,
        ShadowVerdict::TooEarly | ShadowVerdict::Differs => Exit::ChangesPlanned,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_a_daemon_names_is_the_same_exit_here() {
        for (code, exit) in (0_u8..).zip(Exit::ALL) {
            assert_eq!((Exit::of_code(code), exit as u8), (exit, code));
        }
        assert_eq!(Exit::of_code(13), Exit::Failure);
    }
}
