//! The account of the person: what was last sent, what was last seen, what was done.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use super::hidden::Hidden;
use crate::mapping::{Mapping, Row};
use crate::model::{Change, Link, LinkOrigin, TargetId, TargetPath, TargetValue};
use crate::store::LogEntry;

/// The account that is linked to the person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AccountView {
    /// Its id in Jostle.
    pub jostle_id: TargetId,
    /// How the link came about.
    pub origin: LinkOrigin,
    /// The account was deleted in Jostle.
    pub gone: bool,
    /// Whether it is active, as far as is known.
    pub active: bool,
    /// Every attribute of which something is known or desired, in the order of the mapping.
    pub attributes: Vec<AttributeView>,
}

/// One attribute of the account.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AttributeView {
    /// Which.
    pub attribute: TargetPath,
    /// What was last written.
    pub sent: Option<TargetValue>,
    /// What Jostle last showed.
    pub seen: Option<TargetValue>,
    /// Whether it should have another value.
    pub differs: bool,
    /// What it should have, where it differs; none if it should have no value.
    pub desired: Option<TargetValue>,
}

impl AccountView {
    pub(super) fn of(link: &Link, differences: &[Change], mapping: &Mapping, hidden: &Hidden<'_>) -> Self {
        let Link { entra_id: _, target_id, origin, gone, sent, seen } = link;
        let changed = differences.iter().map(|change| &change.attribute);
        let known: BTreeSet<&TargetPath> = sent.keys().chain(seen.keys()).chain(changed).collect();
        let mapped: Vec<&TargetPath> = mapping.rows().iter().map(|row: &Row| &row.target).collect();
        let others = known.iter().copied().filter(|path| !mapped.contains(path));
        let paths = mapped.iter().copied().filter(|path| known.contains(path)).chain(others);
        let view = |path: &TargetPath| {
            let change = differences.iter().find(|change| change.attribute == *path);
            AttributeView {
                attribute: path.clone(),
                sent: hidden.value(path, sent.get(path)),
                seen: hidden.value(path, seen.get(path)),
                differs: change.is_some(),
                desired: hidden.value(path, change.and_then(|change| change.new.as_ref())),
            }
        };
        Self {
            jostle_id: target_id.clone(),
            origin: *origin,
            gone: *gone,
            active: link.is_active(),
            attributes: paths.map(view).collect(),
        }
    }
}

/// One line of the provisioning log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LogLine {
    /// In which cycle.
    pub cycle: i64,
    /// When.
    pub at: Timestamp,
    /// What was done, or would have been.
    pub operation: String,
    /// `success`, `failure` or `skipped`.
    pub status: String,
    /// On which account.
    pub jostle_id: Option<TargetId>,
    /// The attributes written.
    pub changes: Vec<Change>,
    /// Why.
    pub reason: Option<String>,
    /// The provider's request id.
    pub request_id: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
}

impl LogLine {
    pub(super) fn of(entry: &LogEntry, hidden: &Hidden<'_>) -> Self {
        let LogEntry {
            cycle,
            at,
            entra_id: _,
            user_name: _,
            target_id,
            operation,
            status,
            changes,
            message,
            request_id,
            duration_ms,
            ..
        } = entry;
        Self {
            cycle: cycle.0,
            at: *at,
            operation: operation.clone(),
            status: status.clone(),
            jostle_id: target_id.clone(),
            changes: hidden.changes(changes),
            reason: message.clone(),
            request_id: request_id.clone(),
            duration_ms: *duration_ms,
        }
    }
}
