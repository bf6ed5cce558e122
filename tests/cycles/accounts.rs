//! Whose account it is: deleted, replaced, hidden, somebody else's, wanted by two.

use entra_jostle_sync::mapping::{Mapping, Row};
use entra_jostle_sync::model::Operation;
use entra_jostle_sync::simulator::Effect;
use jiff::SignedDuration;
use serde_json::json;

use super::common::{World, handmade, in_sync, on_jostle, status};

#[tokio::test]
async fn an_account_deleted_by_an_administrator_is_created_again_if_configured() {
    let (mut world, ids) = in_sync(&["ann"]).await;
    world.policy.actions.recreate_deleted = true;
    let account = world.account("ann@corp.example").await.expect("created");
    assert!(world.sim.jostle().remove(account["id"].as_str().expect("an id")));
    world.change(&ids[0], json!({"givenName": "Anne"}));
    world.cycled().await;
    world.cycled().await;
    assert_eq!(world.account("ann@corp.example").await.expect("again")["name"]["givenName"], "Anne");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn an_account_that_is_found_to_be_deleted_by_a_retry_is_created_again_if_configured() {
    let (mut world, ids) = in_sync(&["ann"]).await;
    world.policy.actions.recreate_deleted = true;
    world.cycled().await;
    let account = world.account("ann@corp.example").await.expect("created");
    world.sim.set_faults(vec![on_jostle(status(400)).method("PATCH").times(1)]).expect("faults");
    world.change(&ids[0], json!({"givenName": "Anne"}));
    assert_eq!(world.cycled().await, "nothing to do; 1 failed");
    assert!(world.sim.jostle().remove(account["id"].as_str().expect("an id")));
    world.pass(SignedDuration::from_hours(31));
    world.cycled().await;
    assert_eq!(world.cycled().await, "1 create");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn one_404_does_not_mean_that_the_account_was_deleted() {
    let (world, ids) = in_sync(&["ann"]).await;
    let id = world.account("ann@corp.example").await.expect("created")["id"].as_str().expect("an id").to_owned();
    let not_there = on_jostle(status(404)).path(&id).times(1);
    world.sim.set_faults(vec![not_there.clone(), on_jostle(Effect::NoHit {}).times(1)]).expect("faults");
    world.change(&ids[0], json!({"givenName": "Anne"}));
    assert_eq!(world.cycled().await, "1 update");
    world.sim.set_faults(vec![not_there, on_jostle(Effect::NoHit {}).times(1)]).expect("faults");
    world.change(&ids[0], json!({"givenName": "Anna"}));
    assert_eq!(world.provision("ann@corp.example").await.expect("an answer").operation, Some(Operation::Update));
    assert_eq!(world.account("ann@corp.example").await.expect("there")["name"]["givenName"], "Anna");
}

/// A proxy without a route, a server that has just come up: what it says of one account it would say of any.
#[tokio::test]
async fn a_server_that_knows_nothing_for_a_while_has_not_deleted_the_account() {
    let (world, ids) = in_sync(&["ann"]).await;
    let id = world.account("ann@corp.example").await.expect("created")["id"].as_str().expect("an id").to_owned();
    let probe = on_jostle(Effect::Slow { ms: 1 }).path("ServiceProviderConfig").times(1);
    world.sim.set_faults(vec![probe, on_jostle(status(404))]).expect("faults");
    world.change(&ids[0], json!({"givenName": "Anne"}));
    assert!(world.cycle().await.error.is_some(), "Jostle answers nothing any more");
    let unknown = on_jostle(status(404)).method("PATCH").path(&id).times(1);
    let failing = on_jostle(status(500)).method("GET").path(&id).times(3);
    world.sim.set_faults(vec![unknown, failing, on_jostle(Effect::NoHit {}).times(1)]).expect("faults");
    assert_eq!(world.cycled().await, "1 update");
    assert_eq!(world.account("ann@corp.example").await.expect("there")["name"]["givenName"], "Anne");
}

#[tokio::test]
async fn an_account_with_another_id_is_found_again_by_its_name() {
    let (world, ids) = in_sync(&["ann"]).await;
    let old = world.account("ann@corp.example").await.expect("created");
    assert!(world.sim.jostle().remove(old["id"].as_str().expect("an id")));
    let new = world.put_account(&handmade("ann@corp.example", "Givens", true)).await;
    world.change(&ids[0], json!({"surname": "Lee"}));
    assert_eq!(world.cycled().await, "1 update");
    let account = world.account("ann@corp.example").await.expect("linked again");
    assert_eq!((&account["id"], &account["name"]["familyName"]), (&new["id"], &json!("Lee")));
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn an_account_that_is_gone_is_not_looked_for_in_somebody_elses() {
    let (world, ids) = in_sync(&["ann", "bob"]).await;
    let account = world.account("ann@corp.example").await.expect("created");
    assert!(world.sim.jostle().remove(account["id"].as_str().expect("an id")));
    for (id, alias) in [(&ids[0], "between"), (&ids[1], "ann"), (&ids[0], "bob")] {
        world.change(id, json!({"userPrincipalName": format!("{alias}@corp.example")}));
    }
    world.cycled().await;
    assert_eq!(world.cycled().await, "nothing to do");
    assert_eq!(world.status().await.waiting, [], "there is no conflict that anybody could mend");
    assert_eq!(world.accounts().await.len(), 1);
}

#[tokio::test]
async fn a_taken_name_that_the_filter_hides_is_found_in_the_list() {
    let world = World::new().await;
    let there = world.put_account(&handmade("ann@corp.example", "Given", true)).await;
    world.sim.jostle().set_switches(json!({"filter_hit": "empty"})).expect("a switch");
    world.person("ann", json!({}));
    assert_eq!(world.cycled().await, "1 adopt");
    assert_eq!(world.accounts().await.len(), 1);
    assert_eq!(world.account("ann@corp.example").await.expect("there")["id"], there["id"]);
}

#[tokio::test]
async fn a_filter_that_answers_with_somebody_else_is_not_believed() {
    let world = World::new().await;
    world.put_account(&handmade("boss@corp.example", "Boss", true)).await;
    world.sim.jostle().set_switches(json!({"filter_hit": "wrong_person"})).expect("a switch");
    world.person("ann", json!({}));
    assert_eq!(world.cycled().await, "1 create");
    world.sim.jostle().set_switches(json!({"filter_hit": "honest"})).expect("a switch");
    assert_eq!(world.account("boss@corp.example").await.expect("untouched")["name"]["givenName"], "Boss");
}

#[tokio::test]
async fn conflicts_are_reported_and_nothing_is_written() {
    let (world, _) = in_sync(&["ann"]).await;
    world.put_account(&handmade("robot@corp.example", "Robot", true)).await;
    world.sim.clear_requests();
    world.person("robot", json!({}));
    assert_eq!(world.cycled().await, "nothing to do; 1 failed");
    assert_eq!(world.writes(), Vec::<String>::new());
    assert!(world.status().await.waiting[0].retry.message.contains("protected"));
}

#[tokio::test]
async fn two_people_who_want_one_name_do_not_share_an_account() {
    let mut world = World::new().await;
    let rows = world.policy.mapping.rows().iter().cloned().map(|row| match row.target.to_string().as_str() {
        "userName" => {
            Row { source: entra_jostle_sync::mapping::Source::Attribute("mail".parse().expect("a source path")), ..row }
        }
        _ => row,
    });
    world.policy.mapping = Mapping::new(rows.collect()).expect("a mapping");
    world.person("ann", json!({"mail": "team@corp.example"}));
    world.person("bob", json!({"mail": "team@corp.example"}));
    assert_eq!(world.cycled().await, "1 create; 1 failed");
    assert_eq!(world.accounts().await.len(), 1);
    world.pass(SignedDuration::from_hours(31));
    assert_eq!(world.cycled().await, "nothing to do; 1 failed", "linked to the other one by now");
}
