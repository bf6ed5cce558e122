//! What is to be tried again: set and ended, taken back after an outage, brought forward by hand.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::columns::Millis;
use super::error::StoreError;
use super::people;
use super::types::{Retry, RetryChange};
use crate::model::EntraId;

/// A person whose failure was not theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forgiven {
    /// Who.
    pub entra_id: EntraId,
    /// The retry as it was before the failure; none if there was none.
    pub retry: Option<Retry>,
}

pub(super) fn change(connection: &Connection, id: &EntraId, change: &RetryChange) -> Result<(), StoreError> {
    match change {
        RetryChange::Keep => Ok(()),
        RetryChange::Clear => clear(connection, id),
        RetryChange::Set(retry) => set(connection, id, retry),
    }
}

fn clear(connection: &Connection, id: &EntraId) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM retries WHERE entra_id = ?1")?.execute([id.as_str()])?;
    Ok(())
}

fn set(connection: &Connection, id: &EntraId, retry: &Retry) -> Result<(), StoreError> {
    let Retry { first_failed_at, attempts, next_at, kind, message, request_id } = retry;
    let sql = "INSERT OR REPLACE INTO retries
                   (entra_id, first_failed_at, attempts, next_at, kind, message, request_id)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    connection.prepare_cached(sql)?.execute(params![
        id.as_str(),
        Millis(*first_failed_at),
        attempts,
        next_at.map(Millis),
        kind,
        message,
        request_id,
    ])?;
    Ok(())
}

/// Whoever failed for no reason of their own is as before, and is planned again.
pub(super) fn forgive(connection: &Connection, people: &[Forgiven]) -> Result<(), StoreError> {
    for Forgiven { entra_id, retry } in people {
        match retry {
            Some(retry) => set(connection, entra_id, retry)?,
            None => clear(connection, entra_id)?,
        }
        people::mark_if_known(connection, entra_id)?;
    }
    Ok(())
}

/// Whoever waits is due, those without a next time too. The mark makes them so whatever becomes of the clock; the time
/// is what `status` shows.
pub(super) fn retry_now(connection: &Connection, who: Option<&EntraId>, now: Timestamp) -> Result<u64, StoreError> {
    let id = who.map(EntraId::as_str);
    let mark = "INSERT OR REPLACE INTO dirty (entra_id)
                SELECT entra_id FROM retries WHERE ?1 IS NULL OR entra_id = ?1 ORDER BY entra_id";
    connection.prepare_cached(mark)?.execute([id])?;
    let bring_forward = "UPDATE retries SET next_at = ?2 WHERE ?1 IS NULL OR entra_id = ?1";
    let people = connection.prepare_cached(bring_forward)?.execute(params![id, Millis(now)])?;
    Ok(people as u64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use super::super::fixtures::{at, id, person, retry, with_people};
    use super::*;

    fn waiting() -> Connection {
        let connection = with_people(&["ann", "bob", "cem"]);
        for (name, next) in [("ann", Some(9000)), ("bob", None)] {
            set(&connection, &id(name), &retry(1, next)).unwrap();
        }
        connection
    }

    fn due(connection: &Connection) -> String {
        let query = super::super::DueQuery { now: at(20), deleted_before: None, after: None, limit: 9 };
        let due = people::due(connection, &query).unwrap();
        due.iter().map(|record| record.user.id.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn whoever_is_forgiven_is_as_before_and_planned_again() {
        let connection = waiting();
        let forgiven = |name: &str, retry| Forgiven { entra_id: id(name), retry };
        let before = Retry { attempts: 1, ..retry(0, Some(7000)) };
        let people = [forgiven("ann", Some(before.clone())), forgiven("bob", None), forgiven("nobody", None)];
        forgive(&connection, &people).unwrap();
        assert_eq!((person(&connection, "ann").retry, person(&connection, "bob").retry), (Some(before), None));
        assert_eq!(due(&connection), "ann bob");
    }

    #[test]
    fn one_person_or_everybody_is_brought_forward_with_all_that_is_known_of_the_failure() {
        let connection = waiting();
        assert_eq!(due(&connection), "");
        assert_eq!(retry_now(&connection, Some(&id("cem")), at(20)).unwrap(), 0);
        assert_eq!(retry_now(&connection, Some(&id("bob")), at(20)).unwrap(), 1);
        assert_eq!(due(&connection), "bob");
        assert_eq!(person(&connection, "bob").retry, Some(retry(1, Some(20))));
        assert_eq!(retry_now(&connection, None, at(20)).unwrap(), 2);
        assert_eq!(due(&connection), "ann bob");
    }

    /// The clock may be set back before the next cycle.
    #[test]
    fn whoever_is_brought_forward_is_due_under_any_clock() {
        let connection = waiting();
        retry_now(&connection, None, at(10_000)).unwrap();
        assert_eq!(due(&connection), "ann bob");
    }
}
