//! Service principals and assignments.

use entra_jostle_sync::simulator::graph::TenantError;
use serde_json::{Value, json};

use super::graph_world::world;

#[tokio::test]
async fn the_application_is_found_by_every_spelling_of_its_key() {
    let world = world(0).await;
    let app = world.sim.details().app_id.clone();
    let select = "$select=id,appId,displayName,appRoleAssignmentRequired";
    let by_key = world.get(&format!("/v1.0/servicePrincipals(appId='{app}')?{select}")).await;
    assert_eq!((by_key.status, &by_key.body["displayName"]), (200, &json!("Jostle")));
    assert_eq!(by_key.body["appRoleAssignmentRequired"], true);
    let id = by_key.body["id"].as_str().unwrap();
    assert_ne!(id, app);
    let by_id = world.get(&format!("/v1.0/servicePrincipals/{id}?{select}")).await;
    assert_eq!(by_id.body, by_key.body);
    let listed = world.get(&format!("/v1.0/servicePrincipals?$filter=appId eq '{app}'&$select=id")).await;
    assert_eq!(listed.items(), [json!({"id": id})]);
    for path in [format!("/v1.0/servicePrincipals/{app}"), format!("/v1.0/servicePrincipals(appId='{id}')")] {
        assert_eq!(world.get(&path).await.code(), "Request_ResourceNotFound", "{path}");
    }
    let own = format!("/v1.0/servicePrincipals(appId='{}')/appRoleAssignedTo", world.sim.details().client_id);
    assert_eq!(world.get(&own).await.body["value"], json!([]), "nobody is assigned to the reader");
}

#[tokio::test]
async fn assignments_are_listed_in_pages_and_one_principal_may_have_several() {
    let world = world(0).await;
    let (person, group) = (world.person("a@nordwind.example"), world.sim.details().group_id.clone());
    let app = world.sim.details().app_id.clone();
    let path = format!("/v1.0/servicePrincipals(appId='{app}')/appRoleAssignedTo");
    assert_eq!(world.get(&path).await.items()[0]["principalId"], json!(group), "All employees is assigned");
    let role = "11111111-1111-4111-8111-111111111111";
    let first = world.sim.graph().assign(&person, None).unwrap();
    world.sim.graph().assign("a@nordwind.example", Some(role)).unwrap();
    assert_eq!(world.sim.graph().assign(&person, Some(role)), Err(TenantError::Assigned(person.clone())));
    let page = world.get(&format!("{path}?$top=1")).await;
    assert_eq!(page.items().len(), 1);
    let all = world.list(&format!("{path}?$top=1")).await;
    let of_person: Vec<_> = all.iter().filter(|one| one["principalId"] == person).collect();
    assert_eq!((all.len(), of_person.len()), (3, 2));
    let shown = of_person.iter().find(|one| one["id"] == first["id"]).unwrap();
    assert_eq!(shown["appRoleId"], "00000000-0000-0000-0000-000000000000");
    assert_eq!((&shown["principalType"], &shown["principalDisplayName"]), (&json!("User"), &json!("A Person")));
    assert_eq!((&shown["resourceDisplayName"], &shown["deletedDateTime"]), (&json!("Jostle"), &Value::Null));
    assert!(shown["createdDateTime"].is_string() && shown.as_object().unwrap().len() == 9, "{shown}");
    let narrow = world.get(&format!("{path}?$select=id,principalType&$top=999")).await.items();
    assert!(narrow.iter().all(|one| one.as_object().unwrap().len() == 2));

    world.sim.graph().delete_user(&person).unwrap();
    assert_eq!(world.list(&path).await.len(), 3, "the recycle bin keeps assignments");
    world.sim.graph().purge_user(&person).unwrap();
    assert_eq!(world.list(&path).await.len(), 1);
    let id = world.list(&path).await[0]["id"].as_str().unwrap().to_owned();
    world.sim.graph().unassign(&id).unwrap();
    assert_eq!(world.get(&path).await.body["value"], json!([]));
    assert_eq!(world.sim.graph().unassign(&id), Err(TenantError::NoAssignment(id)));
}
