//! An answer of the server, and what a failed one means: by its status first, by `scimType` second, and never in need
//! of a body, which may be SCIM JSON, HTML, text or nothing.

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::resource::{self, List};
use crate::connector::{ConnectorError, ErrorKind, Receipt, Side};
use crate::http::Response;

/// The longest text of the server that is shown, in characters.
const SHOWN: usize = 200;

/// What came back from one request.
#[derive(Debug)]
pub(super) struct Answer {
    /// The HTTP status; that of the body where a success carries a SCIM error.
    pub(super) status: u16,
    /// The body, if it was JSON.
    pub(super) json: Option<Value>,
    /// The `Location` header.
    pub(super) location: Option<String>,
    /// It answers a write that may have been carried out, wholly or in part, whatever it says.
    pub(super) in_doubt: bool,
    /// The body is a page for people.
    is_page: bool,
    request_id: Option<String>,
    /// The `detail` of a SCIM error, fit to be shown.
    told: Option<String>,
}

impl Answer {
    /// Takes an answer apart; the key is needed to keep it out of everything that may be shown.
    pub(super) fn new(response: &Response, key: &SecretString) -> Self {
        let header = |name: &str| response.headers.get(name).and_then(|value| value.to_str().ok());
        let json: Option<Value> = serde_json::from_slice(&response.body).ok();
        let error = json.as_ref().filter(|json| is_scim_error(json));
        Self {
            status: match error.and_then(status_in) {
                Some(status) if (200..300).contains(&response.status) => status,
                _ => response.status,
            },
            location: header("location").map(str::to_owned),
            in_doubt: response.in_doubt,
            is_page: response.body.trim_ascii_start().starts_with(b"<"),
            request_id: header("x-request-id").or_else(|| header("request-id")).map(|id| presentable(id, key)),
            told: error.and_then(|error| text(error, "detail")).map(|detail| presentable(detail, key)),
            json,
        }
    }

    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Refused before the request was looked at, so that nothing of it can have been kept.
    pub(super) fn is_refused_unread(&self) -> bool {
        matches!(self.status, 401 | 403 | 404 | 429)
    }

    /// The body is an error by RFC 7644 §3.12: the SCIM server itself answered, and no proxy before it.
    pub(super) fn is_scim_error(&self) -> bool {
        self.json.as_ref().is_some_and(is_scim_error)
    }

    /// What is kept of an answer to a write that was carried out.
    pub(super) fn receipt(&self) -> Receipt {
        Receipt { status: self.status, request_id: self.request_id.clone() }
    }

    /// `scimType`, whatever the shape of the body.
    pub(super) fn scim_type(&self) -> Option<&str> {
        text(self.json.as_ref()?, "scimType")
    }

    /// The value is taken: 409, or a 400 or 500 that says so, which several servers send in its place.
    pub(super) fn says_taken(&self) -> bool {
        let detail = || self.json.as_ref().and_then(|json| text(json, "detail")).unwrap_or_default().to_lowercase();
        match self.status {
            409 => true,
            400 | 500 => {
                self.scim_type().is_some_and(|code| code.eq_ignore_ascii_case("uniqueness"))
                    || ["unique", "exists", "already", "duplicate"].iter().any(|word| detail().contains(word))
            }
            _ => false,
        }
    }

    /// What is wrong with a success that proves nothing: a proxy or a log-in page answers so in the place of the API.
    pub(super) fn unproven(&self, doing: &str) -> Option<ConnectorError> {
        (self.is_success() && self.is_page).then(|| ConnectorError {
            in_doubt: true,
            ..self.unusable(doing, "a web page came in the place of Jostle's answer; check the base URL and the proxy")
        })
    }

    /// The JSON of a success. `doing` says what was tried: "reading account 7".
    pub(super) fn into_json(mut self, doing: &str) -> Result<Value, ConnectorError> {
        if !self.is_success() {
            return Err(self.error(doing));
        }
        self.json.take().ok_or_else(|| self.unusable(doing, "the answer is not JSON; check the base URL"))
    }

