//! What somebody changed in Jostle.

use serde::{Deserialize, Serialize};

use super::{TargetPath, TargetValue};

/// One attribute of which Jostle shows another value than it last did, although nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// Which.
    pub attribute: TargetPath,
    /// What it should show, as far as is known; none: no value.
    pub expected: Option<TargetValue>,
    /// What it shows; none: no value.
    pub shown: Option<TargetValue>,
    /// What comes of it.
    pub treatment: Treatment,
}

impl Drift {
    /// Whether the other one is the same finding, whatever came of it.
    pub fn is_same_as(&self, other: &Self) -> bool {
        (&self.attribute, &self.expected, &self.shown) == (&other.attribute, &other.expected, &other.shown)
    }
}

/// What comes of a value that was changed in Jostle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// It stands, and is found again.
    Reported,
    /// The next cycle writes the desired value.
    Repaired,
    /// It was repaired the last time and is there again: it is not fought over.
    InVain,
    /// It stands until the value in Entra changes.
    Accepted,
}

impl Treatment {
    /// Whether it stays as it is until somebody does something about it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Reported | Self::InVain)
    }
}
