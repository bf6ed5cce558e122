//! One request to Graph: what the handlers need of it, and the headers that every answer has.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderName, LOCATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri};
use serde_json::Value;

use super::error::GraphError;
use super::query::Query;
use super::seed::guid;
use crate::simulator::clock::Time;
use crate::simulator::effect::Effect;

const JSON: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// A request to Graph.
#[derive(Debug)]
pub(super) struct Call {
    /// Path segments, as sent.
    pub(super) segments: Vec<String>,
    pub(super) query: Query,
    /// Scheme, host and port that the client used; links begin with it.
    pub(super) origin: String,
    /// The client prefers `return=minimal`.
    pub(super) minimal: bool,
    /// The client accepts an index that lags behind: `ConsistencyLevel: eventual`.
    pub(super) eventual: bool,
    /// The fault that this request meets.
    pub(super) effect: Option<Effect>,
    /// Application permissions of the token.
    pub(super) roles: Arc<[String]>,
    ids: RequestIds,
}

/// What a handler answers with 200.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) body: Value,
    /// `return=minimal` was heeded.
    pub(super) minimal: bool,
}

impl From<Value> for Answer {
    fn from(body: Value) -> Self {
        Self { body, minimal: false }
    }
}

impl Call {
    pub(super) fn new(scheme: &str, uri: &Uri, headers: &HeaderMap, effect: Option<Effect>, time: &Time) -> Self {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let prefers = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        let minimal =
            prefers.flat_map(|value| value.split(',')).any(|one| one.trim().eq_ignore_ascii_case("return=minimal"));
        Self {
            segments: uri.path().split('/').skip(1).map(str::to_owned).collect(),
            query: Query::parse(uri.query().unwrap_or_default()),
            origin: format!("{scheme}://{host}"),
            minimal,
            eventual: headers
                .get("consistencylevel")
                .is_some_and(|level| level.as_bytes().eq_ignore_ascii_case(b"eventual")),
            effect,
            roles: Arc::default(),
            ids: RequestIds::new(headers, time),
        }
    }

    /// Refuses the call unless the token has one of these permissions.
    pub(super) fn demand(&self, allowing: &[&str]) -> Result<(), GraphError> {
        if self.has_role(allowing) { Ok(()) } else { Err(GraphError::forbidden()) }
    }

    /// Whether the token has one of these permissions.
    pub(super) fn has_role(&self, allowing: &[&str]) -> bool {
        self.roles.iter().any(|role| allowing.contains(&role.as_str()))
    }

    /// The answer with every header of the service's own.
    pub(super) fn respond(&self, result: Result<Answer, GraphError>) -> Response<Body> {
        match result {
            Ok(answer) => {
                let mut response = self.ids.respond(StatusCode::OK, &answer.body);
                response.headers_mut().insert("odata-version", HeaderValue::from_static("4.0"));
                if answer.minimal {
                    response.headers_mut().insert("preference-applied", HeaderValue::from_static("return=minimal"));
                }
                response
            }
            Err(error) => self.ids.refuse(&error),
        }
    }
}

/// The ids and the time by which a request is found again.
#[derive(Debug)]
pub(in crate::simulator) struct RequestIds {
    request: String,
    client: String,
    date: String,
}

impl RequestIds {
    /// A new request id; the client's own is echoed.
    pub(in crate::simulator) fn new(headers: &HeaderMap, time: &Time) -> Self {
        let request = guid(&mut fastrand::Rng::new());
        let given = headers.get("client-request-id").and_then(|id| id.to_str().ok());
        let client = given.map_or_else(|| request.clone(), str::to_owned);
        Self { request, client, date: time.text() }
    }

    /// An error answer.
    pub(in crate::simulator) fn refuse(&self, error: &GraphError) -> Response<Body> {
        let mut response = self.respond(error.status, &error.body(&self.request, &self.client, &self.date));
        let headers = response.headers_mut();
        if error.status == StatusCode::UNAUTHORIZED {
            let challenge =
                "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\"";
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        insert(headers, LOCATION, error.location.as_deref());
        response
    }

    fn respond(&self, status: StatusCode, body: &Value) -> Response<Body> {
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert("x-ms-resource-unit", HeaderValue::from_static("1"));
        insert(headers, HeaderName::from_static("request-id"), Some(&self.request));
        insert(headers, HeaderName::from_static("client-request-id"), Some(&self.client));
        response
    }
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: Option<&str>) {
    if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
        headers.insert(name, value);
    }
}
