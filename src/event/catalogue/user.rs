//! What was done for a person.

use crate::event::define::events_alike;
use crate::event::{Name, Prose, Values, Word};

events_alike! {
    /// An operation that was carried out.
    UserWritten {
        /// The object id of the person in Entra.
        entra_id: Word,
        /// Under which `userName` they are known.
        user_name: Name,
        /// The account in Jostle.
        jostle_id: Option<Word>,
        /// The attributes that were written, with a space between them.
        attributes: Word,
        /// What was written: of each attribute the old and the new value.
        changes: Option<Values>,
        /// What else there is to know.
        note: Option<Prose>,
        /// The number of the cycle.
        cycle: i64,
        /// From the intent to the answer.
        duration_ms: u64,
    }

    /// An account was created in Jostle.
    UserCreated = "user.created", INFO, "created[: {user_name}][, account {jostle_id}][; {note}][; {changes}]";

    /// An account that was found in Jostle is managed from now on.
    UserAdopted = "user.adopted", INFO, "taken over[: {user_name}][, account {jostle_id}][; {note}][; {changes}]";

    /// Values of an account were written.
    UserUpdated = "user.updated", INFO, "updated[: {user_name}]: {attributes}[; {note}][; {changes}]";

    /// An account was deactivated: the person can no longer sign in.
    UserDeactivated = "user.deactivated", INFO, "deactivated[: {user_name}][, account {jostle_id}][; {note}][; {changes}]";

    /// An account was activated again.
    UserReactivated = "user.reactivated", INFO, "reactivated[: {user_name}][, account {jostle_id}][; {note}][; {changes}]";

    /// An account was deleted.
    UserDeleted = "user.deleted", INFO, "deleted[: {user_name}][, account {jostle_id}][; {note}]";

    /// Something was decided about a person and nothing had to be written for it.
    UserSkipped = "user.skipped", INFO, "nothing to write[ for {user_name}][: {note}]";
}
