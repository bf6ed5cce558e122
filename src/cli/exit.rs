//! Exit codes, and how every failure becomes one. The table in the README lists them.

use std::process::ExitCode;

use thiserror::Error;

use crate::config::ConfigErrors;
use crate::connector::{ConnectorError, ErrorKind, Side};
use crate::engine::{CycleError, CycleReport, ImportError};
use crate::store::{LockError, StoreError};

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Everything was done.
    Success = 0,
    /// Anything that has no code of its own: told to stop before the end, the state cannot be written, a difference in
    /// the demo.
    Failure = 1,
    /// The command line is wrong.
    Usage = 2,
    /// The configuration is wrong.
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
    /// `plan --detailed-exitcode`: something would be done.
    ChangesPlanned = 10,
    /// Operations are held because they exceed a limit.
    Held = 11,
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
    #[error("{0}")]
    UnknownPerson(String),
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
            Self::Lock(LockError::Held { .. }) => Exit::StateHeld,
            Self::Lock(_) | Self::Other(_) => Exit::Failure,
            Self::Cycle(error) | Self::Import(ImportError::Cycle(error)) => of_cycle_error(error),
            Self::Import(ImportError::Unknown(_) | ImportError::Ambiguous { .. }) | Self::UnknownPerson(_) => {
                Exit::PersonNotFound
            }
        }
    }
}

fn of_cycle_error(error: &CycleError) -> Exit {
    match error {
        CycleError::Side(error) => of_connector_error(error),
        CycleError::NoGroup(_) | CycleError::ManyGroups { .. } => Exit::Configuration,
        // As likely as not Entra does not answer as it should.
        CycleError::NobodyAssigned(_) => Exit::EntraUnreachable,
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
        None if report.held > 0 => Exit::Held,
        None if report.failed > 0 => Exit::SomeFailed,
        None => Exit::Success,
    }
}
