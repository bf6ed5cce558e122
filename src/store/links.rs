//! Links: what is known of a person's account.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::columns::{Json, Named};
use super::error::StoreError;
use super::records::LinkChange;
use crate::model::{EntraId, Link, TargetId};

/// Whose account it is, links that are gone included.
pub(super) fn owner_of(connection: &Connection, target: &TargetId) -> Result<Option<EntraId>, StoreError> {
    let sql = "SELECT entra_id FROM links WHERE target_id = ?1";
    let owner: Option<String> =
        connection.prepare_cached(sql)?.query_row([target.as_str()], |row| row.get(0)).optional()?;
    Ok(owner.map(|id| EntraId::new(&id)))
}

/// Every account that is linked, links that are gone included.
pub(super) fn linked(connection: &Connection) -> Result<BTreeSet<TargetId>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT target_id FROM links")?;
    let rows = statement.query_map([], |row| Ok(TargetId::new(row.get::<_, String>(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn change_link(connection: &Connection, id: &EntraId, change: &LinkChange) -> Result<(), StoreError> {
    match change {
        LinkChange::Keep => {}
        LinkChange::Put(link) => put(connection, link)?,
        LinkChange::Remove => {
            connection.prepare_cached("DELETE FROM links WHERE entra_id = ?1")?.execute([id.as_str()])?;
        }
    }
    Ok(())
}

pub(super) fn put(connection: &Connection, link: &Link) -> Result<(), StoreError> {
    if let Some(owner) = owner_of(connection, &link.target_id)?.filter(|owner| *owner != link.entra_id) {
        return Err(StoreError::LinkTaken { target_id: link.target_id.clone(), owner });
    }
    let sql = "
        INSERT INTO links (entra_id, target_id, origin, gone, sent, seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (entra_id) DO UPDATE SET
            target_id = excluded.target_id, origin = excluded.origin, gone = excluded.gone,
            sent = excluded.sent, seen = excluded.seen";
    connection.prepare_cached(sql)?.execute(params![
        link.entra_id.as_str(),
        link.target_id.as_str(),
        Named(link.origin),
        link.gone,
        Json(&link.sent),
        Json(&link.seen),
    ])?;
    Ok(())
}

/// The link in a row that may have none.
pub(super) fn link(row: &Row<'_>, id: &EntraId) -> rusqlite::Result<Option<Link>> {
    let Some(target_id) = row.get::<_, Option<String>>("target_id")? else { return Ok(None) };
    Ok(Some(Link {
        entra_id: id.clone(),
        target_id: TargetId::new(target_id),
        origin: row.get::<_, Named<_>>("origin")?.0,
        gone: row.get("gone")?,
        sent: row.get::<_, Json<_>>("sent")?.0,
        seen: row.get::<_, Json<_>>("seen")?.0,
    }))
}
