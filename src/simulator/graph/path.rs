//! Which Graph resource a path names.

use percent_encoding::percent_decode_str;

use super::entity::Entity;
use super::error::GraphError;
use super::filter::literal;
use super::groups::Members;
use super::job::Ask;
use super::principals::Key;

/// A resource that the tenant has.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Resource {
    Users,
    UserChanges,
    /// By id or user principal name.
    User(String),
    Manager(String),
    Deleted,
    DeletedUser(String),
    Groups,
    GroupChanges,
    Group(String),
    Members(String, Members, Option<Entity>),
    ServicePrincipals,
    ServicePrincipal(Key),
    AssignedTo(Key),
    Synchronization(Key, Ask),
    /// By client id.
    Application(String),
}

impl Resource {
    /// What a path names, given in its segments as they were sent.
    pub(super) fn of(segments: &[String]) -> Result<Self, GraphError> {
        let decoded: Vec<_> =
            segments.iter().map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned()).collect();
        let names: Vec<&str> = decoded.iter().map(String::as_str).collect();
        match names.as_slice() {
            ["v1.0", rest @ ..] => Self::below_version(rest),
            [other, ..] => Err(GraphError::bad_request(format!("Invalid version: {other}"))),
            [] => Err(GraphError::bad_request("Invalid version")),
        }
    }

    fn below_version(names: &[&str]) -> Result<Self, GraphError> {
        match names {
            ["directory", bin, rest @ ..] if bin.eq_ignore_ascii_case("deletedItems") => Self::in_bin(bin, rest),
            ["users"] => Ok(Self::Users),
            ["groups"] => Ok(Self::Groups),
            ["servicePrincipals"] => Ok(Self::ServicePrincipals),
            ["users", name] if is_delta(name) => Ok(Self::UserChanges),
            ["groups", name] if is_delta(name) => Ok(Self::GroupChanges),
            ["users" | "groups" | "servicePrincipals", key, ..] if key.starts_with('$') || key.is_empty() => {
                Err(no_segment(key))
            }
            ["users", key, rest @ ..] => Self::of_user(key, rest),
            ["groups", key, rest @ ..] => Self::of_group(key, rest),
            ["servicePrincipals", key, rest @ ..] => Self::of_service_principal(Key::Id((*key).to_owned()), rest),
            [keyed, rest @ ..] => Self::keyed(keyed, rest),
            [] => Err(no_segment("")),
        }
    }

    /// `users('name')`, `users(userPrincipalName='name')`, `groups('id')`, `servicePrincipals(appId='id')` and the like.
    fn keyed(segment: &str, rest: &[&str]) -> Result<Self, GraphError> {
        let last = rest.last().copied().unwrap_or(segment);
        let (set, inner) =
            segment.strip_suffix(')').and_then(|open| open.split_once('(')).ok_or_else(|| no_segment(last))?;
        let key = |name: &str| match literal(inner.strip_prefix(name).unwrap_or(inner)) {
            Ok((key, "")) => Ok(key),
            _ => Err(GraphError::bad_request(format!("The key '{inner}' has a malformed literal."))),
        };
        match set {
            "users" => Self::of_user(&key("userPrincipalName=")?, rest),
            "groups" => Self::of_group(&key("id=")?, rest),
            "applications" if rest.is_empty() && inner.starts_with("appId=") => Ok(Self::Application(key("appId=")?)),
            "servicePrincipals" if inner.starts_with("appId=") => {
                Self::of_service_principal(Key::AppId(key("appId=")?), rest)
            }
            "servicePrincipals" => Self::of_service_principal(Key::Id(key("id=")?), rest),
            _ => Err(no_segment(last)),
        }
    }

    fn in_bin(bin: &str, names: &[&str]) -> Result<Self, GraphError> {
        match names {
            ["microsoft.graph.user" | "graph.user"] => Ok(Self::Deleted),
            [id] | [id, "microsoft.graph.user" | "graph.user"] => Ok(Self::DeletedUser((*id).to_owned())),
            _ => Err(no_segment(bin)),
        }
    }

    fn of_user(key: &str, names: &[&str]) -> Result<Self, GraphError> {
        match names {
            [] => Ok(Self::User(key.to_owned())),
            ["manager"] => Ok(Self::Manager(key.to_owned())),
            [.., last] => Err(no_segment(last)),
        }
    }

    fn of_group(key: &str, names: &[&str]) -> Result<Self, GraphError> {
        let which = match names.first() {
            None => return Ok(Self::Group(key.to_owned())),
            Some(&"members") => Members::Direct,
            Some(&"transitiveMembers") => Members::Transitive,
            Some(other) => return Err(no_segment(other)),
        };
        let cast = match names.get(1..).unwrap_or_default() {
            [] => None,
            ["microsoft.graph.user" | "graph.user"] => Some(Entity::User),
            ["microsoft.graph.group" | "graph.group"] => Some(Entity::Group),
            [other, ..] => return Err(no_segment(other)),
        };
        Ok(Self::Members(key.to_owned(), which, cast))
    }

    fn of_service_principal(key: Key, names: &[&str]) -> Result<Self, GraphError> {
        match names {
            [] => Ok(Self::ServicePrincipal(key)),
            ["appRoleAssignedTo"] => Ok(Self::AssignedTo(key)),
            ["synchronization", "jobs"] => Ok(Self::Synchronization(key, Ask::Jobs)),
            ["synchronization", "jobs", job] => Ok(Self::Synchronization(key, Ask::Job((*job).to_owned()))),
            ["synchronization", "jobs", job, "schema"] => {
                Ok(Self::Synchronization(key, Ask::Schema((*job).to_owned())))
            }
            ["synchronization", "secrets"] => Ok(Self::Synchronization(key, Ask::Secrets)),
            [.., last] => Err(no_segment(last)),
        }
    }
}

