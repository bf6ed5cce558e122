//! What was decided about holds, as it is remembered for good.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Row, params};

use super::HoldId;
use crate::model::{EntraId, HoldClass, Verdict};
use crate::store::columns::{Json, Millis, Named, limit};
use crate::store::error::StoreError;

/// Decisions of one user about one person each, of the same hold, that follow each other so closely are one: what an undo
/// takes back is kept out person by person.
const ONE_DECISION: SignedDuration = SignedDuration::from_mins(1);

/// A decision as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionView {
    /// Of which hold, as it was seen.
    pub hold: HoldId,
    /// What was held.
    pub class: HoldClass,
    /// Which limit, with the numbers of the last cycle that added somebody.
    pub limit: String,
    /// What.
    pub verdict: Verdict,
    /// The user of the operating system who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// About whom.
    pub people: Vec<EntraId>,
}

const DECISIONS: &str = "SELECT d.*, h.class, h.reason FROM decisions d JOIN holds h ON h.id = d.hold";

/// The last decisions about anybody, the newest first.
pub(in crate::store) fn decisions(connection: &Connection, most: usize) -> Result<Vec<DecisionView>, StoreError> {
    let sql = format!("{DECISIONS} WHERE d.people <> '[]' ORDER BY d.id DESC");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut decisions: Vec<DecisionView> = Vec::new();
    // When what the last of them consists of so far began, if it is of one person each.
    let mut began_at = None;
    for decision in statement.query_map([], decision)? {
        let decision = decision?;
        let (at, is_of_one) = (decision.at, decision.people.len() == 1);
        let follows = is_of_one && began_at.is_some_and(|began: Timestamp| began.duration_since(at) <= ONE_DECISION);
        let is_full = decisions.len() == most;
        match decisions.last_mut().filter(|last| follows && is_same(last, &decision)) {
            Some(last) => last.people.extend(decision.people),
            None if is_full => break,
            None => decisions.push(decision),
        }
        began_at = is_of_one.then_some(at);
    }
    Ok(decisions)
}

fn is_same(one: &DecisionView, other: &DecisionView) -> bool {
    (one.hold, one.verdict, &one.by) == (other.hold, other.verdict, &other.by)
}

/// The last decisions about one person, the newest first.
pub(in crate::store) fn decisions_of(
    connection: &Connection,
    id: &EntraId,
    most: usize,
) -> Result<Vec<DecisionView>, StoreError> {
    let sql = format!(
        "{DECISIONS} WHERE EXISTS (SELECT 1 FROM json_each(d.people) WHERE value = ?1) ORDER BY d.id DESC LIMIT ?2"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![id.as_str(), limit(most)], decision)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn decision(row: &Row<'_>) -> rusqlite::Result<DecisionView> {
    Ok(DecisionView {
        hold: HoldId { number: row.get("hold")?, revision: row.get("revision")? },
        class: row.get::<_, Named<_>>("class")?.0,
        limit: row.get("reason")?,
        verdict: row.get::<_, Named<_>>("verdict")?.0,
        by: row.get("by_user")?,
        at: row.get::<_, Millis>("at")?.0,
        people: row.get::<_, Json<_>>("people")?.0,
    })
}
