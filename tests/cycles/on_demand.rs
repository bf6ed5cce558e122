//! One person at once, and the cycles after it.

use entra_jostle_sync::engine::{ImportError, StepStatus};
use entra_jostle_sync::mapping::{Mapping, Row};
use entra_jostle_sync::model::Operation;
use entra_jostle_sync::simulator::Side;
use serde_json::json;

use super::common::{World, in_sync, path};

#[tokio::test]
async fn on_demand_creates_with_few_requests_and_shows_five_steps() {
    let world = World::new().await;
    let ann = world.person("ann", json!({"mail": "ann.mail@corp.example"}));
    world.sim.clear_requests();
    let done = world.provision("ANN.mail@corp.example").await.expect("provisioned");
    assert_eq!((done.status, done.operation), (StepStatus::Success, Some(Operation::Create)));
    assert_eq!(done.entra_id.as_str(), ann);
    let steps: Vec<_> = done.steps.iter().map(|step| serde_json::to_value(step.name).expect("a name")).collect();
    assert_eq!(steps, ["connect", "import", "scope", "match", "act"]);
    let sent = world.sim.requests().into_iter().filter(|request| request.side != Side::Token).count();
    assert!(sent <= 4, "{sent} requests");
    assert_eq!(world.account("ann@corp.example").await.expect("created")["active"], true);
    world.cycled().await;
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn on_demand_takes_upn_mail_and_object_id_and_every_state_of_a_person() {
    let (world, ids) = in_sync(&["ann", "bob", "cid"]).await;
    let requests = |world: &World| world.sim.requests().into_iter().filter(|r| r.side != Side::Token).count();
    world.change(&ids[0], json!({"accountEnabled": false}));
    let done = world.provision("ann@corp.example").await.expect("disabled");
    assert_eq!(done.operation, Some(Operation::Deactivate));
    world.change(&ids[0], json!({"accountEnabled": true}));
    let done = world.provision(&ids[0].to_uppercase()).await.expect("by object id");
    assert_eq!(done.operation, Some(Operation::Reactivate));
    world.sim.clear_requests();
    world.sim.graph().delete_user(&ids[1]).expect("deleted");
    let done = world.provision("bob@corp.example").await.expect("deleted");
    assert_eq!(done.operation, Some(Operation::Deactivate));
    assert!(requests(&world) <= 4, "{} requests", requests(&world));
    world.sim.graph().restore_user(&ids[1]).expect("restored");
    let done = world.provision("bob@corp.example").await.expect("restored");
    assert_eq!(done.operation, Some(Operation::Reactivate));
    world.sim.graph().purge_user(&ids[2]).expect("purged");
    let done = world.provision("cid@corp.example").await.expect("deleted for good");
    assert_eq!(done.operation, Some(Operation::Deactivate));
    let again = world.provision("ann@corp.example").await.expect("again");
    assert_eq!((again.status, again.operation), (StepStatus::Skipped, None));
    world.cycled().await;
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn on_demand_knows_deleted_people_it_never_saw_and_says_who_is_unknown() {
    let world = World::new().await;
    let ann = world.person("ann", json!({}));
    world.sim.graph().delete_user(&ann).expect("deleted");
    let done = world.provision("ann@corp.example").await.expect("in the recycle bin");
    assert_eq!(done.status, StepStatus::Skipped);
    let unknown = world.provision("nobody@corp.example").await.expect_err("unknown");
    assert!(matches!(unknown, ImportError::Unknown(_)), "{unknown}");
    assert_eq!(world.status().await.people, 0);
}

#[tokio::test]
async fn on_demand_finds_a_newcomer_who_has_the_name_of_somebody_deleted() {
    let (world, ids) = in_sync(&["ann"]).await;
    world.sim.graph().purge_user(&ids[0]).expect("purged");
    world.cycled().await;
    let new = world.person("ann", json!({"givenName": "Other"}));
    let done = world.provision("ann@corp.example").await.expect("found");
    assert_eq!(done.entra_id.as_str(), new);
    assert_eq!(done.status, StepStatus::Failure, "the account still belongs to the one who left: a person decides");
}

#[tokio::test]
async fn whoever_was_provisioned_on_demand_and_left_does_not_stop_the_first_cycle() {
    for purged in [false, true] {
        let world = World::new().await;
        let ann = world.person("ann", json!({}));
        let _provisioned = world.provision("ann@corp.example").await.expect("provisioned");
        match purged {
            true => world.sim.graph().purge_user(&ann).expect("purged"),
            false => drop(world.sim.graph().delete_user(&ann).expect("deleted")),
        }
        let mut switches = world.sim.graph().switches();
        switches.tombstones_in_baseline = false;
        world.sim.graph().set_switches(switches).expect("switches");
        world.person("bob", json!({}));
        assert_eq!(world.cycled().await, "1 deactivate, 1 create");
        assert_eq!(world.cycled().await, "nothing to do");
    }
}

#[tokio::test]
async fn whoever_was_provisioned_on_demand_by_a_mapping_that_is_taken_back_is_planned_again() {
    let (mut world, _) = in_sync(&["ann", "bob"]).await;
    let showing = |source: &str, world: &World| {
        let row = Row::direct(path("displayName"), source);
        Mapping::new(world.policy.mapping.rows().iter().cloned().chain([row]).collect()).expect("a mapping")
    };
    let (kept, tried) = (showing("givenName", &world), showing("surname", &world));
    world.policy.mapping = kept.clone();
    assert_eq!(world.cycled().await, "2 update");
    let before = world.account("ann@corp.example").await.expect("there")["displayName"].clone();
    world.policy.mapping = tried;
    assert_eq!(world.provision("ann@corp.example").await.expect("provisioned").operation, Some(Operation::Update));
    world.policy.mapping = kept;
    assert_eq!(world.cycled().await, "1 update");
    assert_eq!(world.account("ann@corp.example").await.expect("there")["displayName"], before);
}
