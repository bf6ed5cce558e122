//! An operation with every value, as a plan file has it and as it is handed to a daemon.

use serde::{Deserialize, Serialize};

use super::{FileError, Identity, PlannedOperation, Reason, file};
use crate::model::{Change, EntraId, Operation, TargetId, Values, Whole};

/// An operation that somebody has looked at, with values that must not be shown.
#[derive(Serialize, Deserialize)]
pub(super) struct WholeOperation {
    operation: Operation,
    user: String,
    entra_id: EntraId,
    jostle_id: Option<TargetId>,
    reason: Reason,
    changes: Vec<Whole>,
}

impl From<&PlannedOperation> for WholeOperation {
    fn from(planned: &PlannedOperation) -> Self {
        let PlannedOperation { operation, entra_id, user_name, target_id, changes, reason, .. } = planned;
        Self {
            operation: *operation,
            user: user_name.clone(),
            entra_id: entra_id.clone(),
            jostle_id: target_id.clone(),
            reason: *reason,
            changes: changes.iter().map(Whole::from).collect(),
        }
    }
}

/// Operations as a text with every value, to be handed to a daemon.
pub fn operations_to_text(operations: &[PlannedOperation]) -> Result<String, serde_json::Error> {
    serde_json::to_string(&operations.iter().map(WholeOperation::from).collect::<Vec<_>>())
}

/// The operations that a text has. Nobody is in it twice.
pub fn operations_from_text(text: &str) -> Result<Vec<PlannedOperation>, FileError> {
    let whole: Vec<WholeOperation> = serde_json::from_str(text).map_err(|error| file::unread(&error))?;
    let operations: Vec<_> = whole.into_iter().map(PlannedOperation::from).collect();
    file::refuse_twins(&operations)?;
    Ok(operations)
}

/// What somebody looks at before it is done counts against no limit, and what the account shows is asked for again.
impl From<WholeOperation> for PlannedOperation {
    fn from(WholeOperation { operation, user, entra_id, jostle_id, reason, changes }: WholeOperation) -> Self {
        Self {
            operation,
            // As Graph may write it, if somebody has edited it.
            entra_id: EntraId::new(entra_id.as_str()),
            user_name: user,
            target_id: jostle_id,
            changes: changes.into_iter().map(Change::from).collect(),
            seen: Values::new(),
            reason,
            counts_as: None,
            identity: Identity::Plain,
        }
    }
}
