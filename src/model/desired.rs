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
pub struct DesiredValue<'m> {
    /// Which attribute.
    pub path: &'m TargetPath,
    /// Its value; none clears it.
    pub value: Option<TargetValue>,
    /// How it is compared with what was sent.
    pub compare: Compare,
    /// Sent when the account is created, and never again.
    pub create_only: bool,
    /// Must not be shown, in a plan or a log (Entra's `Redact`).
    pub redacted: bool,
}

/// The desired state of one person. An attribute that is not in it is left alone.
#[derive(Clone, Debug, PartialEq)]
pub struct DesiredUser<'m> {
    /// Every attribute, `userName` among them, but not `active`, which the lifecycle decides. The paths are the mapping's.
    pub values: Vec<DesiredValue<'m>>,
}

impl DesiredUser<'_> {
    /// The `userName`: the match. The mapping gives nobody a desired state without one.
    pub fn user_name(&self) -> &str {
        let user_name = self.values.iter().find(|value| value.path.is_user_name());
        user_name.and_then(|value| value.value.as_ref()?.as_text()).unwrap_or_default()
    }
}
