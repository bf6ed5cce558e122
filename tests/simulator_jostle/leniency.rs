//! What is taken, dropped or changed without a word, as the switches say.

use serde_json::json;

use super::{CORE, EXTENSION, Server, full_user, user};

#[tokio::test]
async fn unknown_attributes_are_dropped_where_they_are_ignored() {
    let server = Server::start_with(json!({"unknown_attributes": "ignore"})).await;
    let mut body = user("a");
    body["department"] = json!("x");
    body["schemas"] = json!([CORE, "urn:other"]);
    let created = server.post(&body).await;
    assert_eq!(created.status, 201);
    assert!(created.body.get("department").is_none());
    let patched = server.patch(&created.id(), json!([{"op": "add", "path": "department", "value": "x"}])).await;
    assert_eq!((patched.status, &patched.body), (200, &created.body));
}

#[tokio::test]
async fn texts_for_booleans_are_taken_where_they_are_coerced() {
    let server = Server::start_with(json!({"boolean_active_only": false})).await;
    let mut body = user("a");
    body["active"] = json!("True");
    let created = server.post(&body).await;
    assert_eq!(created.body["active"], true);
    let patched = server.patch(&created.id(), json!([{"op": "Replace", "path": "active", "value": "False"}])).await;
    assert_eq!(patched.body["active"], false);
    let wrong = json!([{"op": "replace", "path": "active", "value": "no"}]);
    assert_eq!(server.patch(&created.id(), wrong).await.refusal(), (400, "invalidValue"));
}

#[tokio::test]
async fn silent_changes_are_those_of_the_switches() {
    let mut body = full_user(" Anna@X.example ");
    body["emails"] = json!([{"type": "work", "value": " Anna@X.Example "}]);
    body["name"]["givenName"] = json!("x".repeat(35));
    let server = Server::start_with(
        json!({"normalise": "trim_lowercase_email", "limits_lengths": true, "truncates_long_names": true}),
    )
    .await;
    let created = server.post(&body).await.body;
    assert_eq!(created["userName"], "Anna@X.example");
    assert_eq!(created["emails"][0]["value"], "anna@x.example");
    assert_eq!(created["name"]["givenName"], "x".repeat(30));
}

#[tokio::test]
async fn values_are_taken_as_the_switches_say() {
    let server = Server::start_with(json!({
        "canonical_types_only": false, "accepted_values": {"userType": ["Regular", "Restricted"]},
        "not_stored": ["title", format!("{EXTENSION}:PersonalPronouns")], "iso_dates_only": true,
    }))
    .await;
    let mut body = full_user("a");
    body["emails"] = json!([{"type": "home", "value": "a"}]);
    body["userType"] = json!("regular");
    body[EXTENSION]["JoinDate"] = json!("2026-02-28");
    let created = server.post(&body).await;
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!(created.body["emails"][0]["type"], "home");
    assert_eq!(created.body[EXTENSION], json!({"JoinDate": "2026-02-28"}));
    assert!(created.body.get("title").is_none());
    let set = |path: &str, value: &str| json!([{"op": "replace", "path": path, "value": value}]);
    assert_eq!(server.patch(&created.id(), set("title", "x")).await.body, created.body);
    assert_eq!(server.patch(&created.id(), set("userType", "Member")).await.refusal(), (400, "invalidValue"));
    let join_date = format!("{EXTENSION}:JoinDate");
    for date in ["2026-02-30", "28.02.2026", "2026-02-28T00:00:00Z"] {
        let refused = server.patch(&created.id(), set(&join_date, date)).await;
        assert_eq!(refused.refusal(), (400, "invalidValue"), "{date}");
    }
}

#[tokio::test]
async fn any_length_is_taken_where_there_are_no_limits() {
    let server = Server::start_with(json!({"limits_lengths": false, "truncates_long_names": true})).await;
    let name = "x".repeat(200);
    assert_eq!(server.post(&user(&name)).await.body["userName"], name);
}

#[tokio::test]
async fn an_empty_text_is_stored_where_it_clears() {
    let server = Server::start_with(json!({"clearing": "empty_string"})).await;
    let id = server.add("a").await;
    let empty = |path: &str| json!([{"op": "replace", "path": path, "value": ""}]);
    assert_eq!(server.patch(&id, empty("title")).await.body["title"], "");
    assert_eq!(server.patch(&id, empty("userName")).await.refusal(), (400, "invalidValue"));
    assert_eq!(server.patch(&id, json!([{"op": "remove", "path": "title"}])).await.body.get("title"), None);
}

#[tokio::test]
async fn the_invited_read_as_inactive_where_the_switch_says_so() {
    let server = Server::start_with(json!({"invited_reads_inactive": true, "hidden_inactive": true})).await;
    let created = server.post(&user("a")).await.body;
    assert_eq!(created["active"], false);
    assert!(server.find("a").await.names().is_empty());
    assert_eq!(server.tenant.insert(user("b")).unwrap()["active"], true);
    assert_eq!(server.find("b").await.names(), ["b"]);
}
