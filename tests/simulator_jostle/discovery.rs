//! What the server says of itself, and whether it does so.

use serde_json::{Value, json};

use super::{CORE, EXTENSION, Server, full_user};

#[tokio::test]
async fn the_documents_say_what_the_server_does() {
    let server = Server::start().await;
    let config = server.get("/ServiceProviderConfig").await.body;
    assert_eq!(config["patch"]["supported"], true);
    assert_eq!(config["filter"], json!({"supported": true, "maxResults": 50}));
    assert_eq!(config["meta"]["location"], format!("{}/ServiceProviderConfig", server.base));
    let types = server.get("/ResourceTypes").await.body;
    assert_eq!(types["totalResults"], 1);
    assert_eq!(types["Resources"][0], server.get("/ResourceTypes/User").await.body);
    let schemas = server.get("/Schemas").await.body;
    let ids: Vec<&Value> = schemas["Resources"].as_array().unwrap().iter().map(|schema| &schema["id"]).collect();
    assert_eq!(ids, [CORE, EXTENSION]);
    let extension = server.get(&format!("/Schemas/{EXTENSION}")).await.body;
    assert_eq!(extension["attributes"].as_array().unwrap().len(), 19);
}

#[tokio::test]
async fn a_missing_attribute_is_neither_published_nor_taken() {
    let server = Server::start_with(json!({"schema_missing_attribute": "title"})).await;
    let schema = server.get(&format!("/Schemas/{CORE}")).await.body;
    let has = |name: &str| schema["attributes"].as_array().unwrap().iter().any(|all| all["name"] == name);
    assert!(has("nickName") && !has("title"));
    assert_eq!(server.post(&full_user("a")).await.refusal(), (400, "invalidSyntax"));
    let id = server.add("b").await;
    let replace = json!([{"op": "replace", "path": "title", "value": "x"}]);
    assert_eq!(server.patch(&id, replace).await.refusal(), (400, "invalidPath"));
}

#[tokio::test]
async fn without_patch_it_is_neither_offered_nor_done() {
    let server = Server::start_with(json!({"spc_patch_supported": false})).await;
    assert_eq!(server.get("/ServiceProviderConfig").await.body["patch"]["supported"], false);
    let id = server.add("a").await;
    assert_eq!(server.patch(&id, json!([{"op": "remove", "path": "title"}])).await.status, 501);
}
