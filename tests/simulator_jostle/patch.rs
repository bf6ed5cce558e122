//! PATCH in every form, and what it refuses.

use reqwest::Method;
use serde_json::{Value, json};

use super::{CORE, EXTENSION, Server, full_user};

/// The user after the operations, without what the server owns; every case starts from [`full_user`].
async fn after(server: &Server, operations: Value) -> Result<Value, (u16, String)> {
    let id = server.post(&full_user("anna@x.example")).await.id();
    let patched = server.patch(&id, operations).await;
    let stored = server.get(&format!("/Users/{id}")).await.body;
    server.delete(&id).await;
    match patched.status {
        200 => {
            assert_eq!(patched.body, stored);
            let mut user = stored;
            for owned in ["id", "meta", "schemas"] {
                user.as_object_mut().unwrap().remove(owned);
            }
            Ok(user)
        }
        _ => Err((patched.status, patched.body["scimType"].as_str().unwrap_or_default().to_owned())),
    }
}

/// [`full_user`] with some members changed; null removes one.
fn expected(changes: Value) -> Value {
    let mut user = full_user("anna@x.example");
    user.as_object_mut().unwrap().remove("schemas");
    let Value::Object(changes) = changes else { return user };
    for (name, value) in changes {
        user[&name] = value;
        if user[&name].is_null() {
            user.as_object_mut().unwrap().remove(&name);
        }
    }
    user
}

const WORK: &str = "emails[type eq \"work\"]";

fn work(address: &str) -> Value {
    json!({"type": "work", "value": address, "primary": true})
}

fn personal(address: &str) -> Value {
    json!({"type": "personal", "value": address})
}

#[tokio::test]
async fn single_values_are_set_and_removed_in_every_form() {
    let server = Server::start().await;
    let urn = |name: &str| format!("{CORE}:{name}");
    for (operation, changes) in [
        (json!({"op": "replace", "path": "title", "value": "Boss"}), json!({"title": "Boss"})),
        (json!({"op": "add", "path": "title", "value": "Boss"}), json!({"title": "Boss"})),
        (json!({"op": "Replace", "path": "TITLE", "value": "Boss"}), json!({"title": "Boss"})),
        (json!({"op": "replace", "path": urn("title"), "value": "Boss"}), json!({"title": "Boss"})),
        (json!({"op": "replace", "path": "nickName", "value": "Ann"}), json!({"nickName": "Ann"})),
        (json!({"op": "replace", "path": "active", "value": false}), json!({"active": false})),
        (json!({"op": "remove", "path": "title"}), json!({"title": null})),
        (json!({"op": "remove", "path": "title", "value": "x"}), json!({"title": null})),
        (json!({"op": "replace", "path": "title", "value": null}), json!({"title": null})),
        (json!({"op": "remove", "path": "nickName"}), json!({})),
        (
            json!({"op": "replace", "path": "name.familyName", "value": "Neu"}),
            json!({"name": {"givenName": "Anna", "familyName": "Neu"}}),
        ),
        (
            json!({"op": "replace", "path": urn("name.familyName"), "value": "Neu"}),
            json!({"name": {"givenName": "Anna", "familyName": "Neu"}}),
        ),
        (
            json!({"op": "replace", "path": "name", "value": {"familyName": "Neu"}}),
            json!({"name": {"givenName": "Anna", "familyName": "Neu"}}),
        ),
    ] {
        assert_eq!(after(&server, json!([operation])).await, Ok(expected(changes)), "{operation}");
    }
}

#[tokio::test]
async fn the_extension_is_changed_in_every_form() {
    let server = Server::start().await;
    let attribute = |name: &str| format!("{EXTENSION}:{name}");
    let both = json!({EXTENSION: {"PersonalPronouns": "she/her", "JoinDate": "2026-01-01"}});
    for (operation, changes) in [
        (json!({"op": "add", "path": attribute("joinDate"), "value": "2026-01-01"}), both.clone()),
        (json!({"op": "replace", "path": EXTENSION, "value": {"JoinDate": "2026-01-01"}}), both.clone()),
        (json!({"op": "add", "value": {EXTENSION: {"JoinDate": "2026-01-01"}}}), both.clone()),
        (
            json!({"op": "add", "path": EXTENSION, "value": {"schemas": [EXTENSION], "joinDate": "2026-01-01"}}),
            both.clone(),
        ),
        (json!({"op": "replace", "value": {attribute("JoinDate"): "2026-01-01"}}), both),
        (json!({"op": "remove", "path": attribute("PersonalPronouns")}), json!({EXTENSION: null})),
        (json!({"op": "remove", "path": attribute("LoginType")}), json!({})),
        (json!({"op": "remove", "path": EXTENSION}), json!({EXTENSION: null})),
    ] {
        assert_eq!(after(&server, json!([operation])).await, Ok(expected(changes)), "{operation}");
    }
}

