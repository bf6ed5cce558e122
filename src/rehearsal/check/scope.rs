//! Nobody was deactivated who was in scope all the time, and nobody got an account who never was.

use super::Found;
use crate::rehearsal::evidence::Evidence;
use crate::rehearsal::oracle::{Chronicle, badge_of, is_active, user_name_of};
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

/// Deactivations of one run. `known_since` is the moment at which the last read without any fault began.
pub(in crate::rehearsal) fn leavers(writes: &[JostleWrite], past: &Chronicle, known_since: u64) -> Vec<Violation> {
    let mut violations = Vec::new();
    for write in writes.iter().filter(|write| write.by == Author::Api) {
        let Some(before) = &write.before else { continue };
        let ends = write.after.as_ref().is_none_or(|after| !is_active(after));
        if !is_active(before) || !ends {
            continue;
        }
        let Some(badge) = badge_of(before) else { continue };
        let unwanted_at = past.people.get(badge).and_then(|past| past.unwanted_at);
        if unwanted_at.is_none_or(|at| at < known_since) {
            violations.push(Violation {
                rule: Rule::Scope,
                detail: format!("{badge} ({}) was deactivated, who was in scope all the time", user_name_of(before)),
            });
        }
    }
    violations
}
