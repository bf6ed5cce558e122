//! Who is in which group and assigned by what way: computed from the snapshot of memberships.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::model::{EntraId, GroupId, GroupLabel, MembershipSnapshot, Principal};

/// The memberships of everybody, groups within groups followed up to their end, whatever circles they form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memberships {
    labels: BTreeMap<GroupId, Arc<GroupLabel>>,
    /// The groups that hold somebody directly, sorted by id.
    parents: BTreeMap<Principal, Vec<GroupId>>,
    /// Every group in which a person is, sorted by id.
    groups: BTreeMap<EntraId, Vec<Arc<GroupLabel>>>,
    assigned: BTreeSet<Principal>,
}

/// By which way a person is assigned to the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assignment {
    /// The person.
    Direct,
    /// A group, reached through these groups; the first holds the person, the last is the assigned one.
    Through(Vec<Arc<GroupLabel>>),
}

impl Memberships {
    /// Computes who is where. Without `nested` only the direct members of a group are in it, as in Entra's own job.
    pub fn new(snapshot: &MembershipSnapshot, nested: bool) -> Self {
        let labels = snapshot.groups.iter().map(|(id, group)| (id.clone(), Arc::clone(&group.label))).collect();
        let mut parents: BTreeMap<Principal, Vec<GroupId>> = BTreeMap::new();
        for (id, group) in &snapshot.groups {
            for member in &group.members {
                if nested || matches!(member, Principal::User(_)) {
                    parents.entry(member.clone()).or_default().push(id.clone());
                }
            }
        }
        let mut all = Self { labels, parents, groups: BTreeMap::new(), assigned: snapshot.assigned.clone() };
        let people = all.parents.keys().filter_map(|member| match member {
            Principal::User(id) => Some(id.clone()),
            Principal::Group(_) => None,
        });
        all.groups = people.map(|id| (id.clone(), all.climb(&id))).collect();
        all
    }

    /// Every group in which a person is, sorted by id.
    pub fn groups_of(&self, user: &EntraId) -> &[Arc<GroupLabel>] {
        self.groups.get(user).map_or(&[], Vec::as_slice)
    }

    /// Everybody in a group.
    pub(super) fn people_in(&self, group: &GroupId) -> BTreeSet<EntraId> {
        let is_in = |groups: &Vec<Arc<GroupLabel>>| groups.iter().any(|label| label.id == *group);
        self.groups.iter().filter(|(_, groups)| is_in(groups)).map(|(id, _)| id.clone()).collect()
    }

    /// A known group by object id or, whatever the case, by name.
    pub fn group(&self, name: &str) -> Option<&Arc<GroupLabel>> {
        let by_id = self.labels.get(&GroupId::new(name));
        by_id.or_else(|| self.labels.values().find(|label| label.is_meant_by(name)))
    }

    /// How a person is assigned to the application, by the shortest way; none if they are not.
    pub fn assignment(&self, user: &EntraId) -> Option<Assignment> {
        if self.assigned.contains(&Principal::User(user.clone())) {
            return Some(Assignment::Direct);
        }
        let goal = |id: &GroupId| self.assigned.contains(&Principal::Group(id.clone()));
        self.chain(user, goal).map(Assignment::Through)
    }

    /// The shortest way from a person up to a group that is meant: the first holds the person, the last is meant.
    pub fn chain(&self, user: &EntraId, is_meant: impl Fn(&GroupId) -> bool) -> Option<Vec<Arc<GroupLabel>>> {
        let start = Principal::User(user.clone());
        let mut below: BTreeMap<&GroupId, Option<&GroupId>> = BTreeMap::new();
        let mut queue: VecDeque<&GroupId> = VecDeque::new();
        for id in self.parents.get(&start).into_iter().flatten() {
            below.insert(id, None);
            queue.push_back(id);
        }
        while let Some(id) = queue.pop_front() {
            if is_meant(id) {
                let mut way: Vec<_> = std::iter::successors(Some(id), |id| below.get(*id).copied().flatten())
                    .filter_map(|id| self.labels.get(id).cloned())
                    .collect();
                way.reverse();
                return Some(way);
            }
            for above in self.parents.get(&Principal::Group(id.clone())).into_iter().flatten() {
                if !below.contains_key(above) {
                    below.insert(above, Some(id));
                    queue.push_back(above);
                }
            }
        }
        None
    }

