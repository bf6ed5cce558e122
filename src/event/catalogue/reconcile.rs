//! Comparing all accounts with what is known of them.

use crate::event::define::events;
use crate::event::{Name, Prose, Word};

events! {
    /// All managed accounts were compared with what is known of them.
    ReconcileFinished = "reconcile.finished", INFO,
        "{compared} accounts compared; {drift} values changed in Jostle are reported, {repaired} are repaired" {
        /// The number of the cycle.
        cycle: i64,
        /// Managed accounts that were compared.
        compared: u64,
        /// Whether they were read by one listing; else by their ids.
        listed: bool,
        /// Values that somebody changed in Jostle and that are only reported.
        drift: u64,
        /// Values that the next cycle repairs.
        repaired: u64,
        /// Accounts of people who are no longer in Entra.
        orphans: u64,
        /// Those of them that are active.
        active_orphans: u64,
        /// Accounts that are nobody's, if the accounts could be listed.
        unmanaged: Option<u64>,
        /// Accounts that somebody deleted in Jostle.
        deleted: u64,
        /// Accounts that could not be read.
        unread: u64,
        /// Accounts that are left for another time, because the program is stopping.
        left: u64,
        /// How long it took.
        duration_ms: u64,
    }

    /// The comparison was given up; nothing comes of it.
    ReconcileFailed = "reconcile.failed", ERROR, "nobody was compared[: {error}]" {
        /// The number of the cycle.
        cycle: i64,
        /// Why, and what to do.
        error: Prose,
    }

    /// One account could not be compared.
    AccountUnread = "account.unread", WARN, "account {jostle_id} was not compared[: {reason}]" {
        /// The object id of the person in Entra.
        entra_id: Word,
        /// Under which `userName` they are known.
        user_name: Name,
        /// The account in Jostle.
        jostle_id: Word,
        /// Why.
        reason: Prose,
    }
}
