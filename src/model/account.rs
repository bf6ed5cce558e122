//! Accounts of the target.

use serde_json::Value;

use super::{TargetId, TargetPath, TargetValue, Values};

/// An account as Jostle showed it.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Jostle's id.
    pub id: TargetId,
    /// The `userName` as Jostle spells it; empty if it did not show one.
    pub user_name: String,
    /// The whole resource; `Value::Null` where the answer had no body.
    pub resource: Value,
}

impl Account {
    /// The value at a path, if Jostle showed one.
    pub fn value(&self, path: &TargetPath) -> Option<TargetValue> {
        path.read(&self.resource)
    }

    /// `active`; RFC 7643 leaves it out freely, and a text `"False"` occurs in the wild. Unknown counts as active.
    pub fn is_active(&self) -> bool {
        match self.value(&TargetPath::active()) {
            Some(TargetValue::Flag(active)) => active,
            Some(TargetValue::Text(text)) => !text.eq_ignore_ascii_case("false"),
            None => true,
        }
    }
}

/// What is sent to create an account.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAccount {
    /// The name by which the account is found again; also among the values.
    pub user_name: String,
    /// Every value to set, `userName` and `active` included.
    pub values: Values,
}
