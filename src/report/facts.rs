//! What a page tells.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{CycleTally, Period, Tally};
use crate::health::Health;
use crate::model::{Change, Treatment};
use crate::store::{Deleted, HeldPerson, HoldView, Listing, Orphan, Status};

/// Everything that a page tells. Whatever must not be shown is hidden in it already.
#[derive(Clone, Debug)]
pub struct Facts {
    /// When it was gathered.
    pub now: Timestamp,
    /// The version of the program.
    pub version: &'static str,
    /// The tenant, as the configuration names it.
    pub tenant_id: Option<String>,
    /// What it is about.
    pub period: Period,
    /// The oldest thing that is remembered at all; none: nothing has happened yet.
    pub remembered_since: Option<Timestamp>,
    /// The state at a glance.
    pub status: Status,
    /// What is made of it.
    pub health: Health,
    /// What was done to people in the period.
    pub tally: Tally,
    /// The cycles of the period.
    pub cycles: CycleTally,
    /// What to do about a failure, by its code.
    pub remedies: BTreeMap<String, &'static str>,
    /// What is held.
    pub holds: Vec<HoldLines>,
    /// What differs in Jostle, up to a maximum.
    pub drift: Vec<DriftLine>,
    /// How many such values there are in all.
    pub drifted: u64,
    /// Accounts whose person is deleted for good, the active ones first.
    pub orphans: Vec<Orphan>,
    /// Accounts that were deleted in Jostle although their person is in Entra.
    pub deleted: Vec<Deleted>,
    /// The accounts that are nobody's; none if they could not be listed.
    pub listing: Option<Listing>,
}

/// A hold with everybody in it.
#[derive(Clone, Debug)]
pub struct HoldLines {
    /// The hold.
    pub hold: HoldView,
    /// Everybody in it, with values that may be shown.
    pub people: Vec<HeldPerson>,
}

/// A value that was changed in Jostle.
#[derive(Clone, Debug)]
pub struct DriftLine {
    /// Whose account it is.
    pub user: String,
    /// From what it should be to what it is, as it may be shown.
    pub change: Change,
    /// What comes of it.
    pub treatment: Treatment,
    /// When it was found first.
    pub since: Timestamp,
}
