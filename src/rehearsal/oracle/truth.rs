//! Both tenants as they are now.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::simulator::graph::GraphTenant;

/// Where somebody is in their life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rehearsal) enum Life {
    Live,
    InBin,
    Purged,
}

/// Somebody in Entra.
#[derive(Clone, Debug)]
pub(in crate::rehearsal) struct Person {
    pub(in crate::rehearsal) id: String,
    /// What the account of this person shows as its badge, also when nothing else is known of a purged one.
    pub(in crate::rehearsal) badge: String,
    pub(in crate::rehearsal) life: Life,
    pub(in crate::rehearsal) properties: Map<String, Value>,
}

impl Person {
    /// A property as text, without the white space around it; none if there is nothing else.
    pub(in crate::rehearsal) fn text(&self, name: &str) -> Option<String> {
        let text = self.properties.get(name)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
}

/// Everything about Entra that matters.
#[derive(Clone, Debug, Default)]
pub(in crate::rehearsal) struct Truth {
    pub(in crate::rehearsal) people: BTreeMap<String, Person>,
    /// Live groups with their direct members.
    pub(super) groups: BTreeMap<String, BTreeSet<String>>,
    /// Principals assigned to Jostle.
    pub(super) assigned: BTreeSet<String>,
}

impl Truth {
    /// Reads both; `badges` are known by Entra id.
    pub(in crate::rehearsal) fn of(graph: &GraphTenant, badges: &BTreeMap<String, String>) -> Self {
        let people = graph.users().into_iter().filter_map(|user| {
            let id = text(&user, "id");
            let life = match user["lifecycle"].as_str() {
                Some("live") => Life::Live,
                Some("deleted") => Life::InBin,
                _ => Life::Purged,
            };
            let badge = badges.get(&id)?.clone();
            let Value::Object(properties) = user else { return None };
            Some((id.clone(), Person { id, badge, life, properties }))
        });
        let groups = graph.groups().into_iter().filter(|group| group["lifecycle"] == "live").map(|group| {
            let members = group["members"].as_array().into_iter().flatten();
            (text(&group, "id"), members.filter_map(|id| id.as_str().map(str::to_lowercase)).collect())
        });
        let assigned = graph.assignments().iter().map(|assignment| text(assignment, "principalId")).collect();
        Self { people: people.collect(), groups: groups.collect(), assigned }
    }

    /// The manager, if it is somebody live.
    pub(in crate::rehearsal) fn manager_of(&self, person: &Person) -> Option<&Person> {
        let id = person.properties.get("manager")?.as_str()?.to_lowercase();
        self.people.get(&id).filter(|manager| manager.life == Life::Live)
    }
}

fn text(object: &Value, name: &str) -> String {
    object[name].as_str().unwrap_or_default().to_lowercase()
}
