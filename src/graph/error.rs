//! What an answer of Graph that is not 200 means. The body is read leniently: every spelling of `innerError`, any
//! depth, `details` beside it, codes that may be empty ("Microsoft Graph error responses").

use serde_json::Value;

use crate::connector::{ConnectorError, ErrorKind, Side};
use crate::http::Response;

/// What a request is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Purpose {
    /// Completes "failed to".
    pub(super) what: &'static str,
    /// The application permission that it needs ("Microsoft Graph permissions reference").
    pub(super) permission: &'static str,
}

/// For everything about people.
pub(super) const USERS: &str = "User.Read.All";
/// For when people leave.
pub(super) const LEAVE_DATES: &str = "User-LifeCycleInfo.Read.All";
/// For people with the day on which they leave among their attributes.
pub(super) const USERS_WHO_LEAVE: &str = "User.Read.All, and User-LifeCycleInfo.Read.All for employeeLeaveDateTime,";
/// For groups and their members.
pub(super) const GROUPS: &str = "GroupMember.Read.All";
/// For who is assigned to an application.
pub(super) const APPLICATIONS: &str = "Application.Read.All";

/// A longer code is no code.
const MAX_CODE_LENGTH: usize = 80;

/// An error of this side without an answer behind it.
pub(super) fn failed(kind: ErrorKind, detail: impl Into<String>) -> ConnectorError {
    ConnectorError::new(Side::Entra, kind, detail)
}

/// An answer that is not what the protocol allows.
pub(super) fn unreadable(purpose: Purpose, fault: &str) -> ConnectorError {
    let what = purpose.what;
    failed(
        ErrorKind::Protocol,
        format!("failed to {what}: Graph gave an answer that {fault}; nothing is concluded from it"),
    )
}

/// What Graph says of a failed request.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    status: u16,
    /// From the outermost to the innermost; on each level the details before the error that they belong to.
    codes: Vec<String>,
    request_id: Option<String>,
}

impl Refusal {
    pub(super) fn read(response: &Response) -> Self {
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let header = response.headers.get("request-id").and_then(|id| id.to_str().ok());
        let mut refusal = Self { status: response.status, codes: Vec::new(), request_id: header.and_then(identifier) };
        let mut level = body.get("error");
        while let Some(error) = level {
            refusal.codes.extend(details(error).filter_map(|detail| text(detail, "code")));
            refusal.codes.extend(text(error, "code"));
            refusal.request_id = refusal.request_id.take().or_else(|| text(error, "request-id"));
            level = error.as_object().and_then(|members| {
                members.iter().find(|(name, _)| name.eq_ignore_ascii_case("innerError")).map(|(_, inner)| inner)
            });
        }
        refusal
    }

    pub(super) fn status(&self) -> u16 {
        self.status
    }

    /// The position in the feed is gone. Status and spelling differ between the documents ("Use delta query", the API
    /// guidelines' change tracking) and the services.
    pub(super) fn is_resync(&self) -> bool {
        let says_so = |code: &String| {
            let code = code.to_ascii_lowercase();
            code == "syncstatenotfound" || code.starts_with("resync")
        };
        self.status == 410 || ((400..500).contains(&self.status) && self.codes.iter().any(says_so))
    }

    /// Graph knows the request and says that the object does not exist. A 404 of a proxy, or of a wrong address, is
    /// not that.
    pub(super) fn is_absence(&self) -> bool {
        let says_so = |code: &String| {
            ["Request_ResourceNotFound", "Directory_ObjectNotFound", "ResourceNotFound"]
                .iter()
                .any(|known| code.eq_ignore_ascii_case(known))
        };
        self.status == 404 && self.codes.iter().any(says_so)
    }

    /// The error by its status.
    pub(super) fn error(self, purpose: Purpose) -> ConnectorError {
        let Purpose { what, permission } = purpose;
        let (kind, detail) = match self.status {
            401 => (
                ErrorKind::CredentialsRefused,
                format!(
                    "failed to {what}: Graph refuses even a new token; check that graph_root and authority belong to the same cloud"
                ),
            ),
            403 => (
                ErrorKind::Forbidden,
                format!(
                    "not allowed to {what}: add the application permission {permission} to the app registration and grant admin consent"
                ),
            ),
            404 => (ErrorKind::NotFound, format!("failed to {what}: not found")),
            408 | 500 | 502..=599 => {
                (ErrorKind::Unavailable, format!("failed to {what}: Graph cannot answer now; it is tried again later"))
            }
            429 => (ErrorKind::Throttled(None), format!("failed to {what}: Graph throttles")),
            200..=399 => (
                ErrorKind::Protocol,
                format!("failed to {what}: an answer that Graph does not give; check graph_root and the proxy"),
            ),
            _ => (ErrorKind::Rejected, format!("failed to {what}: Graph refuses the request")),
        };
        self.into_error(kind, detail)
    }

