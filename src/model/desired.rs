//! What the mapping gives for one person.

use super::{TargetPath, TargetValue};

/// How two values of an attribute are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compare {
    /// Byte for byte.
    #[default]
    Exact,
    /// As user names are: [`super::fold`].
    Folded,
}

impl Compare {
    /// Whether two values are the same for this attribute.
    pub fn same(self, a: &TargetValue, b: &TargetValue) -> bool {
        match (self, a, b) {
            (Self::Folded, TargetValue::Text(a), TargetValue::Text(b)) => super::fold(a) == super::fold(b),
            _ => a == b,
        }
    }
}

/// The desired value of one attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct DesiredValue {
    /// Which attribute.
    pub path: TargetPath,
    /// Its value; none clears it.
    pub value: Option<TargetValue>,
    /// How it is compared with what was sent.
    pub compare: Compare,
    /// Sent when the account is created, and never again.
    pub create_only: bool,
}

/// The desired state of one person. An attribute that is not in it is left alone.
#[derive(Clone, Debug, PartialEq)]
pub struct DesiredUser {
    /// The `userName`: the match.
    pub user_name: String,
    /// Every other attribute and `userName` itself, but not `active`, which the lifecycle decides.
    pub values: Vec<DesiredValue>,
}
