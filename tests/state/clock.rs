//! A clock that jumps, forward and back.

use entra_jostle_sync::engine::StepStatus;
use entra_jostle_sync::scope::{Clause, Dates, Filter};
use entra_jostle_sync::simulator::{BodyKind, Effect, Fault, Side};
use jiff::SignedDuration;
use serde_json::json;

use super::common::World;

const YEARS: SignedDuration = SignedDuration::from_hours(4 * 365 * 24);

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

fn only_sales() -> Filter {
    let (attribute, operator) = ("department".parse().unwrap(), "EQUALS".parse().unwrap());
    let clause = Clause::new(attribute, operator, Some("Sales"), None).unwrap();
    Filter { title: "the department".to_owned(), clauses: vec![clause] }
}

/// ann is in Sales, and only Sales is in scope, with seven days of grace.
async fn sales() -> (World, String) {
    let mut world = World::new().await;
    world.policy.scope.filters = vec![only_sales()];
    world.policy.actions.grace_days = 7;
    let ann = world.person("ann", json!({"department": "Sales"}));
    assert_eq!(world.cycled().await, "1 create");
    (world, ann)
}

async fn fails_once(world: &World) {
    world.person("bob", json!({}));
    let broken = Effect::Status { status: 500, retry_after: None, code: None, body: BodyKind::default() };
    world.sim.set_faults(vec![Fault::new(Side::Jostle, broken).method("POST")]).unwrap();
    assert_eq!(world.cycled().await, "nothing to do; 1 failed");
    world.sim.set_faults(Vec::new()).unwrap();
}

#[tokio::test]
async fn a_failure_under_a_clock_that_was_ahead_is_tried_again_at_once() {
    let world = World::new().await;
    world.pass(YEARS);
    fails_once(&world).await;
    assert_eq!(world.cycled().await, "nothing to do", "it waits");
    world.pass(-YEARS);
    assert_eq!(world.cycled().await, "1 create");
    assert_eq!(world.cycled().await, "nothing to do");
}

/// What is done on demand reads no round, so that only the stored time tells.
#[tokio::test]
async fn a_failure_on_demand_under_a_clock_that_was_ahead_is_tried_again_too() {
    let world = World::new().await;
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(YEARS);
    world.person("bob", json!({}));
    let broken = Effect::Status { status: 500, retry_after: None, code: None, body: BodyKind::default() };
    world.sim.set_faults(vec![Fault::new(Side::Jostle, broken).method("POST")]).unwrap();
    let done = world.provision("bob@corp.example").await.unwrap();
    assert_eq!(done.status, StepStatus::Failure);
    world.sim.set_faults(Vec::new()).unwrap();
    world.pass(-YEARS);
    assert_eq!(world.cycled().await, "1 create");
}

#[tokio::test]
async fn days_of_grace_that_began_in_the_future_begin_now() {
    let (world, ann) = sales().await;
    world.pass(YEARS);
    world.change(&ann, json!({"department": "Legal"}));
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(-YEARS);
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(days(6));
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(days(1));
    assert_eq!(world.cycled().await, "1 deactivate");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn days_of_grace_that_began_on_demand_in_the_future_begin_now() {
    let (world, ann) = sales().await;
    world.pass(YEARS);
    world.change(&ann, json!({"department": "Legal"}));
    let done = world.provision("ann@corp.example").await.unwrap();
    assert_eq!(done.operation, None);
    world.pass(-YEARS);
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(days(7));
    assert_eq!(world.cycled().await, "1 deactivate");
}

#[tokio::test]
async fn a_first_day_that_only_seemed_to_come_is_taken_back() {
    let mut world = World::new().await;
    world.policy.scope.dates = Dates { hire_days_before: Some(3), ..Dates::default() };
    world.person("ann", json!({"employeeHireDate": "2027-03-10T00:00:00Z"}));
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(YEARS);
    assert_eq!(world.cycled().await, "1 create");
    world.pass(-YEARS);
    assert_eq!(world.plan().await.operations.len(), 1, "a plan shows it first");
    assert_eq!(world.cycled().await, "1 deactivate");
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(days(380));
    assert_eq!(world.cycled().await, "1 reactivate", "and comes in the end");
}

#[tokio::test]
async fn a_deletion_seen_in_the_future_is_seen_now() {
    let world = World::new().await;
    let ann = world.person("ann", json!({}));
    world.person("bob", json!({}));
    assert_eq!(world.cycled().await, "2 create");
    world.pass(YEARS);
    world.sim.graph().delete_user(&ann).unwrap();
    assert_eq!(world.cycled().await, "1 deactivate");
    world.pass(-YEARS);
    assert_eq!(world.cycled().await, "nothing to do");
    let person = world.store().person(&entra_jostle_sync::model::EntraId::new(&ann)).await.unwrap().unwrap();
    assert_eq!(person.deleted_at, Some(*world.now.lock().unwrap()));
}

/// A clock that is kept right moves back by moments: nobody is planned for that, and nobody is forgotten.
#[tokio::test]
async fn small_steps_back_change_nothing() {
    let (world, ann) = sales().await;
    for _ in 0..3 {
        world.pass(SignedDuration::from_secs(-20));
        world.sim.clear_requests();
        assert_eq!(world.cycled().await, "nothing to do");
        assert_eq!(world.jostle_requests().len(), 0);
    }
    world.pass(SignedDuration::from_secs(-20));
    world.change(&ann, json!({"jobTitle": "Boss"}));
    assert_eq!(world.cycled().await, "1 update");
}
