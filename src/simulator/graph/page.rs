//! One page of a delta feed: which items stand on it, and where the next one begins.

use serde_json::Value;

use super::cursor::Position;
use super::item::Lens;
use super::shelf::Shelf;
use crate::simulator::effect::Effect;

/// The items of one page.
pub(super) struct Page {
    pub(super) items: Vec<Value>,
    /// Where the next one begins; none if the round is complete.
    pub(super) next: Option<Position>,
    /// Up to where the log has been read if the round is complete.
    pub(super) end: u64,
}

impl Page {
    /// Reads on from a position, as the fault that the request meets will have it.
    pub(super) fn read(store: &Shelf, from: &Position, lens: &Lens<'_>, effect: Option<&Effect>) -> Self {
        let half = lens.switches.page_size.div_ceil(2);
        let nothing = |next| Self { items: Vec::new(), next, end: 0 };
        match effect {
            _ if lens.round.endless => nothing(Some(from.clone())),
            Some(Effect::EmptyPage {}) => nothing(Some(from.clone())),
            Some(Effect::EmptyTenant {}) => nothing(None),
            Some(Effect::Duplicate {}) => {
                let mut page = Self::of_size(half, store, from, lens);
                page.repeat(half, store, from, lens);
                page
            }
            Some(Effect::Shuffle {}) => {
                let mut page = Self::of_size(lens.switches.page_size, store, from, lens);
                fastrand::Rng::with_seed(from.usn).shuffle(&mut page.items);
                page
            }
            _ => Self::of_size(lens.switches.page_size, store, from, lens),
        }
    }

    /// A page of so many items. Large groups fill a page before that, and go on where they ended.
    fn of_size(most: usize, store: &Shelf, from: &Position, lens: &Lens<'_>) -> Self {
        let begun = from.link.as_ref().and_then(|link| Some((from.usn, store.at(from.usn)?, Some(link.clone()))));
        let until = lens.round.until.unwrap_or(u64::MAX);
        let further = store.changed_after(from.usn).take_while(|(usn, _)| *usn <= until);
        let further = further.map(|(usn, object)| (usn, object, None));
        let end = store.usn().min(until);
        let (mut items, mut links, mut reached) = (Vec::new(), 0, from.clone());
        for (usn, object, mut after) in begun.into_iter().chain(further).filter(|(_, object, _)| lens.shows(object)) {
            loop {
                if items.len() >= most || links >= lens.switches.members_per_page {
                    return Self { items, next: Some(reached), end };
                }
                let part = lens.part(object, after.as_ref());
                items.push(part.item);
                links += part.links;
                reached = Position { usn, link: part.rest.clone() };
                if part.rest.is_none() {
                    break;
                }
                after = part.rest;
            }
        }
        Self { items, next: None, end }
    }

    /// Adds items that were on the page before, or those of this one again.
    fn repeat(&mut self, most: usize, store: &Shelf, from: &Position, lens: &Lens<'_>) {
        let earlier = store.changed_until(from.usn).filter(|object| lens.shows(object)).take(most);
        let earlier: Vec<_> = earlier.map(|object| lens.part(object, None).item).collect();
        let again = if earlier.is_empty() { self.items.clone() } else { earlier };
        self.items.extend(again);
    }
}
