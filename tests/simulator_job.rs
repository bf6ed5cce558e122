//! The provisioning job of the simulated Graph tenant, as an importer would read it.
#![cfg(feature = "simulator")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod graph_world;

use std::collections::BTreeSet;

use graph_world::{World, world};
use reqwest::Method;
use serde_json::{Value, json};

/// The path of the Jostle application's jobs.
async fn jobs(world: &World) -> String {
    let app = world.get(&format!("/v1.0/servicePrincipals(appId='{}')", world.sim.details().app_id)).await;
    format!("/v1.0/servicePrincipals/{}/synchronization", app.body["id"].as_str().unwrap())
}

async fn schema(world: &World) -> (String, Value) {
    let base = jobs(world).await;
    let list = world.get(&format!("{base}/jobs")).await.items();
    assert_eq!(list.len(), 1);
    let path = format!("{base}/jobs/{}", list[0]["id"].as_str().unwrap());
    let job = world.get(&path).await;
    assert_eq!((job.status, &job.body["status"]["code"]), (200, &json!("Active")));
    assert_eq!(job.body["schedule"], json!({"expiration": null, "interval": "PT40M", "state": "Active"}));
    let schema = world.get(&format!("{path}/schema")).await;
    assert_eq!(schema.status, 200);
    (path, schema.body)
}

fn mapping(schema: &Value) -> &Value {
    &schema["synchronizationRules"][0]["objectMappings"][0]
}

#[tokio::test]
async fn the_default_job_maps_the_ten_attributes_of_the_tutorial() {
    let world = world(0).await;
    let (_, schema) = schema(&world).await;
    let mapping = mapping(&schema);
    assert_eq!((&mapping["enabled"], &mapping["flowTypes"]), (&json!(true), &json!("Add, Update, Delete")));
    assert_eq!(mapping["sourceObjectName"], "User");
    let rows = mapping["attributeMappings"].as_array().unwrap();
    let targets: BTreeSet<_> = rows.iter().map(|row| row["targetAttributeName"].as_str().unwrap()).collect();
    assert_eq!((rows.len(), targets.len()), (10, 10));
    let row = |target: &str| rows.iter().find(|row| row["targetAttributeName"] == target).unwrap();
    let active = r#"Switch([IsSoftDeleted], , "False", "True", "True", "False")"#;
    assert_eq!(row("active")["source"]["expression"], active);
    let name = row("userName");
    assert_eq!((&name["matchingPriority"], &name["source"]["name"]), (&json!(1), &json!("userPrincipalName")));
    assert_eq!(rows.iter().filter(|row| row["matchingPriority"] != 0).count(), 1);
    let kinds: BTreeSet<_> = rows.iter().map(|row| row["source"]["type"].as_str()).collect();
    assert_eq!(kinds, BTreeSet::from([None, Some("Attribute"), Some("Constant"), Some("Function")]));
    assert!(rows.iter().any(|row| row["flowType"] == "ObjectAddOnly"));
    assert!(rows.iter().any(|row| row["defaultValue"].is_string() && row["source"].is_object()));
    let text = schema.to_string();
    for function in ["Join(", "Replace(", "IIF(", "Coalesce("] {
        assert!(text.contains(function), "{function}");
    }
}

#[tokio::test]
async fn every_row_and_every_function_has_the_documented_members() {
    let world = world(0).await;
    let (_, schema) = schema(&world).await;
    let directories: Vec<_> =
        schema["directories"].as_array().unwrap().iter().map(|one| one["name"].as_str()).collect();
    assert_eq!(directories, [Some("Azure Active Directory"), Some("Jostle")]);
    for row in mapping(&schema)["attributeMappings"].as_array().unwrap() {
        let keys: BTreeSet<_> = row.as_object().unwrap().keys().map(String::as_str).collect();
        let documented = [
            "defaultValue",
            "exportMissingReferences",
            "flowBehavior",
            "flowType",
            "matchingPriority",
            "source",
            "targetAttributeName",
        ];
        assert_eq!(keys, BTreeSet::from(documented));
        check_source(&row["source"]);
    }
    let scope = &mapping(&schema)["scope"];
    let clause = &scope["groups"][0]["clauses"][0];
    assert_eq!(clause["targetOperand"]["values"], json!(["Nordwind"]));
    assert_eq!((&scope["inputFilterGroups"], &scope["categoryFilterGroups"]), (&json!([]), &json!([])));
}

