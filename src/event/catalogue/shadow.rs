//! Watching beside Entra's own job.

use jiff::Timestamp;

use crate::event::define::events;
use crate::event::{Name, Prose, Word};

events! {
    /// One round of a shadow: what a cycle would have done was compared with what Jostle shows.
    ShadowRound = "shadow.round", INFO, "{verdict}: {differs} differences remain, {pending} are pending" {
        /// What comes of it: `too_early` to say, `differs` or `content`.
        verdict: Word,
        /// People who are in scope or managed.
        people: u64,
        /// Differences that Jostle has settled since the beginning.
        agreed: u64,
        /// Differences that Entra's job may still settle.
        pending: u64,
        /// Differences that have lasted longer than that.
        differs: u64,
        /// People of whom it is in doubt whose their account is.
        doubtful: u64,
        /// People who match several accounts, or one of somebody else.
        conflicts: u64,
        /// People who failed otherwise.
        failed: u64,
        /// Accounts that are nobody's, if the accounts could be listed.
        unmanaged: Option<u64>,
        /// Accounts that could not be read.
        unread: u64,
        /// How long it took.
        duration_ms: u64,
    }

    /// A round was given up.
    ShadowFailed = "shadow.failed", ERROR, "nothing was compared[: {error}]" {
        /// Why, and what to do.
        error: Prose,
    }

    /// A difference has lasted longer than Entra's job needs. Told once.
    ShadowDiffers = "shadow.differs", WARN, "Entra's job does not do it[ for {user_name}]: {aspect} differs since {since}" {
        /// The object id of the person in Entra.
        entra_id: Word,
        /// Under which `userName` they are known.
        user_name: Name,
        /// What differs: an attribute, or what would be done.
        aspect: Word,
        /// Since when.
        since: Timestamp,
    }

    /// The shadow has stopped in order.
    ShadowStopped = "shadow.stopped", INFO, "stopped" {}
}
