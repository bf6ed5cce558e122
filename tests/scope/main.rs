//! Whole cycles against the simulator about who is in scope: assignments, groups, managers, dates, and what is done for
//! whoever leaves. Start in sync, change one thing, look at the outcome.

#![cfg(feature = "simulator")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "tests may")]

#[path = "../common/mod.rs"]
mod common;

mod actions;
mod assignments;
mod feed;
mod groups;
mod managers;
mod on_demand;
mod rules;

use common::{World, status, summary};
use entra_jostle_sync::mapping::expression::{Expression, Place};
use entra_jostle_sync::scope::{Clause, Filter, Who};
use entra_jostle_sync::simulator::{BodyKind, Effect, Fault, Side};
use serde_json::json;

/// People with these names; their object ids.
fn people<const N: usize>(world: &World, aliases: [&str; N]) -> [String; N] {
    aliases.map(|alias| world.person(alias, json!({})))
}

/// Who has an active account, by alias, sorted.
fn active(world: &World) -> Vec<String> {
    let accounts = world.sim.jostle().users_json();
    let active = accounts.iter().filter(|account| account["active"] == true);
    let mut names: Vec<_> = active.map(|account| account["userName"].as_str().expect("a name").to_owned()).collect();
    for name in &mut names {
        name.truncate(name.find('@').expect("a domain"));
    }
    names.sort();
    names
}

/// The paths that were asked of Graph since the last call.
fn asked(world: &World) -> Vec<String> {
    let requests = world.sim.requests().into_iter().filter(|request| request.side == Side::Graph);
    let paths = requests.map(|request| request.path).collect();
    world.sim.clear_requests();
    paths
}

/// The world's application is what people must be assigned to.
fn assigned_only(world: &mut World) {
    world.policy.scope.who = Who::Assigned { app_id: world.sim.details().app_id.clone() };
}

fn groups_only(world: &mut World, names: &[&str]) {
    world.policy.scope.who = Who::Groups(names.iter().map(|&name| name.to_owned()).collect());
}

fn assign(world: &World, principal: &str) -> String {
    let assignment = world.sim.graph().assign(principal, None).expect("assigned");
    assignment["id"].as_str().expect("an id").to_owned()
}

fn unassign(world: &World, assignment: &str) {
    world.sim.graph().unassign(assignment).expect("unassigned");
}

/// Takes every assignment away, the one too that the tenant has from the beginning.
fn unassign_all(world: &World) {
    for assignment in world.sim.graph().assignments() {
        unassign(world, assignment["id"].as_str().expect("an id"));
    }
}

/// Only whoever has this value is in scope.
fn only(attribute: &str, operator: &str, value: &str) -> Filter {
    let attribute = attribute.parse().expect("a source path");
    let operator = operator.parse().expect("an operator");
    let clause = Clause::new(attribute, operator, Some(value), None).expect("a clause");
    Filter { title: "one value".to_owned(), clauses: vec![clause] }
}

/// `filter = '…'` of the configuration.
fn filter(text: &str) -> Expression {
    Expression::parse(text, Place::Filter).expect("a filter")
}

fn on_graph(path: &str, effect: Effect) -> Fault {
    Fault::new(Side::Graph, effect).path(path)
}

/// A cycle meets faults: an error of Entra, nobody is written. Returns what the error says.
async fn refused(world: &World, faults: Vec<Fault>) -> String {
    world.sim.set_faults(faults).expect("faults");
    let before = (active(world), world.store().memberships().await.expect("a snapshot"));
    world.sim.clear_requests();
    let report = world.cycle().await;
    let text = summary(&report);
    let error = report.error.unwrap_or_else(|| panic!("nothing was refused: {text}")).to_string();
    assert!(error.starts_with("Entra: "), "{error}");
    assert_eq!(world.writes(), Vec::<String>::new(), "{error}");
    assert_eq!((active(world), world.store().memberships().await.expect("a snapshot")), before, "{error}");
    world.sim.set_faults(Vec::new()).expect("no faults");
    error
}
