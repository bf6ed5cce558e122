//! The operations of a plan.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What is done to one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// Set `active` to false.
    Deactivate,
    /// Set `active` to true, with the differences in the same request.
    Reactivate,
    /// POST a new account.
    Create,
    /// Link an account that was there, and write the differences.
    Adopt,
    /// Write the differences.
    Update,
    /// DELETE the account; only where configured.
    Delete,
}

impl Operation {
    /// Every operation, in the order in which a cycle carries them out: leavers first, newcomers before changes.
    pub const ALL: [Self; 6] =
        [Self::Deactivate, Self::Reactivate, Self::Create, Self::Adopt, Self::Update, Self::Delete];

    /// The same in the order in which a person goes through them, for people.
    pub const IN_LIFE: [Self; 6] =
        [Self::Create, Self::Adopt, Self::Update, Self::Deactivate, Self::Reactivate, Self::Delete];

    /// The name in logs, in JSON and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deactivate => "deactivate",
            Self::Reactivate => "reactivate",
            Self::Create => "create",
            Self::Adopt => "adopt",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
