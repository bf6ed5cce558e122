//! Nobody was deactivated who was in scope all the time, and nobody got an account who never was.

use std::collections::BTreeSet;

use super::Found;
use crate::rehearsal::evidence::Evidence;
use crate::rehearsal::oracle::{Chronicle, Past, badge_of, is_active, user_name_of};
use crate::rehearsal::rules::{Rule, Violation};
use crate::simulator::jostle::{Author, JostleWrite};

/// New accounts so far.
pub(super) fn newcomers(evidence: &Evidence, found: &mut Found) {
    for write in evidence.journal.iter().filter(|write| write.by == Author::Api && write.before.is_none()) {
        let Some(after) = &write.after else { continue };
        let name = user_name_of(after);
        let past = badge_of(after).and_then(|badge| evidence.chronicle.people.get(badge));
        if !past.is_some_and(|past| past.was_wanted && past.names.contains(&name)) {
            found.add(Rule::Scope, format!("an account was made for {name}, who was never to have it"));
        }
    }
}

/// Deactivations of one run. `known_since` is the moment at which the last read without any fault began; `forgotten` are
/// the accounts that were ours when the state was lost, and were matched by name since.
pub(in crate::rehearsal) fn leavers(
    writes: &[JostleWrite],
    past: &Chronicle,
    known_since: u64,
    forgotten: &BTreeSet<String>,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    for write in writes.iter().filter(|write| write.by == Author::Api) {
        let Some(before) = &write.before else { continue };
        let ends = write.after.as_ref().is_none_or(|after| !is_active(after));
        if !is_active(before) || !ends {
            continue;
        }
        let Some(badge) = badge_of(before) else { continue };
        let is_unwanted = |past: &Past| past.unwanted_at.is_some_and(|at| at >= known_since);
        let name = user_name_of(before);
        let of_another = || past.people.values().any(|past| past.names_since_loss.contains(&name) && is_unwanted(past));
        let was_known = past.people.get(badge).is_some_and(is_unwanted);
        if !(was_known || forgotten.contains(&write.id) && of_another()) {
            violations.push(Violation {
                rule: Rule::Scope,
                detail: format!("{badge} ({name}) was deactivated, who was in scope all the time"),
            });
        }
    }
    violations
}
