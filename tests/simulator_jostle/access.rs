//! Who is let in, and with which content type, method and path.

use reqwest::{Method, header};
use serde_json::json;

use super::{Server, answer, user};

#[tokio::test]
async fn nothing_is_answered_without_the_key() {
    let server = Server::start().await;
    for path in ["/Users", "/Users/1", "/ServiceProviderConfig", "/Schemas", "/nowhere"] {
        let none = answer(server.client.get(format!("{}{path}", server.base))).await;
        assert_eq!(none.status, 401, "{path}");
        assert_eq!(none.body["status"], "401");
        assert!(none.header(header::WWW_AUTHENTICATE).unwrap().starts_with("Bearer"));
        let wrong = answer(server.client.get(format!("{}{path}", server.base)).bearer_auth("other")).await;
        assert_eq!(wrong.status, 401, "{path}");
    }
    assert_eq!(server.get("/Users").await.status, 200);
}

#[tokio::test]
async fn discovery_needs_no_key_where_the_switch_says_so() {
    let server = Server::start_with(json!({"config_needs_no_token": true})).await;
    let bare = async |path: &str| answer(server.client.get(format!("{}{path}", server.base))).await.status;
    assert_eq!(bare("/ServiceProviderConfig").await, 200);
    assert_eq!(bare("/ResourceTypes/User").await, 200);
    assert_eq!(bare("/Schemas").await, 200);
    assert_eq!(bare("/Users").await, 401);
    assert_eq!(bare("/SchemasX").await, 401);
}

#[tokio::test]
async fn both_content_types_are_taken_and_no_other() {
    let server = Server::start().await;
    for (at, (content_type, status)) in [
        (Some("application/scim+json"), 201),
        (Some("Application/JSON; charset=utf-8"), 201),
        (Some("text/plain"), 415),
        (None, 415),
    ]
    .into_iter()
    .enumerate()
    {
        let mut request = server.request(Method::POST, "/Users").body(user(&format!("u{at}")).to_string());
        if let Some(content_type) = content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        let got = answer(request).await;
        assert_eq!(got.status, status, "{content_type:?}");
        assert_eq!(got.header(header::CONTENT_TYPE), Some("application/scim+json"));
    }
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_allowed_are_scim_errors() {
    let server = Server::start().await;
    for (method, path, status) in [
        (Method::GET, "/Groups", 404),
        (Method::GET, "/Users/none", 404),
        (Method::DELETE, "/Users/none", 404),
        (Method::GET, "/Users/%FF", 404),
        (Method::DELETE, "/Users", 405),
        (Method::POST, "/ServiceProviderConfig", 405),
        (Method::GET, "/ResourceTypes/Group", 404),
        (Method::GET, "/Schemas/urn:none", 404),
    ] {
        let got = server.send(method.clone(), path, None).await;
        assert_eq!(got.status, status, "{method} {path}");
        assert_eq!(got.body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
        assert_eq!(got.body["status"], status.to_string());
    }
    let huge = user(&"x".repeat(3_000_000));
    assert_eq!(server.post(&huge).await.status, 413);
    let broken = server.request(Method::POST, "/Users").header(header::CONTENT_TYPE, "application/json").body("{");
    assert_eq!(answer(broken).await.refusal(), (400, "invalidSyntax"));
}
