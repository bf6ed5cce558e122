//! The Graph side: a directory with change logs, the delta feeds, look-ups, and Entra's token endpoint.

mod application;
mod call;
mod catalogue;
mod company;
mod cursor;
mod delta;
mod directory;
mod entity;
mod error;
mod filter;
mod groups;
mod item;
mod job;
mod links;
mod list;
mod names;
mod oauth_error;
mod object;
mod objects;
mod page;
mod path;
mod principals;
mod properties;
mod query;
mod render;
mod roles;
mod routes;
mod seed;
mod shelf;
mod switches;
mod tenant;
mod tenant_error;
mod tenant_groups;
mod token;
mod users;

pub use switches::{GraphSwitches, RemovedReason};
pub use tenant::GraphTenant;
pub use tenant_error::TenantError;

pub(in crate::simulator) use call::RequestIds;
pub(in crate::simulator) use error::GraphError;
pub(in crate::simulator) use oauth_error::OauthError;
pub(in crate::simulator) use routes::router;
pub(in crate::simulator) use seed::guid;
pub(in crate::simulator) use tenant::Identity;
