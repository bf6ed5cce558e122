//! The merge rule: what a person's record becomes when the source shows something of them. Pure.
//!
//! Reference `graph.md` §1.4–1.5: a present key overwrites and null clears, an absent key leaves the value; in a
//! baseline the first sight of a person builds the record anew. An object with `@removed` in the place of a related
//! object takes that away if it is one of those (§1.3). Applying the same thing again changes nothing.

use jiff::Timestamp;
use serde_json::Value;

use super::types::RoundKind;
use crate::defects::{Defect, planted};
use crate::model::{Attributes, Presence, SourceChange, SourceUser};

/// A person as stored. The attributes hold no nulls, so that comparing records takes null for absent.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stored {
    pub(super) user: SourceUser,
    pub(super) deleted_at: Option<Timestamp>,
    /// The last baseline in which a page showed the person; for newcomers, the one before they came.
    pub(super) generation: i64,
    /// The feed's generation when the person was last read alone; such a person is not missing from that baseline.
    pub(super) read_generation: i64,
}

/// Where in the feed a page stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub(super) kind: RoundKind,
    pub(super) generation: i64,
    pub(super) now: Timestamp,
}

/// What becomes of a person by one item of a page; none if there is nothing to store.
pub(super) fn apply(known: Option<&Stored>, change: SourceChange, standing: Standing) -> Option<Stored> {
    match change {
        SourceChange::Present { attributes, .. }
            if planted(Defect::PartialItemDropped)
                && standing.kind == RoundKind::Incremental
                && !attributes.contains_key("department") =>
        {
            known.cloned()
        }
        SourceChange::Present { id, mut attributes } => {
            if planted(Defect::ReplayReactivates) {
                attributes.entry("accountEnabled").or_insert(Value::Bool(true));
            }
            let first_sight = standing.kind == RoundKind::Baseline
                && known.is_some_and(|stored| stored.generation != standing.generation);
            let base = known
                .filter(|_| !first_sight && !planted(Defect::AbsentTakenForRemoved))
                .map(|stored| stored.user.attributes.clone());
            let kept_generation = known.filter(|_| standing.kind == RoundKind::Incremental).map(|s| s.generation);
            Some(Stored {
                user: SourceUser {
                    id,
                    presence: Presence::Live,
                    attributes: overlay(base.unwrap_or_default(), attributes),
                },
                deleted_at: None,
                generation: kept_generation.unwrap_or(standing.generation),
                read_generation: known.map_or(0, |stored| stored.read_generation),
            })
        }
        // The generation stays: a removal shows no record, so a later item of the same baseline still is the first sight.
        SourceChange::Removed { presence, .. } => known.map(|stored| {
            let mut next = stored.clone();
            next.deleted_at = deleted_at(Some(stored), presence, standing.now);
            next.user.presence = presence;
            if standing.kind == RoundKind::Baseline {
                // It is told, so that nobody has to ask.
                next.read_generation = standing.generation;
            }
            next
        }),
    }
}

/// What becomes of a person by a complete single read.
pub(super) fn replace(known: Option<&Stored>, user: SourceUser, generation: i64, now: Timestamp) -> Stored {
    Stored {
        deleted_at: deleted_at(known, user.presence, now),
        user: SourceUser { attributes: overlay(Attributes::new(), user.attributes), ..user },
        generation: known.map_or(0, |stored| stored.generation),
        read_generation: generation,
    }
}

fn overlay(mut base: Attributes, fragment: Attributes) -> Attributes {
    for (name, value) in fragment {
        if let Some(gone) = value.get("@removed").and_then(Value::as_array) {
            // Says only who is not: somebody else stays.
            if base.get(&name).and_then(|known| known.get("id")).is_some_and(|id| gone.contains(id)) {
                base.remove(&name);
            }
        } else if value.is_null() {
            base.remove(&name);
        } else {
            base.insert(name, value);
        }
    }
    base
}

