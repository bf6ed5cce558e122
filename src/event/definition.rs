//! What is known of an event before it happens.

use serde::{Serialize, Serializer};
use tracing::Level;

use super::field::{Field, Kind};
use super::personal::PersonalData;

/// An event of the catalogue.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Definition {
    /// Never changes, is never used for something else.
    pub id: &'static str,
    /// How it matters.
    #[serde(serialize_with = "as_text")]
    pub level: Level,
    /// When it is written, and what it means to somebody who reads it.
    pub meaning: &'static str,
    /// The message of the line: `{field}` stands for the field, `[…]` for what is left out where a field in it is.
    pub sentence: &'static str,
    /// Besides `event`, in the order in which they are written.
    pub fields: &'static [FieldDefinition],
}

/// A field of an event.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct FieldDefinition {
    /// Its name, with the unit.
    pub name: &'static str,
    /// How it is written.
    pub kind: Kind,
    /// Whether some lines have it and others have not, whatever may be shown.
    pub optional: bool,
    /// From which `[log] personal_data` on it is shown.
    pub shown_from: PersonalData,
    /// What it is.
    pub meaning: &'static str,
}

impl FieldDefinition {
    /// As its type says.
    pub const fn of<F: Field>(name: &'static str, meaning: &'static str) -> Self {
        Self { name, kind: F::KIND, optional: F::OPTIONAL, shown_from: F::KIND.shown_from(), meaning }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn as_text<S: Serializer>(level: &Level, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(level.as_str())
}
