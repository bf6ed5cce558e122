//! What waits for an administrator's decision.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Change, HoldClass, Operation, TargetId};

/// An operation that is held, or was and is not done with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldOperation {
    /// What it is held for.
    pub class: HoldClass,
    /// What would be done.
    pub operation: Operation,
    /// On which account; none for a create.
    pub target_id: Option<TargetId>,
    /// Old and new values.
    pub changes: Vec<Change>,
    /// What became of it.
    pub verdict: Verdict,
    /// Which limit was exceeded, with the numbers of that time.
    pub limit: String,
}

/// What an administrator decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing yet.
    Open,
    /// It is to be done, exactly so.
    Approved,
    /// It is not to be done as long as the person stays as they are in Entra.
    Rejected,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        })
    }
}
