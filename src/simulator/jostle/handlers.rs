//! The routes, and what each verb answers.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, http::Uri};
use serde_json::{Map, Value};

use super::choices::{FilterHit, PatchAnswer};
use super::error::ScimError;
use super::projection::Projection;
use super::request::{BaseUrl, Parameters, ScimBody, scim_json};
use super::tenant::JostleTenant;
use super::{document, search};
use crate::simulator::effect::Effect;

type Tenant = State<Arc<JostleTenant>>;
type Base = Extension<BaseUrl>;
/// The fault that the request meets, if it is one of a filter.
type Fault = Option<Extension<Effect>>;
type Answer = Result<Response, ScimError>;

/// Needs no key where the switches say so.
const DISCOVERY: [&str; 3] = ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"];

/// The SCIM API of a tenant, to be nested under the path of its base URL.
pub fn router(tenant: Arc<JostleTenant>) -> Router {
    Router::new()
        .route("/ServiceProviderConfig", get(service_provider_config))
        .route("/ResourceTypes", get(resource_types))
        .route("/ResourceTypes/{id}", get(resource_type))
        .route("/Schemas", get(schemas))
        .route("/Schemas/{urn}", get(schema))
        .route("/Users", get(list).post(create))
        .route("/Users/.search", post(search_users))
        .route("/.search", post(search_users))
        .route("/Users/{id}", get(read).put(replace).patch(patch).delete(delete))
        .fallback(async || ScimError::new(StatusCode::NOT_FOUND, "no such endpoint"))
        .method_not_allowed_fallback(async || {
            ScimError::new(StatusCode::METHOD_NOT_ALLOWED, "the endpoint does not have this method")
        })
        .layer(from_fn_with_state(Arc::clone(&tenant), gate))
        .with_state(tenant)
}

/// Around every request: asks for the key, works out the base URL, and gives refusals their body.
async fn gate(State(tenant): Tenant, mut request: Request, next: Next) -> Response {
    let open = tenant.state().switches.config_needs_no_token && is_discovery(request.uri());
    let response = if open || tenant.admits(request.headers()) {
        let base_url = BaseUrl::of(&request, &tenant.state().base_url);
        request.extensions_mut().insert(base_url);
        next.run(request).await
    } else {
        ScimError::new(StatusCode::UNAUTHORIZED, "the API key is missing or wrong").into_response()
    };
    match response.extensions().get::<ScimError>() {
        Some(error) => error.render(&tenant.state().switches),
        None => response,
    }
}

fn is_discovery(uri: &Uri) -> bool {
    DISCOVERY
        .iter()
        .any(|endpoint| uri.path().strip_prefix(endpoint).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

async fn service_provider_config(State(tenant): Tenant, Extension(base): Base) -> Response {
    scim_json(StatusCode::OK, &document::service_provider_config(&base.0, &tenant.state().switches))
}

async fn resource_types(Extension(base): Base) -> Response {
    scim_json(StatusCode::OK, &document::whole_list(&[document::user_resource_type(&base.0)]))
}

async fn resource_type(Extension(base): Base, id: Result<Path<String>, PathRejection>) -> Answer {
    match segment(id)?.as_str() {
        "User" => Ok(scim_json(StatusCode::OK, &document::user_resource_type(&base.0))),
        _ => Err(ScimError::new(StatusCode::NOT_FOUND, "no such resource type")),
    }
}

async fn schemas(State(tenant): Tenant, Extension(base): Base) -> Response {
    let schemas = document::schemas(&base.0, &tenant.state().switches);
    scim_json(StatusCode::OK, &document::whole_list(&schemas))
}

async fn schema(State(tenant): Tenant, Extension(base): Base, urn: Result<Path<String>, PathRejection>) -> Answer {
    let urn = segment(urn)?;
    let schemas = document::schemas(&base.0, &tenant.state().switches);
    let found = schemas.iter().find(|schema| schema["id"].as_str().is_some_and(|id| id.eq_ignore_ascii_case(&urn)));
    let schema = found.ok_or_else(|| ScimError::new(StatusCode::NOT_FOUND, "no such schema"))?;
    Ok(scim_json(StatusCode::OK, schema))
}

async fn list(State(tenant): Tenant, Extension(base): Base, fault: Fault, asked: Parameters) -> Answer {
    found(&tenant, &base, &fault, &asked)
}

async fn search_users(State(tenant): Tenant, Extension(base): Base, fault: Fault, ScimBody(body): ScimBody) -> Answer {
    found(&tenant, &base, &fault, &Parameters::of_search(&body)?)
}

fn found(tenant: &JostleTenant, base: &BaseUrl, fault: &Fault, asked: &Parameters) -> Answer {
    let state = tenant.state();
    let hit = match fault {
        Some(Extension(Effect::WrongHit {})) => FilterHit::WrongPerson,
        Some(Extension(Effect::NoHit {})) => FilterHit::Empty,
        _ => state.switches.filter_hit,
    };
    Ok(scim_json(StatusCode::OK, &search::search(&state.store, &state.switches, hit, &base.0, asked)?))
}

async fn create(State(tenant): Tenant, Extension(base): Base, asked: Parameters, ScimBody(body): ScimBody) -> Answer {
    let mut state = tenant.state();
    let id = state.create(&body)?;
    let mut resource = state.user(&id)?.resource(&base.0, &state.switches);
    let location = resource.get("meta").and_then(|meta| meta["location"].as_str()).map(HeaderValue::from_str);
    if state.switches.create_without_id {
        resource.remove("id");
    }
    let mut response = shown(StatusCode::CREATED, resource, &asked.projection);
    if let (Some(Ok(location)), false) = (location, state.switches.create_without_location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

async fn read(
    State(tenant): Tenant,
    Extension(base): Base,
    id: Result<Path<String>, PathRejection>,
    asked: Parameters,
) -> Answer {
    let state = tenant.state();
    let user = state.user(&segment(id)?)?;
    Ok(shown(StatusCode::OK, user.resource(&base.0, &state.switches), &asked.projection))
}

async fn replace(
    State(tenant): Tenant,
    Extension(base): Base,
    id: Result<Path<String>, PathRejection>,
    asked: Parameters,
    ScimBody(body): ScimBody,
) -> Answer {
    let mut state = tenant.state();
    let id = state.replace(&segment(id)?, &body)?;
    Ok(shown(StatusCode::OK, state.user(&id)?.resource(&base.0, &state.switches), &asked.projection))
}

async fn patch(
    State(tenant): Tenant,
    Extension(base): Base,
    id: Result<Path<String>, PathRejection>,
    asked: Parameters,
    ScimBody(body): ScimBody,
) -> Answer {
    let mut state = tenant.state();
    let id = state.patch(&segment(id)?, &body)?;
    // Whoever asks for attributes gets a body in any case (RFC 7644 §3.5.2).
    if state.switches.patch_answer == PatchAnswer::NoContent && asked.projection == Projection::Everything {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(shown(StatusCode::OK, state.user(&id)?.resource(&base.0, &state.switches), &asked.projection))
}

async fn delete(State(tenant): Tenant, id: Result<Path<String>, PathRejection>) -> Answer {
    tenant.state().delete(&segment(id)?)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The last segment of a path, decoded. Errors: 404 if it is no UTF-8.
fn segment(segment: Result<Path<String>, PathRejection>) -> Result<String, ScimError> {
    segment.map(|Path(segment)| segment).map_err(|_| ScimError::no_such_user())
}

fn shown(status: StatusCode, resource: Map<String, Value>, projection: &Projection) -> Response {
    scim_json(status, &Value::Object(projection.apply(resource)))
}
