//! Pauses: what nobody writes until somebody ends it.

use jiff::Timestamp;

use crate::event::define::events;
use crate::event::{Prose, Word};

events! {
    /// In a cycle something would have been done, or could have been, and was not: it is paused.
    CyclePaused = "cycle.paused", WARN,
        "{waiting} operations wait: {what} paused since {since} by {by}[: {why}]; entra-jostle-sync resume ends it" {
        /// The number of the cycle.
        cycle: i64,
        /// What is paused: `everything` or `removals`.
        what: Word,
        /// Since when.
        since: Timestamp,
        /// The user of the operating system who set the pause.
        by: Word,
        /// Why, in their words.
        why: Option<Prose>,
        /// Operations that wait for its end.
        waiting: u64,
    }

    /// Somebody set a pause.
    PauseSet = "pause.set", WARN, "{what} paused by {by}[: {why}]; entra-jostle-sync resume ends it" {
        /// What is paused: `everything` or `removals`.
        what: Word,
        /// Since when.
        since: Timestamp,
        /// The user of the operating system who set it.
        by: Word,
        /// Why, in their words.
        why: Option<Prose>,
    }

    /// Somebody ended a pause.
    PauseEnded = "pause.ended", INFO, "the pause of {what} that {set_by} set was ended by {by}" {
        /// What was paused: `everything` or `removals`.
        what: Word,
        /// Since when.
        since: Timestamp,
        /// The user of the operating system who ended it.
        by: Word,
        /// The user of the operating system who had set it.
        set_by: Word,
        /// Why it had been set, in their words.
        why: Option<Prose>,
    }

    /// A group or an assignment has lost most of its people from one look to the next: the program itself pauses what
    /// takes something away, before anybody is taken out of scope.
    RemovalsFrozen = "removals.frozen", ERROR,
        "removals paused: {why}; look at entra-jostle-sync plan, then: entra-jostle-sync resume" {
        /// Which group or assignment, and how many people it had and has.
        why: Word,
    }
}
