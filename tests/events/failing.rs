//! What fails: a person, a write in doubt, a whole side.

use entra_jostle_sync::simulator::{BodyKind, Effect};
use jiff::SignedDuration;
use serde_json::json;

use super::common::{World, in_sync, on_jostle, status};

pub(super) fn throttled(seconds: &str) -> Effect {
    Effect::Status { status: 429, retry_after: Some(seconds.to_owned()), code: None, body: BodyKind::default() }
}

pub(super) async fn people_and_writes_in_doubt() {
    let (world, ids) = in_sync(&["ann", "bob"]).await;
    let account = world.account("ann@corp.example").await.expect("created");
    let ann = account["id"].as_str().expect("an id");
    let unreadable = on_jostle(status(502)).method("GET").path(ann);
    let lost = on_jostle(Effect::ResetAfter {}).method("PATCH").path(ann);
    world.sim.set_faults(vec![lost, unreadable]).expect("faults");
    world.change(&ids[0], json!({"givenName": "New"}));
    world.change(&ids[1], json!({"mail": null}));
    assert_eq!(world.cycled().await, "nothing to do; 2 failed");
    world.change(&ids[0], json!({"givenName": "Newer"}));
    assert_eq!(world.cycled().await, "nothing to do", "ann is in doubt");
    assert_eq!(world.status().await.open_intents, 1);
}

pub(super) async fn sides() {
    let (world, ids) = in_sync(&["ann"]).await;
    world.change(&ids[0], json!({"givenName": "New"}));
    world.sim.set_faults(vec![on_jostle(status(401))]).expect("faults");
    assert!(world.cycle().await.error.is_some());
    world.pass(SignedDuration::from_mins(7));
    assert!(world.cycle().await.error.is_some(), "it was tried again");
    world.sim.set_faults(Vec::new()).expect("no faults");
    assert_eq!(world.cycled().await, "1 update");
}

pub(super) async fn a_side_that_asks_to_be_left_alone() {
    let world = World::new().await;
    world.person("ann", json!({}));
    world.sim.set_faults(vec![on_jostle(throttled("1")).times(1)]).expect("faults");
    assert_eq!(world.cycled().await, "1 create");
}
