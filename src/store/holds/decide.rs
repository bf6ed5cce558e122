//! Deciding about people of a hold.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{DecidedOn, Decision, HoldId, of, of_person};
use crate::model::{EntraId, HoldClass, MatchChoice, Verdict};
use crate::store::columns::{Json, Millis, Named, count};
use crate::store::error::StoreError;
use crate::store::unchanged::REMEMBERED;
use crate::store::{choices, noticed, people};

/// Decides about people of a hold as it was seen, and makes those due who were approved.
pub(in crate::store) fn decide(connection: &Connection, decision: &Decision) -> Result<DecidedOn, StoreError> {
    let Decision { hold, verdict, only, except, by, at } = decision;
    let chosen: Vec<_> = of(connection, hold.number)?
        .into_iter()
        .filter(|person| person.revision <= hold.revision && !except.contains(&person.entra_id))
        .filter(|person| match only {
            // Whoever is named may be decided on once more, and what was approved long ago be approved again.
            Some(only) => only.contains(&person.entra_id),
            None => person.held.verdict == Verdict::Open,
        })
        .map(|person| person.entra_id)
        .collect();
    // Kept out until the source changes: so the source is remembered as it is.
    let sql = format!(
        "UPDATE held SET verdict = ?2, decided_by = ?3, decided_at = ?4,
                source = (SELECT {REMEMBERED} FROM source_users u WHERE u.entra_id = held.entra_id)
          WHERE entra_id = ?1"
    );
    for id in &chosen {
        connection.prepare_cached(&sql)?.execute(params![id.as_str(), Named(verdict), by, Millis(*at)])?;
        if *verdict == Verdict::Approved {
            answer(connection, id, by, *at)?;
            people::mark_if_known(connection, id)?;
        } else {
            // Whose the account is may have been approved before.
            choices::outdate(connection, id)?;
            noticed::settle(connection, id)?;
        }
    }
    let people = chosen.len() as u64;
    note(connection, *hold, (*verdict, by), &chosen, *at)?;
    let left = count(connection, "SELECT count(*) FROM held WHERE hold = ?1 AND verdict = 'open'", [hold.number])?;
    Ok(DecidedOn { people, left })
}

/// Says whose the account is, if that was what was asked. Whoever has changed since is asked again, and so is whoever was
/// asked about an account that is somebody else's by now.
fn answer(connection: &Connection, id: &EntraId, by: &str, at: Timestamp) -> Result<(), StoreError> {
    if count(connection, "SELECT count(*) FROM dirty WHERE entra_id = ?1", [id.as_str()])? > 0 {
        return Ok(());
    }
    let held = of_person(connection, id)?.map(|person| person.held);
    let Some(held) = held.filter(|held| held.class == HoldClass::Match) else { return Ok(()) };
    let owner = held.target_id.as_ref().map(|account| choices::owner_of(connection, account)).transpose()?.flatten();
    if owner.is_some_and(|owner| owner != *id) {
        return choices::outdate(connection, id);
    }
    let choice = held.target_id.map_or(MatchChoice::Create, |jostle_id| MatchChoice::Link { jostle_id });
    choices::put(connection, id, &choice, by, at, true)
}

/// Remembers a decision for good.
pub(in crate::store) fn note(
    connection: &Connection,
    hold: HoldId,
    (verdict, by): (Verdict, &str),
    people: &[EntraId],
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO decisions (hold, revision, at, by_user, verdict, people) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let values = params![hold.number, hold.revision, Millis(at), by, Named(verdict), Json(people)];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}
