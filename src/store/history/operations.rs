//! The operations of the history, page by page, each by an index.

use jiff::Timestamp;
use rusqlite::{Connection, Row, ToSql};

use super::{DecidedBy, HistoryQuery, LoggedOperation};
use crate::model::{EntraId, fold};
use crate::store::columns::{Json, Millis, Named, limit};
use crate::store::error::StoreError;
use crate::store::work;

/// A place in the history: before what is there, and with what is older behind it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    at: i64,
    number: i64,
}

impl Place {
    pub(super) const NEWEST: Self = Self { at: i64::MAX, number: i64::MAX };

    pub(super) fn behind(last: &LoggedOperation) -> Self {
        Self { at: last.entry.at.as_millisecond(), number: last.number }
    }
}

/// The object ids of whoever has a user principal name, mail address or object id, or had it as a name in the log.
pub(super) fn people(connection: &Connection, name: &str) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT entra_id FROM source_users WHERE upn_folded = ?1 OR mail_folded = ?1 OR entra_id = ?2
               UNION SELECT entra_id FROM provisioning_log WHERE user_name = ?1 COLLATE NOCASE
               UNION SELECT ?2 WHERE EXISTS (SELECT 1 FROM provisioning_log WHERE entra_id = ?2)
               UNION SELECT entra_id FROM audit WHERE entra_id = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([fold(name).as_str(), EntraId::new(name).as_str()], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// So many operations behind a place. `CROSS JOIN` says that the log is gone through, by its indexes, and not the cycles.
pub(super) fn page(
    connection: &Connection,
    (query, people): (&HistoryQuery, Option<&[String]>),
    place: Place,
    rows: usize,
) -> Result<Vec<LoggedOperation>, StoreError> {
    let bounds = Bounds::of(query, people, place, rows);
    let filter = bounds.filter();
    let sql = format!(
        "SELECT l.*, c.kind, c.by_user, c.undoes FROM provisioning_log l CROSS JOIN cycles c ON c.id = l.cycle
          WHERE {filter} ORDER BY l.at DESC, l.id DESC LIMIT :rows"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_map(bounds.params().as_slice(), operation)?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn operation(row: &Row<'_>) -> rusqlite::Result<LoggedOperation> {
    let (by, hold): (Option<String>, _) = (row.get("decided_by")?, row.get("hold")?);
    Ok(LoggedOperation {
        number: row.get("id")?,
        entry: work::entry(row)?,
        kind: row.get::<_, Named<_>>("kind")?.0,
        by: row.get("by_user")?,
        undoes: row.get("undoes")?,
        noticed_at: row.get::<_, Option<Millis>>("noticed_at")?.map(|at| at.0),
        decided: by.map(|by| DecidedBy { by, hold }),
    })
}

/// A condition, its name, and what it is compared with.
struct Bounds(Vec<(&'static str, &'static str, Box<dyn ToSql>)>);

impl Bounds {
    fn of(query: &HistoryQuery, people: Option<&[String]>, place: Place, rows: usize) -> Self {
        let HistoryQuery { user: _, since, until, operations, statuses, cycle, records: _ } = query;
        let words = |words: &[String]| (!words.is_empty()).then(|| Box::new(Json(words.to_owned())) as Box<dyn ToSql>);
        let time = |at: &Option<Timestamp>| at.map(|at| Box::new(Millis(at)) as Box<dyn ToSql>);
        let all = [
            ("(l.at, l.id) < (:at, :number)", ":at", Some(Box::new(place.at) as Box<dyn ToSql>)),
            ("", ":number", Some(Box::new(place.number))),
            ("", ":rows", Some(Box::new(limit(rows)))),
            ("l.at >= :since", ":since", time(since)),
            ("l.at < :until", ":until", time(until)),
            ("l.cycle = :cycle", ":cycle", cycle.map(|cycle| Box::new(cycle.0) as Box<dyn ToSql>)),
            ("l.operation IN (SELECT value FROM json_each(:operations))", ":operations", words(operations)),
            ("l.status IN (SELECT value FROM json_each(:statuses))", ":statuses", words(statuses)),
            ("l.entra_id IN (SELECT value FROM json_each(:people))", ":people", people.and_then(words)),
        ];
        Self(all.into_iter().filter_map(|(condition, name, value)| Some((condition, name, value?))).collect())
    }

    fn filter(&self) -> String {
        let conditions: Vec<_> = self.0.iter().map(|(condition, ..)| *condition).filter(|c| !c.is_empty()).collect();
        conditions.join(" AND ")
    }

    fn params(&self) -> Vec<(&str, &dyn ToSql)> {
        self.0.iter().map(|(_, name, value)| (*name, value.as_ref())).collect()
    }
}
