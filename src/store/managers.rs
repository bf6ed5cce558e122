//! Managers: who is concerned when a manager changes, and who has none that the source ever named.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde_json::json;

use super::columns::limit;
use super::error::StoreError;
use super::{feed, noticed, people};
use crate::model::EntraId;

/// What a person shows of the manager changed: everybody below must be planned again.
pub(super) fn mark_reports(connection: &Connection, manager: &EntraId, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO dirty (entra_id) SELECT entra_id FROM source_users WHERE manager_id = ?1";
    connection.prepare_cached(sql)?.execute([manager.as_str()])?;
    noticed::notice_where(connection, "manager_id = ?1", &manager.as_str(), now)
}

/// Live people of whom neither the feed named a manager nor the source said, since the last baseline began, that they
/// have none; those longest unasked first.
pub(super) fn without_manager(connection: &Connection, most: usize) -> Result<Vec<EntraId>, StoreError> {
    let sql = "SELECT entra_id FROM source_users
                WHERE manager_id IS NULL AND presence = 'live'
                  AND no_manager_generation < (SELECT generation FROM feed)
                ORDER BY no_manager_generation LIMIT ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let ids = statement.query_map([limit(most)], |row| Ok(EntraId::new(row.get_ref(0)?.as_str()?)))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// What the source answered for one person. A manager whom the feed named meanwhile stays.
pub(super) fn settle(
    connection: &Connection,
    id: &EntraId,
    manager: Option<&EntraId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(manager) = manager else { return say_none(connection, id) };
    let Some(known) = people::stored(connection, id)? else { return Ok(()) };
    let mut next = known.clone();
    next.user.attributes.entry("manager").or_insert_with(|| json!({ "id": manager }));
    people::store(connection, Some(&known), &next, now)?;
    Ok(())
}

/// The source said outright that the person has no manager.
pub(super) fn say_none(connection: &Connection, id: &EntraId) -> Result<(), StoreError> {
    let generation = feed::generation(connection)?;
    let sql = "UPDATE source_users SET no_manager_generation = ?2 WHERE entra_id = ?1";
    connection.prepare_cached(sql)?.execute(params![id.as_str(), generation])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use serde_json::Value;

    use super::super::fixtures::{
        at, clean, commit, id, page, person, present, removed, round, to_round, user, with_people,
    };
    use super::super::{RoundKind, feed};
    use super::*;
    use crate::model::{Presence, SourceChange};

    fn below(name: &str, manager: &str) -> SourceChange {
        present(name, json!({"manager": {"id": manager}}))
    }

    /// ann is below bob.
    fn with_manager() -> Connection {
        let mut connection = with_people(&["ann", "bob", "cem"]);
        round(&mut connection, RoundKind::Incremental, vec![below("ann", "bob")]).unwrap();
        clean(&connection);
        connection
    }

    fn dirty(connection: &Connection) -> Vec<&'static str> {
        ["ann", "bob", "cem"].into_iter().filter(|name| person(connection, name).mark.is_some()).collect()
    }

    #[test]
    fn a_record_has_its_live_manager() {
        let mut connection = with_manager();
        assert_eq!(person(&connection, "ann").manager.unwrap(), person(&connection, "bob").user);
        assert_eq!(person(&connection, "bob").manager, None);
        round(&mut connection, RoundKind::Incremental, vec![removed("bob", Presence::SoftDeleted)]).unwrap();
        assert_eq!(person(&connection, "ann").manager, None, "whoever is deleted manages nobody");
        round(&mut connection, RoundKind::Incremental, vec![below("ann", "unknown")]).unwrap();
        assert_eq!(person(&connection, "ann").manager, None);
    }

    #[test]
    fn whatever_becomes_of_a_manager_concerns_those_below_and_nobody_else() {
        let changes = [vec![present("bob", json!({"jobTitle": "chief"}))], vec![removed("bob", Presence::HardDeleted)]];
        for change in changes {
            let mut connection = with_manager();
            round(&mut connection, RoundKind::Incremental, change.clone()).unwrap();
            assert_eq!(dirty(&connection), ["ann", "bob"], "{change:?}");
        }
        let mut connection = with_manager();
        round(&mut connection, RoundKind::Incremental, vec![present("cem", json!({"jobTitle": "x"}))]).unwrap();
        assert_eq!(dirty(&connection), ["cem"]);
        clean(&connection);
        round(&mut connection, RoundKind::Incremental, vec![present("bob", json!({}))]).unwrap();
        assert_eq!(dirty(&connection), [""; 0], "a replay concerns nobody");
    }

    #[test]
    fn a_manager_who_appears_or_is_swept_concerns_those_below() {
        let mut connection = with_people(&["ann", "bob", "cem"]);
        round(&mut connection, RoundKind::Incremental, vec![below("ann", "new")]).unwrap();
        clean(&connection);
        round(&mut connection, RoundKind::Incremental, vec![present("new", json!({}))]).unwrap();
        assert_eq!(dirty(&connection), ["ann"]);

        let mut connection = with_manager();
        feed::start_round(&connection, RoundKind::Baseline, "selection", at(0)).unwrap();
        let name = |name: &str| json!({"userPrincipalName": format!("{name}@x")});
        let mut ann = name("ann");
        ann["manager"] = json!({"id": "bob"});
        let shown = vec![present("ann", ann), present("cem", name("cem"))];
        commit(&mut connection, page(shown, to_round("d"))).unwrap();
        assert_eq!(dirty(&connection), ["ann", "bob"]);
    }

    fn unasked(connection: &Connection) -> Vec<String> {
        let mut ids: Vec<_> = without_manager(connection, 10).unwrap().iter().map(EntraId::to_string).collect();
        ids.sort();
        ids
    }

    #[test]
    fn people_without_a_manager_are_asked_for_once_a_baseline() {
        let mut connection = with_manager();
        assert_eq!(unasked(&connection), ["bob", "cem"]);
        settle(&connection, &id("bob"), Some(&id("cem")), at(1)).unwrap();
        settle(&connection, &id("cem"), None, at(1)).unwrap();
        settle(&connection, &id("nobody"), Some(&id("cem")), at(1)).unwrap();
        assert_eq!(unasked(&connection), [""; 0]);
        assert_eq!(dirty(&connection), ["ann", "bob"], "who has a manager now, and who is below; not who has none");
        assert_eq!(person(&connection, "bob").manager.unwrap().id, id("cem"));

        round(&mut connection, RoundKind::Incremental, vec![removed("cem", Presence::SoftDeleted)]).unwrap();
        let all = ["ann", "bob"].map(|name| present(name, json!({"userPrincipalName": format!("{name}@x")})));
        round(&mut connection, RoundKind::Baseline, all.into()).unwrap();
        assert_eq!(unasked(&connection), ["ann", "bob"], "the living, after another baseline");
    }

    #[test]
    fn a_manager_whom_the_feed_named_meanwhile_stays() {
        let connection = with_manager();
        settle(&connection, &id("ann"), Some(&id("cem")), at(1)).unwrap();
        assert_eq!(person(&connection, "ann").manager.unwrap().id, id("bob"));
        assert_eq!(dirty(&connection), [""; 0]);
    }

    #[test]
    fn a_single_read_that_says_nobody_needs_no_second_question() {
        let connection = with_manager();
        for (attributes, asked) in [(json!({}), true), (json!({"manager": null}), false)] {
            people::put_user(&connection, user("bob", attributes), at(1)).unwrap();
            assert_eq!(unasked(&connection).contains(&"bob".to_owned()), asked);
            assert_eq!(person(&connection, "bob").user.value("manager"), None::<&Value>, "never stored");
        }
    }

    /// Looking through everybody would make every cycle slow for a large company.
    #[test]
    fn whom_to_ask_and_whom_to_mark_is_found_by_index() {
        let connection = with_manager();
        for sql in [
            "SELECT entra_id FROM source_users WHERE manager_id = ?1",
            "SELECT entra_id FROM source_users WHERE manager_id IS NULL AND presence = 'live'
                AND no_manager_generation < (SELECT generation FROM feed) ORDER BY no_manager_generation LIMIT ?1",
        ] {
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let steps: Vec<String> =
                statement.query_map(["1"], |row| row.get(3)).unwrap().map(Result::unwrap).collect();
            assert!(steps[0].starts_with("SEARCH source_users USING"), "{steps:?}");
        }
    }
}
