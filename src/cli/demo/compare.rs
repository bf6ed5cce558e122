//! Both sides compared, person by person, by a reading of the wire that shares nothing with the engine.

use std::collections::HashMap;

use serde_json::Value;

/// What the shipped mapping and the lifecycle say of a person of the simulated directory.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Standing {
    /// Should have an active account.
    Employee,
    /// Should have one, and lacks a value that Jostle needs, or has one that is too long for it.
    Incomplete,
    /// Disabled or a guest.
    Outside,
}

/// Judges one person: enabled, no guest, with both names and a mail address.
pub(super) fn standing(user: &Value) -> Standing {
    if user["accountEnabled"] == false
        || user["userType"] == "Guest"
        || text(&user["userPrincipalName"]).contains("#EXT#")
    {
        return Standing::Outside;
    }
    let fits = [("givenName", 30), ("surname", 40), ("mail", 128)]
        .iter()
        .all(|(name, limit)| (1..=*limit).contains(&text(&user[*name]).trim().chars().count()));
    if fits { Standing::Employee } else { Standing::Incomplete }
}

/// How many people stand so.
pub(super) fn count(users: &[Value], wanted: Standing) -> usize {
    users.iter().filter(|user| standing(user) == wanted).count()
}

/// Compares every person; returns how many, and every difference in words.
pub(super) fn compare(users: &[Value], accounts: &[Value]) -> (usize, Vec<String>) {
    let mut by_name: HashMap<String, Vec<&Value>> = HashMap::new();
    for account in accounts {
        by_name.entry(text(&account["userName"]).to_lowercase()).or_default().push(account);
    }
    let mut differences = Vec::new();
    for user in users {
        let name = text(&user["userPrincipalName"]);
        let found = by_name.remove(&name.to_lowercase()).unwrap_or_default();
        match (standing(user) == Standing::Employee, found.as_slice()) {
            (true, [account]) => differences.extend(unequal(user, account)),
            (true, []) => differences.push(format!("{name} has no account")),
            (false, []) => {}
            (false, [account]) if account["active"] == false => {}
            (false, [_]) => differences.push(format!("{name} is still active")),
            (_, several) => differences.push(format!("{name} has {} accounts", several.len())),
        }
    }
    differences.extend(by_name.into_keys().map(|name| format!("{name} has an account and is not in Entra")));
    (users.len(), differences)
}

fn unequal(user: &Value, account: &Value) -> Vec<String> {
    let emails = account["emails"].as_array().map(Vec::as_slice).unwrap_or_default();
    let work: Vec<_> =
        emails.iter().filter(|email| email["type"] == "work").map(|email| text(&email["value"])).collect();
    let active = account["active"] == true;
    [
        ("givenName", text(&user["givenName"]), text(&account["name"]["givenName"])),
        ("surname", text(&user["surname"]), text(&account["name"]["familyName"])),
        ("mail", text(&user["mail"]), work.join(", ")),
        ("active", "true".to_owned(), active.to_string()),
    ]
    .into_iter()
    .filter(|(_, entra, jostle)| entra != jostle)
    .map(|(what, entra, jostle)| {
        format!("{}: {what} is {entra:?} in Entra and {jostle:?} in Jostle", text(&user["userPrincipalName"]))
    })
    .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
