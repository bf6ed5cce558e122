//! The date somebody leaves, the date of hire and what else comes out whole.

use serde_json::json;

use super::graph_world::world;

#[tokio::test]
async fn the_leave_date_needs_its_permission_and_may_not_be_tracked() {
    let mut world = world(0).await;
    let person = world.person("a@nordwind.example");
    let feed = "/v1.0/users/delta?$select=displayName,employeeLeaveDateTime";
    let one = format!("/v1.0/users/{person}?$select=employeeLeaveDateTime");
    for url in [feed, &one] {
        assert_eq!(world.get(url).await.code(), "Authorization_RequestDenied");
    }
    world.permit(&["User.Read.All", "User-LifeCycleInfo.Read.All"]).await;
    let (_, delta) = world.round(feed).await;
    world.set(&person, &json!({"employeeLeaveDateTime": "2027-01-31T00:00:00Z"}));
    assert_eq!(world.get(&one).await.body["employeeLeaveDateTime"], "2027-01-31T00:00:00Z");
    let expected = json!({"id": person, "displayName": "A Person", "employeeLeaveDateTime": "2027-01-31T00:00:00Z"});
    assert_eq!(world.round(&delta).await.0, std::slice::from_ref(&expected));
    world.switch(|switches| switches.leave_date_in_feed = false);
    assert_eq!(world.round(&delta).await.0.len(), 0);
    assert_eq!(world.round(feed).await.0, [expected], "a baseline has it");
    world.set(&person, &json!({"displayName": "B Person"}));
    let minimal = world.get_minimal(&delta).await.items();
    assert_eq!(minimal, [json!({"id": person, "displayName": "B Person"})]);
}

#[tokio::test]
async fn hire_date_organisation_and_extension_attributes_come_out_whole() {
    let world = world(0).await;
    let person = world.person("a@nordwind.example");
    let feed = "/v1.0/users/delta?$select=employeeHireDate,employeeOrgData,onPremisesExtensionAttributes";
    let (items, delta) = world.round(feed).await;
    assert_eq!(items, [json!({"id": person})]);
    world.set(
        &person,
        &json!({
            "employeeHireDate": "2026-12-01T00:00:00Z", "employeeOrgData": {"division": "North"},
            "onPremisesExtensionAttributes": {"extensionAttribute15": "x"},
        }),
    );
    let (items, _) = world.round(&delta).await;
    assert_eq!(items[0]["employeeHireDate"], "2026-12-01T00:00:00Z");
    assert_eq!(items[0]["employeeOrgData"], json!({"division": "North", "costCenter": null}));
    let extension = items[0]["onPremisesExtensionAttributes"].as_object().unwrap();
    assert_eq!((extension.len(), &extension["extensionAttribute15"]), (15, &json!("x")));
}
