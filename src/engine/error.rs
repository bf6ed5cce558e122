//! Why a cycle ended early.

use std::sync::Arc;

use thiserror::Error;

use crate::connector::{ConnectorError, ErrorKind};
use crate::model::EntraId;
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
    /// The program is stopping.
    #[error("stopped before the end; the next cycle goes on from here")]
    Stopped,
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
