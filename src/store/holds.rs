//! What exceeded a limit and waits for an administrator: raised by a cycle, decided by hand, ended by its outcome.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::columns::{Json, Millis, Named, count};
use super::error::StoreError;
use super::status::MANAGED;
use super::{choices, people, retries, watches};
use crate::model::{
    Change, EntraId, HeldOperation, HoldClass, MatchChoice, Operation, TargetId, Verdict, Watch, Whole,
};
use crate::store::RetryChange;

/// The number of a hold, and its state: every addition makes a new one, so that an approval is of what was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HoldId {
    /// Grows, never used again.
    pub number: i64,
    /// Grows with every addition.
    pub revision: i64,
}

/// A text that names no state of a hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} names no hold; write its number and its state as hold list shows them, like 3.1")]
pub struct HoldIdError(String);

impl FromStr for HoldId {
    type Err = HoldIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts =
            text.split_once('.').and_then(|(number, revision)| Some((number.parse().ok()?, revision.parse().ok()?)));
        let id = parts.filter(|(number, revision): &(i64, i64)| *number > 0 && *revision > 0);
        id.map(|(number, revision)| Self { number, revision }).ok_or_else(|| HoldIdError(text.to_owned()))
    }
}

impl fmt::Display for HoldId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{}", self.number, self.revision))
    }
}

/// Somebody who is to be held.
#[derive(Clone, Debug, PartialEq)]
pub struct ToHold {
    /// Who.
    pub entra_id: EntraId,
    /// Under which name people know them.
    pub user_name: String,
    /// What is held.
    pub held: HeldOperation,
    /// Why it would be done, for people.
    pub reason: String,
    /// The dirty mark to take off, if it has not moved since.
    pub mark: Option<i64>,
    /// What time alone will change about the person.
    pub watch: Watch,
}

/// A hold to which people were added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// Which.
    pub id: HoldId,
    /// What they are held for.
    pub class: HoldClass,
    /// Which limit, with the numbers.
    pub limit: String,
    /// How many people were added or are asked for anew.
    pub people: u64,
}

/// One hold with somebody in it who is not done with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HoldView {
    /// Which.
    #[serde(flatten)]
    pub id: HoldId,
    /// What they are held for.
    pub class: HoldClass,
    /// Since when.
    pub raised_at: Timestamp,
    /// Which limit, with the numbers of the last cycle that added somebody.
    pub limit: String,
    /// People who wait for a decision.
    pub open: u64,
    /// People who were approved and not carried out yet.
    pub approved: u64,
    /// People who were rejected.
    pub rejected: u64,
}

/// One person of a hold.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldPerson {
    /// Of which hold.
    pub hold: i64,
    /// Who.
    pub entra_id: EntraId,
    /// Under which name.
    pub user_name: String,
    /// In which state of the hold they were added.
    pub revision: i64,
    /// What is held.
    pub held: HeldOperation,
    /// Why it would be done, for people.
    pub reason: String,
    /// Since when.
    pub held_at: Timestamp,
    /// Who decided, and when.
    pub decided: Option<(String, Timestamp)>,
}

/// A decision about people of one hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Of which hold, as it was seen.
    pub hold: HoldId,
    /// What.
    pub verdict: Verdict,
    /// Only these, also if they were decided on before; none: everybody who waits.
    pub only: Option<Vec<EntraId>>,
    /// But not these.
    pub except: Vec<EntraId>,
    /// The user of the operating system who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What became of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecidedOn {
    /// About so many people.
    pub people: u64,
    /// So many still wait in this hold, because they were left out, or were added since it was looked at.
    pub left: u64,
}

/// By what the guard judges a plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GuardRecord {
    /// Managed accounts.
    pub managed: u64,
    /// Operations of the last 24 hours that count, by class.
    pub spent: BTreeMap<HoldClass, u64>,
    /// Whoever is held, or was and is not done with; by id.
    pub held: Vec<HeldPerson>,
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Holds people, as one. Nobody of them is due any more until they change or somebody decides.
pub(super) fn hold(connection: &Connection, all: &[ToHold], now: Timestamp) -> Result<Vec<Raised>, StoreError> {
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
        put(connection, one, hold.id, now)?;
        raised.insert(class, hold);
    }
    Ok(raised.into_values().collect())
}

