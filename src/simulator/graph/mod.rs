//! The Graph side: a directory with a change log, the delta feed, look-ups, and Entra's token endpoint.

mod call;
mod cursor;
mod delta;
mod directory;
mod error;
mod filter;
mod names;
mod oauth_error;
mod properties;
mod query;
mod render;
mod routes;
mod seed;
mod tenant;
mod token;
mod user;
mod users;

pub use tenant::{GraphSwitches, GraphTenant};
pub use user::TenantError;

pub(in crate::simulator) use call::RequestIds;
pub(in crate::simulator) use error::GraphError;
pub(in crate::simulator) use oauth_error::OauthError;
pub(in crate::simulator) use routes::router;
pub(in crate::simulator) use seed::guid;
pub(in crate::simulator) use tenant::Identity;
