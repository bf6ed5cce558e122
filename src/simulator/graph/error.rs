//! Graph's errors, in the shape of "Microsoft Graph error responses and resource types".

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::simulator::effect::ExpiredStyle;

/// An error answer of Graph.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct GraphError {
    pub(in crate::simulator) status: StatusCode,
    pub(in crate::simulator) code: String,
    pub(in crate::simulator) message: String,
    /// The `Location` header: where a 410 says to start over.
    pub(in crate::simulator) location: Option<String>,
    /// Codes within the code, the outer one first.
    inner: &'static [&'static str],
}

impl GraphError {
    fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), location: None, inner: &[] }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    pub(super) fn request_bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_BadRequest", message)
    }

    pub(super) fn unsupported_query() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", "Unsupported Query.")
    }

    pub(super) fn not_found(key: &str) -> Self {
        let message = format!(
            "Resource '{key}' does not exist or one of its queried reference-property objects are not present."
        );
        Self::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message)
    }

    pub(super) fn unauthorized(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", message)
    }

    pub(super) fn forbidden() -> Self {
        let message = "Insufficient privileges to complete the operation.";
        Self::new(StatusCode::FORBIDDEN, "Authorization_RequestDenied", message)
    }

    pub(super) fn not_implemented() -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", "This operation target is not yet supported.")
    }

    pub(super) fn method_not_allowed() -> Self {
        let message = "Specified HTTP method is not allowed for the request target.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Request_BadRequest", message)
    }

    /// The sync state is too old, as the service says it with 400.
    pub(super) fn sync_state_not_found() -> Self {
        let message =
            "The sync state generation is not found. The delta token is expired and data must be synchronized again.";
        Self::new(StatusCode::BAD_REQUEST, "syncStateNotFound", message)
    }

    /// A token has expired, in a spelling of the service's many; `restart` is where to start over.
    pub(super) fn expired(style: ExpiredStyle, restart: String) -> Self {
        const GONE: &str = "The sync state generation is not found.";
        const INVALID: &str = "The delta token is no longer valid, and the app must reset the sync state.";
        let bad = |code, message, inner| Self { inner, ..Self::new(StatusCode::BAD_REQUEST, code, message) };
        match style {
            ExpiredStyle::Gone => {
                Self { location: Some(restart), ..Self::new(StatusCode::GONE, "SyncStateNotFound", GONE) }
            }
            ExpiredStyle::GoneSyncStateNotFound => Self::new(StatusCode::GONE, "SyncStateNotFound", GONE),
            ExpiredStyle::SyncStateNotFound => Self::sync_state_not_found(),
            ExpiredStyle::ResyncApplyDifferences => bad("resyncRequired", INVALID, &["resyncApplyDifferences"]),
            ExpiredStyle::ResyncUploadDifferences => bad("resyncRequired", INVALID, &["resyncUploadDifferences"]),
            ExpiredStyle::Nested => bad("Request_BadRequest", INVALID, &["invalidRequest", "syncStateNotFound"]),
            ExpiredStyle::ExpiredPageToken => Self::expired_page(),
            ExpiredStyle::PageTokenNotFound => {
                let message = "The page token was not found in the directory.";
                bad("DirectoryPageTokenNotFoundException", message, &[])
            }
            ExpiredStyle::UnknownError => Self::new(StatusCode::NOT_FOUND, "UnknownError", ""),
        }
    }

    /// The page token is too old.
    pub(super) fn expired_page() -> Self {
        let message = "The specified page token value has expired and can no longer be included in your request.";
        Self::new(StatusCode::BAD_REQUEST, "Directory_ExpiredPageToken", message)
    }

    /// The usual error for a status, with another code if one is given.
    pub(in crate::simulator) fn of_status(status: StatusCode, code: Option<&str>) -> Self {
        let (usual, message) = match status.as_u16() {
            401 => ("InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."),
            403 => ("Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
            404 | 504 => ("UnknownError", ""),
            410 => ("SyncStateNotFound", "The sync state generation is not found."),
            429 => ("TooManyRequests", "Please retry again later."),
            400..=499 => ("Request_BadRequest", "The request is not valid."),
            501 => ("NotImplemented", "This operation target is not yet supported."),
            503 => ("serviceNotAvailable", "The service is temporarily unavailable. Please retry later."),
            _ => ("InternalServerError", "An internal server error occurred. The operation failed."),
        };
        Self::new(status, code.unwrap_or(usual), message)
    }

    /// The body, with the time of the answer.
    pub(in crate::simulator) fn body(&self, request_id: &str, client_request_id: &str, date: &str) -> Value {
        let mut inner = nested(self.inner);
        // Without a zone, as the service writes it.
        inner.insert("date".to_owned(), json!(date.trim_end_matches('Z')));
        inner.insert("request-id".to_owned(), json!(request_id));
        inner.insert("client-request-id".to_owned(), json!(client_request_id));
        json!({"error": {"code": self.code, "message": self.message, "innerError": inner}})
    }
}

/// `{"code": …, "innererror": {"code": …}}`.
fn nested(codes: &[&str]) -> Map<String, Value> {
    let Some((code, rest)) = codes.split_first() else { return Map::new() };
    let mut error = Map::from_iter([("code".to_owned(), json!(code))]);
    if !rest.is_empty() {
        error.insert("innererror".to_owned(), Value::Object(nested(rest)));
    }
    error
}
