//! Who is due, who is found by which name, and what a mark of a person outlives.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

use serde_json::json;

use super::super::fixtures::{at, clean, id, link, memory, person, present, removed, retry, round, user, with_people};
use super::super::records::LinkChange;
use super::super::types::{RetryChange, RoundKind};
use super::super::{retries, watches};
use super::*;
use crate::model::{Link, Presence, Watch};

fn query(limit: usize) -> DueQuery {
    DueQuery { now: at(50), deleted_before: None, after: None, limit }
}

fn names(records: &[PersonRecord]) -> Vec<&str> {
    records.iter().map(|record| record.user.id.as_str()).collect()
}

#[test]
fn due_are_the_dirty_the_retries_and_the_long_deleted() {
    let mut connection = with_people(&["dirty", "due", "gone", "idle", "later", "left", "never", "recent", "unlinked"]);
    for name in ["gone", "left", "recent"] {
        let put = LinkChange::Put(Link { gone: name == "gone", ..link(name, name) });
        links::change_link(&connection, &id(name), &put).unwrap();
    }
    let leave = |name: &str| removed(name, Presence::HardDeleted);
    round(&mut connection, RoundKind::Incremental, ["gone", "left", "unlinked", "recent"].map(leave).into()).unwrap();
    connection.execute("UPDATE source_users SET deleted_at = deleted_at + 1 WHERE entra_id = 'recent'", []).unwrap();
    clean(&connection);
    for (name, next) in [("due", Some(50)), ("later", Some(51)), ("never", None)] {
        retries::change(&connection, &id(name), &RetryChange::Set(retry(1, next))).unwrap();
    }
    mark(&connection, &id("dirty")).unwrap();

    assert_eq!(names(&due(&connection, &query(100)).unwrap()), ["dirty", "due"]);
    let with_deleted = DueQuery { deleted_before: Some(at(100)), ..query(100) };
    assert_eq!(names(&due(&connection, &with_deleted).unwrap()), ["dirty", "due", "left"]);
}

#[test]
fn a_date_that_falls_due_makes_its_person_due_once_it_is_reached() {
    let connection = with_people(&["grace", "later", "now", "past"]);
    let watch =
        |left: Option<i64>, revisit: Option<i64>| Some(Watch { left_at: left.map(at), revisit_at: revisit.map(at) });
    for (name, watch) in [
        ("grace", watch(Some(3), None)),
        ("later", watch(None, Some(51))),
        ("now", watch(None, Some(50))),
        ("past", watch(Some(4), Some(7))),
    ] {
        watches::change(&connection, &id(name), watch).unwrap();
    }
    assert_eq!(names(&due(&connection, &query(100)).unwrap()), ["now", "past"]);
    assert_eq!(names(&due(&connection, &query(1)).unwrap()), ["now"]);
    assert_eq!(names(&due(&connection, &DueQuery { after: Some(id("now")), ..query(1) }).unwrap()), ["past"]);
    let left = |name: &str| person(&connection, name).left_at;
    assert_eq!((left("grace"), left("now"), left("past")), (Some(at(3)), None, Some(at(4))));

    watches::change(&connection, &id("past"), None).unwrap();
    assert_eq!(left("past"), Some(at(4)), "it stays as it was");
    watches::change(&connection, &id("past"), Some(Watch::default())).unwrap();
    assert_eq!(left("past"), None);
    watches::change(&connection, &id("now"), watch(Some(5), Some(60))).unwrap();
    assert!(due(&connection, &query(100)).unwrap().is_empty());
}

#[test]
fn a_time_that_only_another_clock_can_have_set_is_no_reason_to_wait() {
    let connection = with_people(&["grace", "retry", "soon", "unset"]);
    let hours = |hours: i64| Some(50 + hours * 3600);
    for (name, next) in [("retry", hours(37)), ("soon", hours(31)), ("unset", None)] {
        retries::change(&connection, &id(name), &RetryChange::Set(retry(1, next))).unwrap();
    }
    let watch = Watch { left_at: Some(at(51)), revisit_at: Some(at(1000)) };
    watches::change(&connection, &id("grace"), Some(watch)).unwrap();
    assert_eq!(names(&due(&connection, &query(100)).unwrap()), ["grace", "retry"]);
    assert!(due(&connection, &DueQuery { now: at(51), ..query(100) }).unwrap().len() == 1, "left now");
}

