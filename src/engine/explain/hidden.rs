//! What must not be shown: the values of rows that say `Redact`.

use std::collections::BTreeSet;

use crate::mapping::{Mapping, REDACTED, Row};
use crate::model::{Change, TargetPath, TargetValue};

/// The attributes whose values are hidden.
pub(super) struct Hidden<'a>(BTreeSet<&'a TargetPath>);

impl<'a> Hidden<'a> {
    pub(super) fn of(mapping: &'a Mapping) -> Self {
        Self(mapping.rows().iter().filter(|row| row.is_redacted()).map(|row: &Row| &row.target).collect())
    }

    pub(super) fn value(&self, path: &TargetPath, value: Option<&TargetValue>) -> Option<TargetValue> {
        match value {
            Some(_) if self.0.contains(path) => Some(TargetValue::Text(REDACTED.to_owned())),
            value => value.cloned(),
        }
    }

    pub(super) fn changes(&self, changes: &[Change]) -> Vec<Change> {
        let hide = |change: &Change| Change {
            attribute: change.attribute.clone(),
            old: self.value(&change.attribute, change.old.as_ref()),
            new: self.value(&change.attribute, change.new.as_ref()),
        };
        changes.iter().map(hide).collect()
    }
}
