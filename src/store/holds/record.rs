//! By what the guard judges a plan.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use super::{GuardRecord, HELD, held_person};
use crate::model::{HoldClass, Verdict};
use crate::store::columns::{Millis, Named, count};
use crate::store::error::StoreError;
use crate::store::status::MANAGED;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// By what a plan is judged now. An approval that is older than its lifetime is none, and a rejection of somebody who
/// has changed in Entra since is none.
pub(in crate::store) fn guard_record(
    connection: &Connection,
    now: Timestamp,
    approval: SignedDuration,
) -> Result<GuardRecord, StoreError> {
    let ago = |age| now.checked_sub(age).unwrap_or(Timestamp::MIN);
    let sql =
        format!("{HELD} WHERE e.verdict <> 'rejected' OR e.source = u.presence || u.attributes ORDER BY e.entra_id");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([], held_person)?;
    let held = rows.map(|person| {
        let mut person = person?;
        let has_expired = person.decided.as_ref().is_some_and(|(_, at)| *at < ago(approval));
        if person.held.verdict == Verdict::Approved && has_expired {
            person.held.verdict = Verdict::Open;
        }
        Ok::<_, rusqlite::Error>(person)
    });
    let held = held.collect::<Result<_, _>>()?;
    Ok(GuardRecord { managed: count(connection, MANAGED, [])?, spent: spent(connection, now)?, held })
}

/// A day on both sides: the clock may have been set back since.
fn spent(connection: &Connection, now: Timestamp) -> Result<BTreeMap<HoldClass, u64>, StoreError> {
    let sql = "SELECT counts_as, count(*) FROM provisioning_log
                WHERE counts_as IS NOT NULL AND at BETWEEN ?1 AND ?2 GROUP BY counts_as";
    let (from, to) = (now.checked_sub(DAY).unwrap_or(Timestamp::MIN), now.checked_add(DAY).unwrap_or(Timestamp::MAX));
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([Millis(from), Millis(to)], |row| {
        Ok((row.get::<_, Named<_>>(0)?.0, row.get::<_, i64>(1)?.unsigned_abs()))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