fn is_delta(name: &str) -> bool {
    matches!(name, "delta" | "delta()" | "microsoft.graph.delta" | "microsoft.graph.delta()")
}

fn no_segment(segment: &str) -> GraphError {
    GraphError::bad_request(format!("Resource not found for the segment '{segment}'."))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use super::*;

    fn resource(path: &str) -> Result<Resource, u16> {
        let segments: Vec<_> = path.split('/').skip(1).map(str::to_owned).collect();
        Resource::of(&segments).map_err(|error| error.status.as_u16())
    }

    #[test]
    fn each_feed_has_four_spellings() {
        for name in ["delta", "delta()", "microsoft.graph.delta", "microsoft.graph.delta()"] {
            assert_eq!(resource(&format!("/v1.0/users/{name}")), Ok(Resource::UserChanges), "{name}");
            assert_eq!(resource(&format!("/v1.0/groups/{name}")), Ok(Resource::GroupChanges), "{name}");
        }
    }

    #[test]
    fn users_are_named_by_key_segment_or_literal() {
        let neil = Ok(Resource::User("o'neil#EXT#@x.example".to_owned()));
        assert_eq!(resource("/v1.0/users/o%27neil%23EXT%23%40x.example"), neil);
        assert_eq!(resource("/v1.0/users('o''neil%23EXT%23@x.example')"), neil);
        assert_eq!(resource("/v1.0/users(userPrincipalName='o''neil%23EXT%23@x.example')"), neil);
        assert_eq!(resource("/v1.0/users('$a@x.example')"), Ok(Resource::User("$a@x.example".to_owned())));
        for path in ["/v1.0/users/$a@x.example", "/v1.0/users('o'neil@x.example')", "/v1.0/users/", "/v1.0/users(a)"] {
            assert_eq!(resource(path), Err(400), "{path}");
        }
    }

    #[test]
    fn deleted_users_need_the_cast_to_be_listed() {
        assert_eq!(resource("/v1.0/directory/deleteditems/microsoft.graph.user"), Ok(Resource::Deleted));
        let one = Ok(Resource::DeletedUser("a".to_owned()));
        assert_eq!(resource("/v1.0/directory/deletedItems/a"), one);
        assert_eq!(resource("/v1.0/directory/deletedItems/a/microsoft.graph.user"), one);
        assert_eq!(resource("/v1.0/directory/deletedItems"), Err(400));
    }

    #[test]
    fn other_versions_and_resources_are_refused() {
        for path in [
            "/",
            "/beta/users",
            "/users/delta",
            "/v1.0/me",
            "/v1.0/users/a/photo",
            "/v1.0/groups/a/owners",
            "/v1.0/devices('a')",
        ] {
            assert_eq!(resource(path), Err(400), "{path}");
        }
    }

    #[test]
    fn what_is_below_an_object_is_named_by_every_form_of_its_key() {
        let (manager, key) = (Ok(Resource::Manager("a".to_owned())), || "a".to_owned());
        assert_eq!(resource("/v1.0/users/a/manager"), manager);
        assert_eq!(resource("/v1.0/users('a')/manager"), manager);
        let members = |which, cast| Ok(Resource::Members(key(), which, cast));
        assert_eq!(resource("/v1.0/groups/a/members"), members(Members::Direct, None));
        let users = members(Members::Transitive, Some(Entity::User));
        assert_eq!(resource("/v1.0/groups('a')/transitiveMembers/graph.user"), users);
        assert_eq!(resource("/v1.0/groups/a/transitiveMembers/microsoft.graph.user"), users);
        assert_eq!(resource("/v1.0/groups/a/members/graph.device"), Err(400));
        let assigned = |key| Ok(Resource::AssignedTo(key));
        assert_eq!(resource("/v1.0/servicePrincipals/a/appRoleAssignedTo"), assigned(Key::Id(key())));
        assert_eq!(resource("/v1.0/servicePrincipals(appId='a')/appRoleAssignedTo"), assigned(Key::AppId(key())));
        let schema = Ok(Resource::Synchronization(Key::Id(key()), Ask::Schema("b".to_owned())));
        assert_eq!(resource("/v1.0/servicePrincipals/a/synchronization/jobs/b/schema"), schema);
    }
}
