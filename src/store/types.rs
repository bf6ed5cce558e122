//! What the store takes and gives about the feeds and the people in the snapshot.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::pauses::Pause;
use crate::connector::{FeedLink, Next};
use crate::model::{EntraId, GroupId, Link, MatchChoice, MembershipSnapshot, SourceChange, SourceUser};

/// How a round of the users feed began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundKind {
    /// From the beginning: whoever is missing at its end is gone.
    Baseline,
    /// From the deltaLink of the last round: only what changed.
    Incremental,
}

/// Where the reading of the users feed stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feed {
    /// The selection for which every link here was given; another selection makes them worthless.
    pub selection: Option<String>,
    /// The deltaLink of the last completed round.
    pub delta_link: Option<FeedLink>,
    /// When that link was stored.
    pub delta_at: Option<Timestamp>,
    /// When the last baseline was completed.
    pub baseline_at: Option<Timestamp>,
    /// The round under way.
    pub open_round: Option<OpenRound>,
}

/// A round of the users feed that has not reached its deltaLink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRound {
    /// How it began.
    pub kind: RoundKind,
    /// The nextLink behind the last page that was stored; none before the first page.
    pub next: Option<FeedLink>,
    /// When it began.
    pub started_at: Timestamp,
}

/// One page of the open round, to be stored with what follows it.
#[derive(Clone, Debug, PartialEq)]
pub struct PageCommit {
    /// The items in the order of the page.
    pub changes: Vec<SourceChange>,
    /// What follows the page; a deltaLink ends the round.
    pub next: Next,
    /// The time of the commit.
    pub now: Timestamp,
    /// A baseline that shows fewer people than this share (0 to 1) of those known before is refused.
    pub smallest_baseline_share: f64,
}

/// What a page did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageOutcome {
    /// Items that changed something, and people found missing at the end of a baseline.
    pub changed: usize,
}

/// A feed of some groups, between two of its rounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupFeed {
    /// For which groups it was begun; among them those that are gone since.
    pub groups: Vec<GroupId>,
    /// The selection of the users feed at that time, which names the tenant; with another one the link is worthless.
    pub selection: String,
    /// The deltaLink of the last complete round.
    pub delta_link: FeedLink,
    /// When that link was given.
    pub delta_at: Timestamp,
}

/// What a complete reading of groups and assignments found, to be stored as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembershipCommit {
    /// All of it; none if nothing differs from what is stored.
    pub snapshot: Option<MembershipSnapshot>,
    /// Every feed, with its new link.
    pub feeds: Vec<GroupFeed>,
    /// Who must be planned again; people whom the snapshot does not know are passed over.
    pub dirty: BTreeSet<EntraId>,
    /// Set unless something is paused already.
    pub pause: Option<Pause>,
    /// When it was read.
    pub now: Timestamp,
}

/// One person with all that is known for planning.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonRecord {
    /// The snapshot of the source.
    pub user: SourceUser,
    /// When the person was seen to be deleted, or deleted for good; none while live.
    pub deleted_at: Option<Timestamp>,
    /// The manager, if there is one who is live in the snapshot.
    pub manager: Option<SourceUser>,
    /// The account, if one is linked.
    pub link: Option<Link>,
    /// The failure that is to be tried again.
    pub retry: Option<Retry>,
    /// Since when the person is known to be out of scope, as [`Watch::left_at`](crate::model::Watch::left_at) has it.
    pub left_at: Option<Timestamp>,
    /// What an administrator decided about their account.
    pub choice: Option<MatchChoice>,
    /// The number of the dirty mark; a later change gives a greater one. None if clean.
    pub mark: Option<i64>,
}

/// Whom a cycle has to plan: the dirty, the retries and dates that are due, and those deleted long enough ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueQuery {
    /// Retries and dates up to this time are due.
    pub now: Timestamp,
    /// Also people who are hard-deleted since this time or longer and whose link is not gone.
    pub deleted_before: Option<Timestamp>,
    /// Only people behind this one in the order of ids: the last one of the page before.
    pub after: Option<EntraId>,
    /// The size of the page.
    pub limit: usize,
}

/// One person's failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    /// When it failed first.
    pub first_failed_at: Timestamp,
    /// Failures in a row.
    pub attempts: u32,
    /// When to try again; none: only when the source, the mapping or the scope changes.
    pub next_at: Option<Timestamp>,
    /// What sort of failure, as one word.
    pub kind: String,
    /// What failed and what to do.
    pub message: String,
    /// The provider's request id.
    pub request_id: Option<String>,
}

/// What becomes of a person's retry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RetryChange {
    /// It stays, if there is one.
    Keep,
    /// It is over.
    Clear,
    /// It is this one now.
    Set(Retry),
}
