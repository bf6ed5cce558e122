//! What is removed of one person, and of whom nothing is.

use super::*;
use crate::model::{Link, Presence};
use crate::store::fixtures::{clean, intent, removed, retry, round};
use crate::store::types::RoundKind;
use crate::store::{RetryChange, alerts, intents, links, retries};

/// Ann and Bob in the snapshot, and Ann deleted.
fn without_ann(presence: Presence) -> Connection {
    let mut connection = with_people(&["ann", "bob"]);
    round(&mut connection, RoundKind::Incremental, vec![removed("ann", presence)]).unwrap();
    clean(&connection);
    connection
}

fn purged(connection: &Connection) -> Result<Purged, NotPurged> {
    let foretold = purge_preview(connection, &id("ann")).unwrap();
    let purged = purge(connection, &id("ann"), "root", at(90)).unwrap();
    assert_eq!(foretold, purged);
    purged
}

#[test]
fn only_somebody_who_is_gone_on_both_sides_is_removed() {
    assert_eq!(purged(&with_people(&["ann"])), Err(NotPurged::InEntra));
    assert_eq!(purged(&without_ann(Presence::SoftDeleted)), Err(NotPurged::InEntra));
    for (gone, expected) in [(false, Err(NotPurged::Managed(TargetId::new("17")))), (true, Ok(2))] {
        let connection = without_ann(Presence::HardDeleted);
        links::put(&connection, &Link { gone, ..link("ann", "17") }).unwrap();
        assert_eq!(purged(&connection).map(|purged| purged.others), expected);
    }
    let connection = without_ann(Presence::HardDeleted);
    let cycle = cycle(&connection, CycleKind::Incremental, None);
    intents::begin(&connection, &intent(cycle, "ann")).unwrap();
    assert_eq!(purged(&connection), Err(NotPurged::InFlight));
    assert_eq!(history(&connection, HistoryQuery::default()).unwrap().unwrap().count(), 0, "and nothing was noted");
}

#[test]
fn what_was_told_of_the_person_is_forgotten_and_what_was_told_of_others_is_not() {
    let connection = without_ann(Presence::HardDeleted);
    for (channel, name) in [("mail", "ANN@x"), ("pager", "bob@x")] {
        let book = serde_json::json!({"told": [{"what": format!("1 person fails: {name}")}]});
        alerts::put_book(&connection, channel, &book).unwrap();
    }
    assert!(purged(&connection).is_ok());
    assert_eq!(alerts::book(&connection, "mail").unwrap(), None);
    assert!(alerts::book(&connection, "pager").unwrap().is_some());
}

#[test]
fn what_is_said_of_others_stays_without_the_name() {
    let connection = without_ann(Presence::HardDeleted);
    log(&connection, &ROWS);
    let failed = crate::store::Retry { message: "the Entra user ann has ann@x too".to_owned(), ..retry(1, None) };
    retries::change(&connection, &id("bob"), &RetryChange::Set(failed)).unwrap();
    let sql = "UPDATE provisioning_log SET message = 'taken by ANN@x: rename one' WHERE entra_id = 'bob'";
    connection.execute(sql, []).unwrap();
    let (hold, both) = (holds::HoldId { number: 1, revision: 1 }, [id("ann"), id("bob")]);
    approved(&connection, Operation::Create);
    holds::note(&connection, hold, (Verdict::Rejected, "eve"), &both, at(70)).unwrap();
    assert_eq!(purged(&connection), Ok(Purged { operations: 2, decisions: 2, others: 3 }));
    let said: Vec<_> =
        operations(&connection, HistoryQuery::default()).into_iter().map(|row| row.entry.message).collect();
    assert_eq!(
        said,
        [None, Some("taken by (purged): rename one".to_owned()), Some("taken by (purged): rename one".to_owned())]
    );
    let bob = retries_of(&connection);
    assert_eq!(bob, "the Entra user (purged) has (purged) too");
    let decided = holds::decisions(&connection, 9).unwrap();
    assert_eq!(decided[0].people, [EntraId::new("(purged)"), id("bob")]);
    assert_eq!(people::person(&connection, &id("ann")).unwrap(), None);
    let acts =
        history(&connection, HistoryQuery { records: Records::Audit, ..HistoryQuery::default() }).unwrap().unwrap();
    let acts: Vec<_> = acts.map(Result::unwrap).collect();
    let HistoryRow::Audit(AuditEntry { by, entra_id: None, user_name: None, act, .. }) = &acts[0] else {
        panic!("{acts:?}");
    };
    assert_eq!((by.as_deref(), act), (Some("root"), &Act::Purged { operations: 2, decisions: 2, others: 3 }));
    assert_eq!(acts.len(), 3, "it stays who decided");
}

fn retries_of(connection: &Connection) -> String {
    connection.query_row("SELECT message FROM retries WHERE entra_id = 'bob'", [], |row| row.get(0)).unwrap()
}
