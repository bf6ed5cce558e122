//! Managers, in the feed and asked for.

use entra_jostle_sync::simulator::graph::TenantError;
use serde_json::{Value, json};

use super::graph_world::{ids, world};
use super::{link, removed};

const MANAGERS: &str = "/v1.0/users/delta?$select=displayName,manager";

#[tokio::test]
async fn a_manager_is_set_changed_and_cleared_in_the_feed() {
    let world = world(0).await;
    let (person, one, two) =
        (world.person("a@nordwind.example"), world.person("b@nordwind.example"), world.object("orgContact", "Chair"));
    let (items, delta) = world.round(MANAGERS).await;
    assert!(items.iter().all(|item| item.get("manager@delta").is_none()));
    let set = |manager: Option<&str>| world.sim.graph().set_manager(&person, manager).unwrap();
    let item = |entries: Value| [json!({"id": person, "displayName": "A Person", "manager@delta": entries})];
    set(Some(&one));
    let (items, delta) = world.round(&delta).await;
    assert_eq!(items, item(json!([link("user", &one)])));
    set(Some(&two));
    let (items, delta) = world.round(&delta).await;
    assert_eq!(items, item(json!([removed("user", &one, "deleted"), link("orgContact", &two)])));
    set(None);
    let (items, delta) = world.round(&delta).await;
    assert_eq!(items, item(json!([removed("orgContact", &two, "deleted")])));
    set(None);
    assert_eq!(world.round(&delta).await.0.len(), 0, "no change, no trace");
}

#[tokio::test]
async fn a_manager_may_come_in_an_item_of_its_own_on_the_next_page() {
    let world = world(0).await;
    let (person, manager) = (world.person("a@nordwind.example"), world.person("b@nordwind.example"));
    world.sim.graph().set_manager(&person, Some(&manager)).unwrap();
    world.switch(|switches| (switches.manager_separately, switches.page_size) = (true, 2));
    let first = world.get(MANAGERS).await;
    assert_eq!(ids(&first.items()), [manager.as_str(), &person]);
    assert!(first.items()[1].get("manager@delta").is_none());
    let (items, delta) = world.round(&first.next().unwrap()).await;
    assert_eq!(items, [json!({"id": person, "manager@delta": [link("user", &manager)]})]);
    assert_eq!(world.round(&delta).await.0.len(), 0);
}

#[tokio::test]
async fn a_baseline_leaves_out_managers_but_later_changes_are_told() {
    let world = world(200).await;
    let count = async |percent| {
        world.switch(|switches| switches.managers_unnamed_percent = percent);
        let (items, delta) = world.round(MANAGERS).await;
        (items.iter().filter(|item| item.get("manager@delta").is_some()).count(), delta)
    };
    let (all, _) = count(0).await;
    let (some, _) = count(30).await;
    let (none, delta) = count(100).await;
    assert!(all > 190 && none == 0 && some * 10 > all * 6 && some * 10 < all * 8, "{some} of {all}");
    assert_eq!(count(30).await.0, some, "always the same people");
    let users = world.sim.graph().users();
    let with = users.iter().find(|user| user.get("manager").is_some()).unwrap();
    let person = with["id"].as_str().unwrap();
    let asked = world.get(&format!("/v1.0/users/{person}/manager?$select=id")).await;
    assert_eq!(asked.body["id"], with["manager"]);
    world.sim.graph().set_manager(person, None).unwrap();
    assert_eq!(world.round(&delta).await.0[0]["manager@delta"][0]["@removed"]["reason"], "deleted");
}

#[tokio::test]
async fn a_manager_is_asked_for_alone_or_along() {
    let world = world(0).await;
    let (person, manager) = (world.person("a@nordwind.example"), world.person("b@nordwind.example"));
    let path = format!("/v1.0/users/{person}/manager");
    let none = world.get(&path).await;
    assert_eq!((none.status, none.code()), (404, "Request_ResourceNotFound"));
    let text = "Resource 'manager' does not exist or one of its queried reference-property objects are not present.";
    assert_eq!(none.body["error"]["message"], text);
    let expand = format!("/v1.0/users/{person}?$select=id&$expand=manager($select=id,displayName)");
    assert!(world.get(&expand).await.body.get("manager").is_none());
    world.sim.graph().set_manager(&person, Some("b@nordwind.example")).unwrap();
    let found = world.get(&format!("{path}?$select=id")).await.body;
    assert_eq!((&found["@odata.type"], &found["id"]), (&json!("#microsoft.graph.user"), &json!(manager)));
    let along = world.get(&expand).await.body;
    let expected = json!({"@odata.type": "#microsoft.graph.user", "id": manager, "displayName": "A Person"});
    assert_eq!(along["manager"], expected);
    let chair = world.object("orgContact", "Chair");
    world.sim.graph().set_manager(&person, Some(&chair)).unwrap();
    let contact = world.get(&format!("{path}?$select=id,displayName,userPrincipalName")).await.body;
    assert_eq!(contact["@odata.type"], "#microsoft.graph.orgContact");
    assert_eq!((&contact["displayName"], contact.get("userPrincipalName")), (&json!("Chair"), None));
    let user = format!("/v1.0/users/{person}");
    for query in [
        "$expand=manager($levels=max;$select=id)",
        "$expand=manager($levels=max)",
        "$expand=manager,memberOf",
        "$expand=directReports",
        "$select=id,manager",
    ] {
        assert_eq!(world.get(&format!("{user}?{query}")).await.status, 400, "{query}");
    }
    assert_eq!(world.get("/v1.0/users?$select=id,manager").await.code(), "BadRequest");
}

#[tokio::test]
async fn a_manager_who_is_deleted_vanishes_and_does_not_come_back() {
    let world = world(0).await;
    let (person, manager) = (world.person("a@nordwind.example"), world.person("b@nordwind.example"));
    world.sim.graph().set_manager(&person, Some(&manager)).unwrap();
    let (_, delta) = world.round(MANAGERS).await;
    world.sim.graph().delete_user(&manager).unwrap();
    let (items, delta) = world.round(&delta).await;
    let report = items.iter().find(|item| item["id"] == person).unwrap();
    assert_eq!(report["manager@delta"], json!([removed("user", &manager, "deleted")]));
    assert_eq!(world.get(&format!("/v1.0/users/{person}/manager")).await.status, 404);
    world.sim.graph().restore_user(&manager).unwrap();
    assert_eq!(ids(&world.round(&delta).await.0), [manager.as_str()]);
    let device = world.object("device", "Panel");
    assert!(matches!(world.sim.graph().set_manager(&person, Some(&device)), Err(TenantError::Value("manager", _))));
}
