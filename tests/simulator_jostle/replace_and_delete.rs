//! PUT and DELETE, the mails that follow from changes, and the errors.

use reqwest::header;
use serde_json::json;

use super::{CORE, EXTENSION, Server, answer, full_user, user};

#[tokio::test]
async fn a_put_drops_what_it_leaves_out() {
    let server = Server::start().await;
    let id = server.post(&full_user("a")).await.id();
    let mut body = user("a");
    body["id"] = json!("other");
    let put = server.put(&id, &body).await;
    assert_eq!((put.status, put.id()), (200, id.clone()));
    assert!(put.body.get("emails").is_none() && put.body.get(EXTENSION).is_none());
    assert_eq!(server.get(&format!("/Users/{id}")).await.body, put.body);
    assert_eq!(server.put("none", &body).await.status, 404);
    assert_eq!(server.put(&id, &json!({"schemas": [CORE]})).await.refusal(), (400, "invalidValue"));
}

#[tokio::test]
async fn a_put_makes_active_unless_it_says_otherwise() {
    let server = Server::start().await;
    let id = server.add("a").await;
    let inactive = json!([{"op": "replace", "path": "active", "value": false}]);
    assert_eq!(server.patch(&id, inactive.clone()).await.body["active"], false);
    assert_eq!(server.put(&id, &user("a")).await.body["active"], true);
    server.tenant.set_switches(json!({"put_keeps_omitted": true})).unwrap();
    server.patch(&id, inactive).await;
    assert_eq!(server.put(&id, &user("a")).await.body["active"], false);
}

#[tokio::test]
async fn a_put_keeps_what_it_leaves_out_where_the_switch_says_so() {
    let server = Server::start_with(json!({"put_keeps_omitted": true})).await;
    let id = server.post(&full_user("a")).await.id();
    let mut body = user("a");
    body[EXTENSION] = json!({"LoginType": "SSO"});
    let put = server.put(&id, &body).await.body;
    assert_eq!(put["title"], "Engineer");
    assert_eq!(put[EXTENSION], json!({"LoginType": "SSO", "PersonalPronouns": "she/her"}));
}

#[tokio::test]
async fn a_deleted_user_is_gone_and_the_name_free() {
    let server = Server::start().await;
    let id = server.add("a").await;
    let deleted = server.delete(&id).await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    assert_eq!(server.delete(&id).await.status, 404);
    assert!(server.find("a").await.names().is_empty());
    assert_ne!(server.add("a").await, id);
}

#[tokio::test]
async fn deletion_is_harder_where_the_switches_say_so() {
    let server = Server::start_with(json!({"delete_needs_inactive": true, "soft_delete": true})).await;
    let id = server.add("a").await;
    assert_eq!(server.delete(&id).await.status, 403);
    server.patch(&id, json!([{"op": "replace", "path": "active", "value": false}])).await;
    assert_eq!(server.delete(&id).await.status, 204);
    assert_eq!(server.get(&format!("/Users/{id}")).await.status, 404);
    assert!(server.find("a").await.names().is_empty());
    assert_eq!(server.post(&user("A")).await.refusal(), (409, "uniqueness"));
}

#[tokio::test]
async fn mails_follow_from_what_people_would_notice() {
    let server = Server::start().await;
    let id = server.post(&full_user("a@x.example")).await.id();
    let mut inactive = user("b@x.example");
    inactive["active"] = json!(false);
    server.post(&inactive).await;
    let change = |path: &str, value: &str| json!([{"op": "replace", "path": path, "value": value}]);
    server.patch(&id, change("title", "x")).await;
    server.patch(&id, change("emails[type eq \"personal\"].value", "p@x.example")).await;
    server.patch(&id, change("userName", "c@x.example")).await;
    server.patch(&id, change("emails[type eq \"work\"].value", "w@x.example")).await;
    server.patch(&id, change(&format!("{EXTENSION}:LoginType"), "SSO")).await;
    let mails = server.tenant.mails();
    let sent: Vec<(&str, &str)> =
        mails.iter().map(|mail| (mail["kind"].as_str().unwrap(), mail["to"].as_str().unwrap())).collect();
    assert_eq!(
        sent,
        [
            ("invitation", "work@x.example"),
            ("user_name_changed", "work@x.example"),
            ("work_email_changed", "w@x.example"),
            ("login_type_changed", "w@x.example"),
        ]
    );
    server.tenant.set_switches(json!({"invite_on_create": false, "rename_refused": true})).unwrap();
    server.add("d@x.example").await;
    assert_eq!(server.patch(&id, change("userName", "e@x.example")).await.refusal(), (400, "mutability"));
    assert_eq!(server.patch(&id, change("userName", "c@x.example")).await.status, 200);
    assert_eq!(server.tenant.mails().len(), 4);
}

#[tokio::test]
async fn errors_look_as_the_switches_say() {
    let server = Server::start_with(json!({"status_as_number": true})).await;
    assert_eq!(server.get("/Users/none").await.body["status"], 404);
    server.tenant.set_switches(json!({"error_body": "html"})).unwrap();
    let html = server.get("/Users/none").await;
    assert_eq!(html.status, 404);
    assert!(html.text.starts_with("<!DOCTYPE html>") && html.header(header::CONTENT_TYPE).unwrap().contains("html"));
    server.tenant.set_switches(json!({"error_body": "empty"})).unwrap();
    let empty = answer(server.client.get(format!("{}/Users", server.base))).await;
    assert_eq!((empty.status, empty.text.as_str()), (401, ""));
    assert!(empty.header(header::WWW_AUTHENTICATE).is_some());
}
