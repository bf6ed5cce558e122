//! What is done for whoever leaves the scope: days of grace, switches, protection, deletion.

use super::common::{World, handmade};
use super::*;
use entra_jostle_sync::model::{Operation, TargetId};
use entra_jostle_sync::plan::{Delete, OutOfScope};
use jiff::SignedDuration;

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

/// ann and bob are in `Sales`, and nobody else is in scope.
async fn office() -> (World, [String; 2], String) {
    let mut world = World::new().await;
    groups_only(&mut world, &["Sales"]);
    let people = people(&world, ["ann", "bob"]);
    let sales = world.group("Sales", &[&people[0], &people[1]]);
    assert_eq!(world.cycled().await, "2 create");
    assert_eq!(world.cycled().await, "nothing to do");
    (world, people, sales)
}

#[tokio::test]
async fn days_of_grace_begin_end_and_are_forgotten_by_whoever_comes_back() {
    let (mut world, [ann, bob], sales) = office().await;
    world.policy.actions.grace_days = 7;
    world.leave(&sales, &ann);
    world.leave(&sales, &bob);
    let plan = world.plan().await.to_string();
    assert!(plan.contains("2026-03-09T08:00:00Z"), "{plan}");
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(days(3));
    world.restart().await;
    world.join(&sales, &bob);
    assert_eq!(world.cycled().await, "nothing to do");
    world.leave(&sales, &bob);
    assert_eq!(world.cycled().await, "nothing to do", "bob's days begin anew");
    world.pass(days(4));
    assert_eq!(world.cycled().await, "1 deactivate");
    assert_eq!(active(&world), ["bob"]);
    world.pass(days(2));
    let done = world.provision("bob@corp.example").await.expect("judged");
    assert_eq!(done.operation, None);
    let told = serde_json::to_string(&done.steps).expect("JSON");
    assert!(told.contains("2026-03-12T08:00:00Z"), "{told}");
    world.pass(days(1));
    assert_eq!(world.cycled().await, "1 deactivate");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn a_plan_alone_begins_no_days_of_grace() {
    let (mut world, [ann, _], sales) = office().await;
    world.policy.actions.grace_days = 7;
    world.leave(&sales, &ann);
    assert_eq!(world.plan().await.operations.len(), 0);
    world.pass(days(6));
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(days(6));
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(days(1));
    assert_eq!(world.cycled().await, "1 deactivate");
}

#[tokio::test]
async fn fewer_days_of_grace_end_at_once_for_whoever_had_them() {
    let (mut world, [ann, _], sales) = office().await;
    world.policy.actions.grace_days = 7;
    world.leave(&sales, &ann);
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(days(2));
    world.policy.actions.grace_days = 1;
    assert_eq!(world.cycled().await, "1 deactivate");
}

#[tokio::test]
async fn whoever_is_blocked_or_deleted_within_the_days_of_grace_has_none() {
    let (mut world, [ann, bob], sales) = office().await;
    world.policy.actions.grace_days = 7;
    world.leave(&sales, &ann);
    world.leave(&sales, &bob);
    assert_eq!(world.cycled().await, "nothing to do");
    world.change(&ann, json!({"accountEnabled": false}));
    world.sim.graph().delete_user(&bob).expect("deleted");
    assert_eq!(world.cycled().await, "2 deactivate");
}

#[tokio::test]
async fn every_operation_can_be_switched_off_and_is_made_up_for_when_it_is_switched_on() {
    for operation in [Operation::Create, Operation::Update, Operation::Deactivate, Operation::Reactivate] {
        let (mut world, [ann, bob], sales) = office().await;
        world.leave(&sales, &bob);
        assert_eq!(world.cycled().await, "1 deactivate");
        world.policy.actions.switched_off = [operation].into();
        let new = world.person("new", json!({}));
        world.join(&sales, &new);
        world.change(&ann, json!({"givenName": "Anne"}));
        world.join(&sales, &bob);
        let gone = world.person("gone", json!({}));
        world.cycled().await;
        world.join(&sales, &gone);
        world.cycled().await;
        world.leave(&sales, &gone);
        world.cycled().await;
        assert_eq!(world.cycled().await, "nothing to do", "{operation}");
        world.policy.actions.switched_off.clear();
        let made_up = world.cycled().await;
        assert_eq!(made_up, format!("1 {operation}"));
        assert_eq!(active(&world), ["ann", "bob", "new"], "{operation}");
        assert_eq!(world.cycled().await, "nothing to do");
    }
}

#[tokio::test]
async fn accounts_out_of_scope_can_be_kept_but_not_those_of_blocked_or_deleted_people() {
    let (mut world, [ann, bob], sales) = office().await;
    world.policy.actions.out_of_scope = OutOfScope::Keep;
    world.leave(&sales, &ann);
    world.leave(&sales, &bob);
    assert_eq!(world.cycled().await, "nothing to do");
    world.change(&ann, json!({"givenName": "Anne", "accountEnabled": false}));
    assert_eq!(world.cycled().await, "1 deactivate");
    world.policy.actions.out_of_scope = OutOfScope::Deactivate;
    assert_eq!(world.cycled().await, "1 deactivate");
}

#[tokio::test]
async fn protected_accounts_are_not_written_by_id_or_by_name() {
    for by_id in [false, true] {
        let (mut world, [ann, _], sales) = office().await;
        let account = world.account("ann@corp.example").await.expect("an account");
        match by_id {
            true => world.policy.protected.ids.insert(TargetId::new(account["id"].as_str().expect("an id"))),
            false => world.policy.protected.user_names.insert("ann@corp.example".to_owned()),
        };
        world.change(&ann, json!({"givenName": "Anne", "jobTitle": "Boss"}));
        assert_eq!(world.cycled().await, "nothing to do");
        world.leave(&sales, &ann);
        assert_eq!(world.cycled().await, "nothing to do");
        world.sim.graph().purge_user(&ann).expect("purged");
        world.policy.actions.delete = Delete::AfterDays(1);
        world.cycled().await;
        world.pass(days(2));
        assert_eq!(world.cycled().await, "nothing to do");
        assert_eq!(world.account("ann@corp.example").await.expect("still there"), account);
    }
}

#[tokio::test]
async fn a_protected_account_that_is_found_by_its_name_is_not_adopted() {
    let (mut world, _, sales) = office().await;
    let robot = world.put_account(&handmade("eva@corp.example", "Somebody", true)).await;
    world.policy.protected.ids.insert(TargetId::new(robot["id"].as_str().expect("an id")));
    let eva = world.person("eva", json!({}));
    world.join(&sales, &eva);
    assert_eq!(world.cycled().await, "nothing to do; 1 failed");
    assert_eq!(world.account("eva@corp.example").await, Some(robot));
}

#[tokio::test]
async fn only_whoever_is_deleted_for_good_is_deleted_and_nobody_who_is_only_out_of_scope() {
    let (mut world, [ann, bob], sales) = office().await;
    world.policy.actions.delete = Delete::AfterDays(10);
    world.leave(&sales, &ann);
    world.sim.graph().delete_user(&bob).expect("deleted");
    assert_eq!(world.cycled().await, "2 deactivate");
    world.pass(days(20));
    assert_eq!(world.cycled().await, "nothing to do");
    world.sim.graph().purge_user(&bob).expect("purged");
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(days(9));
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(days(1));
    assert_eq!(world.cycled().await, "1 delete");
    assert_eq!(world.accounts().await.len(), 1);
    assert_eq!(world.cycled().await, "nothing to do");
}
