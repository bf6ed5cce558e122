//! Who should have an active account.

use std::collections::BTreeSet;

use super::truth::{Life, Person, Truth};
use crate::rehearsal::company::{Rulebook, Whom};

/// What somebody should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rehearsal) enum Standing {
    /// An active account.
    Wanted,
    /// None, because the scope says so.
    OutOfScope,
    /// None, because sign-in is blocked or the person is deleted.
    Barred,
    /// None any more.
    Purged,
}

pub(in crate::rehearsal) fn standing(
    person: &Person,
    truth: &Truth,
    rulebook: &Rulebook,
    chosen: &[String],
) -> Standing {
    match person.life {
        Life::Purged => return Standing::Purged,
        Life::InBin => return Standing::Barred,
        Life::Live => {}
    }
    if person.properties.get("accountEnabled") == Some(&false.into()) {
        return Standing::Barred;
    }
    let is_guest = person.properties.get("userType").is_some_and(|kind| kind == "Guest");
    let is_in = match rulebook.whom {
        Whom::All => true,
        Whom::Assigned => {
            truth.assigned.contains(&person.id) || is_member(person, truth, &truth.assigned, rulebook.nested)
        }
        Whom::Chosen => is_member(person, truth, &chosen.iter().cloned().collect(), rulebook.nested),
    };
    if is_in && (rulebook.guests || !is_guest) { Standing::Wanted } else { Standing::OutOfScope }
}

/// Whether somebody is in one of these groups, or in a group within them.
fn is_member(person: &Person, truth: &Truth, of: &BTreeSet<String>, nested: bool) -> bool {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> = of.iter().map(String::as_str).collect();
    while let Some(group) = open.pop() {
        let Some(members) = truth.groups.get(group).filter(|_| seen.insert(group)) else { continue };
        if members.contains(&person.id) {
            return true;
        }
        if nested {
            open.extend(members.iter().map(String::as_str));
        }
    }
    false
}
