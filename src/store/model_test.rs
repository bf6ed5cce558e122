//! Property: whatever sequence of rounds the source sends, the snapshot is what a plain model of the merge rule says.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::fixtures::{at, clean, commit, id, memory, page, person, to_page, to_round};
use super::{DueQuery, RoundKind, StoreError, feed, people};
use crate::model::{Presence, SourceChange};

const PEOPLE: [&str; 4] = ["a", "b", "c", "d"];
const ATTRIBUTES: [&str; 3] = ["userPrincipalName", "mail", "jobTitle"];

#[derive(Clone, Debug, PartialEq)]
struct Person {
    presence: Presence,
    values: BTreeMap<String, String>,
    /// Seen in the baseline under way.
    seen: bool,
    /// First seen in the round under way.
    new: bool,
}

impl Person {
    /// Of the manager only the id is kept.
    fn put(&mut self, key: &str, value: &Value) {
        let gone = value.get("@removed").and_then(|gone| gone[0].as_str());
        if let Some(text) = value.as_str().or_else(|| value.get("id")?.as_str()) {
            self.values.insert(key.to_owned(), text.to_owned());
        } else if gone.is_none_or(|gone| self.values.get(key).is_some_and(|known| known == gone)) {
            self.values.remove(key);
        }
    }
}

#[derive(Default)]
struct Model {
    people: BTreeMap<String, Person>,
    dirty: BTreeSet<String>,
    /// A baseline came to its end.
    is_complete: bool,
}

impl Model {
    fn apply(&mut self, kind: RoundKind, change: &SourceChange) {
        let name = match change {
            SourceChange::Present { id, .. } | SourceChange::Removed { id, .. } => id.to_string(),
        };
        let before = self.people.get(&name).cloned();
        match change {
            SourceChange::Present { attributes, .. } => {
                let person = self.people.entry(name.clone()).or_insert(Person {
                    presence: Presence::Live,
                    values: BTreeMap::new(),
                    seen: false,
                    new: true,
                });
                if kind == RoundKind::Baseline && !person.seen {
                    person.values.clear();
                    person.seen = true;
                }
                person.presence = Presence::Live;
                for (key, value) in attributes {
                    person.put(key, value);
                }
            }
            SourceChange::Removed { presence, .. } => {
                if let Some(person) = self.people.get_mut(&name) {
                    person.presence = *presence;
                }
            }
        }
        let differs = |after: &Person| {
            before.as_ref().is_none_or(|before| before.presence != after.presence || before.values != after.values)
        };
        if self.people.get(&name).is_some_and(differs) {
            self.mark(name);
        }
    }

    /// Whoever differs is planned again, and whoever is below them.
    fn mark(&mut self, name: String) {
        let below = self.people.iter().filter(|(_, person)| person.values.get("manager") == Some(&name));
        self.dirty.extend(below.map(|(name, _)| name.clone()));
        self.dirty.insert(name);
    }

    fn is_live(&self, name: &str) -> bool {
        self.people.get(name).is_some_and(|person| person.presence == Presence::Live)
    }

    fn live(&self) -> usize {
        self.people.values().filter(|person| person.presence == Presence::Live).count()
    }

    /// Everybody whom the baseline did not show is gone, unless it showed nobody at all of those who were known.
    fn sweep(&mut self, known: usize) -> bool {
        let is_first = !self.is_complete;
        let shown = |person: &&Person| person.presence == Presence::Live && person.seen && (is_first || !person.new);
        if known > 0 && self.people.values().filter(shown).count() == 0 {
            return false;
        }
        self.is_complete = true;
        if is_first {
            return true;
        }
        let missing = |person: &Person| person.presence == Presence::Live && !person.seen;
        let missing: Vec<_> =
            self.people.iter().filter(|(_, person)| missing(person)).map(|(name, _)| name.clone()).collect();
        for name in missing {
            self.people.entry(name.clone()).and_modify(|person| person.presence = Presence::HardDeleted);
            self.mark(name);
        }
        true
    }

