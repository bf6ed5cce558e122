//! When a change was read from Entra that is not yet in Jostle, for the time from the one to the other.
//!
//! Waiting counts: a retry, a hold, a pause and a side that is down keep what was noticed. What is not of Entra, as a date
//! that falls due or an account that was changed in Jostle, is not noticed.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::columns::Millis;
use super::error::StoreError;
use crate::model::EntraId;

/// A change of one person was read. What was noticed before stands.
pub(super) fn notice(connection: &Connection, id: &EntraId, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO noticed (entra_id, at) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    connection.prepare_cached(sql)?.execute(params![id.as_str(), Millis(now)])?;
    Ok(())
}

/// The same of everybody of whom a condition on `source_users` holds, in which `?1` is the value.
pub(super) fn notice_where(
    connection: &Connection,
    condition: &str,
    value: &dyn rusqlite::ToSql,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO noticed (entra_id, at) SELECT entra_id, ?2 FROM source_users WHERE ({condition}) ON CONFLICT DO NOTHING"
    );
    connection.prepare_cached(&sql)?.execute(params![value, Millis(now)])?;
    Ok(())
}

/// What an operation that was carried out has brought to Jostle, if it was noticed. Whoever has changed meanwhile is due
/// again, and what was noticed first stands, so that nobody's wait is taken for shorter than it is.
pub(super) fn carried(connection: &Connection, id: &EntraId) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT at FROM noticed WHERE entra_id = ?1";
    let at = connection.prepare_cached(sql)?.query_row([id.as_str()], |row| row.get::<_, Millis>(0)).optional()?;
    settle(connection, id)?;
    Ok(at.map(|at| at.0))
}

/// Forgets what was noticed of whoever has nothing left to be done or decided.
pub(super) fn settle(connection: &Connection, id: &EntraId) -> Result<(), StoreError> {
    let sql = "DELETE FROM noticed WHERE entra_id = ?1
                  AND NOT EXISTS (SELECT 1 FROM dirty WHERE entra_id = ?1)
                  AND NOT EXISTS (SELECT 1 FROM retries WHERE entra_id = ?1)
                  AND NOT EXISTS (SELECT 1 FROM held WHERE entra_id = ?1 AND verdict <> 'rejected')";
    connection.prepare_cached(sql)?.execute([id.as_str()])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use serde_json::json;

    use super::super::fixtures::{at, commit, id, memory, outcome, page, person, present, retry, to_round};
    use super::super::{
        CycleId, CycleKind, MembershipCommit, Outcome, PageCommit, RetryChange, RoundKind, Settled, feed, memberships,
        work,
    };
    use super::*;
    use crate::model::SourceChange;

    /// Everybody of whom something is noticed, with the second.
    fn noticed(connection: &Connection) -> Vec<(String, i64)> {
        let mut statement = connection.prepare("SELECT entra_id, at FROM noticed ORDER BY entra_id").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, Millis>(1)?.0))).unwrap();
        rows.map(Result::unwrap).map(|(id, time)| (id, time.duration_since(at(0)).as_secs())).collect()
    }

    fn read(connection: &mut Connection, kind: RoundKind, second: i64, changes: Vec<SourceChange>) {
        feed::start_round(connection, kind, "selection", at(second)).unwrap();
        commit(connection, PageCommit { now: at(second), ..page(changes, to_round("delta")) }).unwrap();
    }

    fn titled(name: &str, title: &str) -> SourceChange {
        present(name, json!({"jobTitle": title}))
    }

    /// Two people, read in the first second, of whom nothing is left to be done.
    fn in_sync() -> (Connection, CycleId) {
        let mut connection = memory();
        let below = present("bob", json!({"manager": {"id": "ann"}}));
        read(&mut connection, RoundKind::Baseline, 1, vec![titled("ann", "chief"), below]);
        assert_eq!(noticed(&connection), [("ann".to_owned(), 1), ("bob".to_owned(), 1)]);
        for name in ["ann", "bob"] {
            settle(&connection, name);
        }
        assert_eq!(noticed(&connection), []);
        let cycle = work::begin_cycle(&connection, CycleKind::Incremental, at(2)).unwrap();
        (connection, cycle)
    }

    /// There is nothing to write.
    fn settle(connection: &Connection, name: &str) {
        let mark = person(connection, name).mark;
        let (retry, watch) = (RetryChange::Keep, None);
        work::settle(connection, &[Settled { entra_id: id(name), mark, retry, watch, ends_hold: false }]).unwrap();
    }

    fn comes(connection: &Connection, name: &str, outcome: Outcome) {
        let mark = person(connection, name).mark;
        work::record(connection, &Outcome { mark, ..outcome }).unwrap();
    }

    /// The second in which the change was noticed that the last line of the log carried.
    fn carried(connection: &Connection) -> Option<i64> {
        let sql = "SELECT noticed_at FROM provisioning_log ORDER BY id DESC LIMIT 1";
        let time = connection.query_row(sql, [], |row| row.get::<_, Option<Millis>>(0)).unwrap();
        time.map(|time| time.0.duration_since(at(0)).as_secs())
    }

    #[test]
    fn a_change_is_noticed_with_everybody_below_until_it_is_in_jostle() {
        let (mut connection, cycle) = in_sync();
        read(&mut connection, RoundKind::Incremental, 10, vec![titled("ann", "president")]);
        assert_eq!(noticed(&connection), [("ann".to_owned(), 10), ("bob".to_owned(), 10)]);
        comes(&connection, "ann", outcome(cycle, "ann"));
        assert_eq!(carried(&connection), Some(10));
        assert_eq!(noticed(&connection), [("bob".to_owned(), 10)]);
        settle(&connection, "bob");
        assert_eq!(noticed(&connection), []);
        comes(&connection, "ann", outcome(cycle, "ann"));
        assert_eq!(carried(&connection), None, "what is not of Entra, as the repair of an account, carries nothing");
    }

    #[test]
    fn whoever_waits_has_waited_since_the_first_change() {
        let (mut connection, cycle) = in_sync();
        read(&mut connection, RoundKind::Incremental, 10, vec![titled("bob", "one")]);
        let mut failed = Outcome { retry: RetryChange::Set(retry(11, Some(20))), ..outcome(cycle, "bob") };
        "failure".clone_into(&mut failed.entry.status);
        comes(&connection, "bob", failed);
        assert_eq!(carried(&connection), None, "nothing came to Jostle");
        read(&mut connection, RoundKind::Incremental, 30, vec![titled("bob", "two")]);
        let done = Outcome { retry: RetryChange::Clear, ..outcome(cycle, "bob") };
        comes(&connection, "bob", done);
        assert_eq!((carried(&connection), noticed(&connection)), (Some(10), vec![]));
    }

    #[test]
    fn whoever_joined_or_left_a_group_is_noticed_if_they_are_known() {
        let (connection, _) = in_sync();
        let dirty = ["bob", "stranger"].map(id).into();
        let joined = MembershipCommit { snapshot: None, feeds: Vec::new(), dirty, pause: None, now: at(40) };
        memberships::commit(&connection, &joined).unwrap();
        assert_eq!(noticed(&connection), [("bob".to_owned(), 40)]);
    }
}
