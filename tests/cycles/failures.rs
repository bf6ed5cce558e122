//! Failures of one person, of the credentials, of a whole side; lost answers; a stop.

use entra_jostle_sync::connector::ErrorKind;
use entra_jostle_sync::engine::CycleError;
use entra_jostle_sync::simulator::Effect;
use jiff::SignedDuration;
use serde_json::json;

use super::common::{World, in_sync, on_jostle, status, summary};

#[tokio::test]
async fn one_persons_failure_stops_nobody_and_is_tried_again_later() {
    let (world, ids) = in_sync(&["ann", "bob", "cid"]).await;
    let bob = world.account("bob@corp.example").await.expect("created")["id"].as_str().expect("an id").to_owned();
    world.sim.set_faults(vec![on_jostle(status(400)).method("PATCH").path(&bob)]).expect("faults");
    for id in &ids {
        world.change(id, json!({"givenName": "New"}));
    }
    assert_eq!(world.cycled().await, "2 update; 1 failed");
    let waiting = world.status().await.waiting;
    assert_eq!((waiting.len(), waiting[0].retry.attempts), (1, 1));
    assert!(waiting[0].retry.message.contains("Jostle"), "{}", waiting[0].retry.message);
    world.sim.set_faults(Vec::new()).expect("faults");
    assert_eq!(world.cycled().await, "nothing to do", "not in a hot loop");
    world.pass(SignedDuration::from_hours(31));
    assert_eq!(world.cycled().await, "1 update");
    assert_eq!(world.status().await.waiting, []);
}

#[tokio::test]
async fn a_failing_person_is_tried_at_once_when_they_change() {
    let (world, ids) = in_sync(&["ann"]).await;
    world.sim.set_faults(vec![on_jostle(status(400)).method("PATCH").times(1)]).expect("faults");
    world.change(&ids[0], json!({"givenName": "Anne"}));
    assert_eq!(world.cycled().await, "nothing to do; 1 failed");
    world.change(&ids[0], json!({"givenName": "Anna"}));
    assert_eq!(world.cycled().await, "1 update");
}

#[tokio::test]
async fn refused_credentials_stop_every_write_at_once() {
    let (world, ids) = in_sync(&["ann", "bob", "cid", "dan", "eve", "fay"]).await;
    for code in [401, 403] {
        for id in &ids {
            world.change(id, json!({"givenName": format!("Name {code}")}));
        }
        world.sim.clear_requests();
        world.sim.set_faults(vec![on_jostle(status(code))]).expect("faults");
        let report = world.cycle().await;
        let Some(CycleError::Side(error)) = &report.error else { panic!("{}", summary(&report)) };
        assert!(matches!(error.kind, ErrorKind::CredentialsRefused | ErrorKind::Forbidden), "{error}");
        assert!(world.writes().len() <= 4, "no more than were under way: {:?}", world.writes());
        assert_eq!(world.status().await.waiting, [], "nobody's attempts grow");
        world.sim.set_faults(Vec::new()).expect("faults");
        assert_eq!(world.cycled().await, "6 update");
    }
}

#[tokio::test]
async fn an_outage_ends_the_cycle_and_nobodys_attempts_grow() {
    let (world, ids) = in_sync(&["ann", "bob", "cid"]).await;
    for (number, effect) in [status(503), status(500), Effect::Reset {}].into_iter().enumerate() {
        for id in &ids {
            world.change(id, json!({"givenName": format!("Name {number}")}));
        }
        world.sim.set_faults(vec![on_jostle(effect)]).expect("faults");
        let report = world.cycle().await;
        assert!(matches!(report.error, Some(CycleError::Side(_))), "{}", summary(&report));
        assert_eq!(world.status().await.waiting, []);
        world.sim.set_faults(Vec::new()).expect("faults");
        assert_eq!(world.cycled().await, "3 update");
    }
}

#[tokio::test]
async fn a_create_whose_answer_was_lost_makes_one_account() {
    let world = World::new().await;
    world.person("ann", json!({}));
    world.sim.set_faults(vec![on_jostle(Effect::ResetAfter {}).method("POST").times(1)]).expect("faults");
    assert_eq!(world.cycled().await, "1 create");
    assert_eq!(world.accounts().await.len(), 1);
    assert_eq!(world.writes().len(), 1, "sent once: {:?}", world.writes());
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn a_create_in_doubt_is_settled_after_an_outage_even_if_the_person_was_renamed() {
    let mut world = World::new().await;
    let ann = world.person("ann", json!({}));
    let lost = on_jostle(Effect::ResetAfter {}).method("POST").times(1);
    let dark = on_jostle(status(503)).skip(1);
    world.sim.set_faults(vec![lost, dark]).expect("faults");
    assert!(world.cycle().await.error.is_some());
    world.sim.set_faults(Vec::new()).expect("faults");
    world.change(&ann, json!({"userPrincipalName": "ann.lee@corp.example"}));
    world.restart().await;
    assert_eq!(world.cycled().await, "1 update");
    let accounts = world.accounts().await;
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0]["userName"], "ann.lee@corp.example");
}

#[tokio::test]
async fn stopping_finishes_nothing_new_and_loses_nothing() {
    let world = World::new().await;
    for number in 0..20 {
        world.person(&format!("p{number}"), json!({}));
    }
    world.shutdown.cancel();
    let report = world.cycle().await;
    assert!(matches!(report.error, Some(CycleError::Stopped)), "{}", summary(&report));
    assert_eq!(world.writes(), Vec::<String>::new());
}
