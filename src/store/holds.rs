//! What exceeded a limit and waits for an administrator: raised by a cycle, decided by hand, ended by its outcome.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::columns::{Json, Millis, Named, count};
use super::error::StoreError;
use super::unchanged::has_changed;
use crate::model::{Change, EntraId, HeldOperation, HoldClass, Operation, TargetId, Verdict, Watch, Whole};

mod decide;
mod decided;
mod raise;
mod record;

pub(super) use decide::{decide, note};
pub use decided::DecisionView;
pub(super) use decided::{decisions, decisions_of};
pub(super) use raise::{add, hold, put};
pub(super) use record::{expire, guard_record};

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
    /// The person has changed in Entra since.
    pub changed_since: bool,
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
    /// Such operations of which nobody knows whether they were carried out.
    pub in_doubt: BTreeMap<EntraId, HoldClass>,
    /// Whoever is held, or was and is not done with; by id.
    pub held: Vec<HeldPerson>,
}

/// What is held of a person, or was and is not done with.
pub(super) fn of_person(connection: &Connection, id: &EntraId) -> Result<Option<HeldPerson>, StoreError> {
    let sql = format!("{HELD} WHERE e.entra_id = ?1");
    Ok(connection.prepare_cached(&sql)?.query_row([id.as_str()], held_person).optional()?)
}

/// Nothing is left to decide about a person.
pub(super) fn end(connection: &Connection, id: &EntraId) -> Result<(), StoreError> {
    connection.prepare_cached("DELETE FROM held WHERE entra_id = ?1")?.execute([id.as_str()])?;
    Ok(())
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

const HELD: &str = "SELECT e.*, h.class, h.reason AS hold_reason, u.presence, u.attributes,
                           (SELECT selection FROM feed) AS selection
                      FROM held e JOIN holds h ON h.id = e.hold JOIN source_users u ON u.entra_id = e.entra_id";

/// Everybody of one hold, by name.
pub(super) fn of(connection: &Connection, hold: i64) -> Result<Vec<HeldPerson>, StoreError> {
    let sql = format!("{HELD} WHERE e.hold = ?1 ORDER BY e.operation, e.user_name, e.entra_id");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([hold], held_person)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The accounts on which something is held.
pub(super) fn accounts(connection: &Connection) -> Result<BTreeSet<TargetId>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT target_id FROM held WHERE target_id IS NOT NULL")?;
    let rows = statement.query_map([], |row| Ok(TargetId::new(row.get::<_, String>(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many people wait for a decision.
pub(super) fn open(connection: &Connection) -> Result<u64, StoreError> {
    Ok(count(connection, "SELECT count(*) FROM held WHERE verdict = 'open'", [])?)
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
        changed_since: has_changed(row)?,
    })
}

#[cfg(test)]
mod tests;
