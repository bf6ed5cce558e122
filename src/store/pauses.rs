//! What an administrator has stopped for a while, until it is ended by hand.

use std::fmt;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::columns::{Millis, Named};
use super::error::StoreError;
use super::history::{self, Act};

/// How much a pause stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stops {
    /// Every write to Jostle.
    Everything,
    /// Deactivations and deletions.
    Removals,
}

/// Nothing of this is written to Jostle until the pause is ended. Reading and planning go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// How much is stopped.
    pub what: Stops,
    /// Since when.
    pub since: Timestamp,
    /// The user of the operating system who set it.
    pub by: String,
    /// Why, in that user's words.
    pub why: Option<String>,
}

impl Pause {
    /// A pause from now on; the time to the millisecond, as the state keeps it.
    pub fn new(what: Stops, now: Timestamp, by: String, why: Option<String>) -> Self {
        let since = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        Self { what, since, by, why }
    }
}

impl fmt::Display for Stops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Everything => "everything",
            Self::Removals => "removals",
        })
    }
}

impl fmt::Display for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, since, by, why } = self;
        let what = match what {
            Stops::Everything => "everything is",
            Stops::Removals => "deactivations and deletions are",
        };
        write!(f, "{what} paused since {since:.0} by {by}")?;
        match why {
            Some(why) => write!(f, ": {why}"),
            None => Ok(()),
        }
    }
}

/// The pause that is set, if one is.
pub(super) fn pause(connection: &Connection) -> Result<Option<Pause>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT * FROM pauses")?;
    let read = |row: &Row<'_>| {
        Ok(Pause {
            what: row.get::<_, Named<_>>("what")?.0,
            since: row.get::<_, Millis>("since")?.0,
            by: row.get("set_by")?,
            why: row.get("why")?,
        })
    };
    Ok(statement.query_row([], read).optional()?)
}

/// Sets a pause, and returns the one that it replaces.
pub(super) fn set(connection: &Connection, pause: &Pause) -> Result<Option<Pause>, StoreError> {
    let replaced = self::pause(connection)?;
    let Pause { what, since, by, why } = pause;
    let sql = "INSERT OR REPLACE INTO pauses (id, what, since, set_by, why) VALUES (1, ?1, ?2, ?3, ?4)";
    connection.prepare_cached(sql)?.execute(params![Named(what), Millis(*since), by, why])?;
    history::note(connection, &Act::Paused { what: *what, why: why.clone() }, Some(by), None, *since)?;
    Ok(replaced)
}

/// Ends the pause at the word of somebody, and returns it.
pub(super) fn end(connection: &Connection, by: &str, now: Timestamp) -> Result<Option<Pause>, StoreError> {
    let ended = pause(connection)?;
    connection.prepare_cached("DELETE FROM pauses")?.execute([])?;
    if let Some(Pause { what, since, by: set_by, why: _ }) = ended.clone() {
        history::note(connection, &Act::Resumed { what, since, set_by }, Some(by), None, now)?;
    }
    Ok(ended)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use super::super::fixtures::{Scratch, at, memory};
    use super::super::{Reader, Store};
    use super::*;

    fn of(by: &str, what: Stops) -> Pause {
        Pause { what, since: at(3), by: by.to_owned(), why: (by == "ann").then(|| "a merger".to_owned()) }
    }

    #[test]
    fn there_is_one_pause_at_a_time_and_the_last_word_counts() {
        let connection = memory();
        assert_eq!((pause(&connection).unwrap(), end(&connection, "eve", at(9)).unwrap()), (None, None));
        let (removals, everything) = (of("ann", Stops::Removals), of("bob", Stops::Everything));
        assert_eq!(set(&connection, &removals).unwrap(), None);
        assert_eq!(pause(&connection).unwrap(), Some(removals.clone()));
        assert_eq!(set(&connection, &everything).unwrap(), Some(removals));
        assert_eq!(pause(&connection).unwrap(), Some(everything.clone()), "nothing of the first one is left");
        assert_eq!(end(&connection, "eve", at(9)).unwrap(), Some(everything));
        assert_eq!((pause(&connection).unwrap(), end(&connection, "eve", at(9)).unwrap()), (None, None));
    }

    #[test]
    fn a_pause_says_what_is_stopped_since_when_by_whom_and_why() {
        let shown = |by, what| of(by, what).to_string();
        insta::assert_snapshot!(shown("ann", Stops::Removals), @"deactivations and deletions are paused since 2023-11-14T22:13:23Z by ann: a merger");
        insta::assert_snapshot!(shown("bob", Stops::Everything), @"everything is paused since 2023-11-14T22:13:23Z by bob");
    }

    #[tokio::test]
    async fn a_pause_survives_a_crash_and_is_in_the_status_and_in_a_backup() {
        let scratch = Scratch::new();
        let store = Store::open(&scratch.file()).unwrap();
        let set = of("ann", Stops::Everything);
        assert_eq!(store.set_pause(set.clone()).await.unwrap(), None);
        let crashed = scratch.after_a_crash();
        let again = Store::open(&crashed.file()).unwrap();
        assert_eq!(again.pause().await.unwrap().as_ref(), Some(&set));
        let reader = Reader::open(&scratch.file()).unwrap();
        assert_eq!(reader.status().unwrap().pause.as_ref(), Some(&set));
        reader.backup(&scratch.path().join("copy")).unwrap();
        let copied = Store::open(&scratch.path().join("copy")).unwrap();
        assert_eq!(copied.pause().await.unwrap().as_ref(), Some(&set));
        assert_eq!(store.end_pause("eve", at(9)).await.unwrap(), Some(set));
        assert_eq!(store.status().await.unwrap().pause, None);
    }
}
