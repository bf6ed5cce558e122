//! Why a cycle ended early.

use std::sync::Arc;

use thiserror::Error;

use super::trouble::code_of;
use crate::connector::{ConnectorError, ErrorKind, Side};
use crate::model::{EntraId, GroupId};
use crate::plan::Trip;
use crate::store::StoreError;

/// Why a cycle ended early. What was done until then is recorded; the next cycle has what is still to do.
#[derive(Clone, Debug, Error)]
pub enum CycleError {
    /// One side as a whole failed.
    #[error(transparent)]
    Side(ConnectorError),
    /// The state could not be read or written.
    #[error(transparent)]
    Store(Arc<StoreError>),
    /// The state of one person is not what the plan was made from.
    #[error("the state of the Entra user {0} changed under the plan; the next cycle decides again")]
    Moved(EntraId),
    /// A group that the configuration names is not there. Nobody leaves the scope for it.
    #[error(
        "Entra: no group has the name or object id {0:?}; correct the configuration, or restore the group; until then \
         nothing is written, so that nobody is taken out of scope for it"
    )]
    NoGroup(String),
    /// A name of a group in the configuration is not that of one group alone.
    #[error("Entra: {} groups have the name {name:?}; name one by its object id: {}", ids.len(), listed(ids))]
    ManyGroups {
        /// As the configuration has it.
        name: String,
        /// The groups that have it.
        ids: Vec<GroupId>,
    },
    /// Somebody was assigned to the application, and all at once nobody is. Nobody leaves the scope for it.
    #[error(
        "Entra: nobody is assigned to the application {0} any more, where somebody was; nothing is written, so that \
         nobody is taken out of scope for it; assign a person or a group, or change scope.who"
    )]
    NobodyAssigned(String),
    /// Jostle answers, and fails for a share of people that is no accident.
    #[error(
        "Jostle: failed for {failing} of {of} people who did not fail before, for {with_code} of them with {code}; \
         nothing more is sent, and nobody's attempts count; look at Jostle and at what was changed last in the mapping"
    )]
    Failing {
        /// People who failed and did not fail before.
        failing: u64,
        /// Everybody whose request was tried and who counts.
        of: u64,
        /// What most of them failed with.
        code: String,
        /// How many of them did.
        with_code: u64,
    },
    /// The program is stopping.
    #[error("stopped before the end; the next cycle goes on from here")]
    Stopped,
}

impl CycleError {
    /// A stable word for the log: of a side the code or the status of its answer.
    pub(super) fn code(&self) -> String {
        let word = match self {
            Self::Side(error) => return code_of(error),
            Self::Failing { code, .. } => code,
            Self::Store(_) => "state",
            Self::Moved(_) => "moved",
            Self::NoGroup(_) => "no_group",
            Self::ManyGroups { .. } => "many_groups",
            Self::NobodyAssigned(_) => "nobody_assigned",
            Self::Stopped => "stopped",
        };
        word.to_owned()
    }

    /// Whether all of Jostle fails, and nobody for a cause of their own.
    pub(super) fn is_outage_of_jostle(&self) -> bool {
        match self {
            Self::Side(error) => error.side == Side::Jostle,
            Self::Failing { .. } => true,
            _ => false,
        }
    }
}

impl From<Trip> for CycleError {
    fn from(Trip { failing, of, code, with_code }: Trip) -> Self {
        Self::Failing { failing, of, code, with_code }
    }
}

impl From<ConnectorError> for CycleError {
    fn from(error: ConnectorError) -> Self {
        if error.kind == ErrorKind::Stopped { Self::Stopped } else { Self::Side(error) }
    }
}

impl From<StoreError> for CycleError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

fn listed(ids: &[GroupId]) -> String {
    ids.iter().map(GroupId::as_str).collect::<Vec<_>>().join(", ")
}
