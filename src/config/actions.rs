//! The section `[actions]`: what is done, and what happens to the accounts of people who leave.

use std::collections::BTreeSet;

use super::table::Section;
use crate::model::Operation;
use crate::plan::{Actions, Delete, OutOfScope};

/// A hundred years, in days.
const MOST_DAYS: u64 = 36_500;
/// Longer than anybody's notice.
const MOST_GRACE_DAYS: u64 = 365;

pub(super) fn read(mut section: Section<'_>) -> Actions {
    let words = [("deactivate", OutOfScope::Deactivate), ("keep", OutOfScope::Keep)];
    let actions = Actions {
        switched_off: switched_off(&mut section),
        out_of_scope: section.choice("out_of_scope", &words).unwrap_or_default(),
        grace_days: section.integer("grace_days", 0..=MOST_GRACE_DAYS).and_then(|n| n.try_into().ok()).unwrap_or(0),
        delete: delete(&mut section),
        recreate_deleted: section.flag("recreate_deleted"),
    };
    if actions.grace_days > 0 && actions.out_of_scope == OutOfScope::Keep {
        section.problem("grace_days", "has no effect: out_of_scope keeps the accounts anyway; keep one of them");
    }
    section.finish();
    actions
}

/// The operations that are false; all of them are done by default.
fn switched_off(section: &mut Section<'_>) -> BTreeSet<Operation> {
    let switches = [
        ("create", Operation::Create),
        ("update", Operation::Update),
        ("deactivate", Operation::Deactivate),
        ("reactivate", Operation::Reactivate),
    ];
    switches.into_iter().filter(|(key, _)| !section.flag_or(key, true)).map(|(_, operation)| operation).collect()
}

fn delete(section: &mut Section<'_>) -> Delete {
    section.refuse("delete_after_days", "has another form: write delete = { after_days = … }");
    let Some(found) = section.get("delete") else { return Delete::Never };
    match found.value.as_str() {
        Some("never") => return Delete::Never,
        None if found.value.is_table() => {}
        _ => {
            section.problem("delete", "must be \"never\" or { after_days = 90 }");
            return Delete::Never;
        }
    }
    let mut inner = section.section("delete");
    inner.require("after_days", "write the days from the final deletion in Entra to the one in Jostle");
    let days = inner.integer("after_days", 1..=MOST_DAYS).and_then(|days| days.try_into().ok());
    inner.finish();
    days.map_or(Delete::Never, Delete::AfterDays)
}