    /// The error with a meaning that the caller knows better.
    pub(super) fn into_error(mut self, kind: ErrorKind, detail: impl Into<String>) -> ConnectorError {
        // The innermost is the most specific; some services put the bare status there.
        self.codes.retain(|code| !code.bytes().all(|byte| byte.is_ascii_digit()));
        ConnectorError {
            status: Some(self.status),
            code: self.codes.pop(),
            request_id: self.request_id,
            ..failed(kind, detail)
        }
    }
}

fn text(error: &Value, name: &str) -> Option<String> {
    error.get(name).and_then(Value::as_str).and_then(identifier)
}

fn details(error: &Value) -> impl Iterator<Item = &Value> {
    error.get("details").and_then(Value::as_array).into_iter().flatten()
}

/// A code or an id that may be shown: the body is not trusted to hold one.
pub(super) fn identifier(text: &str) -> Option<String> {
    let shown = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (!text.is_empty() && text.len() <= MAX_CODE_LENGTH && text.bytes().all(shown)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::*;

    const PURPOSE: Purpose = Purpose { what: "read the users", permission: USERS };

    fn refusal(status: u16, body: &str) -> Refusal {
        let body = body.as_bytes().to_vec();
        Refusal::read(&Response { status, headers: ::http::HeaderMap::new(), body, in_doubt: false })
    }

    #[test]
    fn every_spelling_of_a_lost_position_is_a_resync() {
        for (status, body) in [
            (410, ""),
            (410, "<html>"),
            (400, r#"{"error":{"code":"syncStateNotFound"}}"#),
            (404, r#"{"error":{"code":"SyncStateNotFound"}}"#),
            (400, r#"{"error":{"code":"BadRequest","innerError":{"code":"resyncRequired"}}}"#),
            (410, r#"{"error":{"code":"SyncStateNotFound"}}"#),
            (410, r#"{"error":{"code":"resyncRequired","innerError":{"code":"resyncUploadDifferences"}}}"#),
            (400, r#"{"error":{"code":"RESYNCREQUIRED"}}"#),
            (409, r#"{"error":{"code":"","innererror":{"innerError":{"code":"ResyncApplyDifferences"}}}}"#),
            (400, r#"{"error":{"code":"BadRequest","details":[{"code":"x"},{"code":"syncStateNotFound"}]}}"#),
            (400, r#"{"error":{"code":"x","InnerError":{"code":"y","details":[{"code":"syncstatenotfound"}]}}}"#),
        ] {
            assert!(refusal(status, body).is_resync(), "{status} {body}");
        }
        for (status, body) in [
            (400, r#"{"error":{"code":"Request_BadRequest","message":"resyncRequired"}}"#),
            (404, r#"{"error":{"code":"UnknownError"}}"#),
            (503, r#"{"error":{"code":"resyncRequired"}}"#),
            (400, "syncStateNotFound"),
        ] {
            assert!(!refusal(status, body).is_resync(), "{status} {body}");
        }
    }

    #[test]
    fn only_graphs_own_404_means_that_somebody_is_absent() {
        assert!(refusal(404, r#"{"error":{"code":"Request_ResourceNotFound"}}"#).is_absence());
        assert!(!refusal(404, "<html>no such page</html>").is_absence());
        assert!(!refusal(404, r#"{"error":{"code":"UnknownError","message":""}}"#).is_absence());
        assert!(!refusal(400, r#"{"error":{"code":"Request_ResourceNotFound"}}"#).is_absence());
    }

    #[test]
    fn errors_are_classified_by_status_and_carry_code_and_request_id() {
        let kinds = [401, 403, 404, 400, 422, 500, 503, 302].map(|status| refusal(status, "").error(PURPOSE).kind);
        assert_eq!(
            kinds,
            [
                ErrorKind::CredentialsRefused,
                ErrorKind::Forbidden,
                ErrorKind::NotFound,
                ErrorKind::Rejected,
                ErrorKind::Rejected,
                ErrorKind::Unavailable,
                ErrorKind::Unavailable,
                ErrorKind::Protocol,
            ]
        );
        let body = r#"{"error":{"code":"Authorization_RequestDenied","message":"m","innerError":{"code":"403","request-id":"r-1"}}}"#;
        let error = refusal(403, body).error(PURPOSE);
        assert_eq!(error.code.as_deref(), Some("Authorization_RequestDenied"));
        let detailed = r#"{"error":{"code":"outer","details":[{"code":"detail"}],"innerError":{"code":"inner"}}}"#;
        assert_eq!(refusal(400, detailed).error(PURPOSE).code.as_deref(), Some("inner"));
        assert_eq!(error.request_id.as_deref(), Some("r-1"));
        assert!(error.detail.contains(USERS), "{error}");
    }

    #[test]
    fn nothing_of_a_body_is_shown_that_is_no_code() {
        let body = r#"{"error":{"code":"see https://evil.example/?a=b","innerError":{"code":7,"request-id":["x"]}}}"#;
        assert_eq!(refusal(400, body), Refusal { status: 400, ..Refusal::default() });
    }
}
