//! What must not be shown: the values of rows that say `Redact`.

use std::collections::BTreeSet;

use crate::mapping::{Mapping, Row};
use crate::model::{Change, REDACTED, TargetPath, TargetValue};

/// The attributes whose values are hidden.
#[derive(Debug)]
pub struct Hidden<'a>(BTreeSet<&'a TargetPath>);

impl<'a> Hidden<'a> {
    /// Those that a mapping hides.
    pub fn of(mapping: &'a Mapping) -> Self {
        Self(mapping.rows().iter().filter(|row| row.is_redacted()).map(|row: &Row| &row.target).collect())
    }

    pub(in crate::engine) fn value(&self, path: &TargetPath, value: Option<&TargetValue>) -> Option<TargetValue> {
        match value {
            Some(_) if self.0.contains(path) => Some(TargetValue::Text(REDACTED.to_owned())),
            value => value.cloned(),
        }
    }

    /// Whether the values of an attribute are hidden.
    pub fn hides(&self, path: &TargetPath) -> bool {
        self.0.contains(path)
    }

    /// The changes, hidden as well if they were logged before the row said `Redact`.
    pub fn changes(&self, changes: &[Change]) -> Vec<Change> {
        let hide = |change: &Change| Change {
            redacted: change.redacted || self.0.contains(&change.attribute),
            ..change.clone()
        };
        changes.iter().map(hide).collect()
    }
}
