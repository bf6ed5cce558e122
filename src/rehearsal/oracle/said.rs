//! What administrators have said to the program, as far as what it does later is judged by it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::choices::Chosen;
use crate::model::{Change, HeldOperation, HoldClass, MatchChoice, Operation};
use crate::store::{CycleKind, HeldPerson, LogEntry};

/// So long an approval may be carried out.
const APPROVED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// Everything that was said since the state was lost.
#[derive(Clone, Debug, Default)]
pub(in crate::rehearsal) struct Said {
    pub(in crate::rehearsal) approved: Vec<Approval>,
    pub(in crate::rehearsal) kept_out: Vec<KeptOut>,
    /// At most one for each person, the last one said at the end.
    pub(in crate::rehearsal) chosen: Vec<Chosen>,
}

impl Said {
    /// What counts of somebody's account.
    pub(in crate::rehearsal) fn choice_of(&self, person: &str) -> Option<&MatchChoice> {
        self.chosen.iter().find(|chosen| chosen.person == person).map(|chosen| &chosen.choice)
    }

    /// For whom an account is kept: whoever it was said to be of last.
    pub(in crate::rehearsal) fn keeps(&self, account: &str) -> Option<&Chosen> {
        let is_it = |chosen: &&Chosen| chosen.choice.jostle_id().is_some_and(|id| id.as_str() == account);
        self.chosen.iter().rfind(is_it)
    }

    /// Whoever approves what is doubtful says by that whose the account is.
    pub(in crate::rehearsal) fn approve(&mut self, people: &[HeldPerson], at: Timestamp) {
        for person in people {
            self.approved.push(Approval::of(person, at));
            let is_answer = person.held.class == HoldClass::Match;
            self.chosen.retain(|chosen| !is_answer || chosen.person != person.entra_id.as_str());
        }
    }
}

/// Exactly this operation may be done.
#[derive(Clone, Debug)]
pub(in crate::rehearsal) struct Approval {
    person: String,
    operation: Operation,
    account: Option<String>,
    changes: Vec<Change>,
    at: Timestamp,
}

/// Why something is not to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rehearsal) enum Because {
    Held,
    Rejected,
    Undone,
}

/// What is not to be done to somebody as long as they stay as they are.
#[derive(Clone, Debug)]
pub(in crate::rehearsal) struct KeptOut {
    /// By Entra id.
    pub(in crate::rehearsal) person: String,
    pub(in crate::rehearsal) badge: String,
    /// None: it would be a new one.
    pub(in crate::rehearsal) account: Option<String>,
    /// None: whatever is done to the account.
    pub(in crate::rehearsal) attributes: Vec<String>,
    /// It takes the account away, whatever its values are.
    pub(in crate::rehearsal) removes: bool,
    pub(in crate::rehearsal) because: Because,
    /// Of all that decides what is to be done for the person.
    pub(in crate::rehearsal) shape: u64,
}

impl Approval {
    pub(in crate::rehearsal) fn of(person: &HeldPerson, at: Timestamp) -> Self {
        let HeldOperation { operation, target_id, changes, .. } = &person.held;
        Self {
            person: person.entra_id.to_string(),
            operation: *operation,
            account: target_id.as_ref().map(ToString::to_string),
            changes: changes.clone(),
            at,
        }
    }

    /// Whether this names what a line of the log tells, which was done by a cycle that began then. Of what was carried
    /// out in part a line tells that part.
    pub(in crate::rehearsal) fn names(&self, line: &LogEntry, began: Timestamp) -> bool {
        let is_part = line.changes.len() < self.changes.len();
        let is_account = |id: &String| line.target_id.as_ref().is_some_and(|told| told.as_str() == id);
        self.person == line.entra_id.as_str()
            && (self.operation.as_str() == line.operation || is_part)
            && self.account.as_ref().is_none_or(is_account)
            && line.changes.iter().all(|told| self.changes.iter().any(|change| is_same(change, told)))
            && self.at >= began.checked_sub(APPROVED_FOR).unwrap_or(Timestamp::MIN)
    }
}

/// What is shown of a change does not matter, only what it does.
fn is_same(one: &Change, other: &Change) -> bool {
    (&one.attribute, &one.old, &one.new) == (&other.attribute, &other.old, &other.new)
}

/// What is known of the cycles of a state.
#[derive(Clone, Debug, Default)]
pub(in crate::rehearsal) struct Books {
    pub(in crate::rehearsal) cycles: BTreeMap<i64, Known>,
}

/// One cycle of whatever kind.
#[derive(Clone, Copy, Debug)]
pub(in crate::rehearsal) struct Known {
    pub(in crate::rehearsal) kind: CycleKind,
    pub(in crate::rehearsal) began: Timestamp,
    /// The moment of what it did by itself, if all that was true then was known to it.
    pub(in crate::rehearsal) moment: Option<u64>,
    /// At most so many accounts were managed when it was planned.
    pub(in crate::rehearsal) managed: u64,
}
