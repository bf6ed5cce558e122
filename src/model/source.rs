//! The source user: what Microsoft Graph last showed of a person.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::EntraId;

/// Attributes by their Graph name, as JSON; a name that is not there was never set or never read.
pub type Attributes = Map<String, Value>;

/// Whether a person still stands in the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// In the directory, enabled or not.
    Live,
    /// In the recycle bin, restorable for 30 days (`@removed` with reason `changed`).
    SoftDeleted,
    /// Gone for good (`@removed` with reason `deleted`, or missing from a complete baseline).
    HardDeleted,
}

/// One person of the source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceUser {
    /// The object id, the only key that never changes.
    pub id: EntraId,
    /// Whether the person still exists.
    pub presence: Presence,
    /// The selected attributes; those of a deleted person are the last ones known.
    pub attributes: Attributes,
}

impl SourceUser {
    /// The text at a Graph attribute, or at a member of a complex one (`employeeOrgData.costCenter`); empty is none.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.value(path).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The JSON at a Graph attribute or at a member of a complex one.
    pub fn value(&self, path: &str) -> Option<&Value> {
        let mut names = path.split('.');
        let first = self.attributes.get(names.next()?)?;
        names.try_fold(first, |value, name| value.get(name))
    }

    /// The user principal name, under which people know the person.
    pub fn user_principal_name(&self) -> Option<&str> {
        self.text("userPrincipalName")
    }

    /// `accountEnabled` is not false. It is nullable in Graph's metadata, and null is not a blocked sign-in.
    pub fn is_enabled(&self) -> bool {
        self.value("accountEnabled").and_then(Value::as_bool) != Some(false)
    }
}

/// One item of a delta page.
#[derive(Clone, Debug, PartialEq)]
pub enum SourceChange {
    /// The person exists; the attributes are those that the item carried, null where it was cleared.
    Present {
        /// Whose.
        id: EntraId,
        /// A fragment: an attribute that is not in it keeps its value.
        attributes: Attributes,
    },
    /// The person was deleted, softly or for good; never [`Presence::Live`].
    Removed {
        /// Whose.
        id: EntraId,
        /// How.
        presence: Presence,
    },
}
