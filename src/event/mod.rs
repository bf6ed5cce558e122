//! The log as a contract: every line that this program writes is an event of the catalogue.
//!
//! An event has a stable id, a level, typed fields with units in their names, and one sentence that is made from them.
//! [`catalogue`] defines them all; `entra-jostle-sync events`, the JSON schema, the reference page and the tests are made
//! from the same definitions. Nothing else in the program may call `tracing`'s macros (`tests/layers.rs`), so that a
//! line without an id cannot come to be, and what personal data a line has is decided by the type of a field alone
//! ([`PersonalData`]).

pub mod catalogue;
mod define;
mod definition;
mod field;
mod personal;
mod sentence;

pub use definition::{Definition, FieldDefinition};
pub use field::{Field, Kind, Name, Prose, Values, Word};
pub use personal::{PersonalData, personal_data, set_personal_data};

/// What `tracing` is told where an event comes from: all of them from here, whatever module emits them.
pub(crate) const TARGET: &str = "entra_jostle_sync";
