//! The provisioning log against Jostle's own journal: every write that was carried out is told once, and no other.

use std::collections::{BTreeMap, BTreeSet};

use entra_jostle_sync::model::TargetPath;
use entra_jostle_sync::simulator::jostle::{Author, JostleWrite};
use entra_jostle_sync::store::LogEntry;
use serde_json::{Value, json};

use super::company::Company;

/// Everything that the mapping of these tests writes.
const WRITTEN: [&str; 6] =
    ["userName", "name.givenName", "name.familyName", "emails[type eq \"work\"].value", "active", "title"];

/// What one write left behind: by attribute, what it was set to.
type Write = BTreeMap<String, Value>;

impl Company {
    pub(crate) fn assert_log(&self, unmanaged: &BTreeMap<String, Value>) {
        let mut done: BTreeMap<String, Vec<Write>> = BTreeMap::new();
        for write in self.rig.sim.jostle().journal() {
            if write.by == Author::Api {
                assert!(!unmanaged.contains_key(&write.id), "somebody else's account was written: {write:?}");
                let effect = effect(&write);
                if !effect.is_empty() {
                    done.entry(write.id).or_default().push(effect);
                }
            }
        }
        let mut told: BTreeMap<String, Vec<Write>> = BTreeMap::new();
        for entry in self.log() {
            if entry.status == "success" && !entry.changes.is_empty() {
                let id = entry.target_id.as_ref().expect("an account").as_str().to_owned();
                told.entry(id).or_default().insert(0, changes(&entry));
            }
        }
        let ids: BTreeSet<_> = done.keys().chain(told.keys()).collect();
        for id in ids {
            assert_eq!(told.get(id), done.get(id), "the log (left) and what was done (right) to {id}");
        }
    }
}

/// What a write changed; nothing if the account was so already.
fn effect(write: &JostleWrite) -> Write {
    let mut effect = Write::new();
    for name in WRITTEN {
        let path: TargetPath = name.parse().expect("a path");
        let [before, after] = [&write.before, &write.after].map(|account| path.read(account.as_ref()?));
        if before != after {
            effect.insert(name.to_owned(), json!(after));
        }
    }
    effect
}

fn changes(entry: &LogEntry) -> Write {
    entry.changes.iter().map(|change| (change.attribute.to_string(), json!(change.new))).collect()
}
