//! Why somebody may be waiting in the end.

use serde_json::json;

use crate::model::Operation;
use crate::rehearsal::evidence::Evidence;
use crate::rehearsal::oracle::{Desired, Person, Standing, desired, fold, is_active, standing, user_name_of};
use crate::simulator::jostle::Author;

/// What stands in the way of somebody's account, as the truth has it.
pub(super) enum Obstacle {
    /// The mapping gives no valid values.
    Mapping(String),
    /// The name cannot be had.
    Name(String),
}

/// What stands in the way of somebody who is wanted.
pub(super) fn obstacle(evidence: &Evidence, person: &Person) -> Result<Desired, Obstacle> {
    let desired = desired(person, &evidence.truth, &evidence.rulebook, false).map_err(Obstacle::Mapping)?;
    match taken(evidence, person, &desired.user_name) {
        Some(why) => Err(Obstacle::Name(why)),
        None => Ok(desired),
    }
}

/// Why a name cannot be had; none if it can.
fn taken(evidence: &Evidence, person: &Person, user_name: &str) -> Option<String> {
    let name = fold(user_name);
    if evidence.rulebook.protected.as_deref().map(fold).as_ref() == Some(&name) {
        return Some("the account is protected".to_owned());
    }
    let own = evidence.link_of(person).map(|link| link.target_id.as_str());
    let off = |operation| evidence.rulebook.switched_off.contains(&operation);
    let is_inactive = own.and_then(|id| evidence.accounts.get(id)).is_some_and(|account| !is_active(account));
    if own.is_some() && (off(Operation::Update) || is_inactive && off(Operation::Reactivate)) {
        // Nobody is renamed.
        return None;
    }
    if own.and_then(|id| evidence.accounts.get(id)).is_some_and(|account| user_name_of(account) == name) {
        return None;
    }
    let holders: Vec<&str> = evidence
        .accounts
        .iter()
        .filter(|(id, account)| Some(id.as_str()) != own && user_name_of(account) == name)
        .map(|(id, _)| id.as_str())
        .collect();
    // One that nobody owns is adopted, by whoever has none.
    let adoptable = own.is_none() && holders.len() == 1 && evidence.owner_of(holders[0]).is_none();
    if !holders.is_empty() && (!adoptable || is_obscured(evidence, holders[0])) {
        return Some(format!("{} other accounts have the name", holders.len()));
    }
    let twin = evidence.truth.people.values().find(|other| {
        let is_wanted = || standing(other, &evidence.truth, &evidence.rulebook, &evidence.chosen) == Standing::Wanted;
        other.id != person.id
            && other.text(evidence.rulebook.user_name).is_some_and(|other| fold(&other) == name)
            && is_wanted()
    });
    if let Some(twin) = twin {
        return Some(format!("{} has the name too", twin.badge));
    }
    let is_reserved = evidence.switches.get("soft_delete") == Some(&json!(true))
        && evidence.journal.iter().any(|write| {
            write.by == Author::Api
                && write.after.is_none()
                && write.before.as_ref().map(user_name_of).as_ref() == Some(&name)
        });
    is_reserved.then(|| "the name stays taken".to_owned())
}

/// An account that no filter finds, whose name is refused in a way that does not say so: nobody could know.
fn is_obscured(evidence: &Evidence, id: &str) -> bool {
    let is = |name: &str, value: serde_json::Value| evidence.switches.get(name) == Some(&value);
    let inactive = evidence.accounts.get(id).is_some_and(|account| account["active"] == false);
    let unfound = is("user_name_case_sensitive_filter", json!(true)) || is("hidden_inactive", json!(true)) && inactive;
    let vague = evidence.switches.get("duplicate_status").is_some_and(|status| *status != json!(409));
    unfound && vague
}
