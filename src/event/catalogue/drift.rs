//! What somebody changed in Jostle.

use crate::event::define::events_alike;
use crate::event::{Name, Word};

events_alike! {
    /// What somebody changed on an account in Jostle.
    AccountChanged {
        /// The object id of the person in Entra.
        entra_id: Word,
        /// Under which `userName` they are known.
        user_name: Name,
        /// The account in Jostle.
        jostle_id: Word,
        /// The attributes that differ, with a space between them.
        attributes: Word,
        /// Whether the next cycle repairs it.
        is_repaired: bool,
        /// The same, as a text.
        next: Word,
    }

    /// Values of an account are not what was last seen of them: somebody changed them in Jostle.
    DriftFound = "drift.found", WARN, "changed in Jostle[ for {user_name}]: {attributes}; {next}";

    /// An account is active again in Jostle, and the person should have no active one.
    DriftUnwelcome = "drift.unwelcome", ERROR,
        "active in Jostle although the person should have no active account[: {user_name}]; {next}";
}
