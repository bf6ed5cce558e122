//! The snapshot's rows: one person stored, read, found; dirty marks; who is due.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use serde_json::Value;

use super::columns::{Json, Millis, Named, limit};
use super::error::StoreError;
use super::merge::{self, Stored};
use super::types::{DueQuery, PersonRecord, Retry};
use super::{choices, clock, feed, links, managers, noticed};
use crate::defects::{Defect, planted};
use crate::model::{EntraId, SourceUser, fold};

const PERSON: &str = "
    SELECT u.entra_id, u.presence, u.attributes, u.deleted_at,
           l.target_id, l.origin, l.gone, l.sent, l.seen,
           r.first_failed_at, r.attempts, r.next_at, r.kind, r.message, r.request_id,
           d.mark, w.left_at, c.choice,
           m.entra_id AS manager_id, m.presence AS manager_presence, m.attributes AS manager_attributes
      FROM source_users u
      LEFT JOIN source_users m ON m.entra_id = u.manager_id AND m.presence = 'live'
      LEFT JOIN links l ON l.entra_id = u.entra_id
      LEFT JOIN retries r ON r.entra_id = u.entra_id
      LEFT JOIN dirty d ON d.entra_id = u.entra_id
      LEFT JOIN watches w ON w.entra_id = u.entra_id
      LEFT JOIN choices c ON c.entra_id = u.entra_id AND c.done_at IS NULL";

/// Each branch gives at most one page in the order of ids, so that a page costs the same however many are due.
const DUE: &str = "
    WHERE u.entra_id IN (
        SELECT entra_id FROM (
            SELECT entra_id FROM dirty WHERE entra_id > :after ORDER BY entra_id LIMIT :limit)
        UNION SELECT entra_id FROM (
            SELECT entra_id FROM retries WHERE entra_id > :after AND (next_at <= :now OR next_at > :latest_retry)
             ORDER BY entra_id LIMIT :limit)
        UNION SELECT entra_id FROM (
            SELECT entra_id FROM watches WHERE entra_id > :after AND revisit_at <= :now ORDER BY entra_id LIMIT :limit)
        UNION SELECT entra_id FROM (
            SELECT entra_id FROM watches WHERE entra_id > :after AND left_at > :now ORDER BY entra_id LIMIT :limit)
        UNION SELECT entra_id FROM (
            SELECT g.entra_id FROM source_users g JOIN links k ON k.entra_id = g.entra_id AND k.gone = 0
             WHERE g.presence = 'hard_deleted' AND g.deleted_at <= :deleted_before AND g.entra_id > :after
             ORDER BY g.entra_id LIMIT :limit))
    ORDER BY u.entra_id LIMIT :limit";

pub(super) fn put_user(connection: &Connection, user: SourceUser, now: Timestamp) -> Result<(), StoreError> {
    let known = stored(connection, &user.id)?;
    let has_none = user.attributes.get("manager").is_some_and(Value::is_null);
    let next = merge::replace(known.as_ref(), user, feed::generation(connection)?, now);
    store(connection, known.as_ref(), &next, now)?;
    if has_none { managers::say_none(connection, &next.user.id) } else { Ok(()) }
}

/// The record alone, as the merge rule needs it.
pub(super) fn stored(connection: &Connection, id: &EntraId) -> Result<Option<Stored>, StoreError> {
    let sql = "SELECT entra_id, presence, attributes, deleted_at, generation, read_generation
                 FROM source_users WHERE entra_id = ?1";
    let read = |row: &Row<'_>| {
        Ok(Stored {
            user: user(row)?,
            deleted_at: deleted_at(row)?,
            generation: row.get("generation")?,
            read_generation: row.get("read_generation")?,
        })
    };
    Ok(connection.prepare_cached(sql)?.query_row([id.as_str()], read).optional()?)
}

/// Writes what differs. If the person differs, marks them and whoever is below them; returns whether they do.
pub(super) fn store(
    connection: &Connection,
    known: Option<&Stored>,
    next: &Stored,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = known.is_none_or(|known| known.user != next.user);
    if changed {
        write(connection, next)?;
        mark(connection, &next.user.id)?;
        noticed::notice(connection, &next.user.id, now)?;
        choices::outdate(connection, &next.user.id)?;
        managers::mark_reports(connection, &next.user.id, now)?;
    } else if known != Some(next) {
        let sql = "UPDATE source_users SET generation = ?2, read_generation = ?3 WHERE entra_id = ?1";
        connection.prepare_cached(sql)?.execute(params![
            next.user.id.as_str(),
            next.generation,
            next.read_generation
        ])?;
    }
    Ok(changed)
}

fn write(connection: &Connection, next: &Stored) -> Result<(), StoreError> {
    let sql = "
        INSERT INTO source_users
            (entra_id, presence, attributes, upn_folded, mail_folded, deleted_at, generation, read_generation,
             first_generation)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, (SELECT generation FROM feed))
        ON CONFLICT (entra_id) DO UPDATE SET
            presence = excluded.presence, attributes = excluded.attributes, upn_folded = excluded.upn_folded,
            mail_folded = excluded.mail_folded, deleted_at = excluded.deleted_at, generation = excluded.generation,
            read_generation = excluded.read_generation";
    connection.prepare_cached(sql)?.execute(params![
        next.user.id.as_str(),
        Named(next.user.presence),
        Json(&next.user.attributes),
        next.user.user_principal_name().map(fold),
        next.user.text("mail").map(fold),
        next.deleted_at.map(Millis),
        next.generation,
        next.read_generation,
    ])?;
    Ok(())
}

