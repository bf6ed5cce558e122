//! Whole cycles against the simulator: the scenarios that hold for every server, and everything that needs faults.

#![cfg(feature = "simulator")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "tests may")]

mod common;

use common::{World, handmade, in_sync, on_jostle, path, scenarios, status, summary};
use entra_jostle_sync::connector::ErrorKind;
use entra_jostle_sync::engine::{CycleError, ImportError, StepStatus};
use entra_jostle_sync::mapping::{Mapping, Row};
use entra_jostle_sync::model::Operation;
use entra_jostle_sync::plan::Delete;
use entra_jostle_sync::scope::{Clause, Dates, Filter, Who};
use entra_jostle_sync::simulator::{Effect, ExpiredStyle, Fault, Side};
use jiff::SignedDuration;
use serde_json::json;

#[tokio::test]
async fn all_four_pushes() {
    scenarios::all_four_pushes(World::new().await).await;
}

#[tokio::test]
async fn deletion_and_restore() {
    scenarios::deletion_and_restore(World::new().await).await;
}

#[tokio::test]
async fn rename_keeps_the_account() {
    scenarios::rename_keeps_the_account(World::new().await).await;
}

#[tokio::test]
async fn accounts_that_were_there_are_adopted() {
    scenarios::accounts_that_were_there_are_adopted(World::new().await).await;
}

#[tokio::test]
async fn special_characters() {
    scenarios::special_characters(World::new().await).await;
}

#[tokio::test]
async fn special_characters_are_matched() {
    scenarios::special_characters_are_matched(World::new().await).await;
}

#[tokio::test]
async fn every_form_of_attribute_is_set_changed_and_cleared() {
    scenarios::every_form_of_attribute_is_set_changed_and_cleared(World::new().await).await;
}

#[tokio::test]
async fn the_entra_dialect_does_the_same() {
    let world = World::new().await;
    world.sim.jostle().set_switches(json!({"boolean_active_only": false})).expect("a switch");
    scenarios::the_entra_dialect_does_the_same(world).await;
}

