//! A share of people that fails is a failure of Jostle; a few who fail are not, and keep nobody else from it.

use entra_jostle_sync::engine::CycleError;
use serde_json::json;

use super::common::{World, summary};
use super::{faults, in_sync, jostle_id, on_jostle, status};

async fn many(count: usize) -> (World, Vec<String>) {
    let aliases: Vec<_> = (0..count).map(|number| format!("p{number:02}")).collect();
    in_sync(&aliases.iter().map(String::as_str).collect::<Vec<_>>()).await
}

fn rename(world: &World, ids: &[String], name: &str) {
    for id in ids {
        world.change(id, json!({"givenName": name}));
    }
}

async fn refused(world: &World, people: impl IntoIterator<Item = usize>) {
    let mut all = Vec::new();
    for number in people {
        all.push(on_jostle(status(400)).method("PATCH").path(&jostle_id(world, &format!("p{number:02}")).await));
    }
    faults(world, all);
}

#[tokio::test]
async fn a_server_that_refuses_everybody_is_left_alone_and_nobody_has_failed() {
    let (world, ids) = many(20).await;
    for effect in [status(400), status(500)] {
        rename(&world, &ids, &format!("{effect:?}").chars().take(28).collect::<String>());
        world.sim.clear_requests();
        faults(&world, vec![on_jostle(effect).method("PATCH")]);
        let report = world.cycle().await;
        let Some(CycleError::Failing { failing: 5, of: 5, .. }) = report.error else { panic!("{}", summary(&report)) };
        let written: std::collections::BTreeSet<_> = world.writes().into_iter().collect();
        assert!(written.len() <= 5 + 3, "no more than were under way: {written:?}");
        assert_eq!(world.status().await.waiting, []);
        let quarantines = world.store().quarantines().await.expect("the state");
        assert!(quarantines[0].reason.contains("5 of 5 people"), "{quarantines:?}");
        faults(&world, Vec::new());
        assert_eq!(world.cycled().await, "20 update");
        assert_eq!(world.store().quarantines().await.expect("the state"), []);
    }
}

#[tokio::test]
async fn look_ups_that_fail_for_everybody_are_noticed_while_planning() {
    let (world, _) = in_sync(&["ann"]).await;
    for number in 0..8 {
        world.person(&format!("p{number:02}"), json!({}));
    }
    faults(&world, vec![on_jostle(status(400)).method("GET").path("filter=")]);
    let report = world.cycle().await;
    assert!(matches!(report.error, Some(CycleError::Failing { failing: 8, of: 8, .. })), "{}", summary(&report));
    assert_eq!((world.writes(), world.status().await.waiting), (vec![], vec![]));
    faults(&world, Vec::new());
    assert_eq!(world.cycled().await, "8 create");
}

#[tokio::test]
async fn a_few_failing_people_are_no_outage_and_never_count_again() {
    let (world, ids) = many(8).await;
    refused(&world, 0..8).await;
    rename(&world, &ids[..4], "New");
    assert_eq!(world.cycled().await, "nothing to do; 4 failed");
    rename(&world, &ids, "Newer");
    assert_eq!(world.cycled().await, "nothing to do; 8 failed", "four of them failed before");
    assert_eq!(world.status().await.waiting.len(), 8);
    assert_eq!(world.store().quarantines().await.expect("the state"), []);
}

/// Jostle answers, and says something of each of them: the name is in use.
#[tokio::test]
async fn names_that_are_taken_are_no_outage_however_many_they_are() {
    let (world, ids) = many(6).await;
    for between in ["between", "p0"] {
        for (number, id) in ids.iter().enumerate() {
            let name = format!("{between}{}@corp.example", (number + 1) % ids.len());
            world.change(id, json!({"userPrincipalName": name}));
        }
    }
    assert_eq!(world.cycled().await, "nothing to do; 6 failed");
    assert_eq!(world.store().quarantines().await.expect("the state"), []);
}

/// Else five people with wrong data would keep everybody else waiting for ever.
#[tokio::test]
async fn whoever_failed_when_it_tripped_comes_last_and_keeps_nobody_from_jostle() {
    let (world, ids) = many(16).await;
    let engine = world.engine();
    refused(&world, 0..5).await;
    rename(&world, &ids[..5], "New");
    let report = engine.cycle().await.expect("a report");
    assert!(matches!(report.error, Some(CycleError::Failing { .. })), "{}", summary(&report));
    rename(&world, &ids[5..], "New");
    let report = engine.cycle().await.expect("a report");
    assert_eq!(summary(&report), "11 update; 5 failed");
    assert_eq!(world.store().quarantines().await.expect("the state"), []);
}

#[tokio::test]
async fn while_most_get_through_it_is_not_jostle_that_fails() {
    let (world, ids) = many(40).await;
    rename(&world, &ids, "New");
    let mut half = on_jostle(status(400)).method("PATCH");
    half.path = Some("/Users/".to_owned());
    // Every third request.
    let thirds = (0..14).map(|third| half.clone().skip(third * 2 + 2).times(1));
    faults(&world, thirds.collect());
    let report = world.cycle().await;
    assert!(report.error.is_none() && report.failed > 5, "{}", summary(&report));
}
