//! One person at once: the same verdict as a cycle's.

use super::common::World;
use super::*;
use entra_jostle_sync::engine::{Provisioned, StepStatus};
use entra_jostle_sync::model::Operation;

/// `staff` is assigned and holds `sales`, which holds ann. bob is in nothing.
async fn office() -> (World, [String; 2], String) {
    let mut world = World::new().await;
    assigned_only(&mut world);
    let people = people(&world, ["ann", "bob"]);
    let sales = world.group("Sales", &[&people[0]]);
    let staff = world.group("Staff", &[&sales]);
    assign(&world, &staff);
    assert_eq!(world.cycled().await, "1 create");
    assert_eq!(world.cycled().await, "nothing to do");
    (world, people, sales)
}

async fn provision(world: &World, alias: &str) -> Provisioned {
    world.provision(&format!("{alias}@corp.example")).await.expect("judged")
}

fn told(done: &Provisioned) -> String {
    serde_json::to_string(&done.steps).expect("JSON")
}

#[tokio::test]
async fn whoever_is_not_assigned_is_skipped_with_the_reason_until_they_are() {
    let (world, [_, bob], sales) = office().await;
    let done = provision(&world, "bob").await;
    assert_eq!((done.status, done.operation), (StepStatus::Skipped, None));
    assert!(told(&done).contains("not assigned"), "{}", told(&done));
    let assignment = assign(&world, &bob);
    assert_eq!(provision(&world, "bob").await.operation, Some(Operation::Create), "just a moment ago");
    unassign(&world, &assignment);
    assert_eq!(provision(&world, "bob").await.operation, Some(Operation::Deactivate));
    world.join(&sales, &bob);
    let done = provision(&world, "bob").await;
    assert_eq!(done.operation, Some(Operation::Reactivate));
    assert!(told(&done).contains("Sales, which is in Staff"), "{}", told(&done));
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn what_it_reads_of_others_is_left_for_the_cycle() {
    let (world, [ann, bob], sales) = office().await;
    world.join(&sales, &bob);
    world.leave(&sales, &ann);
    assert_eq!(provision(&world, "bob").await.operation, Some(Operation::Create));
    assert_eq!(active(&world), ["ann", "bob"]);
    assert_eq!(world.cycled().await, "1 deactivate");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn whoever_is_filtered_out_or_in_the_days_of_grace_is_told_why() {
    let (mut world, [ann, _], sales) = office().await;
    world.policy.actions.grace_days = 5;
    world.policy.scope.filters = vec![only("department", "EQUALS", "Sales")];
    let done = provision(&world, "ann").await;
    assert_eq!((done.status, done.operation), (StepStatus::Skipped, None));
    assert!(told(&done).contains("2026-03-07T08:00:00Z"), "{}", told(&done));
    world.change(&ann, json!({"department": "Sales"}));
    assert_eq!(provision(&world, "ann").await.operation, Some(Operation::Update));
    world.leave(&sales, &ann);
    world.pass(jiff::SignedDuration::from_hours(5 * 24));
    let done = provision(&world, "ann").await;
    assert_eq!(done.operation, None, "the days begin when it is noticed");
    world.pass(jiff::SignedDuration::from_hours(5 * 24));
    assert_eq!(provision(&world, "ann").await.operation, Some(Operation::Deactivate));
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn memberships_that_cannot_be_read_end_it_before_anything_is_written() {
    let (world, _, _) = office().await;
    for path in ["appRoleAssignedTo", "/groups/delta"] {
        world.sim.set_faults(vec![on_graph(path, status(403))]).expect("faults");
        let error = world.provision("ann@corp.example").await.expect_err("refused").to_string();
        assert!(error.starts_with("Entra: "), "{error}");
        world.sim.set_faults(Vec::new()).expect("no faults");
    }
    assert_eq!(active(&world), ["ann"]);
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn a_new_state_needs_no_cycle_before_it() {
    let (mut world, _, _) = office().await;
    world.forget().await;
    assert_eq!(provision(&world, "ann").await.operation, Some(Operation::Adopt));
    assert_eq!(provision(&world, "bob").await.operation, None);
    assert_eq!(active(&world), ["ann"]);
    world.cycled().await;
    assert_eq!(world.cycled().await, "nothing to do");
}