#[tokio::test]
async fn an_account_deleted_by_an_administrator_is_not_created_again() {
    let delete = async |world: &World, id: &str| assert!(world.sim.jostle().remove(id));
    scenarios::an_account_deleted_by_an_administrator_is_not_created_again(World::new().await, delete).await;
}

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
async fn an_account_with_another_id_is_found_again_by_its_name() {
    let (world, ids) = in_sync(&["ann"]).await;
    let old = world.account("ann@corp.example").await.expect("created");
    assert!(world.sim.jostle().remove(old["id"].as_str().expect("an id")));
    let new = world.put_account(&handmade("ann@corp.example", "Somebody", true)).await;
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
async fn guests_disabled_people_and_people_without_mail_get_no_account() {
    let world = World::new().await;
    world.person("guest", json!({"userType": "Guest"}));
    world.person("blocked", json!({"accountEnabled": false}));
    world.person("nomail", json!({"mail": null}));
    world.person("ann", json!({}));
    assert_eq!(world.cycled().await, "1 create; 1 failed");
    assert_eq!(world.accounts().await.len(), 1);
    let waiting = world.status().await.waiting;
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].user_name, "nomail@corp.example");
    assert!(waiting[0].retry.message.contains("mail is empty in Entra"), "{}", waiting[0].retry.message);
    world.pass(SignedDuration::from_hours(48));
    assert_eq!(world.cycled().await, "nothing to do", "waiting does not mend a missing value");
    let id = waiting[0].entra_id.as_str().to_owned();
    world.change(&id, json!({"mail": "nomail@corp.example"}));
    assert_eq!(world.cycled().await, "1 create", "a change does");
    assert_eq!(world.status().await.waiting, []);
}

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
async fn every_switch_of_the_simulated_jostle_ends_in_the_same_state() {
    let settings = [
        json!({}),
        json!({"user_name_case_sensitive_filter": true}),
        json!({"duplicate_status": 400}),
        json!({"duplicate_status": 500}),
        json!({"duplicate_scim_type": false}),
        json!({"patch_answer": "no_content"}),
        json!({"patch_no_target": false}),
        json!({"create_without_id": true}),
        json!({"create_without_location": true}),
        json!({"create_without_id": true, "create_without_location": true}),
        json!({"no_hit_is_404": true}),
        json!({"error_body": "html"}),
        json!({"error_body": "empty"}),
        json!({"status_as_number": true}),
        json!({"reject_capital_ops": true}),
        json!({"ids": "user_name"}),
        json!({"limits_lengths": true}),
        json!({"normalise": "trim_lowercase_email"}),
        json!({"patch_non_atomic": true}),
        json!({"hidden_inactive": true}),
        json!({"paging": "ignores_start_index"}),
        json!({"invited_reads_inactive": true}),
        json!({"schema_missing_attribute": "title"}),
    ];
    for switches in settings {
        let world = World::new().await;
        world.sim.jostle().set_switches(switches.clone()).unwrap_or_else(|error| panic!("{switches}: {error}"));
        let ann = world.person("ann", json!({}));
        world.person("bob", json!({"mobilePhone": "+1 555"}));
        assert_eq!(world.cycled().await, "2 create", "{switches}");
        world.change(&ann, json!({"givenName": "Anne", "mobilePhone": "+1 556"}));
        assert_eq!(world.cycled().await, "1 update", "{switches}");
        world.change(&ann, json!({"accountEnabled": false}));
        assert_eq!(world.cycled().await, "1 deactivate", "{switches}");
        world.change(&ann, json!({"accountEnabled": true, "mobilePhone": null}));
        assert_eq!(world.cycled().await, "1 reactivate", "{switches}");
        assert_eq!(world.cycled().await, "nothing to do", "{switches}");
        let account =
            world.sim.jostle().users_json().into_iter().find(|a| a["userName"] == "ann@corp.example").expect("ann");
        assert_eq!(account["name"]["givenName"], "Anne", "{switches}");
        let invited = switches["invited_reads_inactive"] == true;
        assert_eq!(account["active"], !invited, "{switches}");
        assert_eq!(path("phoneNumbers[type eq \"workmobilephone\"].value").read(&account), None, "{switches}");
        assert_eq!(world.sim.jostle().users_json().len(), 2, "{switches}");
    }
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
async fn a_tenant_that_suddenly_looks_empty_removes_nobody() {
    let (mut world, ids) = in_sync(&["a", "b", "c"]).await;
    // Another attribute is read from now on, so that a baseline follows; and the tenant has lost its people.
    for id in &ids {
        world.sim.graph().purge_user(id).expect("purged");
    }
    world.person("z", json!({}));
    let rows = world.policy.mapping.rows().iter().cloned();
    let more = Row::direct(path("displayName"), "displayName");
    world.policy.mapping = Mapping::new(rows.chain([more]).collect()).expect("a mapping");
    let report = world.cycle().await;
    // Tombstones tell the truth about each of them; without them the baseline would be refused.
    let told = summary(&report);
    assert!(told == "3 deactivate, 1 create" || told.contains("nobody was removed"), "{told}");
}

#[tokio::test]
async fn an_expired_position_starts_a_baseline_by_itself() {
    for style in [ExpiredStyle::Gone, ExpiredStyle::SyncStateNotFound] {
        let (world, ids) = in_sync(&["ann"]).await;
        let expired = Fault::new(Side::Graph, Effect::ExpireToken { style }).path("deltatoken").times(1);
        world.sim.set_faults(vec![expired]).expect("faults");
        world.change(&ids[0], json!({"givenName": "Anne"}));
        world.person("bob", json!({}));
        assert_eq!(world.cycled().await, "1 create, 1 update");
        assert_eq!(world.cycled().await, "nothing to do");
    }
}

#[tokio::test]
async fn graphs_bad_pages_are_errors_or_harmless_but_never_a_removal() {
    let effects = [
        (Effect::MissingValue {}, true),
        (Effect::BothLinks {}, true),
        (Effect::NoLinks {}, true),
        (Effect::ForeignLink { origin: "http://127.0.0.2:9".to_owned() }, true),
        (Effect::Truncate { well_framed: true }, true),
        (Effect::EmptyPage {}, false),
        (Effect::Duplicate {}, false),
        (Effect::Replay {}, false),
    ];
    for (effect, fails) in effects {
        let (world, ids) = in_sync(&["ann", "bob"]).await;
        world.change(&ids[0], json!({"givenName": "Anne"}));
        let fault = Fault::new(Side::Graph, effect.clone()).path("/users/delta");
        let fault = if fails { fault } else { fault.times(1) };
        world.sim.set_faults(vec![fault]).expect("faults");
        let report = world.cycle().await;
        assert_eq!(report.error.is_some(), fails, "{effect:?}: {}", summary(&report));
        assert_eq!(report.operations.of(Operation::Deactivate), 0, "{effect:?}");
        world.sim.set_faults(Vec::new()).expect("faults");
        world.cycled().await;
        assert_eq!(world.cycled().await, "nothing to do", "{effect:?}");
        assert_eq!(world.account("ann@corp.example").await.expect("there")["name"]["givenName"], "Anne", "{effect:?}");
        assert!(world.sim.jostle().users_json().iter().all(|account| account["active"] == true), "{effect:?}");
    }
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

#[tokio::test]
async fn only_people_deleted_long_enough_ago_are_deleted_and_only_if_configured() {
    let (mut world, ids) = in_sync(&["ann", "bob"]).await;
    world.policy.actions.delete = Delete::AfterDays(30);
    world.sim.graph().purge_user(&ids[0]).expect("purged");
    assert_eq!(world.cycled().await, "1 deactivate");
    world.pass(SignedDuration::from_hours(24 * 5));
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(SignedDuration::from_hours(24 * 26));
    assert_eq!(world.cycled().await, "1 delete");
    assert_eq!(world.accounts().await.len(), 1);
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn whoever_is_assigned_through_a_group_of_a_group_has_an_account_as_long_as_they_are() {
    let mut world = World::new().await;
    world.policy.scope.who = Who::Assigned { app_id: world.sim.details().app_id.clone() };
    let ids: Vec<_> = ["ann", "bob", "cid", "dee"].map(|alias| world.person(alias, json!({}))).into();
    let sales = world.group("Sales", &[&ids[1]]);
    let staff = world.group("Staff", &[&ids[0], &sales]);
    let graph = world.sim.graph();
    let direct = graph.assign(&ids[2], None).expect("assigned");
    graph.assign(&staff, None).expect("assigned");
    assert_eq!(world.cycled().await, "3 create");
    assert_eq!(world.cycled().await, "nothing to do");

    let done = world.provision("bob@corp.example").await.expect("judged");
    let scope = serde_json::to_value(&done.steps[2]).expect("JSON");
    assert_eq!(
        scope["details"]["rules"][1]["description"],
        "assigned to the application through Sales, which is in Staff"
    );

    world.leave(&staff, &sales);
    assert_eq!(world.cycled().await, "1 deactivate", "nothing of bob changed");
    assert_eq!(world.account("bob@corp.example").await.expect("there")["active"], false);
    world.join(&staff, &sales);
    assert_eq!(world.cycled().await, "1 reactivate");
    world.sim.graph().unassign(direct["id"].as_str().expect("an id")).expect("unassigned");
    assert_eq!(world.cycled().await, "1 deactivate");
    world.policy.scope.nested = false;
    assert_eq!(world.cycled().await, "1 deactivate", "only direct members, as Entra's own job");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn whoever_is_in_a_group_by_name_is_in_scope_and_a_group_that_is_not_there_takes_nobody_out() {
    let mut world = World::new().await;
    let ids: Vec<_> = ["ann", "bob"].map(|alias| world.person(alias, json!({}))).into();
    world.group("Sales", &[&ids[0]]);
    world.policy.scope.who = Who::Groups(vec!["sales".to_owned()]);
    assert_eq!(world.cycled().await, "1 create");
    world.policy.scope.who = Who::Groups(vec!["Sales Europe".to_owned()]);
    let report = world.cycle().await;
    assert!(report.error.is_some(), "{report:?}");
    assert_eq!(world.account("ann@corp.example").await.expect("there")["active"], true);
}

#[tokio::test]
async fn the_manager_decides_and_a_change_of_theirs_is_noticed() {
    let mut world = World::new().await;
    world.policy.scope.filters = vec![only("manager.department", "Sales")];
    let boss = world.person("boss", json!({"department": "Sales"}));
    let ann = world.person("ann", json!({}));
    world.sim.graph().set_manager(&ann, Some(&boss)).expect("a manager");
    assert_eq!(world.cycled().await, "1 create");
    world.change(&boss, json!({"department": "Legal"}));
    assert_eq!(world.cycled().await, "1 deactivate");
    world.change(&boss, json!({"department": "Sales"}));
    assert_eq!(world.cycled().await, "1 reactivate");
    assert_eq!(world.cycled().await, "nothing to do");
}

/// Only this department is in scope.
fn department(name: &str) -> Filter {
    only("department", name)
}

/// Only this value of an attribute is in scope.
fn only(attribute: &str, name: &str) -> Filter {
    let attribute = attribute.parse().expect("a source path");
    let operator = "EQUALS".parse().expect("an operator");
    let clause = Clause::new(attribute, operator, Some(name), None).expect("a clause");
    Filter { title: "the department".to_owned(), clauses: vec![clause] }
}

#[tokio::test]
async fn whoever_leaves_the_scope_is_deactivated_when_the_days_of_grace_are_over_and_whoever_returns_is_not() {
    let (mut world, ids) = in_sync(&["ann", "bob", "cid"]).await;
    for id in &ids {
        world.change(id, json!({"department": "Sales"}));
    }
    world.policy.scope.filters = vec![department("Sales")];
    world.policy.actions.grace_days = 7;
    assert_eq!(world.cycled().await, "3 update");
    world.change(&ids[0], json!({"department": "Legal"}));
    world.change(&ids[1], json!({"department": "Legal"}));
    world.change(&ids[2], json!({"accountEnabled": false}));
    assert_eq!(world.cycled().await, "1 deactivate", "blocked people have no grace");
    world.pass(SignedDuration::from_hours(24 * 6));
    world.restart().await;
    world.change(&ids[1], json!({"department": "Sales"}));
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(SignedDuration::from_hours(24));
    assert_eq!(world.cycled().await, "1 deactivate", "nothing changed in Entra but the date");
    assert_eq!(world.account("ann@corp.example").await.expect("there")["active"], false);
    assert_eq!(world.account("bob@corp.example").await.expect("there")["active"], true);
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn a_first_day_that_comes_creates_without_any_change_in_entra() {
    let mut world = World::new().await;
    world.policy.scope.dates = Dates {
        hire_days_before: Some(3),
        leave_at: None,
        zone: jiff::tz::TimeZone::get("Europe/Berlin").expect("a zone"),
    };
    world.person("ann", json!({"employeeHireDate": "2026-03-10T00:00:00Z"}));
    assert_eq!(world.cycled().await, "nothing to do");
    let done = world.provision("ann@corp.example").await.expect("judged");
    let scope = serde_json::to_value(&done.steps[2]).expect("JSON");
    assert!(scope["description"].as_str().expect("a sentence").contains("in scope from 2026-03-07"), "{scope}");
    assert_eq!(scope["details"]["revisit_at"], "2026-03-06T23:00:00Z");
    // From Monday 8:00 to the Friday before midnight in Berlin.
    world.pass(SignedDuration::from_hours(4 * 24 + 14));
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(SignedDuration::from_hours(1));
    assert_eq!(world.cycled().await, "1 create");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn another_scope_is_planned_from_the_snapshot_and_a_wrong_one_is_held() {
    let (mut world, ids) = in_sync(&["ann", "bob", "cid", "dee"]).await;
    for id in &ids {
        world.change(id, json!({"department": "Sales"}));
    }
    assert_eq!(world.cycled().await, "4 update");
    world.policy.scope.filters = vec![department("sales")];
    assert_eq!(summary(&world.cycle().await), "nothing to do; 4 held", "upper and lower case differ");
    world.policy.scope.filters = vec![department("Sales")];
    assert_eq!(world.cycled().await, "nothing to do");
}

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
