//! The section `[actions]`: what happens to the accounts of people who leave.

use super::table::Section;
use crate::plan::OutOfScope;

/// What happens to an account when its person leaves the scope or the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actions {
    /// What happens when a person who still exists is no longer in scope; deactivate by default.
    pub out_of_scope: OutOfScope,
    /// Days from the final deletion in Entra to the DELETE in Jostle, at least 1; by default never.
    pub delete_after_days: Option<u32>,
    /// Whether an account that an administrator deleted in Jostle is created again; by default not.
    pub recreate_deleted: bool,
}

/// A hundred years, in days.
const MOST_DAYS: u64 = 36_500;

pub(super) fn read(mut section: Section<'_>) -> Actions {
    let words = [("deactivate", OutOfScope::Deactivate), ("keep", OutOfScope::Keep)];
    let actions = Actions {
        out_of_scope: section.choice("out_of_scope", &words).unwrap_or_default(),
        delete_after_days: section.integer("delete_after_days", 1..=MOST_DAYS).and_then(|days| days.try_into().ok()),
        recreate_deleted: section.flag("recreate_deleted"),
    };
    section.finish();
    actions
}
