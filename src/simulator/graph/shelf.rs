//! Objects with the change log that a delta feed reads.
//!
//! Every write has an update sequence number (USN). An object stands in the log once, at its latest USN, so reading on
//! from a USN meets everything that changed since, and a page costs no more than the entries it passes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use serde_json::{Value, json};

use super::entity::Entity;
use super::object::{Id, Object, State, Stored};

/// Objects by id, purged ones too, and their log.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    usn: u64,
    objects: BTreeMap<Id, Object>,
    log: BTreeMap<u64, Id>,
    bin: BTreeSet<Id>,
}

impl Shelf {
    /// The USN of the latest write.
    pub(super) fn usn(&self) -> u64 {
        self.usn
    }

    /// Adds a live object.
    pub(super) fn add(&mut self, entity: Entity, id: Id, values: BTreeMap<&'static str, Value>) {
        self.usn += 1;
        let usn = self.usn;
        let properties = values.into_iter().map(|(name, value)| (name, Stored { value, usn })).collect();
        self.log.insert(usn, id.clone());
        let (links, state) = (BTreeMap::new(), State::Live);
        let object = Object { entity, id: id.clone(), properties, links, links_usn: 0, state, life_usn: usn, usn };
        self.objects.insert(id, object);
    }

    /// Sets properties; nothing to set leaves no trace.
    pub(super) fn set(&mut self, id: &str, values: BTreeMap<&'static str, Value>) {
        if !values.is_empty() {
            self.touch(id, |object, usn| {
                object.properties.extend(values.into_iter().map(|(name, value)| (name, Stored { value, usn })));
            });
        }
    }

    /// Moves a live object to the recycle bin, at this time.
    pub(super) fn move_to_bin(&mut self, id: &str, time: &str) {
        self.bin.insert(id.into());
        self.touch(id, |object, usn| {
            (object.state, object.life_usn) = (State::InBin, usn);
            object.properties.insert("deletedDateTime", Stored { value: json!(time), usn });
        });
    }

    /// Takes an object out of the recycle bin.
    pub(super) fn take_from_bin(&mut self, id: &str) {
        self.bin.remove(id);
        self.touch(id, |object, usn| {
            (object.state, object.life_usn) = (State::Live, usn);
            object.properties.remove("deletedDateTime");
        });
    }

    /// Empties an object for good; it stays in the log.
    pub(super) fn purge(&mut self, id: &str) {
        self.bin.remove(id);
        self.touch(id, |object, usn| {
            (object.state, object.life_usn) = (State::Purged, usn);
            object.properties.clear();
            object.links.clear();
        });
    }

    /// Removes an object that no feed tells of.
    pub(super) fn remove(&mut self, id: &str) -> Option<Object> {
        let object = self.objects.remove(id)?;
        self.log.remove(&object.usn);
        Some(object)
    }

    /// Writes to an object.
    pub(super) fn touch(&mut self, id: &str, change: impl FnOnce(&mut Object, u64)) {
        let Some(object) = self.objects.get_mut(id) else { return };
        self.usn += 1;
        self.log.remove(&object.usn);
        self.log.insert(self.usn, object.id.clone());
        object.usn = self.usn;
        change(object, self.usn);
    }

    /// Takes a link away without a trace in the log.
    pub(super) fn drop_link(&mut self, id: &str, target: &str) {
        if let Some(object) = self.objects.get_mut(id) {
            object.links.remove(target);
        }
    }

    /// An object by id, in whatever state.
    pub(super) fn get(&self, id: &str) -> Option<&Object> {
        self.objects.get(id)
    }

    /// Every object, purged ones included, by id.
    pub(super) fn all(&self) -> impl Iterator<Item = &Object> {
        self.objects.values()
    }

    /// The ids of the objects that a link leads from to this one.
    pub(super) fn linking(&self, target: &str) -> Vec<Id> {
        self.all().filter(|object| object.is_linked(target)).map(|object| object.id.clone()).collect()
    }

    /// Live objects by id, beginning after one.
    pub(super) fn live_after(&self, after: Option<&str>) -> impl Iterator<Item = &Object> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.objects
            .range::<str, _>((start, Bound::Unbounded))
            .map(|(_, object)| object)
            .filter(|object| object.is_live())
    }

    /// Objects in the recycle bin by id, beginning after one.
    pub(super) fn bin_after(&self, after: Option<&str>) -> impl Iterator<Item = &Object> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.bin.range::<str, _>((start, Bound::Unbounded)).filter_map(|id| self.objects.get(id))
    }

    /// The object whose latest change has this USN.
    pub(super) fn at(&self, usn: u64) -> Option<&Object> {
        self.log.get(&usn).and_then(|id| self.objects.get(id))
    }

    /// Objects in the order of their latest change, those after a USN, each with the USN where they stand.
    pub(super) fn changed_after(&self, usn: u64) -> impl Iterator<Item = (u64, &Object)> {
        self.log
            .range((Bound::Excluded(usn), Bound::Unbounded))
            .filter_map(|(usn, id)| Some((*usn, self.objects.get(id)?)))
    }

    /// The USN that divides the changes after another one in two: the newer half, at least one, comes after it.
    pub(super) fn older_half(&self, usn: u64) -> u64 {
        let changes: Vec<u64> = self.changed_after(usn).map(|(usn, _)| usn).collect();
        changes.get(..changes.len() / 2).and_then(<[u64]>::last).copied().unwrap_or(usn)
    }

    /// Objects up to a USN, the latest change first.
    pub(super) fn changed_until(&self, usn: u64) -> impl Iterator<Item = &Object> {
        self.log.range(..=usn).rev().filter_map(|(_, id)| self.objects.get(id))
    }
}
