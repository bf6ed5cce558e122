//! One changed attribute of one person.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{TargetPath, TargetValue};

/// One attribute, from what it is to what it shall be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which.
    pub attribute: TargetPath,
    /// What Jostle has, as far as is known; none if it has no value.
    pub old: Option<TargetValue>,
    /// What it shall have; none clears the value.
    pub new: Option<TargetValue>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show =
            |value: &Option<TargetValue>| value.as_ref().map_or_else(|| "(none)".to_owned(), ToString::to_string);
        write!(f, "{}: {} => {}", self.attribute, show(&self.old), show(&self.new))
    }
}
