//! What becomes of what is held of a person, and what is rejected although nobody had to be asked: what an undo takes
//! back is not to be done again.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::columns::Named;
use super::error::StoreError;
use super::holds::{self, HoldId, ToHold};
use crate::model::{Change, EntraId, HeldOperation, HoldClass, Operation, TargetId, Verdict, Watch, Whole};

/// What becomes of what is held of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldChange {
    /// It stays.
    Keep,
    /// Nothing is left to decide.
    End,
    /// This is kept out from now on, in the place of whatever is held.
    Reject(Box<Rejection>),
}

/// An operation that is not to be done as long as the person stays as they are in Entra.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Kept", into = "Kept")]
pub struct Rejection {
    /// What it would be held for.
    pub class: HoldClass,
    /// What would be done.
    pub operation: Operation,
    /// On which account.
    pub target_id: Option<TargetId>,
    /// Old and new values.
    pub changes: Vec<Change>,
    /// Why it would be done, for people.
    pub reason: String,
    /// Why it is kept out. What has the same is in one hold.
    pub why: String,
    /// The user of the operating system at whose word it is.
    pub by: String,
}

/// A rejection as it is stored, with values that must not be shown.
#[derive(Serialize, Deserialize)]
struct Kept {
    class: HoldClass,
    operation: Operation,
    target_id: Option<TargetId>,
    changes: Vec<Whole>,
    reason: String,
    why: String,
    by: String,
}

impl From<Rejection> for Kept {
    fn from(Rejection { class, operation, target_id, changes, reason, why, by }: Rejection) -> Self {
        Self { class, operation, target_id, changes: changes.iter().map(Whole::from).collect(), reason, why, by }
    }
}

impl From<Kept> for Rejection {
    fn from(Kept { class, operation, target_id, changes, reason, why, by }: Kept) -> Self {
        Self { class, operation, target_id, changes: changes.into_iter().map(Change::from).collect(), reason, why, by }
    }
}

/// Changes what is held of a person, who is known under this name.
pub(super) fn change(
    connection: &Connection,
    (entra_id, user_name): (&EntraId, &str),
    change: &HoldChange,
    now: Timestamp,
) -> Result<(), StoreError> {
    match change {
        HoldChange::Keep => Ok(()),
        HoldChange::End => holds::end(connection, entra_id),
        HoldChange::Reject(rejection) => reject(connection, (entra_id, user_name), rejection, now),
    }
}

/// As if it had been held and rejected at once: with the source as it is, which ends it when it changes.
fn reject(
    connection: &Connection,
    (entra_id, user_name): (&EntraId, &str),
    rejection: &Rejection,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Rejection { class, operation, target_id, changes, reason, why, by } = rejection.clone();
    let hold = hold_of(connection, class, &why, now)?;
    let one = ToHold {
        entra_id: entra_id.clone(),
        user_name: user_name.to_owned(),
        held: HeldOperation { class, operation, target_id, changes, verdict: Verdict::Rejected, limit: why },
        reason,
        mark: None,
        watch: Watch::default(),
    };
    holds::put(connection, &one, hold, Some(&by), now)?;
    holds::note(connection, hold, (Verdict::Rejected, &by), std::slice::from_ref(entra_id), now)
}

/// The hold of a class for one reason. Nobody in it waits for a decision, so that it needs no new state for everybody
/// who is added.
fn hold_of(connection: &Connection, class: HoldClass, why: &str, now: Timestamp) -> Result<HoldId, StoreError> {
    let sql = "SELECT id, revision FROM holds WHERE class = ?1 AND reason = ?2 ORDER BY id DESC LIMIT 1";
    let known = connection
        .prepare_cached(sql)?
        .query_row(params![Named(class), why], |row| Ok(HoldId { number: row.get(0)?, revision: row.get(1)? }))
        .optional()?;
    known.map_or_else(|| holds::add(connection, class, why, now), Ok)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

    use jiff::SignedDuration;
    use serde_json::json;

    use super::super::fixtures::{at, entry, id, intent, outcome, user, with_people};
    use super::super::records::{CycleKind, Intent, LogEntry, Outcome};
    use super::super::{intents, people, work};
    use super::*;
    use crate::model::TargetValue;

    fn rejection(redacted: bool) -> Rejection {
        let value = |text: &str| Some(TargetValue::Text(text.to_owned()));
        let attribute = "title".parse().unwrap();
        Rejection {
            class: HoldClass::Update,
            operation: Operation::Update,
            target_id: Some(TargetId::new("t")),
            changes: vec![Change { attribute, old: value("A"), new: value("B"), redacted }],
            reason: "values differ".to_owned(),
            why: "cycle 1 was undone".to_owned(),
            by: "ann".to_owned(),
        }
    }

    fn undone(connection: &Connection, name: &str, hold: HoldChange) {
        let cycle = work::begin_cycle(connection, CycleKind::Undo, at(2)).unwrap();
        work::record(connection, &Outcome { hold, ..outcome(cycle, name) }).unwrap();
    }

    #[test]
    fn what_is_rejected_is_in_one_hold_for_one_reason_until_the_person_changes() {
        let connection = with_people(&["ann", "bob"]);
        for name in ["ann", "bob"] {
            undone(&connection, name, HoldChange::Reject(Box::new(rejection(false))));
        }
        let list = holds::list(&connection).unwrap();
        assert_eq!(list.len(), 1);
        assert_eq!((list[0].id.to_string().as_str(), list[0].rejected), ("1.1", 2));
        assert_eq!(list[0].limit, "cycle 1 was undone");
        let held = holds::of_person(&connection, &id("ann")).unwrap().expect("somebody");
        assert_eq!((held.held.verdict, held.decided), (Verdict::Rejected, Some(("ann".to_owned(), at(7)))));
        let record = || holds::guard_record(&connection, at(9), SignedDuration::ZERO).unwrap().held.len();
        assert_eq!(record(), 2);
        people::put_user(&connection, user("ann", json!({"mail": "other@x"})), at(8)).unwrap();
        assert_eq!(record(), 1, "it is asked anew");
    }

    #[test]
    fn what_is_due_may_stay_as_it_is() {
        let connection = with_people(&["ann"]);
        undone(&connection, "ann", HoldChange::Reject(Box::new(rejection(false))));
        undone(&connection, "ann", HoldChange::Keep);
        assert!(holds::of_person(&connection, &id("ann")).unwrap().is_some());
        undone(&connection, "ann", HoldChange::End);
        assert_eq!(holds::of_person(&connection, &id("ann")).unwrap(), None);
    }

    /// What a crash leaves of an undo must say the same as the undo itself.
    #[test]
    fn an_intent_keeps_what_follows_it_with_hidden_values() {
        let connection = with_people(&["ann"]);
        let cycle = work::begin_cycle(&connection, CycleKind::Undo, at(2)).unwrap();
        let follows = [HoldChange::Keep, HoldChange::End, HoldChange::Reject(Box::new(rejection(true)))];
        for undo in follows.map(Some).into_iter().chain([None]) {
            let stored = Intent { undo, ..intent(cycle, "ann") };
            let number = intents::begin(&connection, &stored).unwrap();
            assert_eq!(intents::open(&connection).unwrap(), [(number, stored)]);
            intents::end(&connection, number).unwrap();
        }
        let failed = LogEntry { status: "failure".to_owned(), ..entry(cycle, "ann") };
        work::record(&connection, &Outcome { entry: failed, hold: HoldChange::Keep, ..outcome(cycle, "ann") }).unwrap();
    }
}
