//! The administration of groups, managers, assignments and the provisioning job.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, patch, post, put};
use serde::Deserialize;
use serde_json::Value;

use super::admin::{Administration, Outcome, answer, done, is_purge, read};

/// The routes below `/admin`.
pub(super) fn router() -> axum::Router<Administration> {
    axum::Router::new()
        .route("/groups", get(groups).post(create_group))
        .route("/groups/{id}", patch(update_group).delete(delete_group))
        .route("/groups/{id}/restore", post(restore_group))
        .route("/groups/{id}/members", put(set_members))
        .route("/groups/{id}/members/{principal}", post(add_member).delete(remove_member))
        .route("/users/{key}/manager", put(set_manager).delete(clear_manager))
        .route("/objects", post(create_object))
        .route("/objects/{id}", delete(delete_object))
        .route("/assignments", get(assignments).post(assign))
        .route("/assignments/{id}", delete(unassign))
        .route("/provisioning/schema", get(schema).put(set_schema))
}

async fn groups(State(admin): State<Administration>) -> Outcome {
    answer(StatusCode::OK, &admin.tenants.graph.groups())
}

async fn create_group(State(admin): State<Administration>, body: Bytes) -> Outcome {
    answer(StatusCode::CREATED, &admin.tenants.graph.create_group(&read(&body)?)?)
}

async fn update_group(State(admin): State<Administration>, Path(id): Path<String>, body: Bytes) -> Outcome {
    answer(StatusCode::OK, &admin.tenants.graph.update_group(&id, &read(&body)?)?)
}

async fn delete_group(
    State(admin): State<Administration>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Outcome {
    match is_purge(query.as_deref())? {
        false => admin.tenants.graph.delete_group(&id).map(drop)?,
        true => admin.tenants.graph.purge_group(&id)?,
    }
    Ok(done())
}

async fn restore_group(State(admin): State<Administration>, Path(id): Path<String>) -> Outcome {
    answer(StatusCode::OK, &admin.tenants.graph.restore_group(&id)?)
}

/// The whole list: ids, or names of users.
async fn set_members(State(admin): State<Administration>, Path(id): Path<String>, body: Bytes) -> Outcome {
    let members: Vec<String> = read(&body)?;
    answer(StatusCode::OK, &admin.tenants.graph.set_members(&id, &members)?)
}

async fn add_member(State(admin): State<Administration>, Path((id, principal)): Path<(String, String)>) -> Outcome {
    admin.tenants.graph.add_member(&id, &principal)?;
    Ok(done())
}

async fn remove_member(State(admin): State<Administration>, Path((id, principal)): Path<(String, String)>) -> Outcome {
    admin.tenants.graph.remove_member(&id, &principal)?;
    Ok(done())
}

/// `{"id": "…"}`: the id of a user or a contact, or the name of a user.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ManagerBody {
    id: String,
}

async fn set_manager(State(admin): State<Administration>, Path(key): Path<String>, body: Bytes) -> Outcome {
    let manager: ManagerBody = read(&body)?;
    admin.tenants.graph.set_manager(&key, Some(&manager.id))?;
    Ok(done())
}

async fn clear_manager(State(admin): State<Administration>, Path(key): Path<String>) -> Outcome {
    admin.tenants.graph.set_manager(&key, None)?;
    Ok(done())
}

async fn create_object(State(admin): State<Administration>, body: Bytes) -> Outcome {
    answer(StatusCode::CREATED, &admin.tenants.graph.create_object(&read::<Value>(&body)?)?)
}

async fn delete_object(State(admin): State<Administration>, Path(id): Path<String>) -> Outcome {
    admin.tenants.graph.delete_object(&id)?;
    Ok(done())
}

async fn assignments(State(admin): State<Administration>) -> Outcome {
    answer(StatusCode::OK, &admin.tenants.graph.assignments())
}

/// `{"principalId": "…", "appRoleId": "…"}`; without the role default access.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct AssignmentBody {
    principal_id: String,
    app_role_id: Option<String>,
}

async fn assign(State(admin): State<Administration>, body: Bytes) -> Outcome {
    let AssignmentBody { principal_id, app_role_id } = read(&body)?;
    answer(StatusCode::CREATED, &admin.tenants.graph.assign(&principal_id, app_role_id.as_deref())?)
}

async fn unassign(State(admin): State<Administration>, Path(id): Path<String>) -> Outcome {
    admin.tenants.graph.unassign(&id)?;
    Ok(done())
}

async fn schema(State(admin): State<Administration>) -> Outcome {
    answer(StatusCode::OK, &admin.tenants.graph.provisioning_schema())
}

async fn set_schema(State(admin): State<Administration>, body: Bytes) -> Outcome {
    admin.tenants.graph.set_provisioning_schema(read(&body)?)?;
    Ok(done())
}
