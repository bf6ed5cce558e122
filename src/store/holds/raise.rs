//! Holding people, and what a hold has of each.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{HoldId, Raised, ToHold, of_person};
use crate::model::{HeldOperation, HoldClass, TargetId, Whole};
use crate::store::RetryChange;
use crate::store::columns::{Json, Millis, Named};
use crate::store::error::StoreError;
use crate::store::unchanged::REMEMBERED;
use crate::store::{people, retries, watches};

/// Holds people, as one. Nobody of them is due any more until they change or somebody decides.
pub(in crate::store) fn hold(
    connection: &Connection,
    all: &[ToHold],
    now: Timestamp,
) -> Result<Vec<Raised>, StoreError> {
    let mut raised: BTreeMap<HoldClass, Raised> = BTreeMap::new();
    for one in all {
        people::unmark(connection, &one.entra_id, one.mark)?;
        retries::change(connection, &one.entra_id, &RetryChange::Clear)?;
        watches::change(connection, &one.entra_id, Some(one.watch))?;
        if is_held_so(connection, one)? {
            continue;
        }
        let class = one.held.class;
        let known = raised.remove(&class);
        let mut hold = match known {
            Some(known) => known,
            None => raise(connection, class, &one.held.limit, now)?,
        };
        hold.people += 1;
        put(connection, one, hold.id, None, now)?;
        raised.insert(class, hold);
    }
    Ok(raised.into_values().collect())
}

/// Whether the same is held and nobody has decided.
fn is_held_so(connection: &Connection, one: &ToHold) -> Result<bool, StoreError> {
    let known = of_person(connection, &one.entra_id)?;
    Ok(known.is_some_and(|known| HeldOperation { limit: one.held.limit.clone(), ..known.held } == one.held))
}

/// The hold of a class that is open goes on in a new state; else there is a new one.
fn raise(connection: &Connection, class: HoldClass, limit: &str, now: Timestamp) -> Result<Raised, StoreError> {
    let sql = "UPDATE holds SET revision = revision + 1, reason = ?2
                WHERE id = (SELECT max(h.id) FROM holds h JOIN held e ON e.hold = h.id AND e.verdict = 'open'
                             WHERE h.class = ?1)
            RETURNING id, revision";
    let id = |row: &Row<'_>| Ok(HoldId { number: row.get(0)?, revision: row.get(1)? });
    let open = connection.prepare_cached(sql)?.query_row(params![Named(class), limit], id).optional()?;
    let id = match open {
        Some(id) => id,
        None => add(connection, class, limit, now)?,
    };
    Ok(Raised { id, class, limit: limit.to_owned(), people: 0 })
}

/// A new hold with nobody in it.
pub(in crate::store) fn add(
    connection: &Connection,
    class: HoldClass,
    why: &str,
    now: Timestamp,
) -> Result<HoldId, StoreError> {
    let sql = "INSERT INTO holds (class, raised_at, revision, reason) VALUES (?1, ?2, 1, ?3)";
    connection.prepare_cached(sql)?.execute(params![Named(class), Millis(now), why])?;
    Ok(HoldId { number: connection.last_insert_rowid(), revision: 1 })
}

/// Puts a person into a hold, in the place of whatever is held of them. Whoever decided at once is named: then the source
/// is remembered as it is.
pub(in crate::store) fn put(
    connection: &Connection,
    one: &ToHold,
    hold: HoldId,
    decided_by: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let ToHold { entra_id, user_name, held, reason, mark: _, watch: _ } = one;
    let HeldOperation { class: _, operation, target_id, changes, verdict, limit: _ } = held;
    let sql = format!(
        "INSERT OR REPLACE INTO held
             (entra_id, hold, revision, operation, user_name, target_id, changes, reason, held_at, verdict,
              decided_at, decided_by, source)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, iif(?11 IS NULL, NULL, ?9), ?11,
                 (SELECT {REMEMBERED} FROM source_users u WHERE u.entra_id = ?1 AND ?11 IS NOT NULL))"
    );
    connection.prepare_cached(&sql)?.execute(params![
        entra_id.as_str(),
        hold.number,
        hold.revision,
        Named(operation),
        user_name,
        target_id.as_ref().map(TargetId::as_str),
        Json(changes.iter().map(Whole::from).collect::<Vec<_>>()),
        reason,
        Millis(now),
        Named(verdict),
        decided_by,
    ])?;
    Ok(())
}