fn check_source(source: &Value) {
    let Some(members) = source.as_object() else { return assert!(source.is_null()) };
    let keys: BTreeSet<_> = members.keys().map(String::as_str).collect();
    assert_eq!(keys, BTreeSet::from(["expression", "name", "parameters", "type"]));
    for parameter in source["parameters"].as_array().unwrap() {
        assert!(parameter["key"].is_string());
        check_source(&parameter["value"]);
    }
}

#[tokio::test]
async fn the_people_of_the_tenant_pass_the_scoping_filter_and_guests_do_not() {
    let world = world(40).await;
    let passes = |user: &&Value| user["companyName"] == "Nordwind" && user["employeeId"].is_string();
    let users = world.sim.graph().users();
    assert!(users.iter().filter(passes).count() >= 40);
    assert!(!users.iter().filter(passes).any(|user| user["userType"] == "Guest"));
}

#[tokio::test]
async fn settings_are_read_among_the_secrets_but_no_credential_is() {
    let world = world(0).await;
    let answer = world.get(&format!("{}/secrets", jobs(&world).await)).await;
    let items = answer.items();
    let value = |key: &str| &items.iter().find(|item| item["key"] == key).unwrap()["value"];
    assert_eq!((value("SyncAll"), value("SkipOutOfScopeDeletions")), (&json!("false"), &json!("False")));
    let notification: Value = serde_json::from_str(value("SyncNotificationSettings").as_str().unwrap()).unwrap();
    assert_eq!(notification["DeleteThresholdEnabled"], true);
    assert!(notification["DeleteThresholdValue"].is_u64());
    assert_eq!(value("SecretToken"), &Value::Null);
    let key = &world.sim.details().jostle_api_key;
    assert!(!answer.body.to_string().contains(key.as_str()));
}

#[tokio::test]
async fn another_schema_can_be_put_in_its_place() {
    let world = world(0).await;
    let read = world.admin(Method::GET, "/provisioning/schema", "").await.body;
    let (path, mut seen) = schema(&world).await;
    seen.as_object_mut().unwrap().remove("@odata.context").unwrap();
    assert_eq!(seen, read);
    let mut other = read;
    other["synchronizationRules"][0]["objectMappings"][0]["flowTypes"] = json!("Update");
    assert_eq!(world.admin(Method::PUT, "/provisioning/schema", &other.to_string()).await.status, 204);
    let seen = world.get(&format!("{path}/schema")).await.body;
    assert_eq!(mapping(&seen)["flowTypes"], "Update");
    for body in ["[]", "{}", r#"{"synchronizationRules":{}}"#] {
        assert_eq!(world.admin(Method::PUT, "/provisioning/schema", body).await.status, 400, "{body}");
    }
    assert_eq!(mapping(&world.get(&format!("{path}/schema")).await.body)["flowTypes"], "Update");
}

#[tokio::test]
async fn another_application_has_no_job_and_another_job_is_not_found() {
    let world = world(0).await;
    let own = format!("/v1.0/servicePrincipals(appId='{}')/synchronization", world.sim.details().client_id);
    assert_eq!(world.get(&format!("{own}/jobs")).await.body["value"], json!([]));
    assert_eq!(world.get(&format!("{own}/secrets")).await.body["value"], json!([]));
    let (path, _) = schema(&world).await;
    let id = path.rsplit('/').next().unwrap();
    let base = jobs(&world).await;
    for path in [format!("{own}/jobs/{id}"), format!("{base}/jobs/nothing"), format!("{base}/jobs/nothing/schema")] {
        assert_eq!(world.get(&path).await.code(), "Request_ResourceNotFound", "{path}");
    }
    assert_eq!(world.get(&format!("{base}/jobs?$top=1")).await.code(), "Request_UnsupportedQuery");
}
