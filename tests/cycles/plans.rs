//! What is planned: nothing when idle, what `plan` shows, not too many removals, everybody anew by another mapping.

use entra_jostle_sync::mapping::{Mapping, Row};
use serde_json::json;

use super::common::{World, in_sync, path, summary};

#[tokio::test]
async fn an_idle_cycle_costs_one_request() {
    let (world, _) = in_sync(&["ann", "bob"]).await;
    let report = world.cycle().await;
    assert_eq!(report.operations.total(), 0);
    assert_eq!((report.requests.graph, report.requests.jostle), (1, 0));
}

#[tokio::test]
async fn a_plan_is_what_the_cycle_then_does_and_writes_nothing() {
    let (world, ids) = in_sync(&["ann", "bob", "cid"]).await;
    world.change(&ids[0], json!({"givenName": "Anne"}));
    world.change(&ids[1], json!({"accountEnabled": false}));
    world.person("dora", json!({}));
    let first = world.plan().await;
    let second = world.plan().await;
    assert_eq!(first, second);
    assert_eq!(first.counts().to_string(), "1 deactivate, 1 create, 1 update");
    assert_eq!(world.writes(), Vec::<String>::new());
    assert_eq!(world.cycled().await, first.counts().to_string());
    let log = world.store().log(entra_jostle_sync::store::LogQuery { entra_id: None, limit: 3 }).await.expect("a log");
    let mut done: Vec<_> = log.iter().map(|entry| (entry.operation.clone(), entry.changes.clone())).collect();
    done.reverse();
    let planned: Vec<_> =
        first.operations.iter().map(|o| (o.operation.as_str().to_owned(), o.changes.clone())).collect();
    assert_eq!(done, planned);
}

#[tokio::test]
async fn a_mass_deactivation_is_held_and_the_rest_flows() {
    let aliases = ["a", "b", "c", "d", "e", "f"];
    let (world, ids) = in_sync(&aliases).await;
    for id in &ids[..4] {
        world.change(id, json!({"accountEnabled": false}));
    }
    world.change(&ids[5], json!({"givenName": "New"}));
    assert_eq!(world.cycled().await, "1 update; 4 held");
    assert_eq!(world.cycled().await, "nothing to do; 4 held", "still held, not forgotten");
    for id in &ids[..4] {
        world.change(id, json!({"accountEnabled": true}));
    }
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn another_mapping_is_planned_from_the_snapshot_and_reads_entra_anew_only_for_new_attributes() {
    let (mut world, _) = in_sync(&["ann", "bob"]).await;
    let with_row = |world: &World, row: Row| {
        Mapping::new(world.policy.mapping.rows().iter().cloned().chain([row]).collect()).expect("a mapping")
    };
    world.policy.mapping = with_row(&world, Row::direct(path("displayName"), "givenName"));
    let report = world.cycle().await;
    assert_eq!((summary(&report).as_str(), report.requests.graph), ("2 update", 1));
    let alternate = path("emails[type eq \"alternate1\"].value");
    world.policy.mapping = with_row(&world, Row::direct(alternate.clone(), "displayName"));
    assert_eq!(world.cycled().await, "2 update");
    assert_eq!(world.cycled().await, "nothing to do");
    let ann = world.account("ann@corp.example").await.expect("there");
    assert_eq!(alternate.read(&ann).map(|value| value.to_string()).as_deref(), Some("\"ann\""));
}