    /// Everybody whose groups or assignment differ: they must be planned again although nothing of them changed.
    pub fn changed(&self, after: &Self) -> BTreeSet<EntraId> {
        let direct = |side: &Self| {
            let users = side.assigned.iter().filter_map(|principal| match principal {
                Principal::User(id) => Some(id.clone()),
                Principal::Group(_) => None,
            });
            users.collect::<BTreeSet<_>>()
        };
        let people: BTreeSet<_> = self.groups.keys().chain(after.groups.keys()).cloned().collect();
        let everybody = people.into_iter().chain(direct(self)).chain(direct(after));
        everybody
            .filter(|id| {
                self.groups_of(id) != after.groups_of(id)
                    || self.assignment(id).is_some() != after.assignment(id).is_some()
            })
            .collect()
    }

    fn climb(&self, user: &EntraId) -> Vec<Arc<GroupLabel>> {
        let mut found: BTreeSet<&GroupId> = BTreeSet::new();
        let mut open: Vec<&GroupId> = self.parents.get(&Principal::User(user.clone())).into_iter().flatten().collect();
        while let Some(id) = open.pop() {
            if found.insert(id) {
                open.extend(self.parents.get(&Principal::Group(id.clone())).into_iter().flatten());
            }
        }
        found.into_iter().filter_map(|id| self.labels.get(id).cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Group;

    fn user(name: &str) -> Principal {
        Principal::User(EntraId::new(name))
    }

    fn group(name: &str) -> Principal {
        Principal::Group(GroupId::new(name))
    }

    fn snapshot(groups: &[(&str, &[Principal])], assigned: &[Principal]) -> MembershipSnapshot {
        let groups = groups.iter().map(|(name, members)| {
            let label = Arc::new(GroupLabel { id: GroupId::new(name), name: name.to_uppercase() });
            (GroupId::new(name), Group { label, members: members.iter().cloned().collect() })
        });
        MembershipSnapshot { groups: groups.collect(), assigned: assigned.iter().cloned().collect() }
    }

    fn names(labels: &[Arc<GroupLabel>]) -> Vec<&str> {
        labels.iter().map(|label| label.id.as_str()).collect()
    }

    #[test]
    fn nested_groups_are_followed_through_circles_and_direct_only_is_entras_way() {
        let circle = snapshot(
            &[("a", &[user("ann"), group("c")]), ("b", &[group("a")]), ("c", &[group("b"), user("cem")])],
            &[group("b")],
        );
        let nested = Memberships::new(&circle, true);
        assert_eq!(names(nested.groups_of(&EntraId::new("ann"))), ["a", "b", "c"]);
        let way = |name: &str| match nested.assignment(&EntraId::new(name)) {
            Some(Assignment::Through(way)) => names(&way).join(" "),
            other => format!("{other:?}"),
        };
        assert_eq!((way("ann").as_str(), way("cem").as_str(), way("dee").as_str()), ("a b", "c a b", "None"));
        let direct = Memberships::new(&circle, false);
        assert_eq!(names(direct.groups_of(&EntraId::new("ann"))), ["a"]);
        assert_eq!(direct.assignment(&EntraId::new("ann")), None);
    }

    #[test]
    fn a_group_is_found_by_id_or_by_name_in_any_case() {
        let all = Memberships::new(&snapshot(&[("a1", &[])], &[]), true);
        assert_eq!(all.group("A1").map(|label| label.id.as_str()), Some("a1"));
        assert_eq!(all.group("a1").map(|label| label.name.as_str()), Some("A1"));
        assert_eq!(all.group("a2"), None);
    }

    #[test]
    fn whoever_comes_or_goes_anywhere_above_has_changed_and_nobody_else() {
        let before = snapshot(&[("a", &[user("ann"), user("bob")]), ("b", &[])], &[user("dee")]);
        let after = snapshot(&[("a", &[user("ann"), user("cem")]), ("b", &[group("a")])], &[user("dee"), user("eve")]);
        let changed = Memberships::new(&before, false).changed(&Memberships::new(&after, false));
        assert_eq!(changed, ["bob", "cem", "eve"].map(EntraId::new).into());
        let changed = Memberships::new(&before, true).changed(&Memberships::new(&after, true));
        assert_eq!(changed, ["ann", "bob", "cem", "eve"].map(EntraId::new).into());
    }
}
