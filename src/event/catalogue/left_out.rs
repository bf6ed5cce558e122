//! What was asked for by hand and left out.

use crate::event::define::events_alike;
use crate::event::{Name, Prose, Word};

events_alike! {
    /// An operation that was left out.
    LeftOut {
        /// The object id of the person in Entra.
        entra_id: Word,
        /// Under which `userName` they are known.
        user_name: Name,
        /// What was not done.
        operation: Word,
        /// What has moved.
        reason: Prose,
    }

    /// An operation of a reviewed plan was left out, because the person or the account is no longer as the plan had it.
    PlanStale = "plan.stale", WARN, "{operation}[ of {user_name}] is not done as the plan says[: {reason}]";

    /// Something was not taken back, because the person or the account has moved on.
    UndoRefused = "undo.refused", WARN, "{operation}[ of {user_name}] is not done to undo[: {reason}]";
}
