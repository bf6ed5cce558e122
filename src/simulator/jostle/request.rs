//! What a request must bring (RFC 7644 §2, §3.1): the key, a SCIM body; and how answers and addresses are written.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::error::ScimError;
use super::projection::Projection;
use super::validate::member;

/// Everything but the unreserved characters of RFC 3986.
const ID_IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The address of a user.
pub(super) fn location(base_url: &str, id: &str) -> String {
    format!("{base_url}/Users/{}", utf8_percent_encode(id, ID_IN_PATH))
}

/// A SCIM answer.
pub(super) fn scim_json(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/scim+json")], body.to_string()).into_response()
}

/// Whether the request carries `Authorization: Bearer` with this key.
pub(super) fn bears(headers: &HeaderMap, key: &str) -> bool {
    let credentials = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    credentials
        .and_then(|credentials| credentials.split_once(' '))
        .is_some_and(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && token.trim() == key)
}

/// The base URL as the client reached it: scheme and fallback from the tenant, authority from `Host`, and the part of
/// the path that the router was nested under.
#[derive(Clone, Debug)]
pub(super) struct BaseUrl(pub(super) String);

impl BaseUrl {
    /// Reads it off a request.
    pub(super) fn of(request: &Request, tenant_url: &str) -> Self {
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        let (Some(host), Some((scheme, _))) = (host, tenant_url.split_once("://")) else {
            return Self(tenant_url.to_owned());
        };
        let whole = request.extensions().get::<OriginalUri>().map_or_else(|| request.uri().path(), |uri| uri.path());
        let prefix = whole.strip_suffix(request.uri().path()).unwrap_or_default();
        Self(format!("{scheme}://{host}{}", prefix.trim_end_matches('/')))
    }
}

/// A JSON body of one of the two content types. Errors: 415; 413; 400 `invalidSyntax`.
pub(super) struct ScimBody(pub(super) Value);

impl<S: Send + Sync> FromRequest<S> for ScimBody {
    type Rejection = ScimError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ScimError> {
        if !is_scim(request.headers()) {
            let detail = "the content type must be application/scim+json or application/json";
            return Err(ScimError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection: BytesRejection| {
            ScimError::new(rejection.status(), "the body could not be read, or is too large")
        })?;
        let body = serde_json::from_slice(&bytes).map_err(|_| ScimError::invalid_syntax("the body is no JSON"))?;
        Ok(Self(body))
    }
}

fn is_scim(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    ["application/scim+json", "application/json"].iter().any(|known| essence.eq_ignore_ascii_case(known))
}

/// What a list or a search asks for (RFC 7644 §3.4.2), and what an answer shall show.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters {
    /// `filter`.
    pub(super) filter: Option<String>,
    /// `startIndex`, 1-based; less than 1 is 1.
    pub(super) start_index: Option<i64>,
    /// `count`; negative is 0.
    pub(super) count: Option<i64>,
    /// `attributes` and `excludedAttributes`.
    pub(super) projection: Projection,
}

impl Parameters {
    /// Reads the query of an address.
    fn of_query(uri: &Uri) -> Result<Self, ScimError> {
        let (mut parameters, mut attributes, mut excluded) = (Self::default(), Vec::new(), Vec::new());
        let number = |name: &str, text: &str| {
            text.parse().map(Some).map_err(|_| ScimError::invalid_value(format!("{name} must be a number")))
        };
        for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            let names = || value.split(',').map(|name| name.trim().to_owned());
            match name.as_ref() {
                "filter" => parameters.filter = Some(value.into_owned()),
                "startIndex" => parameters.start_index = number("startIndex", &value)?,
                "count" => parameters.count = number("count", &value)?,
                "attributes" => attributes.extend(names()),
                "excludedAttributes" => excluded.extend(names()),
                _ => {}
            }
        }
        parameters.projection = Projection::new(attributes, excluded)?;
        Ok(parameters)
    }

    /// Reads the body of a `.search` (RFC 7644 §3.4.3).
    pub(super) fn of_search(body: &Value) -> Result<Self, ScimError> {
        let object = body.as_object().ok_or_else(|| ScimError::invalid_syntax("a search is a JSON object"))?;
        let filter = match member(object, "filter") {
            None | Some(Value::Null) => None,
            Some(filter) => {
                Some(filter.as_str().ok_or_else(|| ScimError::invalid_filter("filter must be a text"))?.to_owned())
            }
        };
        Ok(Self {
            filter,
            start_index: number_of(object, "startIndex")?,
            count: number_of(object, "count")?,
            projection: Projection::new(names_of(object, "attributes"), names_of(object, "excludedAttributes"))?,
        })
    }
}

fn number_of(object: &Map<String, Value>, name: &str) -> Result<Option<i64>, ScimError> {
    match member(object, name) {
        None | Some(Value::Null) => Ok(None),
        Some(number) => {
            number.as_i64().map(Some).ok_or_else(|| ScimError::invalid_value(format!("{name} must be a number")))
        }
    }
}

fn names_of(object: &Map<String, Value>, name: &str) -> Vec<String> {
    let names = member(object, name).and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = ScimError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ScimError> {
        Self::of_query(&parts.uri)
    }
}
