//! Changes as the state and a plan file need them: with values that must not be shown.

use serde::{Deserialize, Serialize};

use super::{Change, TargetPath, TargetValue};

/// A change with its values. What may be shown of it is [`Change`]'s own form, which the log has.
#[derive(Serialize, Deserialize)]
pub struct Whole {
    attribute: TargetPath,
    old: Option<TargetValue>,
    new: Option<TargetValue>,
    redacted: bool,
}

impl From<&Change> for Whole {
    fn from(Change { attribute, old, new, redacted }: &Change) -> Self {
        Self { attribute: attribute.clone(), old: old.clone(), new: new.clone(), redacted: *redacted }
    }
}

impl From<Whole> for Change {
    fn from(Whole { attribute, old, new, redacted }: Whole) -> Self {
        Self { attribute, old, new, redacted }
    }
}
