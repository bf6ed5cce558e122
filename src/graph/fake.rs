//! For the tests of this edge: an authority that numbers its tokens, and Graph answers by path.
#![allow(clippy::unwrap_used, reason = "only tests use it")]

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use url::Url;
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{GraphSettings, GraphSource};
use crate::connector::{Side, system_clock};
use crate::http::{HttpClient, HttpSettings};

pub(super) struct Fake {
    pub(super) server: MockServer,
    pub(super) source: GraphSource,
}

impl Fake {
    /// Issues `t1`, `t2`, … that live an hour.
    pub(super) async fn start() -> Self {
        Self::with_token_lifetime(3600).await
    }

    /// The same, with another selection.
    pub(super) async fn reading(properties: &[&str]) -> Self {
        let fake = Self::start().await;
        Self { source: source_of(&fake.server.uri(), properties), ..fake }
    }

    pub(super) async fn with_token_lifetime(seconds: u64) -> Self {
        let server = MockServer::start().await;
        let issued = AtomicU32::new(0);
        Mock::given(method("POST"))
            .and(path("/tenant/oauth2/v2.0/token"))
            .respond_with(move |_: &wiremock::Request| {
                let token = format!("t{}", issued.fetch_add(1, Ordering::Relaxed) + 1);
                let body = json!({"token_type": "Bearer", "expires_in": seconds, "access_token": token});
                ResponseTemplate::new(200).set_body_json(body)
            })
            .mount(&server)
            .await;
        let source = source(&server.uri());
        Self { server, source }
    }

    /// Answers this path with this body, whatever the query.
    pub(super) async fn answers(&self, at: &str, status: u16, body: Value) {
        let answer = ResponseTemplate::new(status).set_body_json(body);
        Mock::given(method("GET")).and(path(at)).respond_with(answer).mount(&self.server).await;
    }

    /// The same, for one value of one query option.
    pub(super) async fn answers_to(&self, at: &str, option: (&str, &str), status: u16, body: Value) {
        let answer = ResponseTemplate::new(status).set_body_json(body);
        let wanted = Mock::given(method("GET")).and(path(at)).and(query_param(option.0, option.1));
        wanted.respond_with(answer).mount(&self.server).await;
    }

    /// Refuses one token everywhere.
    pub(super) async fn refuses_token(&self, token: &str, status: u16) {
        let refused = Mock::given(method("GET")).and(header("authorization", format!("Bearer {token}").as_str()));
        refused.respond_with(ResponseTemplate::new(status)).with_priority(1).mount(&self.server).await;
    }

    /// Refuses every token request.
    pub(super) async fn issues_no_token(&self, status: u16, body: Value) {
        let refused = ResponseTemplate::new(status).set_body_json(body);
        Mock::given(method("POST")).respond_with(refused).with_priority(1).mount(&self.server).await;
    }

    /// A link of this server.
    pub(super) fn link(&self, rest: &str) -> String {
        format!("{}/v1.0/{rest}", self.server.uri())
    }

    /// What was received, as `METHOD target token`; the token requests as `TOKEN`.
    pub(super) async fn received(&self) -> Vec<String> {
        let shown = |request: &wiremock::Request| {
            let target = format!("{}?{}", request.url.path(), request.url.query().unwrap_or_default());
            let bearer = request.headers.get("authorization").map_or("", |value| value.to_str().unwrap());
            if request.method.as_str() == "POST" {
                "TOKEN".to_owned()
            } else {
                format!("{} {}", target.trim_end_matches('?'), bearer.trim_start_matches("Bearer "))
            }
        };
        self.server.received_requests().await.unwrap().iter().map(shown).collect()
    }
}

pub(super) fn source(root: &str) -> GraphSource {
    source_of(root, &["userPrincipalName", "mail"])
}

fn source_of(root: &str, properties: &[&str]) -> GraphSource {
    source_with(root, properties, http_settings())
}

pub(super) fn source_with(root: &str, properties: &[&str], http: HttpSettings) -> GraphSource {
    let root = Url::parse(root).unwrap();
    let settings = GraphSettings {
        authority: root.clone(),
        graph_root: root,
        tenant_id: "tenant".to_owned(),
        client_id: "client".to_owned(),
        client_secret: SecretString::from("s3cret"),
        properties: properties.iter().map(|&name| name.to_owned()).collect(),
    };
    GraphSource::new(&settings, HttpClient::new(http, CancellationToken::new()).unwrap()).unwrap()
}

pub(super) fn http_settings() -> HttpSettings {
    HttpSettings {
        side: Side::Entra,
        requests_per_second: None,
        concurrency: 8,
        connect_timeout: Duration::from_secs(5),
        request_timeout: Duration::from_secs(5),
        stop_grace: Duration::from_secs(5),
        max_response_bytes: 100_000,
        max_attempts: 2,
        first_backoff: Duration::from_millis(1),
        extra_ca_pem: None,
        clock: system_clock(),
        on_throttle: None,
    }
}

pub(super) fn not_found() -> Value {
    json!({"error": {"code": "Request_ResourceNotFound", "message": "m"}})
}
