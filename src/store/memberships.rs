//! Groups, assignments and the positions of the groups feeds: read whole, written by their differences.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rusqlite::{Connection, Row, params};

use super::columns::{Json, Millis};
use super::error::StoreError;
use super::types::{GroupFeed, MembershipCommit};
use super::{noticed, pauses, people};
use crate::connector::FeedLink;
use crate::model::{EntraId, Group, GroupId, GroupLabel, MembershipSnapshot, Principal};

const USER: &str = "user";
const GROUP: &str = "group";

/// To be called in a transaction, so that groups and assignments belong together.
pub(super) fn memberships(connection: &Connection) -> Result<MembershipSnapshot, StoreError> {
    let mut groups = BTreeMap::new();
    let mut statement = connection.prepare_cached("SELECT id, name FROM groups")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let label = GroupLabel { id: group_id(row, 0)?, name: row.get(1)? };
        groups.insert(label.id.clone(), Group { label: Arc::new(label), members: BTreeSet::new() });
    }
    let mut statement = connection.prepare_cached("SELECT group_id, kind, member_id FROM group_members")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(group) = groups.get_mut(&group_id(row, 0)?) {
            group.members.insert(principal(row, 1)?);
        }
    }
    let mut statement = connection.prepare_cached("SELECT kind, principal_id FROM assignments")?;
    let assigned = statement.query_map([], |row| principal(row, 0))?;
    Ok(MembershipSnapshot { groups, assigned: assigned.collect::<Result<_, _>>()? })
}

