//! The users of the tenant in the order of their creation, with an index by id and one by name.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::choices::Ids;
use super::schema::{CORE, EXTENSION};
use super::switches::Switches;
use crate::simulator::clock::Time;

/// One user as it is stored.
#[derive(Clone, Debug)]
pub(super) struct Record {
    /// The `id` as clients see it.
    pub(super) id: String,
    /// Everything but what the server owns: `schemas`, `id`, `meta`.
    pub(super) attributes: Map<String, Value>,
    /// Has signed in at least once; an administrator's users have, a client's have not.
    pub(super) activated: bool,
    /// When it got its name.
    named: Instant,
    created: Timestamp,
    modified: Timestamp,
}

impl Record {
    /// The `userName`.
    pub(super) fn user_name(&self) -> &str {
        self.attributes.get("userName").and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether the filter's index knows the name yet.
    pub(super) fn is_indexed(&self, switches: &Switches) -> bool {
        self.named.elapsed().as_secs() >= switches.filter_delay_seconds
    }

    /// `active` as the tenant shows it.
    pub(super) fn shows_active(&self, switches: &Switches) -> bool {
        let invited = switches.invited_reads_inactive && !self.activated;
        !invited && self.attributes.get("active") != Some(&Value::Bool(false))
    }

    /// The whole resource (RFC 7643 §3), under the base URL that the client used.
    pub(super) fn resource(&self, base_url: &str, switches: &Switches) -> Map<String, Value> {
        let mut resource = self.attributes.clone();
        let schemas: Vec<&str> = if resource.contains_key(EXTENSION) { vec![CORE, EXTENSION] } else { vec![CORE] };
        resource.insert("schemas".to_owned(), json!(schemas));
        resource.insert("id".to_owned(), json!(self.id));
        resource.insert("active".to_owned(), json!(self.shows_active(switches)));
        let meta = json!({
            "resourceType": "User",
            "created": self.created.to_string(),
            "lastModified": self.modified.to_string(),
            "location": super::request::location(base_url, &self.id),
        });
        resource.insert("meta".to_owned(), meta);
        resource
    }
}

/// The users. Whether a name is taken is asked before, with [`Store::holds_name`].
#[derive(Debug, Default)]
pub(super) struct Store {
    users: BTreeMap<u64, Record>,
    by_id: HashMap<String, u64>,
    /// Folded names; several users only where case makes them different.
    by_name: HashMap<String, Vec<u64>>,
    /// Folded names of users who were deleted softly.
    reserved: HashSet<String>,
    created: u64,
    time: Time,
}

fn fold(name: &str) -> String {
    name.to_lowercase()
}

impl Store {
    /// No users yet; each will have been created and modified by this time.
    pub(super) fn new(time: Time) -> Self {
        Self { time, ..Self::default() }
    }

    /// All users, the oldest first.
    pub(super) fn users(&self) -> impl Iterator<Item = &Record> {
        self.users.values()
    }

    /// The user with this id, byte for byte.
    pub(super) fn by_id(&self, id: &str) -> Option<&Record> {
        self.by_id.get(id).and_then(|number| self.users.get(number))
    }

    /// The users of this name in any case.
    pub(super) fn by_name(&self, name: &str) -> Vec<&Record> {
        let numbers = self.by_name.get(&fold(name)).into_iter().flatten();
        numbers.filter_map(|number| self.users.get(number)).collect()
    }

    /// Whether somebody else than `but_id` has the name.
    pub(super) fn holds_name(&self, name: &str, but_id: Option<&str>, switches: &Switches) -> bool {
        let exact = switches.user_name_case_sensitive_unique;
        self.reserved.contains(&fold(name))
            || self
                .by_name(name)
                .iter()
                .any(|user| Some(user.id.as_str()) != but_id && (!exact || user.user_name() == name))
    }

