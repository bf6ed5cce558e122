//! The administration: what a person does in Entra and Jostle by hand, the faults and the record. No credentials.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, patch, post};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::admin_groups;
use super::faults::{Fault, FaultError};
use super::graph::{GraphSwitches, TenantError};
use super::intercept::Traffic;
use super::server::Tenants;

/// What the administration works on.
#[derive(Clone)]
pub(super) struct Administration {
    pub(super) tenants: Tenants,
    traffic: Arc<Traffic>,
}

/// The routes, to be nested at `/admin`.
pub(super) fn router(tenants: Tenants, traffic: Arc<Traffic>) -> axum::Router {
    axum::Router::new()
        .route("/users", get(users).post(create_user))
        .route("/users/{key}", patch(update_user).delete(delete_user))
        .route("/users/{key}/restore", post(restore_user))
        .route("/jostle/users", get(jostle_users).post(create_jostle_user))
        .route("/jostle/users/{id}", patch(update_jostle_user).delete(delete_jostle_user))
        .route("/jostle/journal", get(journal).delete(clear_journal))
        .route("/requests", get(requests).delete(clear_requests))
        .route("/faults", get(faults).put(set_faults))
        .route("/switches", get(switches).put(set_switches))
        .merge(admin_groups::router())
        .fallback(|| async { Refusal::new(StatusCode::NOT_FOUND, "the simulator's administration has no such path") })
        .method_not_allowed_fallback(|| async {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "the simulator's administration has no such method here")
        })
        .with_state(Administration { tenants, traffic })
}

/// An answer, or why there is none.
pub(super) type Outcome = Result<Response<Body>, Refusal>;

async fn users(State(admin): State<Administration>) -> Outcome {
    answer(StatusCode::OK, &admin.tenants.graph.users())
}

async fn create_user(State(admin): State<Administration>, body: Bytes) -> Outcome {
    answer(StatusCode::CREATED, &admin.tenants.graph.create_user(&read::<Value>(&body)?)?)
}

async fn update_user(State(admin): State<Administration>, Path(key): Path<String>, body: Bytes) -> Outcome {
    answer(StatusCode::OK, &admin.tenants.graph.update_user(&key, &read::<Value>(&body)?)?)
}

async fn delete_user(
    State(admin): State<Administration>,
    Path(key): Path<String>,
    RawQuery(query): RawQuery,
) -> Outcome {
    match is_purge(query.as_deref())? {
        false => admin.tenants.graph.delete_user(&key).map(drop)?,
        true => admin.tenants.graph.purge_user(&key)?,
    }
    Ok(done())
}

async fn restore_user(State(admin): State<Administration>, Path(key): Path<String>) -> Outcome {
    answer(StatusCode::OK, &admin.tenants.graph.restore_user(&key)?)
}

async fn jostle_users(State(admin): State<Administration>) -> Outcome {
    answer(StatusCode::OK, &admin.tenants.jostle.users_json())
}

async fn create_jostle_user(State(admin): State<Administration>, body: Bytes) -> Outcome {
    let created = admin.tenants.jostle.insert(read(&body)?);
    answer(StatusCode::CREATED, &created.map_err(|problem| Refusal::new(StatusCode::BAD_REQUEST, &problem))?)
}

async fn update_jostle_user(State(admin): State<Administration>, Path(id): Path<String>, body: Bytes) -> Outcome {
    let updated = admin.tenants.jostle.update(&id, &read(&body)?);
    answer(StatusCode::OK, &updated.map_err(|problem| Refusal::new(StatusCode::BAD_REQUEST, &problem))?)
}

async fn delete_jostle_user(State(admin): State<Administration>, Path(id): Path<String>) -> Outcome {
    match admin.tenants.jostle.remove(&id) {
        true => Ok(done()),
        false => Err(Refusal::new(StatusCode::NOT_FOUND, "Jostle has no user with this id")),
    }
}

async fn journal(State(admin): State<Administration>) -> Outcome {
    answer(StatusCode::OK, &admin.tenants.jostle.journal())
}

