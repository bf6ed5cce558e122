//! What came of a plan that was carried out, person by person.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{CycleError, CycleReport};
use crate::model::{EntraId, Operation};
use crate::plan::{PlanEntry, PlanFile};
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

    /// The lists, in the order of the plan.
    pub(super) fn into_applied(self, file: &PlanFile, report: &CycleReport, error: Option<&CycleError>) -> Applied {
        let mut became = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let paused = report.paused.as_ref().map(|paused| paused.pause.clone());
        let untried = match (error, &paused) {
            (Some(_), _) | (None, None) => "not tried: it ended before".to_owned(),
            (None, Some(pause)) => pause.to_string(),
        };
        let mut applied = Applied {
            cycle: report.cycle,
            made_at: file.made_at,
            policy_changed: false,
            done: Vec::new(),
            stale: Vec::new(),
            failed: Vec::new(),
            waiting: Vec::new(),
            paused,
            error: error.map(ToString::to_string),
        };
        for (number, entry) in file.entries.iter().enumerate() {
            let became = became.remove(&number).unwrap_or_else(|| Became::Waiting(untried.clone()));
            let (list, reason) = match became {
                Became::Done => (&mut applied.done, None),
                Became::Stale(why) => (&mut applied.stale, Some(why)),
                Became::Failed(why) => (&mut applied.failed, Some(why)),
                Became::Waiting(why) => (&mut applied.waiting, Some(why)),
            };
            list.push(line(entry, reason));
        }
        applied
    }
}

fn line(PlanEntry { operation: planned, held: _ }: &PlanEntry, reason: Option<String>) -> AppliedLine {
    let (user, entra_id) = (planned.user_name.clone(), planned.entra_id.clone());
    AppliedLine { operation: planned.operation, user, entra_id, reason }
}
