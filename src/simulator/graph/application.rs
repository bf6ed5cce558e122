//! The app registration: its secrets, of which only the beginnings are shown.

use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::error::GraphError;
use super::tenant::GraphTenant;

/// `GET /applications(appId='{client id}')`. A secret of another program is there too, and over.
pub(super) fn one(tenant: &GraphTenant, call: &Call, client_id: &str) -> Result<Answer, GraphError> {
    call.query.allow(&["$select"])?;
    let identity = tenant.identity();
    if !client_id.eq_ignore_ascii_case(&identity.client_id) {
        return Err(GraphError::not_found(client_id));
    }
    let switches = tenant.switches();
    let hint = |secret: &str| match switches.hides_secret_hints {
        true => Value::Null,
        false => json!(secret.chars().take(3).collect::<String>()),
    };
    let secret = |secret: &str, ends: &str| {
        json!({"customKeyIdentifier": null, "displayName": "secret", "endDateTime": ends, "hint": hint(secret),
            "keyId": "00000000-0000-0000-0000-000000000001", "secretText": null, "startDateTime": "2020-01-01T00:00:00Z"})
    };
    Ok(json!({
        "@odata.context": format!("{}/v1.0/$metadata#applications(id,passwordCredentials)/$entity", call.origin),
        "id": "00000000-0000-0000-0000-00000000a991",
        "passwordCredentials": [
            secret("other", "2020-12-31T00:00:00Z"),
            secret(&identity.client_secret, &switches.client_secret_ends),
        ],
    })
    .into())
}
