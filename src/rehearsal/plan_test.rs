//! A plan is what the cycle then does, byte for byte, and a plan file carried out does what the cycle would have done: on
//! invented companies without faults.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::event::{Change, Event};
use super::player::Player;
use super::program::{Edges, Program};
use super::scenario::Scenario;
use crate::engine::{Applied, Planner};
use crate::plan::{Plan, PlanFile, Tenants};
use crate::store::{LogEntry, LogQuery};

/// As many as take some seconds without optimisation.
const SEEDS: u64 = 60;

/// A company whose servers behave, and what changes in it: some days, each with some changes.
pub(super) struct Company {
    pub(super) scenario: Scenario,
    pub(super) days: Vec<Vec<Change>>,
}

pub(super) fn company(seed: u64) -> Company {
    let mut scenario = Scenario::told(seed, None);
    // What a server answers against its own search makes another operation, and rightly so.
    scenario.company.jostle = Map::new();
    scenario.company.entra = crate::simulator::graph::GraphSwitches::default();
    // What a deactivation makes due at once is in the plan after it.
    let rulebook = &mut scenario.company.rulebook;
    // A plan that is applied does what a cycle would hold.
    rulebook.limits = None;
    rulebook.asks_first = false;
    rulebook.delete_after_days = rulebook.delete_after_days.map(|days| days.max(1));
    let mut days = vec![Vec::new()];
    for event in std::mem::take(&mut scenario.events) {
        match (event, days.last_mut()) {
            // The same of an account that has gone, and of a name that is given up only by the same plan.
            (Event::Change(Change::Remove(_) | Change::Swap { .. }), _) => {}
            (Event::Change(change) | Event::Meanwhile { change, .. }, Some(today)) => today.push(change),
            (Event::Cycle | Event::OnDemand { .. } | Event::Beside { .. }, _) => days.push(Vec::new()),
            _ => {}
        }
    }
    Company { scenario, days }
}

/// Plays every day of a company; after the changes of each `work` is done.
pub(super) fn play<T>(company: &Company, mut work: impl AsyncFnMut(&Player, &Program) -> T) -> Vec<T> {
    fastrand::seed(company.scenario.seed);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let mut player = Player::new(&company.scenario).unwrap();
        let program = player.program.take().unwrap();
        let mut worked = Vec::new();
        for changes in &company.days {
            for change in changes {
                player.stage.tenants().apply(change);
            }
            // What was just made in Jostle is older than two clocks may be apart.
            tokio::time::sleep(std::time::Duration::from_hours(1)).await;
            worked.push(work(&player, &program).await);
        }
        program.store.close().await;
        worked
    })
}

/// The plan of now, by a planner that cannot write.
async fn plan_of(player: &Player, program: &Program) -> Plan {
    let Edges { source, reader, policy, settings } = Edges::new(&player.stage, &program.store).unwrap();
    Planner::new(source, reader, program.store.clone(), policy, settings).plan().await.unwrap().plan
}

/// One operation as text, under the person's id.
fn planned(plan: &Plan) -> BTreeMap<String, String> {
    let line = |operation: &crate::plan::PlannedOperation| {
        let jostle_id = operation.target_id.clone();
        let line = json!([operation.operation, operation.user_name, jostle_id, operation.changes]);
        (operation.entra_id.to_string(), line.to_string())
    };
    plan.operations.iter().map(line).collect()
}

/// The same of the log. The id of a new account is known only there.
fn logged(log: &[LogEntry]) -> BTreeMap<String, String> {
    let done = log.iter().filter(|entry| entry.operation != "none");
    let line = |entry: &LogEntry| {
        let jostle_id = entry.target_id.clone().filter(|_| entry.operation != "create");
        let line = json!([entry.operation, entry.user_name, jostle_id, entry.changes]);
        (entry.entra_id.to_string(), line.to_string())
    };
    done.map(line).collect()
}

