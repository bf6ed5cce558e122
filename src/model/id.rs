//! Identifiers as newtypes, and the folding by which names are compared.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// An object id of Entra: a GUID, kept in lower case so that equal ids are equal strings.
macro_rules! object_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes an id as Graph writes it, in any case and with surrounding white space.
            pub fn new(id: &str) -> Self {
                Self(id.trim().to_ascii_lowercase())
            }

            /// The id in lower case.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

object_id! {
    /// The object id of a user in Entra ID, in lower case.
    EntraId
}

object_id! {
    /// The object id of a group in Entra ID, in lower case.
    GroupId
}

/// Whether a text is written as an object id: five groups of hexadecimal digits.
pub fn is_object_id(text: &str) -> bool {
    let mut lengths = text.split('-').map(|group| group.bytes().all(|b| b.is_ascii_hexdigit()).then_some(group.len()));
    [8, 4, 4, 4, 12].into_iter().all(|length| lengths.next() == Some(Some(length))) && lengths.next().is_none()
}

/// The `id` of an account in Jostle: opaque, compared byte for byte, percent-encoded in every URL.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TargetId(String);

impl TargetId {
    /// Takes the id exactly as the server gave it.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as the server gave it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TargetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The form in which user names and mail addresses are compared: NFC, lower case.
///
/// RFC 7643 §4.1.1 makes `userName` case-insensitive; servers differ in whether they normalise Unicode, so both
/// sides of a comparison are folded here and never by the server.
pub fn fold(name: &str) -> String {
    name.trim().nfc().collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_joins_what_a_person_would_call_the_same_name() {
        assert_eq!(fold("Jo\u{308}rg@X.example "), fold("jörg@x.EXAMPLE"));
        assert_ne!(fold("jorg@x.example"), fold("jörg@x.example"));
    }

    #[test]
    fn ids_are_told_from_names() {
        let id = "0a1b2c3d-0000-1111-2222-333344445555";
        assert!(is_object_id(id) && is_object_id(&id.to_uppercase()));
        for other in ["", "ann", "0a1b2c3d-0000-1111-2222-33334444555", "0a1b2c3d-0000-1111-2222-333344445555-", "x@y"]
        {
            assert!(!is_object_id(other), "{other}");
        }
    }

    #[test]
    fn entra_ids_are_equal_in_any_case() {
        assert_eq!(EntraId::new(" 0A-B "), EntraId::new("0a-b"));
    }
}