    fn check(&self, connection: &Connection) -> Result<(), TestCaseError> {
        let dirty = DueQuery { now: at(0), deleted_before: None, after: None, limit: 100 };
        let dirty: Vec<_> =
            people::due(connection, &dirty).unwrap().into_iter().map(|record| record.user.id.to_string()).collect();
        prop_assert_eq!(dirty, self.dirty.iter().cloned().collect::<Vec<_>>());
        for name in PEOPLE {
            let Some(expected) = self.people.get(name) else {
                prop_assert!(people::person(connection, &id(name)).unwrap().is_none(), "{}", name);
                continue;
            };
            let record = person(connection, name);
            let values: BTreeMap<_, _> =
                record.user.attributes.iter().map(|(k, v)| (k.clone(), text(v).to_owned())).collect();
            prop_assert_eq!(&values, &expected.values);
            prop_assert_eq!(record.user.presence, expected.presence);
            let manager = expected.values.get("manager").filter(|manager| self.is_live(manager));
            prop_assert_eq!(record.manager.as_ref().map(|manager| manager.id.to_string()), manager.cloned());
            prop_assert_eq!(record.deleted_at.is_none(), expected.presence == Presence::Live);
        }
        Ok(())
    }
}

/// The text of a value, or the id of a manager.
fn text(value: &Value) -> &str {
    value.as_str().or_else(|| value["id"].as_str()).unwrap()
}

fn change() -> impl Strategy<Value = SourceChange> {
    let value = prop_oneof![Just(Value::Null), Just(Value::from("x")), Just(Value::from("y"))];
    let values = prop::collection::btree_map(prop::sample::select(&ATTRIBUTES[..]), value, 0..3);
    let who = prop::sample::select(&PEOPLE[..]);
    let manager = prop_oneof![
        who.clone().prop_map(|id| json!({ "id": id })),
        who.prop_map(|id| json!({ "@removed": [id] })),
        Just(Value::Null),
    ];
    let fragment = (values, prop::option::of(manager)).prop_map(|(mut values, manager)| {
        values.extend(manager.map(|manager| ("manager", manager)));
        values
    });
    let who = prop::sample::select(&PEOPLE[..]).prop_map(id);
    let how = prop_oneof![Just(Presence::SoftDeleted), Just(Presence::HardDeleted)];
    prop_oneof![
        3 => (who.clone(), fragment).prop_map(|(id, values)| {
            let attributes: Map<_, _> = values.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
            SourceChange::Present { id, attributes }
        }),
        1 => (who, how).prop_map(|(id, presence)| SourceChange::Removed { id, presence }),
    ]
}

fn rounds() -> impl Strategy<Value = Vec<(RoundKind, Vec<Vec<SourceChange>>)>> {
    let kind = prop_oneof![1 => Just(RoundKind::Baseline), 2 => Just(RoundKind::Incremental)];
    let pages = prop::collection::vec(prop::collection::vec(change(), 0..5), 1..4);
    prop::collection::vec((kind, pages), 1..8)
}

proptest! {
    #[test]
    fn the_snapshot_is_what_the_model_says(rounds in rounds()) {
        let mut connection = memory();
        let mut model = Model::default();
        for (kind, pages) in rounds {
            feed::start_round(&connection, kind, "s", at(0)).unwrap();
            model.people.values_mut().for_each(|person| (person.seen, person.new) = (false, false));
            let known = model.live();
            let last = pages.len() - 1;
            for (number, changes) in pages.into_iter().enumerate() {
                let before = model.people.clone();
                let dirty_before = model.dirty.clone();
                for change in &changes {
                    model.apply(kind, change);
                }
                let mut commitment = page(changes, if number == last { to_round("d") } else { to_page("p") });
                commitment.smallest_baseline_share = 0.0;
                let refused = number == last && kind == RoundKind::Baseline && !model.sweep(known);
                if refused {
                    model.people = before;
                    model.dirty = dirty_before;
                }
                let result = commit(&mut connection, commitment);
                prop_assert_eq!(matches!(result, Err(StoreError::ShrunkenBaseline { .. })), refused);
                prop_assert!(refused || result.is_ok(), "{:?}", result);
                model.check(&connection)?;
            }
            clean(&connection);
            model.dirty.clear();
        }
    }
}
