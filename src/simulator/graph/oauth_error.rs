//! Errors of the token endpoint, in OAuth's shape with Entra's codes
//! ("Microsoft Entra authentication and authorization error codes").

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::seed::guid;
use crate::simulator::clock::Time;

/// An error answer of the token endpoint.
#[derive(Debug)]
pub(in crate::simulator) struct OauthError {
    status: StatusCode,
    error: String,
    code: u32,
    message: String,
}

impl OauthError {
    pub(super) fn new(status: u16, error: &str, code: u32, message: impl Into<String>) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        Self { status, error: error.to_owned(), code, message: message.into() }
    }

    pub(super) fn missing(parameter: &str) -> Self {
        let message = format!("The request body must contain the following parameter: '{parameter}'.");
        Self::new(400, "invalid_request", 900_144, message)
    }

    pub(super) fn malformed_basic() -> Self {
        Self::new(401, "invalid_client", 7_000_215, "Invalid client secret provided.")
    }

    pub(super) fn wrong_secret(client: &str) -> Self {
        let message = format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, \
             not the client secret ID, for a secret added to app '{client}'."
        );
        Self::new(401, "invalid_client", 7_000_215, message)
    }

    pub(super) fn unknown_tenant(named: &str, error: &str) -> Self {
        let message = format!(
            "Tenant '{named}' not found. Check to make sure you have the correct tenant ID and are signing into the \
             correct cloud."
        );
        Self::new(400, error, 90002, message)
    }

    /// The usual error for a status, with another `error` if one is given.
    pub(in crate::simulator) fn of_status(status: StatusCode, error: Option<&str>) -> Self {
        let (usual, code, message) = match status.as_u16() {
            401 => ("invalid_client", 7_000_215, "Invalid client secret provided."),
            400..=428 | 430..=499 => ("invalid_request", 900_144, "The request is not valid."),
            _ => ("temporarily_unavailable", 90033, "A transient error has occurred. Please try again."),
        };
        Self { status, error: error.unwrap_or(usual).to_owned(), code, message: message.to_owned() }
    }

    /// The answer, with the ids of the request.
    pub(in crate::simulator) fn respond(&self, headers: &HeaderMap, time: &Time) -> Response<Body> {
        let trace = guid(&mut fastrand::Rng::new());
        let given = headers.get("client-request-id").and_then(|id| id.to_str().ok());
        let correlation = given.map_or_else(|| guid(&mut fastrand::Rng::new()), str::to_owned);
        let timestamp = time.now().strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        let Self { status, error, code, message } = self;
        let description =
            format!("AADSTS{code}: {message} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}");
        let body = json!({
            "error": error,
            "error_description": description,
            "error_codes": [code],
            "timestamp": timestamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
        });
        respond(*status, &body)
    }
}

/// A JSON answer that nobody may store.
pub(super) fn respond(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store, no-cache"));
    response
}