#[test]
fn due_pages_are_complete_and_in_order() {
    let connection = memory();
    let all: Vec<_> = (0..25).map(|number| format!("p{number:02}")).collect();
    for name in all.iter().rev() {
        put_user(&connection, user(name, json!({})), at(0)).unwrap();
        if name.ends_with('3') {
            retries::change(&connection, &id(name), &RetryChange::Set(retry(0, Some(0)))).unwrap();
        }
        if name.ends_with('7') {
            let watch = Watch { left_at: None, revisit_at: Some(at(0)) };
            watches::change(&connection, &id(name), Some(watch)).unwrap();
            unmark(&connection, &id(name), person(&connection, name).mark).unwrap();
        }
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = due(&connection, &DueQuery { after, ..query(4) }).unwrap();
        assert!(page.len() <= 4);
        let Some(last) = page.last() else { break };
        after = Some(last.user.id.clone());
        seen.extend(page.into_iter().map(|record| record.user.id.to_string()));
    }
    assert_eq!(seen, all);
}

/// A scan of all people would make an idle cycle slow for a large company.
#[test]
fn looking_up_and_due_use_indexes() {
    let connection = memory();
    for (sql, parameters) in [
        (format!("{PERSON} {DUE}"), 5),
        (format!("{PERSON} WHERE u.upn_folded = ?1 OR u.mail_folded = ?1 OR u.entra_id = ?2"), 2),
    ] {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let nulls = vec![rusqlite::types::Null; parameters];
        let rows = statement.query_map(rusqlite::params_from_iter(nulls), |row| row.get(3)).unwrap();
        let plan: Vec<String> = rows.map(Result::unwrap).collect();
        let scans = plan.iter().any(|step| step.starts_with("SCAN u") || step.contains("AUTOMATIC"));
        assert!(!plan.is_empty() && !scans, "{plan:#?}");
    }
}

#[test]
fn a_mark_that_moved_stays() {
    let connection = with_people(&["ann"]);
    put_user(&connection, user("ann", json!({"jobTitle": "a"})), at(1)).unwrap();
    let first = person(&connection, "ann").mark;
    put_user(&connection, user("ann", json!({"jobTitle": "b"})), at(2)).unwrap();
    let second = person(&connection, "ann").mark;
    assert!(first.is_some() && second > first);

    unmark(&connection, &id("ann"), first).unwrap();
    assert_eq!(person(&connection, "ann").mark, second);
    unmark(&connection, &id("ann"), second).unwrap();
    assert_eq!(person(&connection, "ann").mark, None);

    put_user(&connection, user("ann", json!({})), at(3)).unwrap();
    assert!(person(&connection, "ann").mark > second, "a number must not come back");
}

#[test]
fn a_single_read_marks_only_what_changed() {
    let connection = with_people(&["ann"]);
    put_user(&connection, user("ann", json!({"userPrincipalName": "ann@x", "mail": null})), at(1)).unwrap();
    assert_eq!(person(&connection, "ann").mark, None);
    put_user(&connection, SourceUser { presence: Presence::SoftDeleted, ..person(&connection, "ann").user }, at(2))
        .unwrap();
    assert!(person(&connection, "ann").mark.is_some());
    assert_eq!(person(&connection, "ann").deleted_at, Some(at(2)));
}

#[test]
fn people_are_found_by_any_of_their_names() {
    let mut connection = memory();
    let people = vec![
        present("0A-1", json!({"userPrincipalName": "Jo\u{308}rg@X", "mail": "J.Mail@x"})),
        present("0a-2", json!({"userPrincipalName": "two@x", "mail": "jörg@x"})),
    ];
    round(&mut connection, RoundKind::Baseline, people).unwrap();
    let found = |key: &str| names(&find(&connection, key).unwrap()).join(" ");
    assert_eq!(found(" JÖRG@x"), "0a-1 0a-2");
    assert_eq!(found("j.mail@X"), "0a-1");
    assert_eq!(found("0A-2"), "0a-2");
    assert_eq!(found(""), "");

    round(&mut connection, RoundKind::Incremental, vec![removed("0a-1", Presence::SoftDeleted)]).unwrap();
    let found = |key: &str| names(&find(&connection, key).unwrap()).join(" ");
    assert_eq!(found("jörg@x"), "0a-2 0a-1", "the living first, the deleted too");
    round(&mut connection, RoundKind::Incremental, vec![present("0a-2", json!({"mail": "new@x"}))]).unwrap();
    let found = |key: &str| names(&find(&connection, key).unwrap()).join(" ");
    assert_eq!((found("jörg@x"), found("new@x")), ("0a-1".into(), "0a-2".into()));
}

#[test]
fn another_policy_marks_everybody() {
    let connection = memory();
    assert!(!set_policy(&connection, "one").unwrap(), "nobody to plan again");
    put_user(&connection, user("ann", json!({})), at(0)).unwrap();
    clean(&connection);
    assert!(!set_policy(&connection, "one").unwrap());
    assert_eq!(person(&connection, "ann").mark, None);
    assert!(set_policy(&connection, "two").unwrap());
    assert!(person(&connection, "ann").mark.is_some());

    let known_before = with_people(&["ann"]);
    assert!(set_policy(&known_before, "one").unwrap(), "the first policy of a snapshot with people");
    assert!(person(&known_before, "ann").mark.is_some());
}