pub(super) fn group_feeds(connection: &Connection) -> Result<Vec<GroupFeed>, StoreError> {
    let sql = "SELECT groups, selection, delta_link, delta_at FROM group_feeds ORDER BY number";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        Ok(GroupFeed {
            groups: row.get::<_, Json<_>>("groups")?.0,
            selection: row.get("selection")?,
            delta_link: FeedLink::new(row.get::<_, String>("delta_link")?),
            delta_at: row.get::<_, Millis>("delta_at")?.0,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn commit(connection: &Connection, commit: &MembershipCommit) -> Result<(), StoreError> {
    let MembershipCommit { snapshot, feeds, dirty, pause, now } = commit;
    if let Some(snapshot) = snapshot {
        let known = memberships(connection)?;
        write_groups(connection, &known.groups, &snapshot.groups)?;
        write_assignments(connection, &known.assigned, &snapshot.assigned)?;
    }
    write_feeds(connection, feeds)?;
    for id in dirty {
        if people::mark_if_known(connection, id)? {
            noticed::notice(connection, id, *now)?;
        }
    }
    if let (Some(pause), None) = (pause, pauses::pause(connection)?) {
        pauses::set(connection, pause)?;
    }
    Ok(())
}

fn write_groups(
    connection: &Connection,
    known: &BTreeMap<GroupId, Group>,
    groups: &BTreeMap<GroupId, Group>,
) -> Result<(), StoreError> {
    for id in known.keys().filter(|id| !groups.contains_key(id)) {
        connection.prepare_cached("DELETE FROM groups WHERE id = ?1")?.execute([id.as_str()])?;
    }
    let nobody = BTreeSet::new();
    for (id, group) in groups {
        let before = known.get(id);
        if before.is_none_or(|before| before.label != group.label) {
            let sql = "INSERT INTO groups (id, name) VALUES (?1, ?2)
                       ON CONFLICT (id) DO UPDATE SET name = excluded.name";
            connection.prepare_cached(sql)?.execute([id.as_str(), &group.label.name])?;
        }
        let members = before.map_or(&nobody, |before| &before.members);
        for left in members.difference(&group.members) {
            let sql = "DELETE FROM group_members WHERE group_id = ?1 AND kind = ?2 AND member_id = ?3";
            let (kind, member) = columns(left);
            connection.prepare_cached(sql)?.execute([id.as_str(), kind, member])?;
        }
        for joined in group.members.difference(members) {
            let sql = "INSERT INTO group_members (group_id, kind, member_id) VALUES (?1, ?2, ?3)";
            let (kind, member) = columns(joined);
            connection.prepare_cached(sql)?.execute([id.as_str(), kind, member])?;
        }
    }
    Ok(())
}

fn write_assignments(
    connection: &Connection,
    known: &BTreeSet<Principal>,
    assigned: &BTreeSet<Principal>,
) -> Result<(), StoreError> {
    for left in known.difference(assigned) {
        let sql = "DELETE FROM assignments WHERE kind = ?1 AND principal_id = ?2";
        connection.prepare_cached(sql)?.execute(<[&str; 2]>::from(columns(left)))?;
    }
    for joined in assigned.difference(known) {
        let sql = "INSERT INTO assignments (kind, principal_id) VALUES (?1, ?2)";
        connection.prepare_cached(sql)?.execute(<[&str; 2]>::from(columns(joined)))?;
    }
    Ok(())
}

/// They are few, and each has a new link after each round.
fn write_feeds(connection: &Connection, feeds: &[GroupFeed]) -> Result<(), StoreError> {
    connection.execute("DELETE FROM group_feeds", [])?;
    for GroupFeed { groups, selection, delta_link, delta_at } in feeds {
        let sql = "INSERT INTO group_feeds (groups, selection, delta_link, delta_at) VALUES (?1, ?2, ?3, ?4)";
        let link = delta_link.as_str();
        connection.prepare_cached(sql)?.execute(params![Json(groups), selection, link, Millis(*delta_at)])?;
    }
    Ok(())
}

fn columns(principal: &Principal) -> (&'static str, &str) {
    match principal {
        Principal::User(id) => (USER, id.as_str()),
        Principal::Group(id) => (GROUP, id.as_str()),
    }
}

fn principal(row: &Row<'_>, kind: usize) -> rusqlite::Result<Principal> {
    let id: String = row.get(kind + 1)?;
    Ok(match row.get_ref(kind)?.as_str()? {
        GROUP => Principal::Group(GroupId::new(&id)),
        _ => Principal::User(EntraId::new(&id)),
    })
}

fn group_id(row: &Row<'_>, column: usize) -> rusqlite::Result<GroupId> {
    Ok(GroupId::new(row.get_ref(column)?.as_str()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use super::super::fixtures::{at, id, memory, person, with_people};
    use super::super::{GroupFeeds, status};
    use super::*;

    fn user(name: &str) -> Principal {
        Principal::User(id(name))
    }

    fn nested(name: &str) -> Principal {
        Principal::Group(GroupId::new(name))
    }

    fn snapshot(groups: &[(&str, &str, &[Principal])], assigned: &[Principal]) -> MembershipSnapshot {
        let groups = groups.iter().map(|(id, name, members)| {
            let label = GroupLabel { id: GroupId::new(id), name: (*name).to_owned() };
            (label.id.clone(), Group { label: Arc::new(label), members: members.iter().cloned().collect() })
        });
        MembershipSnapshot { groups: groups.collect(), assigned: assigned.iter().cloned().collect() }
    }

    fn feed(groups: &[&str], link: &str) -> GroupFeed {
        GroupFeed {
            groups: groups.iter().map(|id| GroupId::new(id)).collect(),
            selection: "s".to_owned(),
            delta_link: FeedLink::new(link),
            delta_at: at(5),
        }
    }

    fn store(connection: &Connection, snapshot: MembershipSnapshot) -> u64 {
        let before = connection.total_changes();
        let all = MembershipCommit {
            snapshot: Some(snapshot),
            feeds: Vec::new(),
            dirty: BTreeSet::new(),
            pause: None,
            now: at(5),
        };
        commit(connection, &all).unwrap();
        connection.total_changes() - before
    }

    #[test]
    fn what_was_committed_is_read_again() {
        let connection = memory();
        assert_eq!(memberships(&connection).unwrap(), MembershipSnapshot::default());
        assert_eq!(status::status(&connection).unwrap().groups, None);
        for snapshot in [
            snapshot(&[("a", "A", &[user("ann"), nested("b")]), ("b", "B", &[])], &[user("dee"), nested("a")]),
            snapshot(&[("a", "New name", &[user("ann"), user("b")]), ("c", "C", &[user("cem")])], &[nested("c")]),
            snapshot(&[], &[]),
        ] {
            let feeds = vec![feed(&["a", "b"], "one"), GroupFeed { delta_at: at(3), ..feed(&["c"], "two") }];
            let all = MembershipCommit {
                snapshot: Some(snapshot.clone()),
                feeds: feeds.clone(),
                dirty: BTreeSet::new(),
                pause: None,
                now: at(5),
            };
            commit(&connection, &all).unwrap();
            assert_eq!(memberships(&connection).unwrap(), snapshot);
            assert_eq!(group_feeds(&connection).unwrap(), feeds);
            let followed = GroupFeeds { groups: 3, position_at: at(3) };
            assert_eq!(status::status(&connection).unwrap().groups, Some(followed));
        }
    }

    #[test]
    fn a_large_group_with_one_change_has_one_row_written() {
        let connection = memory();
        let mut people: Vec<_> = (0..2000).map(|number| user(&format!("p{number}"))).collect();
        let large = |people: &[Principal]| snapshot(&[("g", "G", people)], &people[..1000]);
        assert_eq!(store(&connection, large(&people)), 3001);
        assert_eq!(store(&connection, large(&people)), 0);
        people[1500] = user("new");
        assert_eq!(store(&connection, large(&people)), 2, "one left, one joined");
    }

    #[test]
    fn without_a_snapshot_only_the_links_move_on() {
        let connection = memory();
        let before = snapshot(&[("a", "A", &[user("ann")])], &[user("ann")]);
        store(&connection, before.clone());
        let links = MembershipCommit {
            snapshot: None,
            feeds: vec![feed(&["a"], "next")],
            dirty: BTreeSet::new(),
            pause: None,
            now: at(5),
        };
        commit(&connection, &links).unwrap();
        assert_eq!(memberships(&connection).unwrap(), before);
        assert_eq!(group_feeds(&connection).unwrap(), [feed(&["a"], "next")]);
    }

    #[test]
    fn only_people_of_the_snapshot_are_marked() {
        let connection = with_people(&["ann", "bob"]);
        let dirty = [id("ann"), id("nobody")].into();
        commit(&connection, &MembershipCommit { snapshot: None, feeds: Vec::new(), dirty, pause: None, now: at(5) })
            .unwrap();
        assert!(person(&connection, "ann").mark.is_some());
        assert_eq!(person(&connection, "bob").mark, None);
    }
}
