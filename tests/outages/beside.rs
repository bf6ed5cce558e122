//! What is done beside a cycle: nobody is written by two at once, and nobody waits for the cycle of somebody else.

use entra_jostle_sync::engine::StepStatus;
use entra_jostle_sync::model::Operation;
use entra_jostle_sync::scope::Who;
use entra_jostle_sync::simulator::{Effect, Fault};
use futures::FutureExt;
use serde_json::json;

use super::common::{World, summary};
use super::{effective, faults, in_sync, jostle_id, on_jostle, status, told};

/// Until Jostle was told something.
async fn written(world: &World) {
    while world.writes().is_empty() {
        tokio::task::yield_now().await;
    }
}

/// Until Jostle was asked for an account.
async fn asked_for(world: &World, id: &str) {
    while !world.sim.requests().iter().any(|request| request.path.contains(id)) {
        tokio::task::yield_now().await;
    }
}

/// Ann is provisioned on demand, and while her account is being read a cycle is refused the credentials: both end.
async fn refused_beside(world: &World, ann: &str, refusal: Fault) {
    let slow = on_jostle(Effect::Slow { ms: 3000 }).method("GET").path(ann);
    faults(world, vec![slow, refusal]);
    world.sim.clear_requests();
    let engine = world.engine();
    let beside = world.beside(&engine);
    let (done, report) = tokio::join!(beside.provision("ann@corp.example"), async {
        asked_for(world, ann).await;
        engine.cycle().await
    });
    assert!(done.is_err() && report.expect("a report").error.is_some());
}

#[tokio::test]
async fn on_demand_waits_for_a_cycle_that_writes_the_person_and_finds_it_done() {
    let (world, ids) = in_sync(&["ann"]).await;
    world.change(&ids[0], json!({"givenName": "Anne"}));
    faults(&world, vec![on_jostle(Effect::Slow { ms: 300 }).method("PATCH")]);
    let engine = world.engine();
    let beside = world.beside(&engine);
    let (report, done) = tokio::join!(engine.cycle(), async {
        written(&world).await;
        beside.provision("ann@corp.example").await
    });
    assert_eq!(summary(&report.expect("a report")), "1 update");
    assert_eq!(done.expect("an answer").status, StepStatus::Skipped);
    assert_eq!((world.writes().len(), told(&world).await.len()), (1, 2));
}

#[tokio::test]
async fn a_cycle_leaves_the_person_whom_on_demand_writes_alone() {
    let (world, ids) = in_sync(&["ann", "bob"]).await;
    for id in &ids {
        world.change(id, json!({"givenName": "New"}));
    }
    faults(&world, vec![on_jostle(Effect::Slow { ms: 300 }).method("PATCH").path(&jostle_id(&world, "ann").await)]);
    let engine = world.engine();
    let beside = world.beside(&engine);
    let (done, report) = tokio::join!(beside.provision("ann@corp.example"), async {
        written(&world).await;
        engine.cycle().await
    });
    assert_eq!(done.expect("an answer").operation, Some(Operation::Update));
    assert_eq!(summary(&report.expect("a report")), "1 update");
    assert_eq!((world.writes().len(), effective(&world).len(), told(&world).await.len()), (2, 2, 4));
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn on_demand_does_not_wait_for_a_cycle_that_writes_somebody_else() {
    let (world, ids) = in_sync(&["ann"]).await;
    world.change(&ids[0], json!({"givenName": "Anne"}));
    faults(&world, vec![on_jostle(Effect::Slow { ms: 10_000 }).method("PATCH")]);
    let engine = world.engine();
    let beside = world.beside(&engine);
    let mut cycle = Box::pin(engine.cycle());
    while world.writes().is_empty() {
        assert!(cycle.as_mut().now_or_never().is_none());
        tokio::task::yield_now().await;
    }
    world.person("bob", json!({}));
    let done = beside.provision("bob@corp.example").await.expect("an answer");
    assert_eq!(done.operation, Some(Operation::Create));
    assert!(cycle.as_mut().now_or_never().is_none(), "the cycle is still at it");
    assert_eq!(world.status().await.open_intents, 1, "what the cycle sends is in no doubt");
}

#[tokio::test]
async fn what_on_demand_leaves_open_is_settled_before_the_cycle_writes() {
    let (world, ids) = in_sync(&["ann"]).await;
    world.change(&ids[0], json!({"givenName": "Anne"}));
    let lost = on_jostle(Effect::ResetAfter {}).method("PATCH").times(1);
    faults(&world, vec![lost, on_jostle(super::status(503)).skip(1)]);
    world.provision("ann@corp.example").await.expect_err("an outage");
    faults(&world, Vec::new());
    world.change(&ids[0], json!({"givenName": "Anna"}));
    assert_eq!(world.cycled().await, "1 update");
    assert_eq!((effective(&world).len(), told(&world).await.len()), (2, 3));
}

#[tokio::test]
async fn nobody_is_judged_by_groups_that_an_earlier_run_read() {
    let (mut world, ids) = in_sync(&["ann"]).await;
    world.group("Sales", &[&ids[0]]);
    world.policy.scope.who = Who::Groups(vec!["Sales".to_owned()]);
    let done = world.provision("ann@corp.example").await.expect("an answer");
    assert_eq!((done.operation, done.status), (None, StepStatus::Skipped), "the groups were read first: {done:?}");
}

#[tokio::test]
async fn credentials_refused_to_the_probe_of_a_cycle_stop_what_is_done_beside_it() {
    let (world, ids) = in_sync(&["ann"]).await;
    let ann = jostle_id(&world, "ann").await;
    world.change(&ids[0], json!({"givenName": "New"}));
    faults(&world, vec![on_jostle(status(503))]);
    assert!(world.cycle().await.error.is_some());
    refused_beside(&world, &ann, on_jostle(status(403)).path("ServiceProviderConfig")).await;
    assert_eq!(world.writes(), [""; 0], "nothing after the refusal");
    faults(&world, Vec::new());
    assert_eq!(world.cycled().await, "1 update");
}

#[tokio::test]
async fn credentials_refused_to_the_cycle_stop_what_is_done_beside_it() {
    let (world, ids) = in_sync(&["ann", "bob"]).await;
    for id in &ids {
        world.change(id, json!({"givenName": "New"}));
    }
    let (ann, bob) = (jostle_id(&world, "ann").await, jostle_id(&world, "bob").await);
    refused_beside(&world, &ann, on_jostle(status(401)).method("PATCH").path(&bob)).await;
    assert_eq!(world.writes().len(), 1, "nothing after the refusal: {:?}", world.writes());
    faults(&world, Vec::new());
    assert_eq!(world.cycled().await, "2 update");
}
