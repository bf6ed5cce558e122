//! What is read of Jostle, and what it does with what it is sent.

use crate::event::define::events;
use crate::event::{Name, Prose, Word};

events! {
    /// The accounts of Jostle could not be listed. Whoever is in nobody's scope is not told; nothing else depends on it.
    ListingFailed = "listing.failed", WARN, "the accounts cannot be listed[: {error}]" {
        /// Why.
        error: Prose,
    }

    /// Jostle accepted a value and shows another one. The one that it shows is remembered, so that it is not written again
    /// in every cycle.
    ValueNotStored = "value.not_stored", WARN, "Jostle accepted {attribute} of account {jostle_id} and shows another value" {
        /// The object id of the person in Entra.
        entra_id: Word,
        /// The account in Jostle.
        jostle_id: Word,
        /// The attribute.
        attribute: Word,
    }

    /// The answer to a write was lost, and it is still not known whether the write was done. Nothing else is done for the
    /// person before it is known.
    IntentOpen = "intent.open", WARN, "it is not known whether the {operation} was done[: {error}]" {
        /// The object id of the person in Entra.
        entra_id: Word,
        /// What was under way.
        operation: Word,
        /// Why it cannot be found out now.
        error: Option<Prose>,
    }

    /// An account was deleted in Jostle.
    AccountDeleted = "account.deleted_in_jostle", WARN, "account {jostle_id}[ of {user_name}] was deleted in Jostle; {next}" {
        /// The object id of the person in Entra.
        entra_id: Word,
        /// Under which `userName` they are known.
        user_name: Name,
        /// The account that is gone.
        jostle_id: Word,
        /// Whether it is created again.
        next: Word,
    }
}
