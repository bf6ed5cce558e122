//! Carrying out those faults that need no knowledge of the server: errors, cut bodies, redirects.

use std::io;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use futures::{StreamExt, stream};
use serde_json::json;

use super::clock::Time;
use super::effect::BodyKind;
use super::graph::{GraphError, OauthError, RequestIds};
use super::record::Side;

/// An error as the side's server would put it.
pub(super) fn refuse(
    side: Side,
    time: &Time,
    request: &HeaderMap,
    status: u16,
    retry_after: Option<&str>,
    code: Option<&str>,
    body: BodyKind,
) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match body {
        BodyKind::Json => match side {
            Side::Graph => RequestIds::new(request, time).refuse(&GraphError::of_status(status, code)),
            Side::Token => OauthError::of_status(status, code).respond(request, time),
            Side::Jostle => scim_error(status, code),
        },
        BodyKind::Html => html(status),
        BodyKind::Empty => Response::new(Body::empty()),
    };
    *response.status_mut() = status;
    if let Some(value) = retry_after.and_then(|value| HeaderValue::from_str(value).ok()) {
        response.headers_mut().insert(RETRY_AFTER, value);
    }
    response
}

/// 302 to another address.
pub(super) fn redirect(location: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    if let Ok(value) = HeaderValue::from_str(location) {
        response.headers_mut().insert(LOCATION, value);
    }
    response
}

/// The first half of the body; then the end, or a broken connection where more was announced.
pub(super) async fn truncate(response: Response<Body>, well_framed: bool) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let half = whole.slice(..whole.len() / 2);
    parts.headers.remove(CONTENT_LENGTH);
    if well_framed {
        return Response::from_parts(parts, Body::from(half));
    }
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(whole.len()));
    let broken = stream::once(async {
        // The server sends what it has when the body makes it wait.
        tokio::task::yield_now().await;
        Err::<Bytes, _>(io::Error::new(io::ErrorKind::ConnectionAborted, "cut by a fault"))
    });
    Response::from_parts(parts, Body::from_stream(stream::iter([Ok(half)]).chain(broken)))
}

/// RFC 7644 §3.12.
fn scim_error(status: StatusCode, scim_type: Option<&str>) -> Response<Body> {
    let mut body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": status.as_str(),
        "detail": status.canonical_reason().unwrap_or("error"),
    });
    if let Some(scim_type) = scim_type {
        body["scimType"] = json!(scim_type);
    }
    with_type(Body::from(body.to_string()), "application/scim+json")
}

fn html(status: StatusCode) -> Response<Body> {
    let title = format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or_default());
    let page = format!("<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>");
    with_type(Body::from(page), "text/html")
}

fn with_type(body: Body, media: &'static str) -> Response<Body> {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media));
    response
}