async fn log_of(program: &Program, cycle: i64) -> Vec<LogEntry> {
    let log = program.store.log(LogQuery { entra_id: None, limit: 10_000 }).await.unwrap();
    log.into_iter().filter(|entry| entry.cycle.0 == cycle).collect()
}

/// The accounts by name, without what the server makes up.
fn accounts(player: &Player) -> Vec<String> {
    let accounts = player.stage.tenants().sim.jostle().users_json();
    let bare = |mut account: Value| {
        let account = account.as_object_mut().unwrap();
        account.retain(|name, _| name != "id" && name != "meta");
        serde_json::to_string(account).unwrap()
    };
    let mut accounts: Vec<_> = accounts.into_iter().map(bare).collect();
    accounts.sort();
    accounts
}

fn writes(player: &Player) -> usize {
    player.stage.tenants().sim.jostle().journal().len()
}

#[test]
fn a_plan_is_what_the_cycle_then_sends() {
    let mut operations = 0;
    for seed in 1..=SEEDS {
        for (day, (plan, log)) in play(&company(seed), async |player, program| {
            let plan = plan_of(player, program).await;
            let report = program.engine.cycle().await.unwrap();
            assert!(report.error.is_none(), "seed {seed}: {report:?}");
            (planned(&plan), logged(&log_of(program, report.cycle).await))
        })
        .into_iter()
        .enumerate()
        {
            assert_eq!(plan, log, "seed {seed}, day {day}");
            operations += plan.len();
        }
    }
    assert!(operations > 250, "{operations}");
}

#[test]
fn a_plan_file_does_what_a_cycle_would_have_done_and_the_second_time_nothing() {
    let (mut done, mut days) = (0, 0);
    for seed in 1..=SEEDS {
        let company = company(seed);
        let by_cycle = play(&company, async |player, program| {
            let report = program.engine.cycle().await.unwrap();
            assert!(report.error.is_none(), "seed {seed}: {report:?}");
            accounts(player)
        });
        let by_plan = play(&company, async |player, program| {
            let (first, text) = apply(player, program, None).await;
            assert!(first.stale.is_empty() && first.waiting.is_empty(), "seed {seed}: {first:?}");
            let (after, before) = (accounts(player), writes(player));
            done += first.done.len();
            if !first.failed.is_empty() {
                return (after, Ended::Failing);
            }
            let (again, _) = apply(player, program, Some(text)).await;
            assert_eq!(
                (again.done.len(), again.failed.len(), writes(player)),
                (0, 0, before),
                "seed {seed}: {again:?}"
            );
            // Whoever needs nothing, and whoever cannot be provisioned, is settled by a cycle alone.
            let rest = program.engine.cycle().await.unwrap();
            assert_eq!((rest.operations.total(), writes(player)), (0, before), "seed {seed}: {rest:?}");
            (after, Ended::Well)
        });
        for (day, (cycle, (plan, ended))) in by_cycle.into_iter().zip(by_plan).enumerate() {
            assert_eq!(cycle, plan, "seed {seed}, day {day}");
            days += 1;
            // When whoever failed is tried again is chance.
            if ended == Ended::Failing {
                break;
            }
        }
    }
    assert!(days > 100, "{days}");
    assert!(done > 250, "{done}");
}

/// How a plan ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Well,
    /// Somebody failed, as in a cycle.
    Failing,
}

/// A plan that is made now, or this one, by way of its text.
async fn apply(player: &Player, program: &Program, text: Option<String>) -> (Applied, String) {
    let text = match text {
        Some(text) => text,
        None => {
            let plan = plan_of(player, program).await;
            let tenants = Tenants { tenant_id: String::new(), jostle_base_url: String::new() };
            PlanFile::new(&plan, jiff::Timestamp::UNIX_EPOCH, tenants, String::new()).to_text().unwrap()
        }
    };
    let carried = program.engine.apply_plan(&PlanFile::from_text(&text).unwrap()).await.unwrap();
    assert!(carried.error.is_none(), "{carried:?}");
    (carried.applied, text)
}