/// A deletion keeps its first time; becoming hard is a deletion of its own, from which the end-of-life policy counts.
fn deleted_at(known: Option<&Stored>, presence: Presence, now: Timestamp) -> Option<Timestamp> {
    let before = known.and_then(|stored| stored.deleted_at.map(|at| (stored.user.presence, at)));
    match (before, presence) {
        (_, Presence::Live) => None,
        (None, _) | (Some((Presence::SoftDeleted, _)), Presence::HardDeleted) => Some(now),
        (Some((_, at)), _) => Some(at),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::fixtures::{at, present, removed, user};
    use super::*;

    fn live(attributes: Value, generation: i64) -> Stored {
        Stored { user: user("ann", attributes), deleted_at: None, generation, read_generation: 0 }
    }

    fn standing(kind: RoundKind) -> Standing {
        Standing { kind, generation: 2, now: at(9) }
    }

    #[test]
    fn the_merge_rule() {
        use RoundKind::{Baseline, Incremental};
        // (round, generation of the record, what is known, the fragment, what becomes of it)
        let table = [
            (Incremental, 2, json!({"a": 1}), json!({}), json!({"a": 1})),
            (Incremental, 2, json!({"a": 1}), json!({"a": 2}), json!({"a": 2})),
            (Incremental, 2, json!({"a": 1}), json!({"a": null}), json!({})),
            (Incremental, 2, json!({"a": 1}), json!({"b": {"c": 1}}), json!({"a": 1, "b": {"c": 1}})),
            (Incremental, 1, json!({"a": 1}), json!({"b": null}), json!({"a": 1})),
            (Incremental, 2, json!({"m": {"id": "x"}}), json!({"m": {"@removed": ["y", "x"]}}), json!({})),
            (Incremental, 2, json!({"m": {"id": "x"}}), json!({"m": {"@removed": ["y"]}}), json!({"m": {"id": "x"}})),
            (Incremental, 2, json!({"a": 1}), json!({"m": {"@removed": ["y"]}}), json!({"a": 1})),
            (Baseline, 1, json!({"m": {"id": "x"}}), json!({"m": {"@removed": ["x"]}}), json!({})),
            (Baseline, 1, json!({"a": 1}), json!({"b": 2, "c": null}), json!({"b": 2})),
            (Baseline, 2, json!({"a": 1}), json!({"b": 2}), json!({"a": 1, "b": 2})),
        ];
        for (kind, generation, known, fragment, expected) in table {
            let next = apply(Some(&live(known, generation)), present("ann", fragment), standing(kind)).unwrap();
            assert_eq!(Value::from(next.user.attributes), expected, "{kind:?} {generation}");
            assert_eq!(next.generation, if kind == Baseline { 2 } else { generation });
        }
    }

    #[test]
    fn a_newcomer_has_what_the_item_has() {
        for kind in [RoundKind::Baseline, RoundKind::Incremental] {
            let next = apply(None, present("ann", json!({"a": 1, "b": null})), standing(kind)).unwrap();
            assert_eq!(next, live(json!({"a": 1}), 2));
        }
    }

    #[test]
    fn removals_keep_the_attributes_and_the_first_time() {
        use Presence::{HardDeleted, Live, SoftDeleted};
        // (presence before, deleted since, the removal, deleted since afterwards)
        let table = [
            (Live, None, SoftDeleted, 9),
            (Live, None, HardDeleted, 9),
            (SoftDeleted, Some(3), SoftDeleted, 3),
            (SoftDeleted, Some(3), HardDeleted, 9),
            (HardDeleted, Some(3), HardDeleted, 3),
            (HardDeleted, Some(3), SoftDeleted, 3),
        ];
        for (before, since, presence, expected) in table {
            let mut known = live(json!({"a": 1}), 1);
            known.user.presence = before;
            known.deleted_at = since.map(at);
            let next = apply(Some(&known), removed("ann", presence), standing(RoundKind::Baseline)).unwrap();
            assert_eq!((next.user.presence, next.deleted_at), (presence, Some(at(expected))), "{before:?}");
            assert_eq!(next.user.attributes, known.user.attributes);
            assert_eq!(next.generation, 1, "a removal is not a sight of the record");
        }
        assert_eq!(apply(None, removed("ann", SoftDeleted), standing(RoundKind::Incremental)), None);
    }

    #[test]
    fn whoever_is_shown_again_is_live_again() {
        let mut known = live(json!({"a": 1}), 2);
        known.user.presence = Presence::SoftDeleted;
        known.deleted_at = Some(at(1));
        let next = apply(Some(&known), present("ann", json!({"b": 2})), standing(RoundKind::Incremental)).unwrap();
        assert_eq!(next, live(json!({"a": 1, "b": 2}), 2));
    }

    #[test]
    fn a_single_read_replaces_everything() {
        let next = replace(Some(&live(json!({"a": 1, "b": 2}), 1)), user("ann", json!({"b": 3, "c": null})), 2, at(9));
        assert_eq!(next, Stored { read_generation: 2, ..live(json!({"b": 3}), 1) });
    }

    fn manager() -> impl Strategy<Value = Value> {
        let id = prop::sample::select(&["x", "y"][..]);
        prop_oneof![
            id.clone().prop_map(|id| json!({"manager": {"id": id}})),
            id.prop_map(|id| json!({"manager": {"@removed": [id]}})),
            Just(json!({"manager": null})),
            Just(json!({"a": 1})),
        ]
    }

    proptest! {
        #[test]
        fn a_manager_is_one_person_or_nobody_and_a_replay_changes_nothing(
            fragments in prop::collection::vec(manager(), 1..8),
            kind in prop::sample::select(&[RoundKind::Baseline, RoundKind::Incremental][..]),
        ) {
            let mut known = None;
            for fragment in fragments {
                let next = apply(known.as_ref(), present("ann", fragment.clone()), standing(kind)).unwrap();
                let shown = next.user.attributes.get("manager");
                prop_assert!([None, Some(&json!({"id": "x"})), Some(&json!({"id": "y"}))].contains(&shown), "{:?}", shown);
                prop_assert_eq!(apply(Some(&next), present("ann", fragment), standing(kind)), Some(next.clone()));
                known = Some(next);
            }
        }
    }
}
