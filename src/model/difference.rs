//! What would be written, and Jostle does not show.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{EntraId, Operation, TargetPath, TargetValue};

/// What of an account differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// That it is there, or active.
    Operation(Operation),
    /// A value.
    Attribute(TargetPath),
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation(operation) => operation.fmt(f),
            Self::Attribute(path) => path.fmt(f),
        }
    }
}

/// One thing that a plan would write of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The name under which the person is known.
    pub user: String,
    /// The person.
    pub entra_id: EntraId,
    /// What differs.
    #[serde(flatten)]
    pub aspect: Aspect,
    /// What Jostle shows; none: no value.
    pub old: Option<TargetValue>,
    /// What would be written; none: no value.
    pub new: Option<TargetValue>,
    /// Why an account would be deactivated or deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A difference, and how long it has been one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownDifference {
    /// What.
    #[serde(flatten)]
    pub difference: Difference,
    /// When this value would first have been written.
    pub since: Timestamp,
    /// When it was last found.
    pub last_seen: Timestamp,
    /// Whether the log has told of it.
    #[serde(skip)]
    pub told: bool,
}

/// A difference that has gone because Jostle came to show just what would have been written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// The name under which the person is known.
    pub user: String,
    /// The person.
    pub entra_id: EntraId,
    /// What differed.
    #[serde(flatten)]
    pub aspect: Aspect,
    /// When it would first have been written.
    pub since: Timestamp,
    /// When Jostle was found to show it.
    pub at: Timestamp,
}