    /// Adds a user and returns its id: the one that is wished for, if it is free.
    pub(super) fn add(
        &mut self,
        attributes: Map<String, Value>,
        wished_id: Option<&str>,
        activated: bool,
        switches: &Switches,
    ) -> String {
        self.created += 1;
        let number = self.created;
        let now = self.time.now();
        let (id, named) = (String::new(), Instant::now());
        let mut record = Record { id, attributes, activated, named, created: now, modified: now };
        let wished = wished_id.or_else(|| (switches.ids == Ids::UserName).then(|| record.user_name()));
        record.id = match wished {
            Some(id) if !self.by_id.contains_key(id) => id.to_owned(),
            _ => opaque_id(number),
        };
        let id = record.id.clone();
        self.index(number, &record);
        self.users.insert(number, record);
        id
    }

    /// Gives a user other attributes, and another id where ids are names. Returns the id; none if there is none such.
    pub(super) fn replace(&mut self, id: &str, attributes: Map<String, Value>, switches: &Switches) -> Option<String> {
        let number = *self.by_id.get(id)?;
        let mut record = self.unindex(number)?;
        if record.attributes != attributes {
            record.modified = self.time.now();
        }
        let old_name = record.user_name().to_owned();
        record.attributes = attributes;
        if record.user_name() != old_name {
            record.named = Instant::now();
        }
        if switches.ids == Ids::UserName && !self.by_id.contains_key(record.user_name()) {
            let name = record.user_name().to_owned();
            record.id = name;
        }
        let id = record.id.clone();
        self.index(number, &record);
        self.users.insert(number, record);
        Some(id)
    }

    /// Removes a user; its name stays taken if it is to be reserved.
    pub(super) fn remove(&mut self, id: &str, reserve_name: bool) -> bool {
        let removed = self.by_id.get(id).copied().and_then(|number| self.unindex(number));
        if let (Some(record), true) = (&removed, reserve_name) {
            self.reserved.insert(fold(record.user_name()));
        }
        removed.is_some()
    }

    fn index(&mut self, number: u64, record: &Record) {
        self.by_id.insert(record.id.clone(), number);
        self.by_name.entry(fold(record.user_name())).or_default().push(number);
    }

    fn unindex(&mut self, number: u64) -> Option<Record> {
        let record = self.users.remove(&number)?;
        self.by_id.remove(&record.id);
        let folded = fold(record.user_name());
        if let Some(numbers) = self.by_name.get_mut(&folded) {
            numbers.retain(|other| *other != number);
            if numbers.is_empty() {
                self.by_name.remove(&folded);
            }
        }
        Some(record)
    }
}

/// 32 hexadecimal digits that say nothing of the order: a bijection of the number, so that no two are the same.
fn opaque_id(number: u64) -> String {
    let mix = |seed: u64| {
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let first = mix(number.wrapping_add(0x9e37_79b9_7f4a_7c15));
    format!("{first:016x}{:016x}", mix(first))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::*;

    fn named(name: &str) -> Map<String, Value> {
        Map::from_iter([("userName".to_owned(), json!(name))])
    }

    #[test]
    fn a_rename_moves_the_name_and_keeps_the_id() {
        let (mut store, switches) = (Store::default(), Switches::default());
        let id = store.add(named("Old@x"), None, false, &switches);
        assert_eq!(store.replace(&id, named("new@x"), &switches), Some(id.clone()));
        assert!(!store.holds_name("old@X", None, &switches));
        assert!(store.holds_name("NEW@x", None, &switches));
        assert!(!store.holds_name("NEW@x", Some(&id), &switches));
        assert_eq!(store.by_id(&id).unwrap().user_name(), "new@x");
    }

    #[test]
    fn where_ids_are_names_a_rename_changes_the_id() {
        let (mut store, switches) = (Store::default(), Switches { ids: Ids::UserName, ..Switches::default() });
        let id = store.add(named("old@x"), None, false, &switches);
        assert_eq!(store.replace(&id, named("new@x"), &switches).as_deref(), Some("new@x"));
        assert!(store.by_id("old@x").is_none());
    }

    #[test]
    fn users_stay_in_the_order_of_their_creation() {
        let (mut store, switches) = (Store::default(), Switches::default());
        let ids: Vec<String> = ["c", "a", "b"].map(|name| store.add(named(name), None, false, &switches)).into();
        store.replace(&ids[0], named("z"), &switches).unwrap();
        assert!(store.remove(&ids[1], false));
        assert_eq!(store.users().map(Record::user_name).collect::<Vec<_>>(), ["z", "b"]);
    }
}
