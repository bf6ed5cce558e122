//! What is read of Entra.

use crate::event::Word;
use crate::event::define::events;

events! {
    /// Everybody is read from the beginning.
    FeedBaseline = "feed.baseline", INFO, "Entra: reading everybody: {reason}" {
        /// Why.
        reason: Word,
    }

    /// Graph no longer knows the position in its feed of users; it is read from a point that it knows.
    FeedResync = "feed.resync", WARN, "Entra: the position in the feed is no longer valid[ ({code})]" {
        /// Graph's error code.
        code: Option<Word>,
    }

    /// The members of groups are read from the beginning.
    GroupsBaseline = "groups.baseline", INFO, "Entra: reading the members of {groups} groups" {
        /// How many groups.
        groups: u64,
    }

    /// Graph no longer knows the position in its feed of groups; they are read from the beginning.
    GroupsResync = "groups.resync", WARN, "Entra: the position in a feed of groups is no longer valid" {}

    /// A group exists, and the feed of groups does not show it; its members are listed in every cycle.
    GroupsUnshown = "groups.unshown", WARN, "Entra: the feed does not show the group {group}, which exists" {
        /// The object id of the group.
        group: Word,
    }

    /// Somebody joined or left a group that the scope asks for, or was assigned, or is no longer.
    MembershipsChanged = "memberships.changed", INFO, "Entra: memberships differ for {people} people" {
        /// Groups that are known.
        groups: u64,
        /// People who are looked at again.
        people: u64,
    }
}
