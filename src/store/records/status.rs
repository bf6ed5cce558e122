//! What `status` shows.

use jiff::Timestamp;
use serde::Serialize;

use super::CycleView;
use crate::model::EntraId;
use crate::store::drift::Reconciliation;
use crate::store::pauses::Pause;
use crate::store::sides::{Quarantine, Throttled};
use crate::store::survey::Survey;
use crate::store::types::{Feed, Retry};

/// Everything at a glance. The default is that of a state in which nothing ever happened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// When the daemon means to run the next cycle; none if no daemon ever ran.
    pub next_cycle: Option<Timestamp>,
    /// Live people in the snapshot.
    pub people: u64,
    /// Deleted people in the snapshot, soft and hard.
    pub deleted: u64,
    /// Links whose account is not gone.
    pub managed: u64,
    /// People with a dirty mark.
    pub dirty: u64,
    /// People whose failure is to be tried again, the longest failing first.
    pub waiting: Vec<Waiting>,
    /// When the last cycle over everybody ended well; also one in which somebody failed or was held, or that was paused.
    pub last_success: Option<Timestamp>,
    /// The last ten cycles, newest first.
    pub cycles: Vec<CycleView>,
    /// How far the cycle over everybody has come that is writing now, if one is.
    pub progress: Option<CycleProgress>,
    /// Where the reading of the users feed stands.
    pub feed: Feed,
    /// Where the reading of groups stands; none if no groups are followed.
    pub groups: Option<GroupFeeds>,
    /// Writes that were begun and have no outcome yet.
    pub open_intents: u64,
    /// Sides that are left alone because they fail, Entra first.
    pub quarantines: Vec<Quarantine>,
    /// Sides that have asked to be left alone, Entra first; it may be over.
    pub throttled: Vec<Throttled>,
    /// What an administrator has stopped, if anything.
    pub pause: Option<Pause>,
    /// People who are held and wait for an administrator's decision.
    pub held: u64,
    /// What the last reconciliation found; none if there was none.
    pub reconciliation: Option<Reconciliation>,
    /// What the sides said of themselves when they were last asked; none if they never were.
    pub survey: Option<Survey>,
}

/// A person with a failure that is to be tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Who.
    pub entra_id: EntraId,
    /// The user principal name, else the object id.
    pub user_name: String,
    /// The failure.
    pub retry: Retry,
}

impl Waiting {
    /// Whether whose account it is stands in the way: somebody has to say so, or to mend it in Jostle or in Entra.
    pub fn is_conflict(&self) -> bool {
        self.retry.kind == "conflict"
    }
}

/// How far a cycle has come with what it writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CycleProgress {
    /// Operations that it has planned.
    pub planned: u64,
    /// Those of them that have an outcome.
    pub done: u64,
    /// Since when it writes.
    pub since: Timestamp,
}

/// Where the reading of all groups stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct GroupFeeds {
    /// How many are followed, those inside of others included.
    pub groups: u64,
    /// When the oldest deltaLink was given.
    pub position_at: Timestamp,
}
