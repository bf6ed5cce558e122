//! Why somebody may be waiting in the end.

use serde_json::json;

use crate::model::{MatchChoice, Operation};
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
    let linked = evidence.link_of(person).map(|link| link.target_id.as_str());
    let chosen = match evidence.said.choice_of(&person.id) {
        Some(MatchChoice::Link { jostle_id }) => Some(jostle_id.as_str()),
        _ => None,
    };
    if let Some(why) = chosen.and_then(|id| barred(evidence, person, id)) {
        return Some(why);
    }
    let own = linked.or(chosen);
    let off = |operation| evidence.rulebook.switched_off.contains(&operation);
    let is_inactive = own.and_then(|id| evidence.accounts.get(id)).is_some_and(|account| !is_active(account));
    if own.is_some() && (off(Operation::Update) || linked.is_some() && is_inactive && off(Operation::Reactivate)) {
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
    let is_free = |id: &str| evidence.owner_of(id).is_none() && evidence.kept_for(id).is_none();
    let adoptable = own.is_none() && holders.len() == 1 && is_free(holders[0]);
    if !holders.is_empty() && (!adoptable || is_obscured(evidence, holders[0])) {
        return Some(format!("{} other accounts have the name", holders.len()));
    }
    if let Some(twin) = twin_of(evidence, person, &name) {
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

/// Somebody else who is to have this name.
fn twin_of<'a>(evidence: &'a Evidence, person: &Person, name: &str) -> Option<&'a Person> {
    let Evidence { truth, rulebook, chosen, .. } = evidence;
    truth.people.values().find(|other| {
        let is_wanted = || standing(other, truth, rulebook, chosen) == Standing::Wanted;
        other.id != person.id
            && !evidence.is_ignored(other)
            && other.text(rulebook.user_name).is_some_and(|other| fold(&other) == name)
            && is_wanted()
    })
}

/// Why an account that was chosen cannot be had by whoever has none.
fn barred(evidence: &Evidence, person: &Person, id: &str) -> Option<String> {
    let Some(account) = evidence.accounts.get(id) else { return Some(format!("the chosen account {id} is gone")) };
    if evidence.rulebook.protected.as_deref().map(fold) == Some(user_name_of(account)) {
        return Some(format!("the chosen account {id} is protected"));
    }
    let other = evidence.owner_of(id).or_else(|| evidence.kept_for(id)).filter(|other| *other != person.id);
    other.map(|other| format!("the chosen account {id} is that of {other}"))
}

/// An account that no filter finds, whose name is refused in a way that does not say so: nobody could know.
fn is_obscured(evidence: &Evidence, id: &str) -> bool {
    let is = |name: &str, value: serde_json::Value| evidence.switches.get(name) == Some(&value);
    let inactive = evidence.accounts.get(id).is_some_and(|account| account["active"] == false);
    let unfound = is("user_name_case_sensitive_filter", json!(true)) || is("hidden_inactive", json!(true)) && inactive;
    let vague = evidence.switches.get("duplicate_status").is_some_and(|status| *status != json!(409));
    unfound && vague
}
