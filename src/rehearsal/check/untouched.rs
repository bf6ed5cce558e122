//! No unmanaged or protected account was ever written.

use super::Found;
use crate::rehearsal::evidence::Evidence;
use crate::rehearsal::oracle::{badge_of, fold, user_name_of};
use crate::rehearsal::rules::Rule;
use crate::simulator::jostle::Author;

pub(super) fn check(evidence: &Evidence, found: &mut Found) {
    let protected = evidence.rulebook.protected.as_deref().map(fold);
    for write in evidence.journal.iter().filter(|write| write.by == Author::Api) {
        let Some(before) = &write.before else { continue };
        let name = user_name_of(before);
        if Some(&name) == protected.as_ref() {
            found.add(Rule::Untouched, format!("{} to {}, which is protected", write.method, name));
        }
        let after = write.after.as_ref().and_then(badge_of);
        match (badge_of(before), after) {
            (Some(was), Some(is)) if was != is && !evidence.forgotten.contains(&write.id) => {
                found.add(Rule::Untouched, format!("the account {} of {was} was given to {is}", write.id));
            }
            (None, is) => {
                // Whose it becomes; where no badge is written, who is linked to it.
                let owner =
                    || evidence.truth.people.get(evidence.owner_of(&write.id)?).map(|person| person.badge.clone());
                let badge = is.map(str::to_owned).or_else(owner);
                // Where nothing tells any more whose it was, the name must.
                let is_theirs = evidence.chronicle.people.iter().any(|(other, past)| {
                    let is_named = past.names.contains(&name) || past.chosen.contains(&write.id);
                    badge.as_ref().is_none_or(|badge| badge == other) && past.was_wanted && is_named
                });
                if !is_theirs {
                    found.add(Rule::Untouched, format!("{} to {name}, which is nobody's", write.method));
                }
            }
            _ => {}
        }
    }
}
