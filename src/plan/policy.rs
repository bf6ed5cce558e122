//! What an administrator configured about the plan.

use std::collections::BTreeSet;

use crate::mapping::Mapping;
use crate::model::fold;

/// What happens to the account of a person who left the scope but not the company.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OutOfScope {
    /// Deactivated, as Entra's own job does.
    #[default]
    Deactivate,
    /// Left as it is.
    Keep,
}

/// Limits beyond which operations are held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Deactivations in one cycle that are always allowed.
    pub deactivate_count: u64,
    /// Percentage of the managed accounts that may be deactivated in one cycle, whatever the count.
    pub deactivate_percent: f64,
}

/// Everything that the decision about a person depends on beside the person.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// The attribute mapping.
    pub mapping: Mapping,
    /// User names of accounts that are never written, folded.
    pub protected: BTreeSet<String>,
    /// For people who left the scope.
    pub out_of_scope: OutOfScope,
    /// Days after which the account of a hard-deleted person is deleted; none is never.
    pub delete_after_days: Option<u32>,
    /// Create the account again that an administrator deleted in Jostle.
    pub recreate_deleted: bool,
    /// When to hold.
    pub limits: Limits,
}

impl Policy {
    /// Whether the account of this name is never to be written.
    pub fn is_protected(&self, user_name: &str) -> bool {
        self.protected.contains(&fold(user_name))
    }

    /// A text that changes whenever a decision could: then everybody is planned again, from the snapshot.
    /// A text that changes for no reason costs one such pass and nothing else.
    pub fn fingerprint(&self) -> String {
        let Self { mapping, protected, out_of_scope, delete_after_days, recreate_deleted, limits: _ } = self;
        format!("{mapping:?} {protected:?} {out_of_scope:?} {delete_after_days:?} {recreate_deleted}")
    }
}
