//! What failed for a person.

use crate::event::define::events;
use crate::event::{Name, Prose, Word};

events! {
    /// An operation failed for a person. It is tried again by itself, less and less often; the other people are not
    /// affected.
    UserFailed = "user.failed", WARN, "provisioning failed[ for {user_name}]: {code}[: {error}]" {
        /// The object id of the person in Entra.
        entra_id: Word,
        /// Under which `userName` they are known.
        user_name: Name,
        /// The account in Jostle, if there is one.
        jostle_id: Option<Word>,
        /// What was to be done.
        operation: Word,
        /// A stable word for the cause: `mapping`, `scope`, `conflict`; of a request that failed the code of its
        /// answer, or the status.
        code: Word,
        /// What is wrong, and what to do.
        error: Prose,
        /// The id that the answer had, if a request failed.
        request_id: Option<Word>,
        /// The number of the cycle.
        cycle: i64,
    }
}
