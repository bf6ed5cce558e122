//! What must be read of groups and assignments before the scope can be decided.

use std::collections::BTreeSet;

/// Collected from the scope and from every filter that names a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// The application whose assignments count: its application (client) id.
    pub app_id: Option<String>,
    /// Groups by name or object id, as the configuration has them.
    pub groups: BTreeSet<String>,
    /// Groups within groups are read too.
    pub nested: bool,
}

impl Reach {
    /// Neither groups nor assignments matter, so nothing is read of them.
    pub fn is_empty(&self) -> bool {
        self.app_id.is_none() && self.groups.is_empty()
    }
}
