//! From a request to Graph to the one who answers it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, Response};

use super::call::{Answer, Call};
use super::entity::Entity;
use super::error::GraphError;
use super::path::Resource;
use super::tenant::GraphTenant;
use super::{application, delta, groups, job, principals, roles, token, users};
use crate::simulator::effect::Effect;

/// Graph and the token endpoint of one tenant. Graph is the fallback: it answers whatever nothing else does.
pub(in crate::simulator) fn router(tenant: Arc<GraphTenant>) -> axum::Router {
    token::router().fallback(handle).with_state(tenant)
}

async fn handle(State(tenant): State<Arc<GraphTenant>>, request: Request) -> Response<Body> {
    let effect = request.extensions().get::<Effect>().cloned();
    let mut call = Call::new(tenant.scheme(), request.uri(), request.headers(), effect, tenant.time());
    let result = tenant.authorize(request.headers()).and_then(|roles| {
        call.roles = roles;
        match *request.method() {
            Method::GET => answer(&tenant, &call),
            _ => Err(GraphError::method_not_allowed()),
        }
    });
    call.respond(result)
}

fn answer(tenant: &GraphTenant, call: &Call) -> Result<Answer, GraphError> {
    let resource = Resource::of(&call.segments)?;
    call.demand(allowing(&resource))?;
    match resource {
        Resource::Users => users::list(tenant, call),
        Resource::UserChanges => delta::page(tenant, call, Entity::User),
        Resource::User(key) => users::one(tenant, call, &key),
        Resource::Manager(key) => users::manager(tenant, call, &key),
        Resource::Deleted => users::deleted_list(tenant, call),
        Resource::DeletedUser(id) => users::deleted_one(tenant, call, &id),
        Resource::Groups => groups::list(tenant, call),
        Resource::GroupChanges => delta::page(tenant, call, Entity::Group),
        Resource::Group(id) => groups::one(tenant, call, &id),
        Resource::Members(id, which, cast) => groups::members(tenant, call, &id, which, cast),
        Resource::ServicePrincipals => principals::list(tenant, call),
        Resource::ServicePrincipal(key) => principals::one(tenant, call, &key),
        Resource::AssignedTo(key) => principals::assigned_to(tenant, call, &key),
        Resource::Synchronization(key, ask) => job::answer(tenant, call, &key, &ask),
        Resource::Application(client_id) => application::one(tenant, call, &client_id),
    }
}

/// The permissions of which one is needed.
fn allowing(resource: &Resource) -> &'static [&'static str] {
    match resource {
        Resource::Users
        | Resource::UserChanges
        | Resource::User(_)
        | Resource::Manager(_)
        | Resource::Deleted
        | Resource::DeletedUser(_) => roles::USERS,
        Resource::GroupChanges => roles::GROUP_CHANGES,
        Resource::Groups | Resource::Group(_) => roles::GROUPS,
        Resource::Members(..) => roles::MEMBERS,
        Resource::ServicePrincipals
        | Resource::ServicePrincipal(_)
        | Resource::AssignedTo(_)
        | Resource::Application(_) => roles::APPLICATIONS,
        Resource::Synchronization(..) => roles::SYNCHRONIZATION,
    }
}
