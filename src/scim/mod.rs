//! The SCIM edge: accounts are read from and written to Jostle's SCIM 2.0 API (RFC 7643, RFC 7644).
//!
//! Nobody outside Jostle knows how closely its server follows the RFCs, and public servers differ in almost every
//! point that the RFCs leave open. So no answer is trusted further than it proves itself: hits are compared, ids are
//! looked for in three places, bodies may be anything, and what stays unclear is an error and not a guess.
//!
//! [`ScimReader`] cannot write, by type; [`ScimWriter`] is made from one.

mod answer;
mod body;
mod capabilities;
mod channel;
mod description;
mod endpoints;
mod patch;
mod reader;
mod resource;
mod settings;
#[cfg(test)]
mod testing;
mod walk;
mod writer;

pub use capabilities::{Capabilities, DeclaredAttributes};
pub use reader::ScimReader;
pub use settings::{Dialect, ScimSettings};
pub use writer::ScimWriter;
