//! The position of the users feed: its links, its selection, the round that is open.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::columns::{Millis, Named, count};
use super::error::StoreError;
use super::types::{Feed, OpenRound, RoundKind};
use crate::connector::{FeedLink, Next};

const LIVE: &str = "SELECT count(*) FROM source_users WHERE presence = 'live'";

pub(super) fn feed(connection: &Connection) -> Result<Feed, StoreError> {
    let sql = "SELECT selection, delta_link, delta_at, baseline_at, round_kind, round_next, round_started_at FROM feed";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| {
        Ok(Feed {
            selection: row.get("selection")?,
            delta_link: row.get::<_, Option<String>>("delta_link")?.map(FeedLink::new),
            delta_at: row.get::<_, Option<Millis>>("delta_at")?.map(|at| at.0),
            baseline_at: row.get::<_, Option<Millis>>("baseline_at")?.map(|at| at.0),
            open_round: open_round(row)?,
        })
    })?)
}

fn open_round(row: &Row<'_>) -> rusqlite::Result<Option<OpenRound>> {
    let Some(Named(kind)) = row.get("round_kind")? else { return Ok(None) };
    Ok(Some(OpenRound {
        kind,
        next: row.get::<_, Option<String>>("round_next")?.map(FeedLink::new),
        started_at: row.get::<_, Millis>("round_started_at")?.0,
    }))
}

/// What a page needs to know of the open round.
pub(super) struct Round {
    pub(super) kind: RoundKind,
    pub(super) generation: i64,
    /// Live people when it began.
    pub(super) known: u64,
    /// No baseline was ever completed: whoever is known was read alone, or by a baseline that was cut off.
    pub(super) is_first: bool,
}

pub(super) fn round(connection: &Connection) -> Result<Round, StoreError> {
    let sql = "SELECT round_kind, generation, round_known, baseline_at IS NULL FROM feed";
    let read = |row: &Row<'_>| {
        let kind: Option<Named<RoundKind>> = row.get(0)?;
        Ok((kind, row.get(1)?, row.get::<_, Option<i64>>(2)?.unwrap_or_default(), row.get(3)?))
    };
    let (kind, generation, known, is_first) = connection.prepare_cached(sql)?.query_row([], read)?;
    let kind = kind.ok_or(StoreError::NoRound)?.0;
    Ok(Round { kind, generation, known: known.unsigned_abs(), is_first })
}

/// How many baselines were begun.
pub(super) fn generation(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.prepare_cached("SELECT generation FROM feed")?.query_row([], |row| row.get(0))?)
}

/// The old deltaLink stays until the round ends, unless it was given for another selection.
pub(super) fn start_round(
    connection: &Connection,
    kind: RoundKind,
    selection: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let known = i64::try_from(count(connection, LIVE, [])?).unwrap_or(i64::MAX);
    let sql = "
        UPDATE feed SET
            delta_link = CASE WHEN selection IS ?2 THEN delta_link END,
            delta_at = CASE WHEN selection IS ?2 THEN delta_at END,
            selection = ?2, generation = generation + ?4,
            round_kind = ?1, round_next = NULL, round_started_at = ?3, round_known = ?5";
    let step = i64::from(kind == RoundKind::Baseline);
    connection.execute(sql, params![Named(kind), selection, Millis(now), step, known])?;
    Ok(())
}

/// Moves the position behind a page; a deltaLink ends the round.
pub(super) fn advance(connection: &Connection, kind: RoundKind, next: &Next, now: Timestamp) -> Result<(), StoreError> {
    match next {
        Next::Page(link) => {
            connection.prepare_cached("UPDATE feed SET round_next = ?1")?.execute([link.as_str()])?;
        }
        Next::Round(link) => {
            let sql = "UPDATE feed SET delta_link = ?1, delta_at = ?2,
                           baseline_at = CASE WHEN ?3 THEN ?2 ELSE baseline_at END";
            connection.execute(sql, params![link.as_str(), Millis(now), kind == RoundKind::Baseline])?;
            drop_round(connection)?;
        }
    }
    Ok(())
}

/// Moves the position alone, which is a mistake.
pub(super) fn move_on(connection: &Connection, next: &Next) -> Result<(), StoreError> {
    match next {
        Next::Page(link) => connection.execute("UPDATE feed SET round_next = ?1", [link.as_str()])?,
        Next::Round(link) => connection.execute("UPDATE feed SET delta_link = ?1", [link.as_str()])?,
    };
    Ok(())
}

pub(super) fn drop_round(connection: &Connection) -> Result<(), StoreError> {
    let sql = "UPDATE feed SET round_kind = NULL, round_next = NULL, round_started_at = NULL, round_known = NULL";
    connection.execute(sql, [])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use serde_json::json;

    use super::super::fixtures::{at, commit, memory, page, present, to_page, to_round};
    use super::*;

    #[test]
    fn a_round_moves_from_page_to_page_to_its_end() {
        let mut connection = memory();
        assert_eq!(
            feed(&connection).unwrap(),
            Feed { selection: None, delta_link: None, delta_at: None, baseline_at: None, open_round: None }
        );
        start_round(&connection, RoundKind::Baseline, "id,mail", at(1)).unwrap();
        commit(&mut connection, page(vec![present("ann", json!({}))], to_page("p1"))).unwrap();
        let open = feed(&connection).unwrap();
        let next = Some(FeedLink::new("p1"));
        assert_eq!(open.open_round, Some(OpenRound { kind: RoundKind::Baseline, next, started_at: at(1) }));
        assert_eq!((open.selection.as_deref(), open.delta_link), (Some("id,mail"), None));

        commit(&mut connection, page(vec![], to_round("d1"))).unwrap();
        let done = feed(&connection).unwrap();
        assert_eq!((done.delta_link, done.delta_at), (Some(FeedLink::new("d1")), Some(at(100))));
        assert_eq!((done.baseline_at, done.open_round), (Some(at(100)), None));
    }

    #[test]
    fn an_incremental_round_is_no_baseline() {
        let mut connection = memory();
        start_round(&connection, RoundKind::Incremental, "s", at(1)).unwrap();
        commit(&mut connection, page(vec![], to_round("d1"))).unwrap();
        assert_eq!(feed(&connection).unwrap().baseline_at, None);
        assert_eq!(generation(&connection).unwrap(), 0);
    }

    #[test]
    fn a_new_round_forgets_the_page_and_keeps_the_delta_link_of_its_selection() {
        let mut connection = memory();
        start_round(&connection, RoundKind::Baseline, "s", at(1)).unwrap();
        commit(&mut connection, page(vec![], to_round("d1"))).unwrap();
        start_round(&connection, RoundKind::Incremental, "s", at(2)).unwrap();
        commit(&mut connection, page(vec![], to_page("p1"))).unwrap();

        start_round(&connection, RoundKind::Baseline, "s", at(3)).unwrap();
        let again = feed(&connection).unwrap();
        assert_eq!(again.open_round.unwrap().next, None);
        assert_eq!(again.delta_link, Some(FeedLink::new("d1")));

        start_round(&connection, RoundKind::Baseline, "s,t", at(4)).unwrap();
        let other = feed(&connection).unwrap();
        assert_eq!((other.selection.as_deref(), other.delta_link, other.delta_at), (Some("s,t"), None, None));
    }

    #[test]
    fn a_page_without_a_round_is_refused() {
        let mut connection = memory();
        let refused = commit(&mut connection, page(vec![present("ann", json!({}))], to_round("d1")));
        assert_eq!(refused, Err(StoreError::NoRound));
        assert_eq!(count(&connection, LIVE, []).unwrap(), 0);
    }
}
