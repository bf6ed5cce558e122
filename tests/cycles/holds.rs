//! What exceeds a limit waits for an administrator, and is done exactly as it was approved.

use entra_jostle_sync::model::{EntraId, HoldClass, Operation, Verdict};
use entra_jostle_sync::plan::{APPROVAL_LIFETIME, Limits};
use entra_jostle_sync::store::{Decision, GuardRecord, HoldId};
use jiff::SignedDuration;
use serde_json::json;

use super::common::{World, handmade, in_sync, on_jostle, status};

const SIX: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// Six people, of whom four are disabled and held.
async fn four_held() -> (World, Vec<String>) {
    let (world, ids) = in_sync(&SIX).await;
    for id in &ids[..4] {
        world.change(id, json!({"accountEnabled": false}));
    }
    assert_eq!(world.cycled().await, "nothing to do; 4 held");
    (world, ids)
}

async fn record(world: &World) -> GuardRecord {
    let now = *world.now.lock().expect("the clock");
    world.store().guard_record(now, APPROVAL_LIFETIME).await.expect("a record")
}

async fn decide(world: &World, revision: i64, verdict: Verdict, only: &[&String]) -> (u64, u64) {
    let only = (!only.is_empty()).then(|| only.iter().map(|id| EntraId::new(id)).collect());
    let hold = HoldId { number: 1, revision };
    let (except, by, at) = (Vec::new(), "ann".to_owned(), *world.now.lock().expect("the clock"));
    let decided = world.store().decide(Decision { hold, verdict, only, except, by, at }).await.expect("decided");
    (decided.people, decided.left)
}

#[tokio::test]
async fn what_was_approved_is_done_and_what_was_not_is_not() {
    let (world, ids) = four_held().await;
    assert_eq!(decide(&world, 1, Verdict::Approved, &[&ids[0], &ids[1]]).await, (2, 2));
    assert_eq!(world.cycled().await, "2 deactivate; 2 held");
    assert_eq!(decide(&world, 1, Verdict::Rejected, &[]).await, (2, 0));
    assert_eq!(world.cycled().await, "nothing to do");
    assert!(world.account("c@corp.example").await.expect("there")["active"].as_bool().expect("a flag"));
}

/// The account that the approval was for is not there any more, and another one has the name.
#[tokio::test]
async fn an_approval_is_for_the_account_that_was_shown() {
    let (world, ids) = four_held().await;
    decide(&world, 1, Verdict::Approved, &[&ids[0]]).await;
    let old = world.account("a@corp.example").await.expect("there");
    assert!(world.sim.jostle().remove(old["id"].as_str().expect("an id")));
    let new = world.put_account(&handmade("a@corp.example", "Given", true)).await;
    assert_eq!(world.cycled().await, "nothing to do; 4 held");
    let held = record(&world).await.held;
    let of_a = held.iter().find(|person| person.entra_id.as_str() == ids[0]).expect("held");
    assert_eq!(of_a.held.target_id.as_ref().map(ToString::to_string), new["id"].as_str().map(str::to_owned));
    decide(&world, of_a.revision, Verdict::Approved, &[&ids[0]]).await;
    assert_eq!(world.cycled().await, "1 deactivate; 3 held");
}

#[tokio::test]
async fn an_idle_cycle_asks_nobody_about_whoever_is_held() {
    let (mut world, _) = in_sync(&["a"]).await;
    world.policy.limits = Limits { create: Limits::all(1, 1.0).create, ..world.policy.limits };
    for alias in ["x", "y", "z"] {
        world.person(alias, json!({}));
    }
    assert_eq!(world.cycled().await, "nothing to do; 3 held");
    let report = world.cycle().await;
    assert_eq!((report.requests.jostle, report.held), (0, 3));
    assert_eq!(record(&world).await.held[0].held.class, HoldClass::Create);
}

#[tokio::test]
async fn whoever_has_changed_since_is_asked_again() {
    let (mut world, ids) = in_sync(&SIX).await;
    world.policy.limits = Limits { update: Limits::all(3, 50.0).update, ..world.policy.limits };
    for id in &ids[..4] {
        world.change(id, json!({"givenName": "New"}));
    }
    assert_eq!(world.cycled().await, "nothing to do; 4 held");
    decide(&world, 1, Verdict::Approved, &[]).await;
    world.change(&ids[0], json!({"givenName": "Newer"}));
    assert_eq!(world.cycled().await, "3 update; 1 held");
    let left = &record(&world).await.held[0];
    assert_eq!(left.held.changes[0].new.as_ref().expect("a value").to_string(), "\"Newer\"");
    assert!(
        left.held.limit.starts_with("4 of 6 managed accounts would be updated"),
        "why it is held is still why: {left:?}"
    );
}

