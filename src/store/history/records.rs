//! What the history gives.

use jiff::Timestamp;
use serde::Serialize;

use super::AuditEntry;
use crate::model::Operation;
use crate::store::records::{CycleId, CycleKind, LogEntry};

/// One operation, with everything that is known of how it came about.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedOperation {
    /// Its number; grows, never used again.
    pub number: i64,
    /// What was done.
    pub entry: LogEntry,
    /// Of what kind its cycle was.
    pub kind: CycleKind,
    /// The user of the operating system who began the cycle; none: it came by the schedule, or nobody wrote it down.
    pub by: Option<String>,
    /// Which cycle was undone with it.
    pub undoes: Option<i64>,
    /// When the change that it carried was read from Entra: the first one, if there were several. None: it did not come of
    /// a change in Entra, nothing was written, or a version before format 10 logged it.
    pub noticed_at: Option<Timestamp>,
    /// Who has approved or chosen it.
    pub decided: Option<DecidedBy>,
}

/// Who has decided that an operation be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecidedBy {
    /// The user of the operating system.
    pub by: String,
    /// Of which hold; none: they said whose the account is.
    pub hold: Option<i64>,
}

/// In which way an operation came to be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// By the schedule, or with a whole cycle that was begun by hand.
    Schedule,
    /// For this person alone, on demand.
    OnDemand,
    /// It was held, and approved.
    Approval,
    /// An administrator said which account is the person's.
    Link,
    /// An administrator said that the person gets a new account.
    Create,
    /// With a plan that was handed in.
    Apply,
    /// With a cycle that was undone.
    Undo,
}

/// Who asked for an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Asked<'a> {
    /// In which way.
    pub way: Way,
    /// The user of the operating system; none: nobody did, or nobody wrote it down.
    pub by: Option<&'a str>,
    /// Of which hold it was approved.
    pub hold: Option<i64>,
    /// Which cycle was undone.
    pub undoes: Option<i64>,
}

impl LoggedOperation {
    /// Who asked for it.
    pub fn asked(&self) -> Asked<'_> {
        let way = match (&self.decided, self.kind) {
            (Some(DecidedBy { hold: Some(_), .. }), _) => Way::Approval,
            (Some(_), _) if self.entry.operation == Operation::Create.as_str() => Way::Create,
            (Some(_), _) => Way::Link,
            (None, CycleKind::OnDemand) => Way::OnDemand,
            (None, CycleKind::Apply) => Way::Apply,
            (None, CycleKind::Undo) => Way::Undo,
            (None, CycleKind::Initial | CycleKind::Incremental | CycleKind::Reconcile) => Way::Schedule,
        };
        let by = self.decided.as_ref().map_or(self.by.as_deref(), |decided| Some(decided.by.as_str()));
        Asked { way, by, hold: self.decided.as_ref().and_then(|decided| decided.hold), undoes: self.undoes }
    }
}

/// Which rows of the history. What is empty or none does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Of whoever has this user principal name, mail address or object id, or had it as a name in the history; in any
    /// case.
    pub user: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Only these, by the words of the log.
    pub operations: Vec<String>,
    /// Only with these, by the words of the log.
    pub statuses: Vec<String>,
    /// Only of this one.
    pub cycle: Option<CycleId>,
    /// Of which kind.
    pub records: Records,
}

/// Kinds of rows of the history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Records {
    /// Both.
    #[default]
    All,
    /// What was done to people.
    Operations,
    /// What administrators did.
    Audit,
}

impl Records {
    pub(super) fn has_operations(self) -> bool {
        self != Self::Audit
    }

    pub(super) fn has_audit(self) -> bool {
        self != Self::Operations
    }
}

/// A row of the history.
#[derive(Clone, Debug, PartialEq)]
pub enum HistoryRow {
    /// Something was done to a person.
    Operation(Box<LoggedOperation>),
    /// An administrator did something.
    Audit(AuditEntry),
}
