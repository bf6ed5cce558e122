//! People of whom something is to be decided, or who fail.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Cause, Finding, Grounds, Level};
use crate::engine::{Mends, mends};
use crate::model::HoldClass;
use crate::store::{HoldView, Waiting};

/// So many are named; the others are counted.
const NAMED: usize = 10;

/// What waits for a decision, hold by hold.
pub(super) fn held(grounds: &Grounds<'_>) -> Vec<Finding> {
    let open = grounds.holds.iter().filter(|hold| hold.open > 0);
    open.map(|HoldView { id, class, raised_at, limit, open, .. }| {
        let (cause, wait) = match class {
            HoldClass::FirstContact => (Cause::FirstContact, "at the first contact"),
            _ => (Cause::Held, "for a decision"),
        };
        let (people, fate) = (count(*open, "person waits", "people wait"), class.fate());
        Finding {
            level: Level::Warning,
            cause,
            subject: Some(id.number.to_string()),
            since: Some(*raised_at),
            what: format!("hold {id}: {people} {wait}, to be {fate}: {limit}"),
            remedy: format!(
                "entra-jostle-sync hold show {id}; then entra-jostle-sync hold approve {id}, or \
                 entra-jostle-sync hold reject {id}"
            ),
            about: [id.to_string()].into(),
        }
    })
    .collect()
}

/// Whoever fails again and again, and at once whoever fails for what no waiting mends.
pub(super) fn failing(grounds: &Grounds<'_>) -> Option<Finding> {
    let has_failed = |waiting: &&Waiting| {
        waiting.retry.attempts >= grounds.rules.failing_attempts || mends(&waiting.retry) != Mends::Waiting
    };
    let failing: Vec<_> = grounds.status.waiting.iter().filter(has_failed).collect();
    let first = failing.first()?;
    let mut causes = BTreeMap::<&str, usize>::new();
    for waiting in &failing {
        *causes.entry(&waiting.retry.kind).or_default() += 1;
    }
    let mut causes: Vec<_> = causes.into_iter().collect();
    causes.sort_by_key(|(code, people)| (std::cmp::Reverse(*people), *code));
    let causes: Vec<_> = causes.into_iter().map(|(code, people)| format!("{people} with {code}")).collect();
    let names: Vec<_> = failing.iter().take(NAMED).map(|waiting| waiting.user_name.as_str()).collect();
    let people = count(failing.len() as u64, "person fails", "people fail");
    let mut what = format!("{people} ({}): {}", causes.join(", "), names.join(", "));
    if failing.len() > NAMED {
        let _infallible = write!(what, " and {} more", failing.len() - NAMED);
    }
    Some(Finding {
        level: Level::Warning,
        cause: Cause::PeopleFailing,
        subject: None,
        since: failing.iter().map(|waiting| waiting.retry.first_failed_at).min(),
        what,
        remedy: format!("entra-jostle-sync explain {}", first.user_name),
        about: failing.iter().map(|waiting| waiting.entra_id.to_string()).collect(),
    })
}

fn count(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