/// What is held of a person, or was and is not done with.
pub(super) fn of_person(connection: &Connection, id: &EntraId) -> Result<Option<HeldPerson>, StoreError> {
    let sql = format!("{HELD} WHERE e.entra_id = ?1");
    Ok(connection.prepare_cached(&sql)?.query_row([id.as_str()], held_person).optional()?)
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
        None => {
            let sql = "INSERT INTO holds (class, raised_at, revision, reason) VALUES (?1, ?2, 1, ?3)";
            connection.prepare_cached(sql)?.execute(params![Named(class), Millis(now), limit])?;
            HoldId { number: connection.last_insert_rowid(), revision: 1 }
        }
    };
    Ok(Raised { id, class, limit: limit.to_owned(), people: 0 })
}

fn put(connection: &Connection, one: &ToHold, hold: HoldId, now: Timestamp) -> Result<(), StoreError> {
    let ToHold { entra_id, user_name, held, reason, mark: _, watch: _ } = one;
    let sql = "INSERT OR REPLACE INTO held
                   (entra_id, hold, revision, operation, user_name, target_id, changes, reason, held_at, verdict)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'open')";
    connection.prepare_cached(sql)?.execute(params![
        entra_id.as_str(),
        hold.number,
        hold.revision,
        Named(held.operation),
        user_name,
        held.target_id.as_ref().map(TargetId::as_str),
        Json(held.changes.iter().map(Whole::from).collect::<Vec<_>>()),
        reason,
        Millis(now),
    ])?;
    Ok(())
}

/// Nothing is left to decide about a person.
pub(super) fn end(connection: &Connection, id: &EntraId) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM held WHERE entra_id = ?1")?.execute([id.as_str()])?;
    Ok(())
}

/// Decides about people of a hold as it was seen, and makes those due who were approved.
pub(super) fn decide(connection: &Connection, decision: &Decision) -> Result<DecidedOn, StoreError> {
    let Decision { hold, verdict, only, except, by, at } = decision;
    let chosen: Vec<_> = of(connection, hold.number)?
        .into_iter()
        .filter(|person| person.revision <= hold.revision && !except.contains(&person.entra_id))
        .filter(|person| match only {
            // Whoever is named may be decided on once more.
            Some(only) => person.held.verdict != *verdict && only.contains(&person.entra_id),
            None => person.held.verdict == Verdict::Open,
        })
        .map(|person| person.entra_id)
        .collect();
    // Kept out until the source changes: so the source is remembered as it is.
    let sql = "UPDATE held SET verdict = ?2, decided_by = ?3, decided_at = ?4,
                      source = (SELECT presence || attributes FROM source_users u WHERE u.entra_id = held.entra_id)
                WHERE entra_id = ?1";
    for id in &chosen {
        connection.prepare_cached(sql)?.execute(params![id.as_str(), Named(verdict), by, Millis(*at)])?;
        if *verdict == Verdict::Approved {
            if let Some(choice) = choice(connection, id)? {
                choices::put(connection, id, &choice, by, *at, true)?;
            }
            people::mark_if_known(connection, id)?;
        }
    }
    let people = chosen.len() as u64;
    let sql = "INSERT INTO decisions (hold, revision, at, by_user, verdict, people) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let values = params![hold.number, hold.revision, Millis(*at), by, Named(verdict), Json(&chosen)];
    connection.prepare_cached(sql)?.execute(values)?;
    let left = count(connection, "SELECT count(*) FROM held WHERE hold = ?1 AND verdict = 'open'", [hold.number])?;
    Ok(DecidedOn { people, left })
}