async fn clear_journal(State(admin): State<Administration>) -> StatusCode {
    admin.tenants.jostle.clear_journal();
    StatusCode::NO_CONTENT
}

async fn requests(State(admin): State<Administration>) -> Outcome {
    answer(StatusCode::OK, &admin.traffic.recorder.all())
}

async fn clear_requests(State(admin): State<Administration>) -> StatusCode {
    admin.traffic.recorder.clear();
    StatusCode::NO_CONTENT
}

async fn faults(State(admin): State<Administration>) -> Outcome {
    answer(StatusCode::OK, &admin.traffic.faults.all())
}

async fn set_faults(State(admin): State<Administration>, body: Bytes) -> Outcome {
    admin.traffic.faults.set(read::<Vec<Fault>>(&body)?)?;
    Ok(done())
}

async fn switches(State(admin): State<Administration>) -> Outcome {
    answer(StatusCode::OK, &all_switches(&admin.tenants))
}

/// Takes some or all switches of one or both sides; the others stay.
async fn set_switches(State(admin): State<Administration>, body: Bytes) -> Outcome {
    let wanted: Map<String, Value> = read(&body)?;
    for (side, values) in wanted {
        let set = match side.as_str() {
            "graph" => set_graph_switches(&admin.tenants, values),
            "jostle" => admin.tenants.jostle.set_switches(values),
            other => Err(format!("there are switches for graph and jostle, not for {other}")),
        };
        set.map_err(|problem| Refusal::new(StatusCode::BAD_REQUEST, &problem))?;
    }
    answer(StatusCode::OK, &all_switches(&admin.tenants))
}

fn set_graph_switches(tenants: &Tenants, values: Value) -> Result<(), String> {
    let Value::Object(values) = values else { return Err("the switches of graph are an object".to_owned()) };
    let mut merged = json!(tenants.graph.switches());
    for (name, value) in values {
        merged[name] = value;
    }
    let switches: GraphSwitches = serde_json::from_value(merged).map_err(|error| error.to_string())?;
    tenants.graph.set_switches(switches)
}

fn all_switches(tenants: &Tenants) -> Value {
    json!({"graph": tenants.graph.switches(), "jostle": tenants.jostle.switches()})
}

/// Whether a deletion is for good.
pub(super) fn is_purge(query: Option<&str>) -> Result<bool, Refusal> {
    match query {
        None | Some("" | "purge=false") => Ok(false),
        Some("purge=true") => Ok(true),
        Some(_) => Err(Refusal::new(StatusCode::BAD_REQUEST, "the only option is purge=true")),
    }
}

/// The body of a request.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, &format!("the body cannot be read: {error}")))
}

/// An answer without content.
pub(super) fn done() -> Response<Body> {
    StatusCode::NO_CONTENT.into_response()
}

/// An answer.
pub(super) fn answer(status: StatusCode, body: &impl Serialize) -> Outcome {
    let body = serde_json::to_vec(body)
        .map_err(|error| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()))?;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// An error of the administration: `{"error": "…"}`.
pub(super) struct Refusal {
    status: StatusCode,
    problem: String,
}

impl Refusal {
    fn new(status: StatusCode, problem: &str) -> Self {
        Self { status, problem: problem.to_owned() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response<Body> {
        let body = axum::Json(json!({"error": self.problem}));
        (self.status, body).into_response()
    }
}

impl From<TenantError> for Refusal {
    fn from(error: TenantError) -> Self {
        let status = match error {
            TenantError::NotFound(_)
            | TenantError::NoGroup(_)
            | TenantError::NoObject(_)
            | TenantError::NotAMember(..)
            | TenantError::NoAssignment(_) => StatusCode::NOT_FOUND,
            _ => StatusCode::BAD_REQUEST,
        };
        Self::new(status, &error.to_string())
    }
}

impl From<FaultError> for Refusal {
    fn from(error: FaultError) -> Self {
        Self::new(StatusCode::BAD_REQUEST, &error.to_string())
    }
}
