//! The company at the beginning.

use serde_json::{Value, json};

use super::names::{names, object, value};
use super::{chance, jostle, pick, rulebook};
use crate::rehearsal::company::{Company, Rulebook, Somebody, Team};
use crate::simulator::graph::{GraphSwitches, RemovedReason};

/// Nobody has a number from here on, but for those whose account somebody says.
pub(super) const MOST_PEOPLE: u8 = 40;

pub(in crate::rehearsal) fn company(rng: &mut fastrand::Rng) -> Company {
    let count = if chance(rng, 80) { rng.u8(3..=6) } else { rng.u8(7..=12) };
    let people: Vec<_> = (0..count).map(|number| somebody(rng, number, count)).collect();
    let rulebook = rulebook::rulebook(rng, count);
    let groups = groups(rng, count);
    let accounts = accounts(rng, &people, &rulebook);
    let mut jostle = jostle::switches(rng);
    if rulebook.entra_dialect {
        // That dialect is for a server that takes texts for a boolean.
        jostle.insert("boolean_active_only".to_owned(), json!(false));
    }
    Company { people, groups, accounts, rulebook, entra: entra(rng), jostle }
}

/// Somebody with this number, in a company of so many.
pub(super) fn somebody(rng: &mut fastrand::Rng, number: u8, count: u8) -> Somebody {
    let mut properties = names(number, 0);
    properties.extend(object(json!({
        "displayName": format!("Person {number}"), "givenName": "Given", "surname": "Family",
        // The badge: by it the oracle knows whose account it is.
        "mailNickname": format!("b{number}"),
        "accountEnabled": !chance(rng, 8),
        "userType": if chance(rng, 6) { "Guest" } else { "Member" },
    })));
    for _ in 0..rng.u8(..4) {
        let (name, value) = value(rng);
        if !value.is_null() {
            properties.insert(name.to_owned(), value);
        }
    }
    if chance(rng, 6) {
        properties.remove("mail");
    }
    let manager = chance(rng, 40).then(|| rng.u8(..count)).filter(|manager| *manager != number);
    Somebody { number, properties, assigned: chance(rng, 50), manager }
}

fn groups(rng: &mut fastrand::Rng, people: u8) -> Vec<Team> {
    let count = rng.u8(1..=4);
    let team = |rng: &mut fastrand::Rng, number| Team {
        number,
        people: (0..people).filter(|_| rng.u8(..100) < 45).collect(),
        teams: (0..count).filter(|other| *other != number && rng.u8(..100) < 20).collect(),
        assigned: chance(rng, 60),
        chosen: number == 0 || chance(rng, 40),
    };
    (0..count).map(|number| team(rng, number)).collect()
}

fn entra(rng: &mut fastrand::Rng) -> GraphSwitches {
    let standard = GraphSwitches::default();
    GraphSwitches {
        page_size: if chance(rng, 60) { rng.usize(1..=4) } else { 100 },
        tombstones_in_baseline: chance(rng, 70),
        members_per_page: if chance(rng, 50) { rng.usize(2..=6) } else { 200 },
        link_removed_reason: pick(rng, &[RemovedReason::Deleted, RemovedReason::Changed]),
        purge_hides_membership_removal: chance(rng, 30),
        manager_separately: chance(rng, 30),
        managers_unnamed_percent: pick(rng, &[0, 0, 0, 40, 100]),
        token_seconds: pick(rng, &[3599, 3599, 3599, 61]),
        ..standard
    }
}

/// Accounts that were in Jostle before: of people who will be matched, in another case, inactive, and of nobody.
fn accounts(rng: &mut fastrand::Rng, people: &[Somebody], rulebook: &Rulebook) -> Vec<Value> {
    let mut accounts = Vec::new();
    for somebody in people {
        if chance(rng, 20) {
            let turn = u8::from(chance(rng, 20));
            accounts.push(account(rng, &user_name(rulebook, somebody.number, turn)));
        }
    }
    for number in 0..rng.u8(..3) {
        accounts.push(account(rng, &format!("manual{number}@corp.example")));
    }
    if let Some(name) = &rulebook.protected
        && !accounts.iter().any(|account| account["userName"].as_str().is_some_and(|other| fold(other) == fold(name)))
    {
        accounts.push(account(rng, name));
    }
    accounts
}

fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// The `userName` that a person may have as its `turn`th.
pub(super) fn user_name(rulebook: &Rulebook, number: u8, turn: u8) -> String {
    names(number, turn)[rulebook.user_name].as_str().unwrap_or_default().to_owned()
}

/// An account as an administrator makes it.
pub(super) fn account(rng: &mut fastrand::Rng, user_name: &str) -> Value {
    let user_name = match rng.u8(..3) {
        0 => user_name.to_uppercase(),
        _ => user_name.to_owned(),
    };
    json!({
        "userName": user_name, "active": !chance(rng, 25), "title": pick(rng, &["Boss", "By hand"]),
        "name": {"givenName": pick(rng, &["Given", "Hand"]), "familyName": "Family"},
        "emails": [{"type": "work", "value": user_name}],
    })
}
