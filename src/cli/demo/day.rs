//! What happens in the demo's company on one day.

use serde_json::{Value, json};

use super::compare::{Standing, standing};
use crate::simulator::graph::GraphTenant;

/// Something that happens to one person in Entra.
pub(super) struct Event {
    pub(super) title: String,
    /// What the next cycle must push.
    pub(super) pushes: &'static str,
    change: Change,
}

enum Change {
    Join(Value),
    Set(String, Value),
    Delete(String),
    Restore(String),
    Nothing,
}

impl Event {
    pub(super) fn happen(&self, tenant: &GraphTenant) -> Result<(), String> {
        let result = match &self.change {
            Change::Join(user) => tenant.create_user(user).map(drop),
            Change::Set(id, properties) => tenant.update_user(id, properties).map(drop),
            Change::Delete(id) => tenant.delete_user(id).map(drop),
            Change::Restore(id) => tenant.restore_user(id).map(drop),
            Change::Nothing => Ok(()),
        };
        result.map_err(|error| error.to_string())
    }
}

/// The events of the day, for people who have an account after the first cycle.
pub(super) fn events(tenant: &GraphTenant) -> Result<Vec<Event>, String> {
    let users = tenant.users();
    let domain =
        users.iter().find_map(|user| user["userPrincipalName"].as_str()?.rsplit_once('@').map(|(_, d)| d.to_owned()));
    let mut employees = users.iter().filter(|user| standing(user) == Standing::Employee);
    let (Some(domain), Some(bride), Some(leaver), Some(deleted), Some(renamed)) =
        (domain, employees.next(), employees.next(), employees.next(), employees.next())
    else {
        return Err("four employees are needed; ask for more --users".to_owned());
    };
    let joiner = json!({
        "userPrincipalName": format!("nora.newcomer@{domain}"), "mail": format!("nora.newcomer@{domain}"),
        "displayName": "Nora Newcomer", "givenName": "Nora", "surname": "Newcomer", "accountEnabled": true,
        "userType": "Member", "mailNickname": "nora.newcomer",
    });
    let new_name = format!("renamed.person@{domain}");
    let event = |title: String, pushes, change| Event { title, pushes, change };
    Ok(vec![
        event("Nora Newcomer joins".into(), "1 create", Change::Join(joiner)),
        event(
            format!("{} marries", name(bride)),
            "1 update",
            Change::Set(id(bride), json!({"surname": "O'Brien-Müller"})),
        ),
        event(format!("{} leaves (disabled)", name(leaver)), "1 deactivate", enabled(leaver, false)),
        event(format!("{} returns", name(leaver)), "1 reactivate", enabled(leaver, true)),
        event(format!("{} is deleted", name(deleted)), "1 deactivate", Change::Delete(id(deleted))),
        event(format!("{} is restored", name(deleted)), "1 reactivate", Change::Restore(id(deleted))),
        event(
            format!("{} gets another UPN", name(renamed)),
            "1 update",
            Change::Set(id(renamed), json!({"userPrincipalName": new_name, "mail": new_name})),
        ),
        event("nothing".into(), "nothing to do", Change::Nothing),
    ])
}

fn enabled(user: &Value, enabled: bool) -> Change {
    Change::Set(id(user), json!({"accountEnabled": enabled}))
}

fn id(user: &Value) -> String {
    user["id"].as_str().unwrap_or_default().to_owned()
}

fn name(user: &Value) -> String {
    user["displayName"].as_str().or(user["userPrincipalName"].as_str()).unwrap_or("somebody").to_owned()
}
