//! What an administrator decided about somebody's account.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::columns::{Json, Millis};
use super::error::StoreError;
use super::records::LinkChange;
use super::{holds, people, retries};
use crate::model::{EntraId, MatchChoice};
use crate::store::RetryChange;

/// What was decided for one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// For whom.
    pub entra_id: EntraId,
    /// What.
    #[serde(flatten)]
    pub choice: MatchChoice,
}

/// Stores what was decided; whoever it is for is due, and is held no more for what was planned without it. Returns for
/// how many people: whoever is not in the snapshot, or has an account of theirs, is passed over.
pub(super) fn choose(connection: &Connection, all: &[Chosen], by: &str, now: Timestamp) -> Result<u64, StoreError> {
    let mut people = 0;
    for Chosen { entra_id, choice } in all {
        let known = people::person(connection, entra_id)?;
        if known.is_none_or(|known| known.link.is_some_and(|link| !link.gone)) {
            continue;
        }
        put(connection, entra_id, choice, by, now, false)?;
        holds::end(connection, entra_id)?;
        retries::change(connection, entra_id, &RetryChange::Clear)?;
        people::mark_if_known(connection, entra_id)?;
        people += 1;
    }
    Ok(people)
}

/// Stores what was decided for one person, in the place of what was before. That a hold was approved says nothing of
/// whoever changes in Entra since.
pub(super) fn put(
    connection: &Connection,
    id: &EntraId,
    choice: &MatchChoice,
    by: &str,
    now: Timestamp,
    approved: bool,
) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO choices (entra_id, choice, at, by_user, approved) VALUES (?1, ?2, ?3, ?4, ?5)";
    connection.prepare_cached(sql)?.execute(params![id.as_str(), Json(choice), Millis(now), by, approved])?;
    Ok(())
}

/// A decision is over when the person has an account: if that is ever gone, they are asked for anew.
pub(super) fn fulfil(connection: &Connection, id: &EntraId, link: &LinkChange) -> Result<(), StoreError> {
    if matches!(link, LinkChange::Put(link) if !link.gone) {
        connection.prepare_cached("DELETE FROM choices WHERE entra_id = ?1")?.execute([id.as_str()])?;
    }
    Ok(())
}

/// Forgets what was approved of somebody who has changed.
pub(super) fn outdate(connection: &Connection, id: &EntraId) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM choices WHERE entra_id = ?1 AND approved = 1")?.execute([id.as_str()])?;
    Ok(())
}