    /// The list in a success.
    pub(super) fn into_list(mut self, doing: &str) -> Result<List, ConnectorError> {
        if !self.is_success() {
            return Err(self.error(doing));
        }
        let list = self.json.take().and_then(resource::list);
        list.ok_or_else(|| self.unusable(doing, "the answer is not a SCIM list; check the base URL"))
    }

    /// The error that a status stands for.
    pub(super) fn error(&self, doing: &str) -> ConnectorError {
        let (kind, meaning) = meaning(self.status);
        self.error_as(kind, doing, meaning)
    }

    /// The answer contradicts the protocol, or what was asked.
    pub(super) fn unusable(&self, doing: &str, reason: &str) -> ConnectorError {
        self.error_as(ErrorKind::Protocol, doing, reason)
    }

    /// An error of a kind that the status alone does not show.
    pub(super) fn error_as(&self, kind: ErrorKind, doing: &str, meaning: &str) -> ConnectorError {
        let told = self.told.as_ref().map(|told| format!("; the server says \"{told}\"")).unwrap_or_default();
        let is_code = |code: &&str| code.len() <= 40 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        ConnectorError {
            status: Some(self.status),
            code: self.scim_type().filter(is_code).map(str::to_owned),
            request_id: self.request_id.clone(),
            in_doubt: self.in_doubt || kind == ErrorKind::InDoubt,
            ..ConnectorError::new(Side::Jostle, kind, format!("{doing}: {meaning}{told}"))
        }
    }
}

fn meaning(status: u16) -> (ErrorKind, &'static str) {
    match status {
        401 => (
            ErrorKind::CredentialsRefused,
            "Jostle refused the API key: make a new one on Jostle's Manage User Provisioning page",
        ),
        403 => (
            ErrorKind::Forbidden,
            "Jostle does not allow it: check that the key's Automation user has logged in once, and that Manage User \
             Provisioning is enabled",
        ),
        404 => (ErrorKind::NotFound, "Jostle does not have it; if it has nothing else either, the base URL is wrong"),
        409 => (ErrorKind::Conflict, "another account has the value; find that account in Jostle"),
        429 => (ErrorKind::Throttled(None), "Jostle asks for fewer requests; lower the rate"),
        408 | 500..=599 => (ErrorKind::Unavailable, "Jostle cannot do it now; it is tried again later"),
        400..=499 => (ErrorKind::Rejected, "Jostle refused the request; correct the value or the mapping"),
        _ => (ErrorKind::Protocol, "an answer with this status means nothing here; check the base URL for a redirect"),
    }
}

fn is_scim_error(json: &Value) -> bool {
    let is_error = |urn: &Value| urn.as_str().is_some_and(|urn| urn.to_ascii_lowercase().ends_with(":error"));
    json.get("schemas").and_then(Value::as_array).is_some_and(|schemas| schemas.iter().any(is_error))
}

/// `status` is a text by RFC 7644 §3.12, and a number on some servers.
fn status_in(error: &Value) -> Option<u16> {
    let status = error.get("status")?;
    status.as_u64().and_then(|status| u16::try_from(status).ok()).or_else(|| status.as_str()?.parse().ok())
}

fn text<'a>(json: &'a Value, name: &str) -> Option<&'a str> {
    json.get(name).and_then(Value::as_str)
}

