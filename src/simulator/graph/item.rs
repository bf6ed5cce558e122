//! An item of a delta feed ("Use delta query to track changes in Microsoft Graph data", resource representation).

use std::ops::Bound;

use serde_json::{Map, Value, json};

use super::cursor::Round;
use super::entity::Entity;
use super::object::{Id, Link, Object, State};
use super::properties::Property;
use super::switches::GraphSwitches;

/// What of an object a round shows.
pub(super) struct Lens<'a> {
    pub(super) round: &'a Round,
    pub(super) switches: &'a GraphSwitches,
    /// Unchanged properties are left out.
    pub(super) minimal: bool,
}

/// An object, or a slice of one that is too large for one item.
pub(super) struct Part {
    pub(super) item: Value,
    /// So many links stand in it.
    pub(super) links: usize,
    /// The links after this id are still to come.
    pub(super) rest: Option<Id>,
}

impl Lens<'_> {
    /// Whether an object belongs into the round: lifecycle always, properties and links if they are selected.
    pub(super) fn shows(&self, object: &Object) -> bool {
        let round = self.round;
        self.surfaces(object)
            && round.ids.as_ref().is_none_or(|ids| ids.contains(&*object.id))
            && round
                .baseline
                .is_none_or(|began| object.is_live() || object.life_usn > began || self.switches.tombstones_in_baseline)
    }

    fn surfaces(&self, object: &Object) -> bool {
        let (round, since) = (self.round, self.round.since);
        let is_tracked_change = |property: &&'static Property| {
            self.tracks(property) && object.properties.get(property.name).is_some_and(|stored| stored.usn > since)
        };
        object.life_usn > since
            || (object.is_live()
                && (round.selection.properties.iter().any(is_tracked_change)
                    || (round.selection.links && object.links_usn > since)))
    }

    /// Documents and observers do not say whether the date somebody leaves is tracked.
    fn tracks(&self, property: &Property) -> bool {
        property.name != "employeeLeaveDateTime" || self.switches.leave_date_in_feed
    }

    /// The object from its beginning, or from the links after an id. Properties never set are absent, cleared ones null;
    /// unchanged ones are absent only if `minimal`. A group is repeated with each slice of its members, a user comes a
    /// second time with the manager alone.
    pub(super) fn part(&self, object: &Object, after: Option<&Id>) -> Part {
        let reason = match object.state {
            State::Live => None,
            State::InBin => Some("changed"),
            State::Purged => Some("deleted"),
        };
        if let Some(reason) = reason {
            let item = json!({"id": &*object.id, "@removed": {"reason": reason}});
            return Part { item, links: 0, rest: None };
        }
        let mut item = Map::from_iter([("id".to_owned(), json!(&*object.id))]);
        if after.is_none() || object.entity == Entity::Group {
            self.properties(object, &mut item);
        }
        let mut links = self.links(object, after);
        if self.switches.manager_separately && object.entity == Entity::User && after.is_none() && !links.is_empty() {
            return Part { item: Value::Object(item), links: 0, rest: Some(Id::from("")) };
        }
        let slice = match object.entity {
            Entity::Group => self.switches.members_per_page.div_ceil(2),
            _ => usize::MAX,
        };
        let rest = if links.len() > slice { links.get(slice - 1).map(|(id, _)| (*id).clone()) } else { None };
        links.truncate(slice);
        let count = links.len();
        if object.entity == Entity::User {
            // Who is no longer the manager stands before who is.
            links.sort_by_key(|(_, link)| link.present);
        }
        if let (Some(property), 1..) = (object.entity.link(), count) {
            let entries = links.into_iter().map(|(id, link)| self.entry(id, link)).collect();
            item.insert(format!("{}@delta", property.name), entries);
        }
        Part { item: Value::Object(item), links: count, rest }
    }

    fn properties(&self, object: &Object, item: &mut Map<String, Value>) {
        let since = self.round.since;
        let everything = !self.minimal || object.life_usn > since;
        for property in &self.round.selection.properties {
            match object.properties.get(property.name) {
                Some(stored) if everything || (stored.usn > since && self.tracks(property)) => {
                    item.insert(property.name.to_owned(), stored.value.clone());
                }
                _ => {}
            }
        }
    }

    /// The links that came or went in this round, after an id; all that there are where the object is new to it.
    fn links<'a>(&self, object: &'a Object, after: Option<&Id>) -> Vec<(&'a Id, &'a Link)> {
        let since = self.round.since;
        if !self.round.selection.links || self.hides_manager(object) {
            return Vec::new();
        }
        let tombstone = |link: &Link| {
            link.usn > since
                && self.round.baseline.is_none_or(|began| link.usn > began || self.switches.tombstones_in_baseline)
        };
        let shown = |link: &Link| match link.present {
            true => link.usn > since || object.life_usn > since,
            false => tombstone(link),
        };
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        object.links.range::<Id, _>((start, Bound::Unbounded)).filter(|(_, link)| shown(link)).collect()
    }

    /// A real feed was seen to leave out managers in its first round; whose is decided by the id, so it stays the same.
    fn hides_manager(&self, object: &Object) -> bool {
        let lot = object.id.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
        object.entity == Entity::User
            && self.round.baseline.is_some_and(|began| object.links_usn <= began)
            && lot % 100 < u32::from(self.switches.managers_unnamed_percent)
    }

    fn entry(&self, id: &Id, link: &Link) -> Value {
        let mut entry = json!({"@odata.type": link.entity.odata_type(), "id": &**id});
        if !link.present {
            entry["@removed"] = json!({"reason": self.switches.link_removed_reason});
        }
        entry
    }
}