/// Replacing the row gives the mark a new, greater number.
fn mark(connection: &Connection, id: &EntraId) -> Result<(), StoreError> {
    connection.prepare_cached("INSERT OR REPLACE INTO dirty (entra_id) VALUES (?1)")?.execute([id.as_str()])?;
    Ok(())
}

/// Marks somebody of whom only the id is known; whoever is not in the snapshot has nothing to be planned. Returns whether
/// somebody was marked.
pub(super) fn mark_if_known(connection: &Connection, id: &EntraId) -> Result<bool, StoreError> {
    let sql = "INSERT OR REPLACE INTO dirty (entra_id) SELECT entra_id FROM source_users WHERE entra_id = ?1";
    Ok(connection.prepare_cached(sql)?.execute([id.as_str()])? > 0)
}

/// Takes the dirty mark off, unless it has moved since it was read.
pub(super) fn unmark(connection: &Connection, id: &EntraId, mark: Option<i64>) -> Result<(), StoreError> {
    if let Some(mark) = mark {
        let sql = "DELETE FROM dirty WHERE mark = ?1 AND entra_id = ?2";
        connection.prepare_cached(sql)?.execute(params![mark, id.as_str()])?;
    }
    Ok(())
}

/// The fingerprint of the policy with which everybody was last planned.
pub(super) fn policy(connection: &Connection) -> Result<Option<String>, StoreError> {
    Ok(connection.query_row("SELECT fingerprint FROM policy", [], |row| row.get(0)).optional()?)
}

pub(super) fn set_policy(connection: &Connection, fingerprint: &str) -> Result<bool, StoreError> {
    let old = policy(connection)?;
    if old.as_deref() == Some(fingerprint) || old.is_some() && planted(Defect::PolicyNotCompared) {
        return Ok(false);
    }
    connection.execute("INSERT OR REPLACE INTO policy (id, fingerprint) VALUES (1, ?1)", [fingerprint])?;
    let marked = connection.execute("INSERT OR REPLACE INTO dirty (entra_id) SELECT entra_id FROM source_users", [])?;
    Ok(old.is_some() || marked > 0)
}

pub(super) fn due(connection: &Connection, query: &DueQuery) -> Result<Vec<PersonRecord>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{PERSON} {DUE}"))?;
    let rows = statement.query_map(
        named_params! {
            ":now": Millis(query.now),
            ":latest_retry": Millis(clock::latest_retry(query.now)),
            ":deleted_before": query.deleted_before.map(Millis),
            ":after": query.after.as_ref().map_or("", EntraId::as_str),
            ":limit": limit(query.limit),
        },
        record,
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn person(connection: &Connection, id: &EntraId) -> Result<Option<PersonRecord>, StoreError> {
    let sql = format!("{PERSON} WHERE u.entra_id = ?1");
    Ok(connection.prepare_cached(&sql)?.query_row([id.as_str()], record).optional()?)
}

/// Everybody with this UPN, mail address or object id, the living first.
pub(super) fn find(connection: &Connection, key: &str) -> Result<Vec<PersonRecord>, StoreError> {
    let sql = format!(
        "{PERSON} WHERE u.upn_folded = ?1 OR u.mail_folded = ?1 OR u.entra_id = ?2
         ORDER BY u.presence <> 'live', u.entra_id"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![fold(key), EntraId::new(key).as_str()], record)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn record(row: &Row<'_>) -> rusqlite::Result<PersonRecord> {
    let user = user(row)?;
    Ok(PersonRecord {
        manager: manager(row)?,
        deleted_at: deleted_at(row)?,
        link: links::link(row, &user.id)?,
        retry: retry(row)?,
        left_at: row.get::<_, Option<Millis>>("left_at")?.map(|at| at.0),
        choice: row.get::<_, Option<Json<_>>>("choice")?.map(|choice| choice.0),
        mark: row.get("mark")?,
        user,
    })
}

fn user(row: &Row<'_>) -> rusqlite::Result<SourceUser> {
    Ok(SourceUser {
        id: EntraId::new(&row.get::<_, String>("entra_id")?),
        presence: row.get::<_, Named<_>>("presence")?.0,
        attributes: row.get::<_, Json<_>>("attributes")?.0,
    })
}

/// The manager in a row that may have none.
fn manager(row: &Row<'_>) -> rusqlite::Result<Option<SourceUser>> {
    let Some(id) = row.get::<_, Option<String>>("manager_id")? else { return Ok(None) };
    Ok(Some(SourceUser {
        id: EntraId::new(&id),
        presence: row.get::<_, Named<_>>("manager_presence")?.0,
        attributes: row.get::<_, Json<_>>("manager_attributes")?.0,
    }))
}

fn deleted_at(row: &Row<'_>) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<Millis>>("deleted_at")?.map(|at| at.0))
}

/// The retry in a row that may have none.
pub(super) fn retry(row: &Row<'_>) -> rusqlite::Result<Option<Retry>> {
    let Some(Millis(first_failed_at)) = row.get("first_failed_at")? else { return Ok(None) };
    Ok(Some(Retry {
        first_failed_at,
        attempts: row.get("attempts")?,
        next_at: row.get::<_, Option<Millis>>("next_at")?.map(|at| at.0),
        kind: row.get("kind")?,
        message: row.get("message")?,
        request_id: row.get("request_id")?,
    }))
}

#[cfg(test)]
mod tests;
