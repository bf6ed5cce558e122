//! Groups, who is in them, and who is assigned to the application: what the snapshot knows beside people.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{EntraId, GroupId, fold};

/// Somebody or something that can be a member of a group or be assigned to an application. Devices, contacts and
/// service principals are none of ours and never become one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Principal {
    /// A person.
    User(EntraId),
    /// A group, whose members are meant as well where nested groups are expanded.
    Group(GroupId),
}

/// A group by both its names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GroupLabel {
    /// The object id, which never changes.
    pub id: GroupId,
    /// The display name, which neither is unique nor stays.
    pub name: String,
}

impl GroupLabel {
    /// Whether a name in the configuration means this group: its object id, or its display name in any case.
    pub fn is_meant_by(&self, name: &str) -> bool {
        let is_name = match self.name.is_ascii() && name.is_ascii() {
            true => self.name.eq_ignore_ascii_case(name),
            false => fold(&self.name) == fold(name),
        };
        is_name || self.id.as_str().eq_ignore_ascii_case(name)
    }
}

/// A group with its direct members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its names.
    pub label: Arc<GroupLabel>,
    /// The direct members, as Graph's `members` relation has them.
    pub members: BTreeSet<Principal>,
}

/// All that was last read of groups and assignments. Level-triggered like everything in the snapshot: who is in scope
/// is computed from it, never from an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MembershipSnapshot {
    /// Every group that matters, by id: named in the configuration, assigned, or nested in one of those.
    pub groups: BTreeMap<GroupId, Group>,
    /// Whoever is assigned to the application, people and groups.
    pub assigned: BTreeSet<Principal>,
}
