//! The import of an Entra provisioning job: its schema, as the portal and Microsoft Graph give it, becomes the text of
//! a mapping file, of the sections `[scope]` and `[actions]`, and a report. Pure.
//!
//! Nothing is dropped silently: what has no equivalent is a comment at its place and a line in the report. Equal input
//! gives equal texts, byte for byte. Where nothing is exactly the same, the way is taken that writes less to Jostle.

mod condition;
mod draft;
mod expression;
mod filters;
mod input;
mod job;
mod members;
mod report;
mod row;
mod schema;
mod scope;
mod settings;
mod table;
mod text;
mod value;

pub use input::{ImportError, Options, import};
pub use report::{Group, Item, Report};
pub use value::WrongSource;

/// What an import gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The text of the mapping file.
    pub mapping: String,
    /// The text of the sections `[scope]` and `[actions]`, to be put into the configuration.
    pub scope: String,
    /// What became of everything.
    pub report: Report,
}
