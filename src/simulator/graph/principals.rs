//! Service principals and who is assigned to them.

use super::call::{Answer, Call};
use super::directory::Directory;
use super::entity::Entity;
use super::error::GraphError;
use super::list::{ListRequest, entity, select_one};
use super::object::{Object, fold};
use super::render;
use super::tenant::GraphTenant;

/// How a service principal is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Id(String),
    AppId(String),
}

impl Key {
    /// The service principal, or the answer that there is none.
    pub(super) fn find<'a>(&self, directory: &'a Directory) -> Result<&'a Object, GraphError> {
        match self {
            Self::Id(id) => directory.service_principals(None).find(|one| *one.id == *fold(id)),
            Self::AppId(app_id) => directory.service_principal_of(app_id),
        }
        .ok_or_else(|| GraphError::not_found(self.text()))
    }

    fn text(&self) -> &str {
        match self {
            Self::Id(text) | Self::AppId(text) => text,
        }
    }
}

/// `GET /servicePrincipals/{id}` and `GET /servicePrincipals(appId='{id}')`.
pub(super) fn one(tenant: &GraphTenant, call: &Call, key: &Key) -> Result<Answer, GraphError> {
    let selection = select_one(call, Entity::ServicePrincipal)?;
    let directory = tenant.directory();
    Ok(entity(render::resource(key.find(&directory)?, &selection), &selection.context(&call.origin)))
}

/// `GET /servicePrincipals`.
pub(super) fn list(tenant: &GraphTenant, call: &Call) -> Result<Answer, GraphError> {
    let filters = &["appId", "displayName"];
    let request = ListRequest::of(tenant, call, "servicePrincipals", Entity::ServicePrincipal, filters)?;
    let directory = tenant.directory();
    let found = directory.service_principals(request.after.as_deref());
    Ok(request.answer(tenant, call, found, |one| render::resource(one, &request.selection)))
}

/// `GET /servicePrincipals/{id}/appRoleAssignedTo`.
pub(super) fn assigned_to(tenant: &GraphTenant, call: &Call, key: &Key) -> Result<Answer, GraphError> {
    let directory = tenant.directory();
    let resource = key.find(&directory)?;
    let path = format!("servicePrincipals/{}/appRoleAssignedTo", resource.id);
    let request = ListRequest::of(tenant, call, &path, Entity::Assignment, &[])?;
    let assignments = directory.assignments.live_after(request.after.as_deref());
    let of_resource = assignments.filter(|one| one.text("resourceId") == Some(&resource.id));
    Ok(request.answer(tenant, call, of_resource, |one| render::resource(one, &request.selection)))
}
