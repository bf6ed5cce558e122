//! Which Graph resource a path names.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, Response};
use percent_encoding::percent_decode_str;

use super::call::{Answer, Call};
use super::error::GraphError;
use super::filter::literal;
use super::tenant::GraphTenant;
use super::{delta, token, users};
use crate::simulator::effect::Effect;

/// Graph and the token endpoint of one tenant. Graph is the fallback: it answers whatever nothing else does.
pub(in crate::simulator) fn router(tenant: Arc<GraphTenant>) -> axum::Router {
    token::router().fallback(handle).with_state(tenant)
}

async fn handle(State(tenant): State<Arc<GraphTenant>>, request: Request) -> Response<Body> {
    let effect = request.extensions().get::<Effect>().cloned();
    let call = Call::new(tenant.scheme(), request.uri(), request.headers(), effect);
    let result = tenant.authorize(request.headers()).and_then(|()| match *request.method() {
        Method::GET => answer(&tenant, &call),
        _ => Err(GraphError::method_not_allowed()),
    });
    call.respond(result)
}

fn answer(tenant: &GraphTenant, call: &Call) -> Result<Answer, GraphError> {
    match Resource::of(&call.segments)? {
        Resource::Users => users::list(tenant, call),
        Resource::Delta => delta::page(tenant, call),
        Resource::User(key) => users::one(tenant, call, &key),
        Resource::Deleted => users::deleted_list(tenant, call),
        Resource::DeletedUser(id) => users::deleted_one(tenant, call, &id),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Resource {
    Users,
    Delta,
    /// By id or user principal name.
    User(String),
    Deleted,
    DeletedUser(String),
}

impl Resource {
    fn of(segments: &[String]) -> Result<Self, GraphError> {
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
            ["users"] => Ok(Self::Users),
            ["users", "delta" | "delta()" | "microsoft.graph.delta" | "microsoft.graph.delta()"] => Ok(Self::Delta),
            ["users", key] if key.starts_with('$') || key.is_empty() => Err(no_segment(key)),
            ["users", key] => Ok(Self::User((*key).to_owned())),
            ["directory", bin, rest @ ..] if bin.eq_ignore_ascii_case("deletedItems") => match rest {
                ["microsoft.graph.user" | "graph.user"] => Ok(Self::Deleted),
                [id] | [id, "microsoft.graph.user" | "graph.user"] => Ok(Self::DeletedUser((*id).to_owned())),
                _ => Err(no_segment(bin)),
            },
            [keyed] => by_key(keyed).map(Self::User),
            [.., last] => Err(no_segment(last)),
            [] => Err(no_segment("")),
        }
    }
}

/// `users('name')` and `users(userPrincipalName='name')`.
fn by_key(segment: &str) -> Result<String, GraphError> {
    let inner = segment.strip_prefix("users(").and_then(|rest| rest.strip_suffix(')'));
    let inner = inner.ok_or_else(|| no_segment(segment))?;
    match literal(inner.strip_prefix("userPrincipalName=").unwrap_or(inner)) {
        Ok((key, "")) => Ok(key),
        _ => Err(GraphError::bad_request(format!("The key '{inner}' has a malformed literal."))),
    }
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
    fn the_feed_has_four_spellings() {
        for name in ["delta", "delta()", "microsoft.graph.delta", "microsoft.graph.delta()"] {
            assert_eq!(resource(&format!("/v1.0/users/{name}")), Ok(Resource::Delta), "{name}");
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
        for path in ["/", "/beta/users", "/users/delta", "/v1.0/me", "/v1.0/users/a/manager"] {
            assert_eq!(resource(path), Err(400), "{path}");
        }
    }
}
