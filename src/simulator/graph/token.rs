//! Entra's token endpoint (client credentials with a secret) and its metadata.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::oauth_error::{OauthError, respond};
use super::tenant::GraphTenant;

/// The secret as HTTP Basic or the form may carry it, and what is asked for.
#[derive(Debug, Default)]
struct TokenRequest {
    client_id: Option<String>,
    client_secret: Option<String>,
    has_assertion: bool,
    grant_type: Option<String>,
    scope: Option<String>,
}

pub(super) fn router() -> axum::Router<Arc<GraphTenant>> {
    axum::Router::new()
        .route("/{tenant}/oauth2/v2.0/token", post(token))
        .route("/{tenant}/discovery/v2.0/keys", get(keys))
        .route("/{tenant}/v2.0/.well-known/openid-configuration", get(metadata))
        .route("/{tenant}/.well-known/openid-configuration", get(metadata))
        .route("/.well-known/openid-configuration", get(own_metadata))
}

async fn token(
    State(tenant): State<Arc<GraphTenant>>,
    Path(named): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let result = TokenRequest::read(&headers, &body)
        .and_then(|request| check(&tenant, &named, &request, &origin(&tenant, &headers)));
    match result {
        Ok(()) => {
            let (access_token, seconds) = tenant.issue_token();
            let body = json!({
                "token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": access_token,
            });
            respond(StatusCode::OK, &body)
        }
        Err(error) => error.respond(&headers, tenant.time()),
    }
}

impl TokenRequest {
    fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, OauthError> {
        let media = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut request = Self::default();
        if media.split(';').next().is_some_and(|media| media.trim() == "application/x-www-form-urlencoded") {
            for (name, value) in url::form_urlencoded::parse(body) {
                match name.as_ref() {
                    "client_id" => request.client_id = Some(value.into_owned()),
                    "client_secret" => request.client_secret = Some(value.into_owned()),
                    "client_assertion" => request.has_assertion = true,
                    "grant_type" => request.grant_type = Some(value.into_owned()),
                    "scope" => request.scope = Some(value.into_owned()),
                    // Clients send more (client_info, claims, x-client-SKU); it changes nothing here.
                    _ => {}
                }
            }
        }
        if let Some(header) = headers.get(AUTHORIZATION) {
            let basic = header.to_str().ok().and_then(basic).ok_or_else(OauthError::malformed_basic)?;
            (request.client_id, request.client_secret) = (Some(basic.0), Some(basic.1));
        }
        Ok(request)
    }
}

/// RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':').filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8().ok().map(String::from);
    Some((decode(id)?, decode(secret)?))
}

fn check(tenant: &GraphTenant, named: &str, request: &TokenRequest, origin: &str) -> Result<(), OauthError> {
    let identity = tenant.identity();
    if !identity.is_named(named) {
        return Err(OauthError::unknown_tenant(named, "invalid_request"));
    }
    let given = |value: &Option<String>, name| value.clone().ok_or_else(|| OauthError::missing(name));
    let grant = given(&request.grant_type, "grant_type")?;
    if grant != "client_credentials" {
        let message = format!("The app requested an unsupported grant type '{grant}'.");
        return Err(OauthError::new(400, "unsupported_grant_type", 70003, message));
    }
    let client = given(&request.client_id, "client_id")?;
    let scope = given(&request.scope, "scope")?;
    if !client.eq_ignore_ascii_case(&identity.client_id) {
        let message = format!("Application with identifier '{client}' was not found in the directory '{named}'.");
        return Err(OauthError::new(400, "unauthorized_client", 700_016, message));
    }
    check_scope(&scope, origin)?;
    match &request.client_secret {
        Some(secret) if *secret == identity.client_secret => Ok(()),
        Some(_) => Err(OauthError::wrong_secret(&client)),
        None if request.has_assertion => {
            let message =
                "The certificate with identifier used to sign the client assertion is not registered on application.";
            Err(OauthError::new(401, "invalid_client", 700_027, message))
        }
        None => {
            let message =
                "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
            Err(OauthError::new(401, "invalid_client", 7_000_218, message))
        }
    }
}

fn check_scope(scope: &str, origin: &str) -> Result<(), OauthError> {
    if scope.trim().is_empty() || scope.contains(' ') {
        let message = format!("The provided request must include a valid 'scope' parameter; '{scope}' is not.");
        return Err(OauthError::new(400, "invalid_scope", 70011, message));
    }
    let Some(resource) = scope.strip_suffix("/.default") else {
        let message = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."
        );
        return Err(OauthError::new(400, "invalid_scope", 1_002_012, message));
    };
    if resource != origin && resource.trim_end_matches('/') != "https://graph.microsoft.com" {
        let message = format!("The resource principal named {resource} was not found in the tenant.");
        return Err(OauthError::new(400, "invalid_resource", 500_011, message));
    }
    Ok(())
}

/// Keys are published by every authority; tokens of this one are for itself alone, so there are none.
async fn keys() -> Response<Body> {
    respond(StatusCode::OK, &json!({"keys": []}))
}

async fn metadata(
    State(tenant): State<Arc<GraphTenant>>,
    Path(named): Path<String>,
    headers: HeaderMap,
) -> Response<Body> {
    if tenant.identity().is_named(&named) {
        respond(StatusCode::OK, &metadata_body(&tenant, &origin(&tenant, &headers)))
    } else {
        OauthError::unknown_tenant(&named, "invalid_tenant").respond(&headers, tenant.time())
    }
}

async fn own_metadata(State(tenant): State<Arc<GraphTenant>>, headers: HeaderMap) -> Response<Body> {
    respond(StatusCode::OK, &metadata_body(&tenant, &origin(&tenant, &headers)))
}

fn metadata_body(tenant: &GraphTenant, origin: &str) -> Value {
    let base = format!("{origin}/{}", tenant.identity().tenant_id);
    json!({
        "issuer": format!("{base}/v2.0"),
        "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
        "token_endpoint": format!("{base}/oauth2/v2.0/token"),
        "jwks_uri": format!("{base}/discovery/v2.0/keys"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "response_types_supported": ["code", "token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
    })
}

fn origin(tenant: &GraphTenant, headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    format!("{}://{host}", tenant.scheme())
}