/// A server's text as it may be shown: short, on one line, without the key.
fn presentable(text: &str, key: &SecretString) -> String {
    let key = key.expose_secret();
    let text: String = text.chars().filter(|character| !character.is_control()).collect();
    let text = if key.is_empty() { text } else { text.replace(key, "[key]") };
    text.chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use serde_json::json;

    use super::*;

    const KEY: &str = "secret-key";

    fn answer(status: u16, body: &str) -> Answer {
        let response = Response { status, headers: ::http::HeaderMap::new(), body: body.into(), in_doubt: false };
        Answer::new(&response, &SecretString::from(KEY))
    }

    fn scim(status: u16, scim_type: &str, detail: &str) -> Answer {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": status,
            "scimType": scim_type,
            "detail": detail,
        });
        answer(status, &body.to_string())
    }

    #[test]
    fn the_status_decides_with_any_body_or_none() {
        for (status, kind) in [
            (301, ErrorKind::Protocol),
            (400, ErrorKind::Rejected),
            (401, ErrorKind::CredentialsRefused),
            (403, ErrorKind::Forbidden),
            (404, ErrorKind::NotFound),
            (408, ErrorKind::Unavailable),
            (409, ErrorKind::Conflict),
            (412, ErrorKind::Rejected),
            (429, ErrorKind::Throttled(None)),
            (500, ErrorKind::Unavailable),
            (501, ErrorKind::Unavailable),
            (503, ErrorKind::Unavailable),
        ] {
            for body in ["", "Unauthorized", "<html>Not here</html>", "{\"status\": 200}", "[1]", "{\"detail\": {}}"] {
                let error = answer(status, body).error("reading account \"7\"");
                assert_eq!((error.kind, error.status, error.code.as_deref()), (kind, Some(status), None), "{body}");
                assert!(!error.detail.contains("html") && !error.detail.contains("says"), "{error}");
            }
            assert_eq!(scim(status, "invalidSyntax", "x").error("").kind, kind);
        }
    }

    #[test]
    fn an_error_says_what_was_tried_what_came_and_what_to_do() {
        let error = scim(400, "invalidValue", "title is too long").error("changing account \"7\"");
        insta::assert_snapshot!(error, @r#"Jostle: changing account "7": Jostle refused the request; correct the value or the mapping; the server says "title is too long" (HTTP 400, invalidValue)"#);
        insta::assert_snapshot!(answer(401, "Unauthorized").error("reading account \"7\""), @r#"Jostle: reading account "7": Jostle refused the API key: make a new one on Jostle's Manage User Provisioning page (HTTP 401)"#);
        insta::assert_snapshot!(answer(403, "").error("reading ServiceProviderConfig"), @"Jostle: reading ServiceProviderConfig: Jostle does not allow it: check that the key's Automation user has logged in once, and that Manage User Provisioning is enabled (HTTP 403)");
    }

    #[test]
    fn a_server_cannot_show_the_key_break_the_line_or_fill_the_log() {
        let detail = format!("bearer sec\u{0}ret-key\r\nERROR {}", "x".repeat(1000));
        let error = scim(400, "two words\n", &detail).error("creating an account");
        assert!(error.detail.contains("bearer [key]ERROR xxx"), "{error}");
        assert!(!error.to_string().contains(char::is_control));
        assert!(error.detail.chars().count() < 400, "{error}");
        assert_eq!(error.code, None);
    }

    #[test]
    fn a_detail_outside_a_scim_error_is_not_shown() {
        let error = answer(400, "{\"detail\": \"from a proxy\"}").error("reading account \"7\"");
        assert!(!error.detail.contains("proxy"), "{error}");
    }

    #[test]
    fn the_request_id_is_kept() {
        for name in ["x-request-id", "request-id"] {
            let mut response =
                Response { status: 500, headers: ::http::HeaderMap::new(), body: Vec::new(), in_doubt: false };
            response.headers.insert(name, "abc-1".parse().unwrap());
            let error = Answer::new(&response, &SecretString::from(KEY)).error("reading account \"7\"");
            assert_eq!(error.request_id.as_deref(), Some("abc-1"));
        }
    }

    #[test]
    fn a_taken_value_is_recognised_in_every_dress() {
        assert!(answer(409, "").says_taken());
        assert!(scim(409, "", "whatever").says_taken());
        assert!(scim(400, "uniqueness", "").says_taken());
        assert!(scim(500, "", "UNIQUE constraint failed: user.user_name").says_taken());
        assert!(answer(400, "{\"detail\": \"User already exists\"}").says_taken());
        assert!(!scim(400, "invalidValue", "the account does not exist").says_taken());
        assert!(!scim(404, "", "nothing exists here").says_taken());
        assert!(!answer(500, "unique").says_taken());
    }

    #[test]
    fn an_error_in_the_clothes_of_a_success_is_an_error() {
        let body = "{\"schemas\": [\"urn:ietf:params:scim:api:messages:2.0:Error\"], \"status\": \"409\"}";
        let answer = answer(200, body);
        assert!(!answer.is_success());
        assert_eq!(answer.error("").kind, ErrorKind::Conflict);
    }
}
