//! The two schemas of the tenant. What `/Schemas` serves is what requests are checked against.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

/// RFC 7643 §4.1.
pub(super) const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// Jostle's own, as Microsoft's tutorial prints it.
pub(super) const EXTENSION: &str = "urn:ietf:params:scim:schemas:extension:jostle:2.0:User";

/// The attributes that the server alone writes, in any case.
pub(super) const SERVER_OWNED: [&str; 3] = ["schemas", "id", "meta"];

/// The type of an attribute, as far as the two schemas use types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Kind {
    /// Text.
    String,
    /// True or false.
    Boolean,
    /// An object of sub-attributes.
    Complex,
}

/// One attribute of a schema (RFC 7643 §7). All are `readWrite` and none is `caseExact`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Attribute {
    /// The name in the spelling that answers use.
    pub(super) name: String,
    /// The type of one value.
    #[serde(rename = "type")]
    pub(super) kind: Kind,
    /// Whether it is a list.
    pub(super) multi_valued: bool,
    /// Whether it must have a value.
    pub(super) required: bool,
    /// The values that are meant; empty is any.
    #[serde(default)]
    pub(super) canonical_values: Vec<String>,
    /// The parts of a complex one.
    #[serde(default)]
    pub(super) sub_attributes: Vec<Attribute>,
}

impl Attribute {
    /// The sub-attribute of this name, in any case.
    pub(super) fn sub(&self, name: &str) -> Option<&Attribute> {
        find(&self.sub_attributes, name)
    }
}

/// A schema as it is served, and its attributes as they are used.
pub(super) struct Schema {
    /// The document.
    pub(super) document: Value,
    /// The attributes that requests may have.
    pub(super) attributes: Vec<Attribute>,
}

impl Schema {
    /// Reads an embedded document; the tests read both.
    fn read(text: &str) -> Self {
        let document: Value = serde_json::from_str(text).unwrap_or_default();
        let attributes = Vec::deserialize(&document["attributes"]).unwrap_or_default();
        Self { document, attributes }
    }

    /// The attribute of this name, in any case.
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        find(&self.attributes, name)
    }
}

fn find<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

/// The core user. `externalId` is common to all resources, so no schema lists it (RFC 7643 §3.1).
pub(super) static CORE_SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let mut schema = Schema::read(include_str!("user-schema.json"));
    schema.attributes.push(Attribute {
        name: "externalId".to_owned(),
        kind: Kind::String,
        multi_valued: false,
        required: false,
        canonical_values: Vec::new(),
        sub_attributes: Vec::new(),
    });
    schema
});

/// Jostle's extension.
pub(super) static EXTENSION_SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::read(include_str!("extension-schema.json")));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_embedded_schemas_are_read() {
        assert_eq!(CORE_SCHEMA.attributes.len(), 11);
        assert_eq!(EXTENSION_SCHEMA.attributes.len(), 19);
        assert_eq!(CORE_SCHEMA.document["id"], CORE);
        assert_eq!(EXTENSION_SCHEMA.document["id"], EXTENSION);
    }

    #[test]
    fn attributes_are_found_in_any_case() {
        let emails = CORE_SCHEMA.attribute("EMAILS").map(|emails| emails.sub("VALUE").map(|value| &value.name));
        assert_eq!(emails.flatten().map(String::as_str), Some("value"));
        assert!(EXTENSION_SCHEMA.attribute("logintype").is_some());
        assert!(CORE_SCHEMA.attribute("LoginType").is_none());
    }
}
