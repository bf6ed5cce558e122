//! The scenarios that hold for every server, and for every switch of the simulated Jostle.

use serde_json::json;

use super::common::{World, path, scenarios};

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
