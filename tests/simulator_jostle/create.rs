//! New users: what is added, ignored, refused, and what a duplicate is.

use reqwest::{Method, header};
use serde_json::{Value, json};

use super::{CORE, EXTENSION, Server, answer, full_user, user};

#[tokio::test]
async fn a_created_user_has_what_the_server_adds() {
    let server = Server::start().await;
    let created = server.post(&full_user("anna@x.example")).await;
    assert_eq!(created.status, 201);
    let location = format!("{}/Users/{}", server.base, created.id());
    assert_eq!(created.header(header::LOCATION), Some(location.as_str()));
    assert_eq!(created.body["meta"]["location"], location);
    assert_eq!(created.body["schemas"], json!([CORE, EXTENSION]));
    assert_eq!(server.get(&format!("/Users/{}", created.id())).await.body, created.body);
    assert_eq!(server.tenant.users_json(), [created.body]);
    let minimal = server.post(&user("bert@x.example")).await.body;
    assert_eq!(minimal["active"], true);
    assert_eq!(minimal["schemas"], json!([CORE]));
}

#[tokio::test]
async fn what_is_read_only_is_ignored_and_names_are_taken_in_any_case() {
    let server = Server::start().await;
    let sent = json!({
        "SCHEMAS": [CORE.to_uppercase()], "id": "mine", "meta": {"created": "x"}, "USERNAME": "a",
        "Name": {"GivenName": "A", "FAMILYNAME": "B"}, "title": null, "emails": [], "externalID": "7",
    });
    let created = server.post(&sent).await;
    assert_eq!(created.status, 201, "{created:?}");
    assert_ne!(created.body["id"], "mine");
    assert_eq!(created.body["name"], json!({"givenName": "A", "familyName": "B"}));
    assert_eq!(created.body["externalId"], "7");
    assert!(created.body.get("title").is_none() && created.body.get("emails").is_none());
}

#[tokio::test]
async fn what_the_schema_does_not_allow_is_refused() {
    let server = Server::start_with(json!({"limits_lengths": true})).await;
    let with = |path: &str, value: Value| {
        let mut body = full_user("a@x.example");
        *body.pointer_mut(path).unwrap() = value;
        body
    };
    let plus = |name: &str, value: Value| {
        let mut body = full_user("a@x.example");
        body[name] = value;
        body
    };
    for (body, scim_type) in [
        (json!([]), "invalidSyntax"),
        (plus("schemas", json!([])), "invalidSyntax"),
        (plus("schemas", json!([CORE, "urn:other"])), "invalidSyntax"),
        (plus("department", json!("x")), "invalidSyntax"),
        (plus("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", json!({})), "invalidSyntax"),
        (plus(EXTENSION, json!({"department": "x"})), "invalidSyntax"),
        (plus(EXTENSION, json!("x")), "invalidValue"),
        (plus("emails", json!([{"kind": "work"}])), "invalidSyntax"),
        (plus("emails", json!({"type": "work", "value": "a"})), "invalidValue"),
        (plus("emails", json!([{"type": "home", "value": "a"}])), "invalidValue"),
        (plus("emails", json!([{"value": "a", "primary": true}, {"value": "b", "primary": true}])), "invalidValue"),
        (plus("active", json!("True")), "invalidValue"),
        (plus("title", json!(7)), "invalidValue"),
        (plus("title", json!("")), "invalidValue"),
        (plus("userName", json!(null)), "invalidValue"),
        (plus("userName", json!("x".repeat(129))), "invalidValue"),
        (with("/name/givenName", json!(null)), "invalidValue"),
        (with("/name/givenName", json!("é".repeat(31))), "invalidValue"),
        (with("/name/familyName", json!("x".repeat(41))), "invalidValue"),
        (with("/emails/0/value", json!("x".repeat(129))), "invalidValue"),
    ] {
        assert_eq!(server.post(&body).await.refusal(), (400, scim_type), "{body}");
    }
    assert!(server.tenant.users_json().is_empty() && server.tenant.mails().is_empty());
    let longest = with("/name/givenName", json!("é".repeat(30)));
    assert_eq!(server.post(&longest).await.status, 201);
}

#[tokio::test]
async fn a_user_name_is_taken_in_any_case() {
    let server = Server::start().await;
    let id = server.add("Jörg@x.example").await;
    assert_eq!(server.post(&user("JÖRG@x.example")).await.refusal(), (409, "uniqueness"));
    let other = server.add("other@x.example").await;
    let rename = json!([{"op": "replace", "path": "userName", "value": "jörg@X.example"}]);
    assert_eq!(server.patch(&other, rename.clone()).await.refusal(), (409, "uniqueness"));
    assert_eq!(server.put(&other, &user("jörg@x.example")).await.refusal(), (409, "uniqueness"));
    assert_eq!(server.patch(&id, rename).await.body["userName"], "jörg@X.example");
}

#[tokio::test]
async fn a_duplicate_looks_as_the_switches_say() {
    for status in [409, 400, 500] {
        let switches = json!({"duplicate_status": status, "duplicate_scim_type": false});
        let server = Server::start_with(switches).await;
        server.add("a").await;
        assert_eq!(server.post(&user("A")).await.refusal(), (status, ""));
    }
    let server = Server::start_with(json!({"user_name_case_sensitive_unique": true})).await;
    server.add("a").await;
    server.add("A").await;
    assert_eq!(server.post(&user("a")).await.status, 409);
    assert_eq!(server.find("a").await.names(), ["a", "A"]);
}

#[tokio::test]
async fn an_answer_lacks_what_the_switches_take() {
    let server = Server::start_with(json!({"create_without_id": true, "create_without_location": true})).await;
    let created = server.post(&user("a")).await;
    assert_eq!(created.status, 201);
    assert!(created.body.get("id").is_none() && created.header(header::LOCATION).is_none());
    assert!(server.find("a").await.body["Resources"][0]["id"].is_string());
    server.tenant.set_switches(json!({"create_without_location": false})).unwrap();
    assert!(server.post(&user("b")).await.header(header::LOCATION).is_some());
}

#[tokio::test]
async fn ids_that_are_names_are_encoded_and_follow_a_rename() {
    let server = Server::start_with(json!({"ids": "user_name"})).await;
    let created = server.post(&user("a+b/c#d@x.example")).await;
    assert_eq!(created.body["id"], "a+b/c#d@x.example");
    let location = created.header(header::LOCATION).unwrap();
    assert!(location.ends_with("/Users/a%2Bb%2Fc%23d%40x.example"), "{location}");
    let path = location.strip_prefix(&server.base).unwrap();
    assert_eq!(server.get(path).await.status, 200);
    let id = path.strip_prefix("/Users/").unwrap();
    let rename = json!([{"op": "replace", "path": "userName", "value": "new@x.example"}]);
    assert_eq!(server.patch(id, rename).await.body["id"], "new@x.example");
    assert_eq!(server.get(path).await.status, 404);
}

#[tokio::test]
async fn addresses_are_those_that_the_client_used() {
    let server = Server::start().await;
    server.tenant.set_base_url("https://ignored.example/other");
    let id = server.add("a").await;
    let got = answer(server.request(Method::GET, &format!("/Users/{id}")).header(header::HOST, "jostle.test:7")).await;
    assert_eq!(got.body["meta"]["location"], format!("https://jostle.test:7/scim2/Users/{id}"));
}
