//! What the tests of this module share: values in short form, and a reader and a writer over a mock server.
#![allow(clippy::unwrap_used, reason = "tests may")]

use std::time::Duration;

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use wiremock::{MockServer, ResponseTemplate};

use super::{Dialect, ScimReader, ScimSettings};
use crate::connector::{Side, system_clock};
use crate::http::{HttpClient, HttpSettings};
use crate::model::{Change, TargetValue, Values};

/// The key that every test sends.
pub(super) const KEY: &str = "secret-key";

/// A value: `true` and `false` are flags.
pub(super) fn value(text: &str) -> TargetValue {
    text.parse().map_or_else(|_| TargetValue::Text(text.to_owned()), TargetValue::Flag)
}

/// Values by path.
pub(super) fn values(values: &[(&str, &str)]) -> Values {
    values.iter().map(|(path, text)| (path.parse().unwrap(), value(text))).collect()
}

/// A change from one value to another.
pub(super) fn change(path: &str, old: Option<&str>, new: Option<&str>) -> Change {
    Change { attribute: path.parse().unwrap(), old: old.map(value), new: new.map(value), redacted: false }
}

/// A reader of the server, below the path `/scim2`, that never tries twice.
pub(super) fn reader(server: &MockServer, dialect: Dialect) -> ScimReader {
    let http = HttpSettings {
        side: Side::Jostle,
        requests_per_second: None,
        concurrency: 4,
        connect_timeout: Duration::from_mins(1),
        request_timeout: Duration::from_mins(1),
        stop_grace: Duration::from_secs(5),
        max_response_bytes: 1_000_000,
        max_attempts: 1,
        first_backoff: Duration::ZERO,
        extra_ca_pem: None,
        clock: system_clock(),
        on_throttle: None,
    };
    let settings = ScimSettings {
        base_url: format!("{}/scim2/", server.uri()).parse().unwrap(),
        api_key: SecretString::from(KEY),
        dialect,
    };
    ScimReader::new(settings, HttpClient::new(http, CancellationToken::new()).unwrap())
}

/// An answer with a JSON body.
pub(super) fn answer(status: u16, body: impl std::fmt::Display) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.to_string(), "application/scim+json")
}

/// A SCIM error (RFC 7644 §3.12).
pub(super) fn scim_error(status: u16, scim_type: Option<&str>, detail: &str) -> ResponseTemplate {
    let mut body = serde_json::json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": status.to_string(),
        "detail": detail,
    });
    if let Some(scim_type) = scim_type {
        body["scimType"] = scim_type.into();
    }
    answer(status, body)
}

/// A list that holds these resources and says so.
pub(super) fn list(resources: &[serde_json::Value]) -> ResponseTemplate {
    answer(200, serde_json::json!({"totalResults": resources.len(), "Resources": resources}))
}

/// What the server was sent: `METHOD path?query body`, in order.
pub(super) async fn sent(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    let line = |request: &wiremock::Request| {
        let target = &request.url[url::Position::BeforePath..];
        format!("{} {target} {}", request.method, String::from_utf8_lossy(&request.body)).trim_end().to_owned()
    };
    requests.iter().map(line).collect()
}
