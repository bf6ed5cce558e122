//! Whom a name means, with everything that the state has of them.

use rusqlite::{Connection, OptionalExtension};

use super::columns::{Millis, count};
use super::error::StoreError;
use super::records::{Background, CycleFile, CycleId, LogQuery, LookUp, PersonFile};
use super::types::PersonRecord;
use super::{choices, drift, feed, holds, intents, memberships, pauses, people, status, work};
use crate::model::EntraId;

/// To be called in a transaction, so that everything is of one moment.
pub(super) fn look_up(connection: &Connection, key: &str, log_lines: usize) -> Result<LookUp, StoreError> {
    let people = people::find(connection, key)?;
    Ok(LookUp {
        people: people
            .into_iter()
            .map(|record| file(connection, record, (log_lines, log_lines)))
            .collect::<Result<_, _>>()?,
        background: Background {
            memberships: memberships::memberships(connection)?,
            feed: feed::feed(connection)?,
            next_cycle: status::next_cycle(connection)?,
            pause: pauses::pause(connection)?,
            managed: count(connection, status::MANAGED, [])?,
            policy: people::policy(connection)?,
        },
    })
}

/// One cycle with whomever it has written, of one moment; none if there is none of this number.
pub(super) fn cycle(connection: &Connection, id: CycleId) -> Result<Option<CycleFile>, StoreError> {
    let Some(cycle) = status::cycle_of(connection, id)? else { return Ok(None) };
    let mut written = Vec::new();
    for id in work::written_by(connection, id)? {
        // A person is never deleted from the snapshot, and nobody else has an account.
        if let Some(record) = people::person(connection, &id)? {
            written.push(file(connection, record, (usize::MAX, 0))?);
        }
    }
    let in_flight = count(connection, "SELECT count(*) FROM intents WHERE cycle = ?1", [id.0])?;
    Ok(Some(CycleFile { cycle, people: written, in_flight }))
}

/// With so many lines of the log, and so many decisions.
fn file(
    connection: &Connection,
    record: PersonRecord,
    (log_lines, decisions): (usize, usize),
) -> Result<PersonFile, StoreError> {
    let id = &record.user.id;
    let intents = intents::open_of(connection, id)?;
    Ok(PersonFile {
        revisit_at: revisit_at(connection, id)?,
        log: work::log(connection, &LogQuery { entra_id: Some(id.clone()), limit: log_lines })?,
        held: holds::of_person(connection, id)?,
        decisions: holds::decisions_of(connection, id, decisions)?,
        choice: choices::of(connection, id)?,
        drift: drift::of(connection, id)?,
        in_flight: intents.into_iter().map(|(_, intent)| intent).collect(),
        record,
    })
}

fn revisit_at(connection: &Connection, id: &EntraId) -> Result<Option<jiff::Timestamp>, StoreError> {
    let sql = "SELECT revisit_at FROM watches WHERE entra_id = ?1";
    let at: Option<Option<Millis>> =
        connection.prepare_cached(sql)?.query_row([id.as_str()], |row| row.get(0)).optional()?;
    Ok(at.flatten().map(|at| at.0))
}
