//! Look-ups of groups: one group, lists, and their members.

use super::call::{Answer, Call};
use super::entity::Entity;
use super::error::GraphError;
use super::list::{ListRequest, entity, select_one};
use super::render;
use super::roles;
use super::tenant::GraphTenant;

/// Which members are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Members {
    Direct,
    /// Those of the groups in it too.
    Transitive,
}

/// `GET /groups/{id}`.
pub(super) fn one(tenant: &GraphTenant, call: &Call, id: &str) -> Result<Answer, GraphError> {
    let selection = select_one(call, Entity::Group)?;
    let directory = tenant.directory();
    let group = directory.group(id).map_err(|_| GraphError::not_found(id))?;
    Ok(entity(render::resource(group, &selection), &selection.context(&call.origin)))
}

/// `GET /groups`.
pub(super) fn list(tenant: &GraphTenant, call: &Call) -> Result<Answer, GraphError> {
    let request = ListRequest::of(tenant, call, "groups", Entity::Group, &["displayName"])?;
    let directory = tenant.directory();
    let groups = directory.groups.live_after(request.after.as_deref());
    Ok(request.answer(tenant, call, groups, |group| render::resource(group, &request.selection)))
}

/// `GET /groups/{id}/members` and `/transitiveMembers`, of every kind or cast to one.
pub(super) fn members(
    tenant: &GraphTenant,
    call: &Call,
    id: &str,
    which: Members,
    cast: Option<Entity>,
) -> Result<Answer, GraphError> {
    let name = match which {
        Members::Direct => "members",
        Members::Transitive => "transitiveMembers",
    };
    let suffix = cast.map(|kind| format!("/microsoft.graph.{}", kind.name())).unwrap_or_default();
    let path = format!("groups/{id}/{name}{suffix}");
    let listed = cast.unwrap_or(Entity::DirectoryObject);
    let request = ListRequest::countable(tenant, call, &path, listed, cast.is_some())?;
    let directory = tenant.directory();
    let group = directory.group(id).map_err(|_| GraphError::not_found(id))?;
    let members = match which {
        Members::Direct => directory.members_of(group),
        Members::Transitive => directory.transitive_members_of(group),
    };
    let wanted = members.values().copied().filter(|member| cast.is_none_or(|kind| member.entity == kind));
    let readable = |kind| kind != Entity::User || call.has_role(roles::USERS);
    Ok(request.answer(tenant, call, wanted, |member| {
        let mut shown = render::member(member, &request.selection, readable(member.entity));
        if cast.is_some() {
            // The context says what they are.
            shown.remove("@odata.type");
        }
        shown
    }))
}