#[tokio::test]
async fn lists_are_changed_in_every_form() {
    let server = Server::start().await;
    let alternate = json!({"type": "alternate1", "value": "alt@x.example"});
    let (old_work, old_personal) = (work("work@x.example"), personal("home@x.example"));
    let value = format!("{WORK}.value");
    for (operation, emails) in [
        (json!({"op": "replace", "path": value, "value": "n@x"}), json!([work("n@x"), old_personal])),
        (json!({"op": "add", "path": value, "value": "n@x"}), json!([work("n@x"), old_personal])),
        (
            json!({"op": "replace", "path": WORK, "value": {"type": "work", "value": "n@x"}}),
            json!([{"type": "work", "value": "n@x"}, old_personal]),
        ),
        (json!({"op": "add", "path": WORK, "value": {"value": "n@x"}}), json!([work("n@x"), old_personal])),
        (json!({"op": "remove", "path": WORK}), json!([old_personal])),
        (json!({"op": "remove", "path": value}), json!([{"type": "work", "primary": true}, old_personal])),
        (json!({"op": "remove", "path": "emails[type eq \"alternate1\"]"}), json!([old_work, old_personal])),
        (json!({"op": "remove", "path": "emails[type ne \"work\" and value ew \".example\"]"}), json!([old_work])),
        (
            json!({"op": "replace", "path": "emails[primary eq true].value", "value": "n@x"}),
            json!([work("n@x"), old_personal]),
        ),
        (json!({"op": "add", "path": "emails", "value": alternate}), json!([old_work, old_personal, alternate])),
        (json!({"op": "add", "path": "emails", "value": [alternate]}), json!([old_work, old_personal, alternate])),
        (json!({"op": "add", "path": "emails", "value": [old_work]}), json!([old_work, old_personal])),
        (
            json!({"op": "add", "path": "emails", "value": [{"value": "n@x", "primary": true}]}),
            json!([
                {"type": "work", "value": "work@x.example", "primary": false},
                old_personal,
                {"value": "n@x", "primary": true}
            ]),
        ),
        (
            json!({"op": "replace", "path": "emails[type eq \"personal\"].primary", "value": true}),
            json!([
                {"type": "work", "value": "work@x.example", "primary": false},
                {"type": "personal", "value": "home@x.example", "primary": true}
            ]),
        ),
        (json!({"op": "replace", "path": "emails", "value": [alternate]}), json!([alternate])),
        (json!({"op": "replace", "path": "emails", "value": []}), json!(null)),
        (json!({"op": "remove", "path": "emails"}), json!(null)),
        (json!({"op": "remove", "path": "emails[type pr]"}), json!(null)),
    ] {
        assert_eq!(after(&server, json!([operation])).await, Ok(expected(json!({"emails": emails}))), "{operation}");
    }
}

#[tokio::test]
async fn without_a_path_every_member_is_an_operation() {
    let server = Server::start().await;
    let value = json!({
        "schemas": [CORE], "title": "Boss", "active": false, "name.familyName": "Neu",
        "emails[type eq \"personal\"].value": "p@x", format!("{EXTENSION}:LoginType"): "SSO",
    });
    let changes = json!({
        "title": "Boss", "active": false, "name": {"givenName": "Anna", "familyName": "Neu"},
        "emails": [work("work@x.example"), personal("p@x")],
        EXTENSION: {"PersonalPronouns": "she/her", "LoginType": "SSO"},
    });
    let operations = json!([{"op": "replace", "value": value}]);
    assert_eq!(after(&server, operations.clone()).await, Ok(expected(changes)));
    server.tenant.set_switches(json!({"reject_pathless_ops": true})).unwrap();
    assert_eq!(after(&server, operations).await, Err((400, "invalidPath".to_owned())));
}

#[tokio::test]
async fn several_operations_are_done_in_their_order() {
    let server = Server::start().await;
    let operations = json!([
        {"op": "remove", "path": "emails[type eq \"personal\"]"},
        {"op": "add", "path": "emails", "value": [personal("p@x")]},
        {"op": "replace", "path": "emails[value eq \"p@x\"].value", "value": "q@x"},
    ]);
    let emails = json!({"emails": [work("work@x.example"), personal("q@x")]});
    assert_eq!(after(&server, operations).await, Ok(expected(emails)));
}

