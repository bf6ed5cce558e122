//! Look-ups of users: one user, their manager, lists, and the recycle bin.

use serde_json::{Map, Value, json};

use super::call::{Answer, Call};
use super::entity::Entity;
use super::error::GraphError;
use super::filter::Equals;
use super::list::{ListRequest, entity, select_one};
use super::object::Object;
use super::query::{Reach, Selection};
use super::render;
use super::tenant::GraphTenant;

const DELETED: &str = "directory/deletedItems/microsoft.graph.user";

const FILTERS: &[&str] = &["mail", "userPrincipalName"];

/// `GET /users/{id | userPrincipalName}`.
pub(super) fn one(tenant: &GraphTenant, call: &Call, key: &str) -> Result<Answer, GraphError> {
    call.query.allow(&["$select", "$expand"])?;
    let expand = call.query.option("$expand").map(|text| expanded(call, text)).transpose()?;
    let selection = Selection::parse(Entity::User, call.query.option("$select"), Reach::One, &call.roles)?;
    let directory = tenant.directory();
    let user = directory.live(key).ok_or_else(|| GraphError::not_found(key))?;
    let mut resource = render::resource(user, &selection);
    if let Some((selection, manager)) = expand.zip(directory.manager_of(user)) {
        resource.insert("manager".to_owned(), Value::Object(render::member(manager, &selection, true)));
    }
    Ok(entity(resource, &selection.context(&call.origin)))
}

/// `GET /users/{id}/manager`.
pub(super) fn manager(tenant: &GraphTenant, call: &Call, key: &str) -> Result<Answer, GraphError> {
    let directory = tenant.directory();
    let user = directory.live(key).ok_or_else(|| GraphError::not_found(key))?;
    let selection = select_one(call, Entity::DirectoryObject)?;
    let manager = directory.manager_of(user).ok_or_else(|| GraphError::not_found("manager"))?;
    let context = format!("{}/v1.0/$metadata#directoryObjects", call.origin);
    Ok(entity(render::member(manager, &selection, true), &context))
}

/// `$expand=manager` or `$expand=manager($select=…)`: one relationship, and `$levels` only in an advanced query, which
/// there is not for a single user here.
fn expanded(call: &Call, text: &str) -> Result<Selection, GraphError> {
    let rest = text.strip_prefix("manager").ok_or_else(GraphError::unsupported_query)?;
    let select = match rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(option) => Some(option.strip_prefix("$select=").ok_or_else(GraphError::unsupported_query)?),
        None if rest.is_empty() => None,
        None => return Err(GraphError::unsupported_query()),
    };
    if select.is_some_and(|names| names.contains([';', '(', ')'])) {
        return Err(GraphError::unsupported_query());
    }
    Selection::parse(Entity::DirectoryObject, select, Reach::Collection, &call.roles)
}

/// `GET /directory/deletedItems/{id}`.
pub(super) fn deleted_one(tenant: &GraphTenant, call: &Call, id: &str) -> Result<Answer, GraphError> {
    let selection = select_one(call, Entity::User)?;
    let directory = tenant.directory();
    let user = directory.in_bin(id).ok_or_else(|| GraphError::not_found(id))?;
    let mut resource = render::resource(user, &selection);
    resource.insert("@odata.type".to_owned(), json!("#microsoft.graph.user"));
    Ok(entity(resource, &format!("{}/v1.0/$metadata#directoryObjects", call.origin)))
}

/// `GET /users`.
pub(super) fn list(tenant: &GraphTenant, call: &Call) -> Result<Answer, GraphError> {
    let request = ListRequest::of(tenant, call, "users", Entity::User, FILTERS)?;
    let directory = tenant.directory();
    let show = show(&request);
    Ok(match &request.filter {
        Some(Equals { property, value }) if property == "userPrincipalName" => {
            request.answer(tenant, call, directory.live(value).into_iter(), show)
        }
        _ => request.answer(tenant, call, directory.users.live_after(request.after.as_deref()), show),
    })
}

/// `GET /directory/deletedItems/microsoft.graph.user`.
pub(super) fn deleted_list(tenant: &GraphTenant, call: &Call) -> Result<Answer, GraphError> {
    let request = ListRequest::of(tenant, call, DELETED, Entity::User, FILTERS)?;
    let directory = tenant.directory();
    let deleted = directory.users.bin_after(request.after.as_deref());
    Ok(request.answer(tenant, call, deleted, show(&request)))
}

fn show(request: &ListRequest) -> impl Fn(&Object) -> Map<String, Value> {
    |user| render::resource(user, &request.selection)
}
