//! What is known of a whole side: that it is in quarantine, that it has asked to be left alone.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::columns::{Millis, Named};
use super::error::StoreError;
use crate::connector::Side;

/// A side that is left alone, because all of it is failing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantine {
    /// Which.
    pub side: Side,
    /// Since when.
    pub since: Timestamp,
    /// Outages in a row; the pause grows with them.
    pub failures: u32,
    /// When a probe is sent.
    pub next_at: Timestamp,
    /// The provider's code or the status, as one word.
    pub code: String,
    /// What is failing and what to do.
    pub reason: String,
    /// It refuses the credentials, or they do not suffice: waiting does not mend that.
    pub is_refusal: bool,
}

/// A side that has asked to be left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttled {
    /// Which.
    pub side: Side,
    /// Until when; may be over.
    pub until: Timestamp,
}

/// By side, Entra first.
pub(super) fn quarantines(connection: &Connection) -> Result<Vec<Quarantine>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT * FROM quarantines ORDER BY side")?;
    let read = |row: &Row<'_>| {
        Ok(Quarantine {
            side: row.get::<_, Named<_>>("side")?.0,
            since: row.get::<_, Millis>("since")?.0,
            failures: row.get("failures")?,
            next_at: row.get::<_, Millis>("next_at")?.0,
            code: row.get("code")?,
            reason: row.get("reason")?,
            is_refusal: row.get("is_refusal")?,
        })
    };
    let rows = statement.query_map([], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn set_quarantine(connection: &Connection, quarantine: &Quarantine) -> Result<(), StoreError> {
    let Quarantine { side, since, failures, next_at, code, reason, is_refusal } = quarantine;
    let sql = "INSERT OR REPLACE INTO quarantines (side, since, failures, next_at, code, reason, is_refusal)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let values = params![Named(side), Millis(*since), failures, Millis(*next_at), code, reason, is_refusal];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Whether there was one.
pub(super) fn lift_quarantine(connection: &Connection, side: Side) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached("DELETE FROM quarantines WHERE side = ?1")?.execute([Named(side)])? > 0)
}

/// By side, Entra first.
pub(super) fn throttled(connection: &Connection) -> Result<Vec<Throttled>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT side, until FROM throttles ORDER BY side")?;
    let rows = statement.query_map([], |row| {
        Ok(Throttled { side: row.get::<_, Named<_>>("side")?.0, until: row.get::<_, Millis>("until")?.0 })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whoever was to wait has ended, and nobody else waits for it.
pub(super) fn forget_throttled(connection: &Connection) -> Result<(), StoreError> {
    connection.execute("DELETE FROM throttles", [])?;
    Ok(())
}

/// The last word counts, an earlier time too.
pub(super) fn note_throttled(connection: &Connection, side: Side, until: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO throttles (side, until) VALUES (?1, ?2)";
    connection.prepare_cached(sql)?.execute(params![Named(side), Millis(until)])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use super::super::fixtures::{at, memory};
    use super::*;

    fn quarantine(side: Side, failures: u32) -> Quarantine {
        let (code, reason) = ("503".to_owned(), "down".to_owned());
        Quarantine { side, since: at(1), failures, next_at: at(300), code, reason, is_refusal: true }
    }

    #[test]
    fn each_side_has_a_quarantine_of_its_own_until_it_is_lifted() {
        let connection = memory();
        assert!(!lift_quarantine(&connection, Side::Jostle).unwrap());
        for (side, failures) in [(Side::Jostle, 1), (Side::Entra, 1), (Side::Jostle, 2)] {
            set_quarantine(&connection, &quarantine(side, failures)).unwrap();
        }
        let [entra, jostle] = [quarantine(Side::Entra, 1), quarantine(Side::Jostle, 2)];
        assert_eq!(quarantines(&connection).unwrap(), [entra.clone(), jostle]);
        assert!(lift_quarantine(&connection, Side::Jostle).unwrap());
        assert_eq!(quarantines(&connection).unwrap(), [entra]);
    }

    #[test]
    fn the_last_word_of_a_side_counts() {
        let connection = memory();
        for (side, until) in [(Side::Jostle, 3244), (Side::Entra, 2), (Side::Jostle, 60)] {
            note_throttled(&connection, side, at(until)).unwrap();
        }
        let expected = [(Side::Entra, 2), (Side::Jostle, 60)].map(|(side, until)| Throttled { side, until: at(until) });
        assert_eq!(throttled(&connection).unwrap(), expected);
    }
}
