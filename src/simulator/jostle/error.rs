//! What the server refuses, and how the refusal looks on the wire (RFC 7644 §3.12).

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use thiserror::Error;

use super::choices::ErrorBody;
use super::request::scim_json;
use super::switches::Switches;

/// A refusal. As a response it is a bare status that carries the refusal, until [`ScimError::render`] gives it a body.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{detail}")]
pub(super) struct ScimError {
    status: StatusCode,
    scim_type: Option<&'static str>,
    detail: String,
}

impl ScimError {
    /// A refusal without a `scimType`.
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, scim_type: None, detail: detail.into() }
    }

    fn bad(scim_type: &'static str, detail: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, scim_type: Some(scim_type), detail: detail.into() }
    }

    /// 400: a value is missing, of the wrong type, or not allowed.
    pub(super) fn invalid_value(detail: impl Into<String>) -> Self {
        Self::bad("invalidValue", detail)
    }

    /// 400: the body is not what the schema allows.
    pub(super) fn invalid_syntax(detail: impl Into<String>) -> Self {
        Self::bad("invalidSyntax", detail)
    }

    /// 400: the path of a PATCH operation.
    pub(super) fn invalid_path(detail: impl Into<String>) -> Self {
        Self::bad("invalidPath", detail)
    }

    /// 400: the filter.
    pub(super) fn invalid_filter(detail: impl Into<String>) -> Self {
        Self::bad("invalidFilter", detail)
    }

    /// 400: a path that leads to nothing.
    pub(super) fn no_target(detail: impl Into<String>) -> Self {
        Self::bad("noTarget", detail)
    }

    /// 400: the attribute may not be changed so.
    pub(super) fn mutability(detail: impl Into<String>) -> Self {
        Self::bad("mutability", detail)
    }

    /// 404.
    pub(super) fn no_such_user() -> Self {
        Self::new(StatusCode::NOT_FOUND, "user not found")
    }

    /// Nobody has the `id`: 404, if the switches do not say otherwise.
    pub(super) fn unknown_id(switches: &Switches) -> Self {
        match switches.unknown_id_is_500 {
            false => Self::no_such_user(),
            true => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "an unexpected error occurred"),
        }
    }

    /// The `userName` is taken: 409 `uniqueness`, if the switches do not say otherwise.
    pub(super) fn duplicate(switches: &Switches) -> Self {
        let status = StatusCode::from_u16(switches.duplicate_status.into()).unwrap_or(StatusCode::CONFLICT);
        let scim_type = switches.duplicate_scim_type.then_some("uniqueness");
        Self { status, scim_type, detail: "a user with this userName exists".to_owned() }
    }

    /// The response on the wire.
    pub(super) fn render(&self, switches: &Switches) -> Response {
        let mut response = match switches.error_body {
            ErrorBody::Scim => scim_json(self.status, &self.body(switches)),
            ErrorBody::Html => {
                let page = format!("<!DOCTYPE html>\n<html><body><h1>{}</h1></body></html>\n", self.status);
                (self.status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
            }
            ErrorBody::Empty => (self.status, Body::empty()).into_response(),
        };
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer realm=\"User Provisioning API\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }

    fn body(&self, switches: &Switches) -> Value {
        let status = self.status.as_u16();
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": if switches.status_as_number { json!(status) } else { json!(status.to_string()) },
            "detail": self.detail,
        });
        if let Some(scim_type) = self.scim_type {
            body["scimType"] = json!(scim_type);
        }
        body
    }
}

impl IntoResponse for ScimError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
