//! Writes whose answer is lost, or says less than what was done: Jostle is read, and the log tells what it was told.

use entra_jostle_sync::simulator::Effect;
use jiff::SignedDuration;
use serde_json::json;

use super::common::World;
use super::{effective, faults, in_sync, jostle_id, log, on_jostle, status, told};

fn lost(method: &str) -> entra_jostle_sync::simulator::Fault {
    on_jostle(Effect::ResetAfter {}).method(method)
}

/// What the log says, a line each: `update ok title`, without what was there before.
fn lines(log: &[entra_jostle_sync::store::LogEntry]) -> Vec<String> {
    let attributes = |line: &entra_jostle_sync::store::LogEntry| {
        line.changes.iter().map(|change| change.attribute.to_string()).collect::<Vec<_>>().join(" ")
    };
    log.iter().map(|line| format!("{} {} {}", line.operation, line.status, attributes(line))).collect()
}

#[tokio::test]
async fn a_change_whose_answer_is_always_lost_is_found_by_reading() {
    let (world, ids) = in_sync(&["ann"]).await;
    for (change, operation) in [
        (json!({"givenName": "Anne"}), "update"),
        (json!({"accountEnabled": false}), "deactivate"),
        (json!({"accountEnabled": true}), "reactivate"),
    ] {
        faults(&world, vec![lost("PATCH")]);
        world.change(&ids[0], change);
        assert_eq!(world.cycled().await, format!("1 {operation}"));
        assert_eq!(world.status().await.waiting, []);
        faults(&world, Vec::new());
        assert_eq!(world.cycled().await, "nothing to do");
    }
    assert_eq!(effective(&world).len(), 3);
    assert_eq!(
        lines(&told(&world).await[1..]),
        ["update success name.givenName", "deactivate success active", "reactivate success active"]
    );
}

#[tokio::test]
async fn a_change_in_doubt_is_told_once_although_the_source_changes_again_before_it_is_settled() {
    for (again, written, told_lines) in
        [("Anna", "1 update", 2), ("Given", "1 update", 2), ("Anne", "nothing to do", 1)]
    {
        let (mut world, ids) = in_sync(&["ann"]).await;
        world.change(&ids[0], json!({"givenName": "Anne"}));
        faults(&world, vec![lost("PATCH").times(1), on_jostle(status(503))]);
        let report = world.cycle().await;
        assert!(report.error.is_some(), "{report:?}");
        assert_eq!((world.status().await.open_intents, world.status().await.waiting), (1, vec![]));
        faults(&world, Vec::new());
        world.change(&ids[0], json!({"givenName": again}));
        world.restart().await;
        assert_eq!(world.cycled().await, written, "{again}");
        assert_eq!(effective(&world).len(), told_lines, "{again}");
        assert_eq!(told(&world).await.len(), 1 + told_lines, "{again}");
        assert_eq!(world.cycled().await, "nothing to do");
        assert_eq!(world.account("ann@corp.example").await.expect("there")["name"]["givenName"], again);
    }
}

/// Another one may say no and have done half of it.
#[tokio::test]
async fn of_a_change_that_was_kept_in_part_the_log_tells_the_part() {
    let (world, ids) = in_sync(&["ann"]).await;
    let switches = json!({"patch_non_atomic": true, "schema_missing_attribute": "title"});
    world.sim.jostle().set_switches(switches).expect("switches");
    world.change(&ids[0], json!({"givenName": "Anne", "jobTitle": "Chief"}));
    world.cycled().await;
    let half = effective(&world).len();
    assert_eq!(told(&world).await.len(), 1 + half);
    assert_eq!(world.account("ann@corp.example").await.expect("there")["name"]["givenName"], "Anne");
}

#[tokio::test]
async fn nobody_is_written_as_long_as_an_earlier_write_is_in_doubt() {
    let (mut world, ids) = in_sync(&["ann", "bob"]).await;
    let ann = jostle_id(&world, "ann").await;
    let unreadable = on_jostle(status(502)).method("GET").path(&ann);
    faults(&world, vec![lost("PATCH").path(&ann), unreadable.clone()]);
    for id in &ids {
        world.change(id, json!({"givenName": "New"}));
    }
    assert_eq!(world.cycled().await, "1 update; 1 failed");
    assert_eq!(world.status().await.open_intents, 1);
    faults(&world, vec![unreadable]);
    world.change(&ids[0], json!({"givenName": "Newer"}));
    world.restart().await;
    world.sim.clear_requests();
    assert_eq!(world.cycled().await, "nothing to do");
    assert_eq!(world.writes(), Vec::<String>::new());
    let done = world.provision("ann@corp.example").await.expect("an answer");
    assert!(done.steps.last().expect("steps").description.contains("in doubt"), "{done:?}");
    faults(&world, Vec::new());
    assert_eq!(world.cycled().await, "1 update");
    assert_eq!((effective(&world).len(), told(&world).await.len()), (3, 5), "{:#?}", log(&world).await);
}

/// Somebody else must not adopt the account that is in doubt.
#[tokio::test]
async fn a_create_in_doubt_keeps_its_name() {
    let world = World::new().await;
    world.person("ann", json!({}));
    // What looks for the name after the answer was lost fails, what probes does not.
    faults(&world, vec![lost("POST").times(1), on_jostle(status(502)).method("GET").path("filter=").skip(1)]);
    assert_eq!(world.cycled().await, "nothing to do; 1 failed");
    assert_eq!(world.status().await.open_intents, 1);
    faults(&world, Vec::new());
    assert_eq!(world.cycled().await, "nothing to do");
    assert_eq!((world.accounts().await.len(), effective(&world).len(), told(&world).await.len()), (1, 1, 1));
    assert_eq!(world.status().await.waiting, []);
}

/// Not what an administrator made under the same name: it is adopted, and the log says so.
#[tokio::test]
async fn an_account_that_somebody_else_made_is_not_called_created() {
    let world = World::new().await;
    world
        .put_account(&json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ann@corp.example", "active": true,
            "name": {"givenName": "Given", "familyName": "Family"},
            "emails": [{"type": "work", "value": "other@corp.example"}],
        }))
        .await;
    world.sim.jostle().clear_journal();
    world.person("ann", json!({}));
    world.sim.jostle().set_switches(json!({"duplicate_status": 500, "filter_hit": "empty"})).expect("switches");
    world.cycled().await;
    world.sim.jostle().set_switches(json!({"filter_hit": "honest"})).expect("switches");
    world.pass(SignedDuration::from_hours(1));
    world.cycled().await;
    assert_eq!(world.accounts().await.len(), 1);
    let told = told(&world).await;
    assert_eq!((told.len(), told[0].operation.as_str()), (1, "adopt"));
}

#[tokio::test]
async fn a_server_that_answers_500_for_an_id_it_does_not_have_is_found_out() {
    let (world, ids) = in_sync(&["ann"]).await;
    let ann = jostle_id(&world, "ann").await;
    assert!(world.sim.jostle().remove(&ann));
    faults(&world, vec![on_jostle(status(500)).path(&ann)]);
    world.change(&ids[0], json!({"givenName": "Anne"}));
    assert_eq!(world.cycled().await, "nothing to do; 1 failed", "it may be a passing trouble");
    assert_eq!(world.status().await.open_intents, 0);
    world.pass(SignedDuration::from_hours(1));
    assert_eq!(world.cycled().await, "nothing to do");
    let line = log(&world).await.pop().expect("a line");
    assert!(line.message.expect("why").contains("deleted the account in Jostle"));
    assert_eq!(world.status().await.waiting, []);
}
