//! A model of Jostle's User Provisioning API: an honest, unkind SCIM 2.0 server for users.
//!
//! Where RFC 7643 or RFC 7644 speaks, the default is strict; where only Jostle could tell, the default is an
//! assumption with a name ([`Switches`]), so that a client can be tried under every answer. Nothing here was ever
//! compared with a real Jostle tenant.

mod choices;
mod document;
mod error;
mod filter;
mod handlers;
mod journal;
mod operations;
mod patch;
mod projection;
mod request;
mod schema;
mod search;
mod store;
mod switches;
mod tenant;
mod validate;

pub use choices::{
    Clearing, DuplicateStatus, ErrorBody, FilterHit, Ids, Normalise, Paging, PatchAnswer, UnknownAttributes,
};
pub use handlers::router;
pub use journal::{Author, JostleWrite};
pub use switches::Switches;
pub use tenant::JostleTenant;