/// Whose the account is, if that was what was asked. Whoever has changed since is asked again.
fn choice(connection: &Connection, id: &EntraId) -> Result<Option<MatchChoice>, StoreError> {
    if count(connection, "SELECT count(*) FROM dirty WHERE entra_id = ?1", [id.as_str()])? > 0 {
        return Ok(None);
    }
    let held = of_person(connection, id)?.map(|person| person.held);
    let held = held.filter(|held| held.class == HoldClass::Match);
    Ok(held.map(|held| held.target_id.map_or(MatchChoice::Create, |jostle_id| MatchChoice::Link { jostle_id })))
}

/// The holds in which anybody is not done with, the oldest first.
pub(super) fn list(connection: &Connection) -> Result<Vec<HoldView>, StoreError> {
    let sql = "SELECT h.id, h.revision, h.class, h.raised_at, h.reason,
                      sum(e.verdict = 'open') AS open, sum(e.verdict = 'approved') AS approved,
                      sum(e.verdict = 'rejected') AS rejected
                 FROM holds h JOIN held e ON e.hold = h.id GROUP BY h.id ORDER BY h.id";
    let mut statement = connection.prepare_cached(sql)?;
    let sum = |row: &Row<'_>, name| Ok::<_, rusqlite::Error>(row.get::<_, i64>(name)?.unsigned_abs());
    let rows = statement.query_map([], |row| {
        Ok(HoldView {
            id: HoldId { number: row.get("id")?, revision: row.get("revision")? },
            class: row.get::<_, Named<_>>("class")?.0,
            raised_at: row.get::<_, Millis>("raised_at")?.0,
            limit: row.get("reason")?,
            open: sum(row, "open")?,
            approved: sum(row, "approved")?,
            rejected: sum(row, "rejected")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

const HELD: &str = "SELECT e.*, h.class, h.reason AS hold_reason FROM held e JOIN holds h ON h.id = e.hold";

/// Everybody of one hold, by name.
pub(super) fn of(connection: &Connection, hold: i64) -> Result<Vec<HeldPerson>, StoreError> {
    let sql = format!("{HELD} WHERE e.hold = ?1 ORDER BY e.operation, e.user_name, e.entra_id");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([hold], held_person)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many people wait for a decision.
pub(super) fn open(connection: &Connection) -> Result<u64, StoreError> {
    Ok(count(connection, "SELECT count(*) FROM held WHERE verdict = 'open'", [])?)
}

/// By what a plan is judged now. An approval that is older than its lifetime is none, and a rejection of somebody who
/// has changed in Entra since is none.
pub(super) fn guard_record(
    connection: &Connection,
    now: Timestamp,
    approval: SignedDuration,
) -> Result<GuardRecord, StoreError> {
    let ago = |age| now.checked_sub(age).unwrap_or(Timestamp::MIN);
    let sql = format!(
        "{HELD} LEFT JOIN source_users u ON u.entra_id = e.entra_id
          WHERE e.verdict <> 'rejected' OR e.source = u.presence || u.attributes ORDER BY e.entra_id"
    );
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

fn held_person(row: &Row<'_>) -> rusqlite::Result<HeldPerson> {
    let Json::<Vec<Whole>>(changes) = row.get("changes")?;
    let by: Option<String> = row.get("decided_by")?;
    let at = row.get::<_, Option<Millis>>("decided_at")?;
    Ok(HeldPerson {
        hold: row.get("hold")?,
        entra_id: EntraId::new(&row.get::<_, String>("entra_id")?),
        user_name: row.get("user_name")?,
        revision: row.get("revision")?,
        held: HeldOperation {
            class: row.get::<_, Named<_>>("class")?.0,
            operation: row.get::<_, Named<Operation>>("operation")?.0,
            target_id: row.get::<_, Option<String>>("target_id")?.map(TargetId::new),
            changes: changes.into_iter().map(Change::from).collect(),
            verdict: row.get::<_, Named<_>>("verdict")?.0,
            limit: row.get("hold_reason")?,
        },
        reason: row.get("reason")?,
        held_at: row.get::<_, Millis>("held_at")?.0,
        decided: by.zip(at).map(|(by, at)| (by, at.0)),
    })
}

#[cfg(test)]
mod tests;
