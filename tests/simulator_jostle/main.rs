//! The Jostle simulator over HTTP, by a client that knows nothing of it.
#![cfg(feature = "simulator")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may")]

mod access;
mod create;
mod discovery;
mod leniency;
mod load;
mod patch;
mod replace_and_delete;
mod search;

use std::sync::Arc;

use entra_jostle_sync::simulator::jostle::{JostleTenant, router};
use reqwest::{Method, header};
use serde_json::{Value, json};

const KEY: &str = "the-key";
const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const EXTENSION: &str = "urn:ietf:params:scim:schemas:extension:jostle:2.0:User";

/// A tenant on a port of its own.
struct Server {
    base: String,
    tenant: Arc<JostleTenant>,
    client: reqwest::Client,
}

/// What came back. `body` is null if there was none.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: header::HeaderMap,
    text: String,
    body: Value,
}

impl Answer {
    fn id(&self) -> String {
        self.body["id"].as_str().expect("an id").to_owned()
    }

    /// Status and `scimType`.
    fn refusal(&self) -> (u16, &str) {
        (self.status, self.body["scimType"].as_str().unwrap_or_default())
    }

    fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    fn names(&self) -> Vec<&str> {
        self.body["Resources"].as_array().unwrap().iter().map(|user| user["userName"].as_str().unwrap()).collect()
    }
}

impl Server {
    async fn start() -> Self {
        Self::start_with(json!({})).await
    }

    async fn start_with(switches: Value) -> Self {
        // Only the first one is installed; all are the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/scim2", listener.local_addr().unwrap());
        let tenant = Arc::new(JostleTenant::new(KEY));
        tenant.set_base_url(&base);
        tenant.set_switches(switches).unwrap();
        let app = axum::Router::new().nest("/scim2", router(Arc::clone(&tenant)));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { base, tenant, client: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base)).bearer_auth(KEY)
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.header(header::CONTENT_TYPE, "application/scim+json").body(body.to_string());
        }
        answer(request).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    async fn post(&self, body: &Value) -> Answer {
        self.send(Method::POST, "/Users", Some(body)).await
    }

    async fn put(&self, id: &str, body: &Value) -> Answer {
        self.send(Method::PUT, &format!("/Users/{id}"), Some(body)).await
    }

    async fn delete(&self, id: &str) -> Answer {
        self.send(Method::DELETE, &format!("/Users/{id}"), None).await
    }

    /// Carries out the operations in one PATCH.
    async fn patch(&self, id: &str, operations: Value) -> Answer {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
        self.send(Method::PATCH, &format!("/Users/{id}"), Some(&body)).await
    }

    async fn list(&self, query: &[(&str, &str)]) -> Answer {
        let mut url = url::Url::parse(&format!("{}/Users", self.base)).unwrap();
        url.query_pairs_mut().extend_pairs(query);
        answer(self.client.get(url).bearer_auth(KEY)).await
    }

    /// Filters by `userName`, escaped as a JSON string.
    async fn find(&self, name: &str) -> Answer {
        self.list(&[("filter", &format!("userName eq {}", json!(name)))]).await
    }

    /// Creates a user and returns its id.
    async fn add(&self, name: &str) -> String {
        let created = self.post(&user(name)).await;
        assert_eq!(created.status, 201, "{created:?}");
        created.id()
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or_default();
    Answer { status, headers, text, body }
}

fn user(name: &str) -> Value {
    json!({"schemas": [CORE], "userName": name, "name": {"givenName": "Anna", "familyName": "Muster"}})
}

/// A user with two addresses and something in the extension.
fn full_user(name: &str) -> Value {
    json!({
        "schemas": [CORE, EXTENSION],
        "userName": name,
        "name": {"givenName": "Anna", "familyName": "Muster"},
        "title": "Engineer",
        "active": true,
        "emails": [
            {"type": "work", "value": "work@x.example", "primary": true},
            {"type": "personal", "value": "home@x.example"},
        ],
        "phoneNumbers": [{"type": "workmobilephone", "value": "+41 44 000 00 00"}],
        EXTENSION: {"PersonalPronouns": "she/her"},
    })
}
