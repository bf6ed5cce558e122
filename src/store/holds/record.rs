//! By what the guard judges a plan.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use super::{GuardRecord, HELD, HeldPerson, held_person};
use crate::model::{EntraId, HoldClass, Verdict};
use crate::store::columns::{Millis, Named, count};
use crate::store::error::StoreError;
use crate::store::status::MANAGED;
use crate::store::{choices, intents};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Whatever goes on meanwhile, no approval is older than so many of its lifetimes: a week of days.
const LONGEST: i32 = 7;

/// By what a plan is judged now. An approval that is older than its lifetime is none, unless it is being carried out; and
/// a rejection of somebody who has changed in Entra since is none.
pub(in crate::store) fn guard_record(
    connection: &Connection,
    now: Timestamp,
    approval: SignedDuration,
) -> Result<GuardRecord, StoreError> {
    let mut standing = BTreeMap::new();
    let sql = format!("{HELD} ORDER BY e.entra_id");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([], held_person)?;
    let held = rows.map(|person| {
        let mut person = person?;
        if let (Verdict::Approved, Some((_, at))) = (person.held.verdict, &person.decided) {
            let decision = (person.hold, *at);
            let stands = match standing.get(&decision) {
                Some(known) => *known,
                None => stands(connection, decision, now, approval)?,
            };
            standing.insert(decision, stands);
            if !stands {
                person.held.verdict = Verdict::Open;
            }
        }
        Ok::<_, StoreError>(person)
    });
    let is_over = |person: &HeldPerson| person.held.verdict == Verdict::Rejected && person.changed_since;
    let held = held.filter(|person| !person.as_ref().is_ok_and(is_over)).collect::<Result<_, _>>()?;
    let managed = count(connection, MANAGED, [])?;
    Ok(GuardRecord { managed, spent: spent(connection, now)?, in_doubt: in_doubt(connection)?, held })
}

/// Forgets whose an account was said to be by an approval that is none any more.
pub(in crate::store) fn expire(
    connection: &Connection,
    now: Timestamp,
    lifetime: SignedDuration,
) -> Result<(), StoreError> {
    let sql = "SELECT c.entra_id, coalesce(e.decided_at, c.at), e.hold
                 FROM choices c LEFT JOIN held e ON e.entra_id = c.entra_id AND e.verdict = 'approved'
                WHERE c.approved = 1 AND c.done_at IS NULL";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Millis>(1)?.0, row.get::<_, Option<i64>>(2)?))
    })?;
    for row in rows.collect::<Result<Vec<_>, _>>()? {
        let (id, at, hold) = row;
        let stands = match hold {
            Some(hold) => stands(connection, (hold, at), now, lifetime)?,
            None => now.duration_since(at) <= lifetime,
        };
        if !stands {
            choices::outdate(connection, &EntraId::new(&id))?;
        }
    }
    Ok(())
}

/// Whether an approval still is one: it is young enough, or a cycle that began while it was has carried out somebody of
/// those who were approved together, and such a cycle has gone on with it since. So what takes longer than the lifetime
/// is finished under it, also after a crash; what was left lying is asked again.
fn stands(
    connection: &Connection,
    (hold, at): (i64, Timestamp),
    now: Timestamp,
    lifetime: SignedDuration,
) -> Result<bool, StoreError> {
    let age = now.duration_since(at);
    if age <= lifetime {
        return Ok(true);
    }
    if age > lifetime * LONGEST {
        return Ok(false);
    }
    let sql = "SELECT min(c.started_at), max(l.at)
                 FROM decisions d, json_each(d.people) p
                 JOIN provisioning_log l ON l.entra_id = p.value AND l.status = 'success'
                 JOIN cycles c ON c.id = l.cycle AND c.kind IN ('initial', 'incremental') AND c.started_at >= d.at
                WHERE d.hold = ?1 AND d.at = ?2 AND d.verdict = 'approved'";
    let (began, last) = connection.prepare_cached(sql)?.query_row(params![hold, Millis(at)], |row| {
        Ok((row.get::<_, Option<Millis>>(0)?, row.get::<_, Option<Millis>>(1)?))
    })?;
    let within = |earlier: Timestamp, later: Timestamp| later.duration_since(earlier) <= lifetime;
    Ok(began.zip(last).is_some_and(|(began, last)| within(at, began.0) && within(last.0, now)))
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

fn in_doubt(connection: &Connection) -> Result<BTreeMap<EntraId, HoldClass>, StoreError> {
    let open = intents::open(connection)?.into_iter().map(|(_, intent)| intent);
    Ok(open.filter_map(|intent| Some((intent.entra_id, intent.counts_as?))).collect())
}
