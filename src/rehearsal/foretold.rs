//! A plan says what the cycle then does: where nothing stands in the way, one is drawn up before a cycle by what cannot
//! write, and compared with what the cycle tells of itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::fortune::Lot;
use super::player::Player;
use super::program::Edges;
use super::rules::Rule;
use crate::engine::{CycleReport, Planner};
use crate::model::{Change, HeldOperation, Operation, TargetId};
use crate::plan::{Held, PlannedOperation};
use crate::store::LogEntry;

/// Under these what a server answers is against its own search, or comes later, and another operation is done.
const ANOTHER_ANSWER: [&str; 5] =
    ["user_name_case_sensitive_filter", "hidden_inactive", "soft_delete", "unknown_id_is_500", "filter_delay_seconds"];

/// What a plan said.
pub(super) struct Foretold {
    operations: BTreeMap<String, String>,
    held: BTreeMap<String, String>,
    /// Of these it is chance what is done: they are tried again by the time, or their account is not there any more.
    open: BTreeSet<String>,
}

impl Player {
    /// Draws up a plan before a cycle that must do what it says; none if the cycle may do something else.
    pub(super) async fn foretold(&mut self) -> Option<Foretold> {
        if !self.compares || !self.is_calm() || self.is_meanwhile() {
            return None;
        }
        let status = self.status_now().await?;
        // What is in doubt is settled by the cycle first, and a service that was down is asked by it whether it is back.
        if status.open_intents > 0 || !status.quarantines.is_empty() || !status.throttled.is_empty() {
            return None;
        }
        let mut open: BTreeSet<_> = status.waiting.iter().map(|waiting| waiting.entra_id.to_string()).collect();
        let program = self.program.as_ref()?;
        self.stage.fortune.begin(Lot::default());
        let Edges { source, reader, policy, settings } = Edges::new(&self.stage, &program.store).ok()?;
        let plan = Planner::new(source, reader, program.store.clone(), policy, settings).plan().await.ok()?.plan;
        self.count_faults();
        // Whoever cannot be provisioned any more is told as such by a plan, and stays held all the same.
        open.extend(plan.failed.iter().map(|failed| failed.entra_id.to_string()));
        let accounts = self.accounts();
        for PlannedOperation { entra_id, target_id, .. } in &plan.operations {
            if target_id.as_ref().is_some_and(|id| !accounts.contains(id.as_str())) {
                open.insert(entra_id.to_string());
            }
        }
        let held = plan.held.iter().map(|Held { operation, .. }| (operation.entra_id.to_string(), planned(operation)));
        Some(Foretold {
            operations: plan.operations.iter().map(|one| (one.entra_id.to_string(), planned(one))).collect(),
            held: held.collect(),
            open,
        })
    }

    /// Whether a cycle did what was foretold, and holds what was to be held.
    pub(super) async fn judge_foretold(&mut self, Foretold { operations, held, open }: Foretold, report: &CycleReport) {
        self.played.plans += 1;
        let log = self.log_now().await;
        let log: Vec<_> = log.iter().filter(|line| line.cycle.0 == report.cycle && line.operation != "none").collect();
        let done = log.iter().map(|line| (line.entra_id.to_string(), told(line)));
        let now_held = self.open().await;
        let now_held = now_held.iter().map(|person| {
            let HeldOperation { operation, target_id, changes, .. } = &person.held;
            (person.entra_id.to_string(), line(operation.as_str(), target_id.as_ref(), changes))
        });
        // Of whoever failed the log tells what was not written.
        let failed: BTreeSet<_> =
            log.iter().filter(|line| line.status != "success").map(|line| line.entra_id.to_string()).collect();
        let is_certain = |person: &String| !open.contains(person) && !failed.contains(person);
        // While something is paused whoever waits for its end is left as they are.
        if report.paused.is_none() {
            self.compare("does", &operations, &done.collect(), is_certain);
            self.compare("holds", &held, &now_held.collect(), is_certain);
        }
    }

    fn compare(
        &self,
        what: &str,
        plan: &BTreeMap<String, String>,
        cycle: &BTreeMap<String, String>,
        is_certain: impl Fn(&String) -> bool,
    ) {
        let people: BTreeSet<_> = plan.keys().chain(cycle.keys()).filter(|person| is_certain(person)).collect();
        for person in people {
            let (said, came) = (plan.get(person), cycle.get(person));
            if said != came {
                let detail = format!("a cycle {what} {came:?} for {person}, and the plan before it said {said:?}");
                self.stage.broken(Rule::Plan, detail);
            }
        }
    }

    fn accounts(&self) -> BTreeSet<String> {
        let accounts = self.stage.tenants().sim.jostle().users_json();
        accounts.iter().filter_map(|account| account["id"].as_str().map(str::to_owned)).collect()
    }

    fn is_meanwhile(&self) -> bool {
        !self.stage.notes().meanwhile.is_empty()
    }
}

/// Whether plans of a scenario are compared: in every third one, so that the others stay what they are.
pub(super) fn compares(seed: u64, switches: &serde_json::Map<String, serde_json::Value>) -> bool {
    seed.is_multiple_of(3) && ANOTHER_ANSWER.iter().all(|switch| !switches.contains_key(*switch))
}

fn planned(PlannedOperation { operation, target_id, changes, .. }: &PlannedOperation) -> String {
    line(operation.as_str(), target_id.as_ref(), changes)
}

/// The id of a new account is known only to the log.
fn told(LogEntry { operation, target_id, changes, .. }: &LogEntry) -> String {
    let is_new = operation == Operation::Create.as_str();
    line(operation, target_id.as_ref().filter(|_| !is_new), changes)
}

fn line(operation: &str, account: Option<&TargetId>, changes: &[Change]) -> String {
    json!([operation, account, changes]).to_string()
}
