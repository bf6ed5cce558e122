//! What a report asks of the state beside the history and the status.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::columns::{Millis, count, limit};
use super::drift::{self, Deleted, KnownDrift, Orphan};
use super::error::StoreError;
use super::records::CycleView;
use super::unmanaged::{self, Listing};
use super::{people, status};
use crate::model::EntraId;

/// What the last reconciliation found, without what was settled since.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Values that were changed in Jostle, with the name of the account; those first that stay so until somebody does
    /// something about them. No more than were asked for.
    pub drift: Vec<(String, KnownDrift)>,
    /// How many such values there are.
    pub drifted: u64,
    /// Managed accounts whose person is deleted for good, the active ones first.
    pub orphans: Vec<Orphan>,
    /// Accounts that were deleted in Jostle although their person is in Entra.
    pub deleted: Vec<Deleted>,
    /// The last listing of all accounts; none if there was none, or it could not be read to its end.
    pub listing: Option<Listing>,
}

/// To be called in a transaction, so that the lists belong together.
pub(super) fn found(connection: &Connection, most: usize) -> Result<Found, StoreError> {
    Ok(Found {
        drift: drifted(connection, most)?,
        drifted: count(connection, "SELECT count(*) FROM drift", [])?,
        orphans: drift::orphans(connection)?,
        deleted: drift::deleted(connection)?,
        listing: unmanaged::listing(connection)?,
    })
}

fn drifted(connection: &Connection, most: usize) -> Result<Vec<(String, KnownDrift)>, StoreError> {
    let sql = "SELECT * FROM drift ORDER BY treatment NOT IN ('reported', 'in_vain'), entra_id, attribute LIMIT ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement
        .query_map([limit(most)], |row| Ok((EntraId::new(&row.get::<_, String>("entra_id")?), drift::known(row)?)))?;
    let mut found = Vec::new();
    for row in rows {
        let (id, known) = row?;
        let record = people::person(connection, &id)?;
        found.push((record.map_or_else(|| id.to_string(), |record| drift::name(&record)), known));
    }
    Ok(found)
}

/// The cycles that began in a time, the newest first, one by one.
pub(super) fn cycles(
    connection: &Connection,
    (since, until): (Timestamp, Timestamp),
    mut each: impl FnMut(CycleView),
) -> Result<(), StoreError> {
    let sql = "SELECT * FROM cycles WHERE started_at >= ?1 AND started_at <= ?2 ORDER BY started_at DESC, id DESC";
    let mut statement = connection.prepare_cached(sql)?;
    for cycle in statement.query_map(params![Millis(since), Millis(until)], status::cycle)? {
        each(cycle?);
    }
    Ok(())
}

/// When the oldest began that is remembered of cycles and operations; none: there is nothing.
pub(super) fn remembered_since(connection: &Connection) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT min(at) FROM (SELECT min(started_at) AS at FROM cycles
                                    UNION ALL SELECT min(at) FROM provisioning_log)";
    let at: Option<Millis> = connection.query_row(sql, [], |row| row.get(0))?;
    Ok(at.map(|at| at.0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use serde_json::json;

    use super::super::fixtures::{at, link, outcome, with_people};
    use super::super::records::{CycleEnd, CycleKind};
    use super::super::{links, work};
    use super::*;
    use crate::model::{Drift, TargetValue, Treatment};
    use crate::store::ReadBack;

    fn numbers(connection: &Connection, since: i64, until: i64) -> Vec<i64> {
        let mut found = Vec::new();
        cycles(connection, (at(since), at(until)), |cycle| found.push(cycle.id.0)).unwrap();
        found
    }

    #[test]
    fn cycles_come_one_by_one_and_the_newest_first() {
        let connection = with_people(&["ann"]);
        assert_eq!(remembered_since(&connection).unwrap(), None);
        for second in [10, 20, 30] {
            let id = work::begin_cycle(&connection, CycleKind::Incremental, at(second)).unwrap();
            let end = CycleEnd { at: at(second + 1), result: "ok".into(), error: None, summary: json!({}) };
            work::finish_cycle(&connection, id, &end).unwrap();
        }
        assert_eq!(remembered_since(&connection).unwrap(), Some(at(10)));
        assert_eq!(numbers(&connection, 0, 99), [3, 2, 1]);
        assert_eq!(numbers(&connection, 20, 29), [2]);
        // A row of the log may be older than whatever the clock says of its cycle.
        let cycle = work::begin_cycle(&connection, CycleKind::Incremental, at(40)).unwrap();
        work::record(&connection, &outcome(cycle, "ann")).unwrap();
        assert_eq!(remembered_since(&connection).unwrap(), Some(at(7)));
    }

    #[test]
    fn what_stays_until_somebody_does_something_is_found_first() {
        let connection = with_people(&["ann", "bob"]);
        let read = ["ann", "bob"].map(|name| {
            let link = link(name, name);
            links::put(&connection, &link).unwrap();
            let treatment = if name == "ann" { Treatment::Accepted } else { Treatment::Reported };
            let shown = Some(TargetValue::Text("x".to_owned()));
            let drift = Drift { attribute: "title".parse().unwrap(), expected: None, shown, treatment };
            ReadBack { before: link.clone(), after: link, drift: vec![drift], is_due: false }
        });
        drift::put(&connection, at(1), &read, &[].into()).unwrap();
        let Found { drift, drifted, orphans, deleted, listing } = found(&connection, 1).unwrap();
        let named: Vec<_> = drift.iter().map(|(name, known)| (name.as_str(), known.drift.treatment)).collect();
        assert_eq!((named, drifted), (vec![("bob@x", Treatment::Reported)], 2));
        assert_eq!((orphans, deleted, listing), (Vec::new(), Vec::new(), None));
    }
}
