//! Whether groups or assignments lost so many people that it looks like an accident.

use std::collections::BTreeSet;
use std::fmt;

use super::Memberships;
use crate::model::{EntraId, GroupId, MembershipSnapshot, Principal};

/// Of fewer people than this most may leave.
const FEW: usize = 5;

/// What lost most of its people between two readings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrunken {
    /// A group by name, or the direct assignments.
    pub what: String,
    /// How many people it had.
    pub was: usize,
    /// How many of them it still has.
    pub left: usize,
}

impl fmt::Display for Shrunken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, was, left } = self;
        match left {
            0 => write!(f, "{what} lost all of its {was} people in Entra"),
            _ => write!(f, "{what} lost most of its people in Entra: {left} of {was} are left"),
        }
    }
}

/// The first of these groups, or the direct assignments, of whose people less than a share (0 to 1) is left. Nested
/// groups count with those they are in. A group that has gone has nobody.
pub fn shrunken(
    before: &MembershipSnapshot,
    after: &MembershipSnapshot,
    groups: &BTreeSet<GroupId>,
    nested: bool,
    share: f64,
) -> Option<Shrunken> {
    let (old, new) = (Memberships::new(before, nested), Memberships::new(after, nested));
    let measure = |what: String, was: &BTreeSet<EntraId>, is: &BTreeSet<EntraId>| {
        let (was, left) = (was.len(), was.intersection(is).count());
        is_implausible(was, left, share).then_some(Shrunken { what, was, left })
    };
    let direct = measure("the direct assignment".to_owned(), &users_of(before), &users_of(after));
    direct.or_else(|| {
        groups.iter().find_map(|id| {
            let name = old.group(id.as_str()).map_or(id.as_str(), |label| label.name.as_str());
            measure(format!("the group {name}"), &old.people_in(id), &new.people_in(id))
        })
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
fn is_implausible(was: usize, left: usize, share: f64) -> bool {
    was >= FEW && (left as f64) < was as f64 * share
}

fn users_of(snapshot: &MembershipSnapshot) -> BTreeSet<EntraId> {
    let users = snapshot.assigned.iter().filter_map(|principal| match principal {
        Principal::User(id) => Some(id.clone()),
        Principal::Group(_) => None,
    });
    users.collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Group, GroupLabel};

    fn snapshot(groups: &[(&str, &[&str], &[&str])], assigned: &[&str]) -> MembershipSnapshot {
        let user = |id: &&str| Principal::User(EntraId::new(id));
        let group = |(id, people, inner): &(&str, &[&str], &[&str])| {
            let inner = inner.iter().map(|id| Principal::Group(GroupId::new(id)));
            let label = Arc::new(GroupLabel { id: GroupId::new(id), name: format!("Team {id}") });
            (GroupId::new(id), Group { label, members: people.iter().map(user).chain(inner).collect() })
        };
        MembershipSnapshot { groups: groups.iter().map(group).collect(), assigned: assigned.iter().map(user).collect() }
    }

    fn says(before: &MembershipSnapshot, after: &MembershipSnapshot, nested: bool) -> Option<String> {
        shrunken(before, after, &[GroupId::new("g")].into(), nested, 0.5).map(|shrunken| shrunken.to_string())
    }

    const FIVE: [&str; 5] = ["a", "b", "c", "d", "e"];

    #[test]
    fn a_group_that_lost_most_of_its_people_or_has_gone_is_named() {
        let before = snapshot(&[("g", &FIVE, &[])], &[]);
        let with = |people: &[&str]| says(&before, &snapshot(&[("g", people, &[])], &[]), true);
        assert_eq!(with(&FIVE[..3]), None, "more than half is left");
        let six = snapshot(&[("g", &["a", "b", "c", "d", "e", "f"], &[])], &[]);
        assert_eq!(says(&six, &snapshot(&[("g", &FIVE[..3], &[])], &[]), true), None, "half is left");
        let most = "the group Team g lost most of its people in Entra: 2 of 5 are left";
        assert_eq!(with(&FIVE[..2]).as_deref(), Some(most));
        assert_eq!(with(&["a", "b", "x", "y", "z"]).as_deref(), Some(most), "others in their place do not count");
        let gone = says(&before, &snapshot(&[], &[]), true);
        assert_eq!(gone.as_deref(), Some("the group Team g lost all of its 5 people in Entra"));
        let few = snapshot(&[("g", &FIVE[..4], &[])], &[]);
        assert_eq!(says(&few, &snapshot(&[], &[]), true), None, "of four all may leave");
    }

    #[test]
    fn groups_within_a_group_count_with_it_where_they_do() {
        let before = snapshot(&[("g", &["a"], &["n"]), ("n", &FIVE, &[])], &[]);
        let after = snapshot(&[("g", &["a"], &["n"]), ("n", &[], &[])], &[]);
        assert_eq!(
            says(&before, &after, true).as_deref(),
            Some("the group Team g lost most of its people in Entra: 1 of 5 are left")
        );
        assert_eq!(says(&before, &after, false), None);
    }

    #[test]
    fn so_is_an_assignment() {
        let lost = says(&snapshot(&[], &FIVE), &snapshot(&[], &["e"]), true);
        assert_eq!(lost.as_deref(), Some("the direct assignment lost most of its people in Entra: 1 of 5 are left"));
        assert_eq!(says(&snapshot(&[], &[]), &snapshot(&[], &FIVE), true), None, "a first reading");
    }
}