#[tokio::test]
async fn what_cannot_be_done_is_refused() {
    let server = Server::start_with(json!({"limits_lengths": true})).await;
    for (operation, scim_type) in [
        (json!({"op": "replace", "path": "emails[type eq \"alternate1\"].value", "value": "a"}), "noTarget"),
        (json!({"op": "add", "path": "emails[type eq \"alternate1\"].value", "value": "a"}), "noTarget"),
        (json!({"op": "replace", "path": "addresses[type eq \"work\"].locality", "value": "a"}), "noTarget"),
        (json!({"op": "remove"}), "noTarget"),
        (json!({"op": "replace", "path": "department", "value": "a"}), "invalidPath"),
        (json!({"op": "replace", "path": format!("{EXTENSION}:department"), "value": "a"}), "invalidPath"),
        (json!({"op": "replace", "path": format!("{EXTENSION}.LoginType"), "value": "a"}), "invalidPath"),
        (json!({"op": "replace", "path": "emails[type eq \"work\"", "value": "a"}), "invalidPath"),
        (json!({"op": "replace", "path": "", "value": "a"}), "invalidPath"),
        (json!({"op": "replace", "path": 7, "value": "a"}), "invalidPath"),
        (json!({"op": "replace", "path": "emails[type eq work].value", "value": "a"}), "invalidFilter"),
        (json!({"op": "replace", "path": "id", "value": "a"}), "mutability"),
        (json!({"op": "replace", "path": "meta.created", "value": "a"}), "mutability"),
        (json!({"op": "replace", "value": {"id": "a"}}), "mutability"),
        (json!({"op": "remove", "path": "userName"}), "mutability"),
        (json!({"op": "remove", "path": "active"}), "mutability"),
        (json!({"op": "remove", "path": "name"}), "mutability"),
        (json!({"op": "remove", "path": "name.givenName"}), "mutability"),
        (json!({"op": "replace", "path": "active", "value": "False"}), "invalidValue"),
        (json!({"op": "replace", "path": "title", "value": ""}), "invalidValue"),
        (json!({"op": "replace", "path": "title"}), "invalidValue"),
        (json!({"op": "replace", "value": "a"}), "invalidValue"),
        (json!({"op": "replace", "path": "name.givenName", "value": "x".repeat(31)}), "invalidValue"),
        (
            json!({"op": "replace", "path": "emails", "value": [work("a"), {"value": "b", "primary": true}]}),
            "invalidValue",
        ),
        (json!({"op": "replace", "path": "emails[type eq \"work\"]", "value": {}}), "invalidValue"),
        (json!({"op": "replace", "path": EXTENSION, "value": {"department": "a"}}), "invalidSyntax"),
        (json!({"op": "change", "path": "title", "value": "a"}), "invalidSyntax"),
        (json!({"path": "title", "value": "a"}), "invalidSyntax"),
        (json!("x"), "invalidSyntax"),
    ] {
        assert_eq!(after(&server, json!([operation])).await, Err((400, scim_type.to_owned())), "{operation}");
    }
    let none = json!([]);
    assert_eq!(after(&server, none).await, Err((400, "invalidSyntax".to_owned())));
    let id = server.add("a").await;
    let body = json!({"Operations": [{"op": "remove", "path": "title"}]});
    let bare = server.send(Method::PATCH, &format!("/Users/{id}"), Some(&body)).await;
    assert_eq!(bare.refusal(), (400, "invalidSyntax"));
    assert_eq!(server.patch("none", json!([{"op": "remove", "path": "title"}])).await.status, 404);
}

#[tokio::test]
async fn where_nothing_is_selected_the_value_is_added_if_the_switch_says_so() {
    let server = Server::start_with(json!({"patch_no_target": false})).await;
    let path = "emails[type eq \"alternate1\"].value";
    for op in ["add", "replace"] {
        let emails = json!([work("work@x.example"), personal("home@x.example"), {"type": "alternate1", "value": "a"}]);
        let patched = after(&server, json!([{"op": op, "path": path, "value": "a"}])).await;
        assert_eq!(patched, Ok(expected(json!({"emails": emails}))), "{op}");
    }
    let unclear = json!([{"op": "add", "path": "emails[type sw \"alt\"].value", "value": "a"}]);
    assert_eq!(after(&server, unclear).await, Err((400, "noTarget".to_owned())));
}

#[tokio::test]
async fn a_failed_patch_changes_nothing_unless_the_switch_says_so() {
    let server = Server::start().await;
    let id = server.post(&full_user("a")).await.id();
    let operations = json!([
        {"op": "replace", "path": "title", "value": "Boss"},
        {"op": "replace", "path": "emails[type eq \"alternate1\"].value", "value": "a"},
        {"op": "replace", "path": "nickName", "value": "Ann"},
    ]);
    assert_eq!(server.patch(&id, operations.clone()).await.refusal(), (400, "noTarget"));
    assert_eq!(server.get(&format!("/Users/{id}")).await.body["title"], "Engineer");
    server.tenant.set_switches(json!({"patch_non_atomic": true})).unwrap();
    assert_eq!(server.patch(&id, operations).await.refusal(), (400, "noTarget"));
    let left = server.get(&format!("/Users/{id}")).await.body;
    assert_eq!(left["title"], "Boss");
    assert!(left.get("nickName").is_none());
}

#[tokio::test]
async fn the_answer_and_the_dialect_are_those_of_the_switches() {
    let server = Server::start_with(json!({"patch_answer": "no_content", "reject_capital_ops": true})).await;
    let id = server.add("a").await;
    let set = |op: &str| json!([{"op": op, "path": "title", "value": "x"}]);
    let patched = server.patch(&id, set("replace")).await;
    assert_eq!((patched.status, patched.text.as_str()), (204, ""));
    assert_eq!(server.patch(&id, set("Replace")).await.refusal(), (400, "invalidSyntax"));
    let asked = server.patch(&format!("{id}?attributes=title"), set("replace")).await;
    assert_eq!((asked.status, &asked.body["title"]), (200, &json!("x")));
}
