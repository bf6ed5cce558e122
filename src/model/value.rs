//! Values of target attributes.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::TargetPath;

/// One value of a target attribute. Jostle publishes text and `active`, nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum TargetValue {
    /// A SCIM Boolean.
    Flag(bool),
    /// A SCIM String; never empty: an empty text is the absence of a value.
    Text(String),
}

impl TargetValue {
    /// The value as text, if it is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Flag(_) => None,
        }
    }
}

impl fmt::Display for TargetValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Text(text) => write!(f, "{text:?}"),
        }
    }
}

/// The values of an account by target path; a path that is not there has no value.
pub type Values = BTreeMap<TargetPath, TargetValue>;
