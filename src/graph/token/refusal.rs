//! What the authority means when it issues no token. Of its text only the AADSTS number is shown: the rest names
//! applications, traces and times, and may change ("Microsoft Entra authentication error codes").

use serde_json::Value;

use crate::connector::{ConnectorError, ErrorKind};
use crate::graph::error::{failed, identifier};
use crate::http::Response;

/// The error behind an answer of the token endpoint that is not 200.
pub(super) fn refusal(response: &Response) -> ConnectorError {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let number = number(&body);
    let oauth = text("error").and_then(identifier);
    let (kind, detail) = meaning(response.status, number, oauth.as_deref());
    ConnectorError {
        status: Some(response.status),
        code: number.map(|number| format!("AADSTS{number}")).or(oauth),
        request_id: text("trace_id").and_then(identifier),
        ..failed(kind, format!("no token was issued: {detail}"))
    }
}

/// The number from `error_codes`, or from the beginning of the description where a proxy or an older service left
/// the list out.
fn number(body: &Value) -> Option<u64> {
    let listed = body.get("error_codes").and_then(|codes| codes.get(0)).and_then(Value::as_u64);
    listed.or_else(|| {
        let digits = body.get("error_description")?.as_str()?.strip_prefix("AADSTS")?;
        digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    })
}

fn meaning(status: u16, number: Option<u64>, oauth: Option<&str>) -> (ErrorKind, &'static str) {
    let known = match number {
        Some(7_000_215) => Some("the client secret is wrong; set its value, not its secret ID"),
        Some(7_000_222) => {
            Some("the client secret has expired; create a new one under App registrations, Certificates & secrets")
        }
        Some(700_016 | 7_000_229) => {
            Some("the tenant has no such application; check client_id and tenant_id, and grant admin consent there")
        }
        Some(90_002 | 900_023) => Some("there is no such tenant; check tenant_id and that authority is its cloud"),
        Some(53_003) => Some("a Conditional Access policy for workload identities blocks this application"),
        Some(70_011 | 500_011 | 1_002_012) => {
            Some("the scope is unknown; check that graph_root and authority belong to the same cloud")
        }
        _ => None,
    };
    let later = matches!(number, Some(90_033 | 50_196)) || oauth == Some("temporarily_unavailable");
    match (known, oauth) {
        (Some(detail), _) => (ErrorKind::CredentialsRefused, detail),
        _ if later || status == 408 || status >= 500 => {
            (ErrorKind::Unavailable, "it cannot answer now; it is tried again later")
        }
        (None, Some(_)) => (ErrorKind::CredentialsRefused, "check tenant_id, client_id and the client secret"),
        (None, None) => {
            (ErrorKind::Rejected, "there is no token endpoint at this address; check authority and tenant_id")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, body: &str) -> ConnectorError {
        refusal(&Response {
            status,
            headers: ::http::HeaderMap::new(),
            body: body.as_bytes().to_vec(),
            in_doubt: false,
        })
    }

    #[test]
    fn each_known_number_says_what_to_do() {
        for (number, hint) in [
            (7_000_215, "not its secret ID"),
            (7_000_222, "expired"),
            (700_016, "client_id"),
            (90_002, "no such tenant"),
        ] {
            let body = format!(
                r#"{{"error":"invalid_client","error_description":"AADSTS{number}: Secret text for app 'x'.","error_codes":[{number}],"trace_id":"t-1"}}"#
            );
            let error = refused(401, &body);
            assert_eq!(error.kind, ErrorKind::CredentialsRefused);
            assert_eq!(error.code, Some(format!("AADSTS{number}")));
            assert_eq!(error.request_id.as_deref(), Some("t-1"));
            assert!(error.detail.contains(hint), "{error}");
            assert!(!error.to_string().contains("Secret text"), "{error}");
        }
    }

    #[test]
    fn the_number_is_found_in_the_description_too() {
        let error = refused(400, r#"{"error":"unauthorized_client","error_description":"AADSTS700016: no app"}"#);
        assert_eq!(error.code.as_deref(), Some("AADSTS700016"));
    }

    #[test]
    fn without_a_known_number_the_oauth_error_and_the_status_decide() {
        let unknown = refused(401, r#"{"error":"invalid_client","error_description":"no number"}"#);
        assert_eq!((unknown.kind, unknown.code.as_deref()), (ErrorKind::CredentialsRefused, Some("invalid_client")));
        assert_eq!(refused(400, r#"{"error":"temporarily_unavailable"}"#).kind, ErrorKind::Unavailable);
        assert_eq!(refused(400, r#"{"error":"x","error_codes":[50196]}"#).kind, ErrorKind::Unavailable);
        assert_eq!(refused(503, "<html>").kind, ErrorKind::Unavailable);
        assert_eq!(refused(404, "<html>").kind, ErrorKind::Rejected);
        assert_eq!(refused(302, "").kind, ErrorKind::Rejected);
    }
}