#[tokio::test]
async fn an_approval_of_what_was_shown_is_none_of_what_came_later() {
    let (world, ids) = four_held().await;
    world.change(&ids[4], json!({"accountEnabled": false}));
    assert_eq!(world.cycled().await, "nothing to do; 5 held", "a fifth one is held with them");
    assert_eq!(decide(&world, 1, Verdict::Approved, &[]).await, (4, 1));
    assert_eq!(world.cycled().await, "4 deactivate; 1 held");
}

#[tokio::test]
async fn what_was_approved_and_failed_is_tried_again_with_the_approval() {
    let (world, ids) = four_held().await;
    decide(&world, 1, Verdict::Approved, &[&ids[0]]).await;
    world.sim.set_faults(vec![on_jostle(status(400)).method("PATCH")]).expect("faults");
    assert_eq!(world.cycled().await, "nothing to do; 1 failed; 3 held");
    world.sim.set_faults(Vec::new()).expect("faults");
    let now = *world.now.lock().expect("the clock");
    world.store().retry_now(None, now).await.expect("due");
    assert_eq!(world.cycled().await, "1 deactivate; 3 held");
}

#[tokio::test]
async fn a_rejection_ends_when_the_person_changes_in_entra() {
    let (world, ids) = four_held().await;
    decide(&world, 1, Verdict::Rejected, &[]).await;
    assert_eq!(world.cycled().await, "nothing to do");
    world.change(&ids[0], json!({"givenName": "New"}));
    assert_eq!(world.cycled().await, "1 deactivate", "one is within the limits");
    world.change(&ids[1], json!({"accountEnabled": true}));
    assert_eq!(world.cycled().await, "nothing to do");
    assert_eq!(record(&world).await.held.len(), 2);
}

/// Whoever asks for one person by name has decided.
#[tokio::test]
async fn on_demand_does_what_is_held_and_ends_it() {
    let (world, ids) = four_held().await;
    let done = world.provision(&ids[0]).await.expect("an answer");
    assert_eq!(done.operation, Some(Operation::Deactivate));
    assert_eq!(world.cycled().await, "nothing to do; 3 held");
}

#[tokio::test]
async fn a_slow_leak_is_caught_by_the_day_and_what_was_approved_does_not_count() {
    let (mut world, ids) = in_sync(&SIX).await;
    let any = Limits::all(1000, 100.0).deactivate;
    world.policy.limits.deactivate.day = Limits::all(1, 20.0).deactivate.day;
    world.policy.limits.deactivate.cycle = any.cycle;
    world.change(&ids[0], json!({"accountEnabled": false}));
    assert_eq!(world.cycled().await, "1 deactivate");
    world.change(&ids[1], json!({"accountEnabled": false}));
    assert_eq!(world.cycled().await, "nothing to do; 1 held");
    decide(&world, 1, Verdict::Approved, &[]).await;
    assert_eq!(world.cycled().await, "1 deactivate");
    assert_eq!(record(&world).await.spent, [(HoldClass::Deactivate, 1)].into());
}

/// What takes longer than an approval lives is finished under it, also by a process that comes after a crash.
#[tokio::test]
async fn what_was_begun_in_time_is_finished_under_its_approval() {
    let (mut world, _) = four_held().await;
    decide(&world, 1, Verdict::Approved, &[]).await;
    world.pass(SignedDuration::from_hours(23));
    let down = on_jostle(status(503)).method("PATCH").skip(1);
    world.sim.set_faults(vec![down, on_jostle(status(503)).method("GET")]).expect("faults");
    let report = world.cycle().await;
    assert_eq!((report.operations.to_string().as_str(), report.error.is_some()), ("1 deactivate", true));
    world.sim.set_faults(Vec::new()).expect("faults");
    world.restart().await;
    world.pass(SignedDuration::from_hours(20));
    assert_eq!(world.cycled().await, "3 deactivate", "43 hours after the approval");
}

/// What nobody has begun in time is asked again, and so is what was left lying.
#[tokio::test]
async fn what_was_not_begun_in_time_is_asked_again() {
    let (world, _) = four_held().await;
    decide(&world, 1, Verdict::Approved, &[]).await;
    world.pass(SignedDuration::from_hours(25));
    assert_eq!(world.cycled().await, "nothing to do; 4 held");
}
