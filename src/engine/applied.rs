//! What came of operations that somebody has looked at, person by person.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::CycleError;
use crate::model::{EntraId, Operation};
use crate::plan::PlannedOperation;
use crate::store::Pause;

/// What came of a plan: everybody in it is in one of the lists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Applied {
    /// Number of the cycle in the provisioning log.
    pub cycle: i64,
    /// When the plan was made.
    pub made_at: Timestamp,
    /// Whether the mapping, the scope or the actions are not those by which it was made.
    pub policy_changed: bool,
    /// For whom it was carried out.
    pub done: Vec<AppliedLine>,
    /// For whom it is not what would be done now: nothing was written.
    pub stale: Vec<AppliedLine>,
    /// Who failed; they are tried again by the cycles.
    pub failed: Vec<AppliedLine>,
    /// Who was not tried, because of a pause or because it ended early.
    pub waiting: Vec<AppliedLine>,
    /// The pause that is set.
    pub paused: Option<Pause>,
    /// Why it ended early.
    pub error: Option<String>,
}

/// What became of one operation of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedLine {
    /// What the plan says.
    pub operation: Operation,
    /// For whom, by name.
    pub user: String,
    /// For whom.
    pub entra_id: EntraId,
    /// Why it was not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What came of a plan, and what ended it early.
#[derive(Debug)]
#[must_use]
pub struct Carried {
    /// What was done.
    pub applied: Applied,
    /// What ended it early.
    pub error: Option<CycleError>,
}

/// What became of one person.
#[derive(Clone, Debug)]
pub(super) enum Became {
    Done,
    Stale(String),
    Failed(String),
    Waiting(String),
}

/// What became of everybody so far, noted by several tasks, by the place in the plan.
#[derive(Debug, Default)]
pub(super) struct Sheet(Mutex<BTreeMap<usize, Became>>);

impl Sheet {
    pub(super) fn note(&self, number: usize, became: Became) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(number, became);
    }

    /// The lists, in the order of the operations. Whoever was not tried waits for the end of the pause, or it `is_cut`
    /// off.
    pub(super) fn into_lists(self, operations: &[&PlannedOperation], paused: Option<&Pause>, is_cut: bool) -> Lists {
        let mut became = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let untried = match paused {
            Some(pause) if !is_cut => pause.to_string(),
            _ => "not tried: it ended before".to_owned(),
        };
        let mut lists = Lists::default();
        for (number, planned) in operations.iter().enumerate() {
            let became = became.remove(&number).unwrap_or_else(|| Became::Waiting(untried.clone()));
            let (list, reason) = match became {
                Became::Done => (&mut lists.done, None),
                Became::Stale(why) => (&mut lists.stale, Some(why)),
                Became::Failed(why) => (&mut lists.failed, Some(why)),
                Became::Waiting(why) => (&mut lists.waiting, Some(why)),
            };
            let (user, entra_id) = (planned.user_name.clone(), planned.entra_id.clone());
            list.push(AppliedLine { operation: planned.operation, user, entra_id, reason });
        }
        lists
    }
}

/// What became of everybody.
#[derive(Debug, Default)]
pub(super) struct Lists {
    pub(super) done: Vec<AppliedLine>,
    pub(super) stale: Vec<AppliedLine>,
    pub(super) failed: Vec<AppliedLine>,
    pub(super) waiting: Vec<AppliedLine>,
}
