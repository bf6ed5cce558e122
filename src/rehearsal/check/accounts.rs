//! Nobody has two accounts, and no account of ours belongs to nobody.

use std::collections::BTreeMap;

use super::Found;
use super::waiting::obstacle;
use crate::rehearsal::evidence::Evidence;
use crate::rehearsal::oracle::{badge_of, user_name_of};
use crate::rehearsal::rules::Rule;

pub(super) fn check(evidence: &Evidence, found: &mut Found) {
    let mut by_badge: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, account) in &evidence.accounts {
        let Some(badge) = badge_of(account).filter(|_| !evidence.excused(id)) else { continue };
        let owner = evidence.owner_of(id).and_then(|owner| evidence.truth.people.get(owner));
        // Without the state accounts are matched by name; where nothing is updated they keep the badge of before.
        let matched = owner.filter(|_| evidence.forgotten.contains(id)).map(|owner| owner.badge.as_str());
        by_badge.entry(matched.unwrap_or(badge)).or_default().push(id);
        let name = user_name_of(account);
        match owner {
            // Of whose account the lost state knew, and who cannot be matched before something is mended in Entra.
            None if evidence.forgotten.contains(id) && is_unmatched(evidence, badge) => {}
            None => found.add(Rule::OneAccount, format!("the account {id} ({name}, {badge}) belongs to nobody")),
            Some(owner) if owner.badge != badge && matched.is_none() => {
                found.add(Rule::OneAccount, format!("the account {id} ({name}) of {badge} belongs to {}", owner.badge));
            }
            Some(_) => {}
        }
    }
    for (badge, ids) in by_badge.iter().filter(|(_, ids)| ids.len() > 1) {
        found.add(Rule::OneAccount, format!("{badge} has {} accounts: {}", ids.len(), ids.join(", ")));
    }
}

/// Whether something stands in the way of the person with this badge.
fn is_unmatched(evidence: &Evidence, badge: &str) -> bool {
    let person = evidence.truth.people.values().find(|person| person.badge == badge);
    person.is_some_and(|person| obstacle(evidence, person).is_err())
}
