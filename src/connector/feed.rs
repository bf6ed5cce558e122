//! What the delta feeds of the source give: pages, what follows them, and the links by which they go on.

use std::fmt;

use crate::model::{GroupId, Principal, SourceChange};

/// A nextLink or deltaLink: opaque, sent byte for byte. Its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct FeedLink(String);

impl FeedLink {
    /// Takes a link exactly as the service gave it.
    pub fn new(link: impl Into<String>) -> Self {
        Self(link.into())
    }

    /// The link exactly as the service gave it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for FeedLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FeedLink({} bytes)", self.0.len())
    }
}

/// Where to read a feed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// From the beginning: everybody.
    Baseline,
    /// From a stored link.
    At(FeedLink),
}

/// What follows a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// More of this round.
    Page(FeedLink),
    /// The round is complete; the link starts the next one.
    Round(FeedLink),
}

/// One page of the feed.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The items in the order of the page; the same person may occur more than once.
    pub changes: Vec<SourceChange>,
    /// What follows.
    pub next: Next,
}

/// One item of the groups feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupChange {
    /// The group exists; what it does not name stays as it was. A large group comes in several of these.
    Present {
        /// Which.
        id: GroupId,
        /// Its display name, if the item has it.
        name: Option<String>,
        /// Direct members who are in it now; people and groups only.
        joined: Vec<Principal>,
        /// Whoever is no direct member any more; nobody of `joined`.
        left: Vec<Principal>,
    },
    /// The group was deleted; whether for good does not matter, for it has no members either way.
    Removed {
        /// Which.
        id: GroupId,
    },
}

/// One page of the groups feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupPage {
    /// The items in the order of the page; the same group may occur more than once.
    pub changes: Vec<GroupChange>,
    /// What follows.
    pub next: Next,
}

/// The most groups that one feed of groups can be asked for ("group: delta", Microsoft Graph v1.0).
pub const GROUPS_PER_FEED: usize = 50;
