//! Whose an account is, where an administrator has said so.

use serde::{Deserialize, Serialize};

use super::TargetId;

/// What an administrator decided about the account of a person who has none yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "choice", rename_all = "snake_case")]
pub enum MatchChoice {
    /// This account is the person's, whatever its `userName`.
    Link {
        /// Which.
        jostle_id: TargetId,
    },
    /// The person gets a new account, whoever else has the same name.
    Create,
    /// The person gets none, and none is taken over for them.
    Ignore,
}

impl MatchChoice {
    /// The name in the state and in the log.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Link { .. } => "link",
            Self::Create => "create",
            Self::Ignore => "ignore",
        }
    }

    /// The account that was chosen, if one was.
    pub fn jostle_id(&self) -> Option<&TargetId> {
        match self {
            Self::Link { jostle_id } => Some(jostle_id),
            Self::Create | Self::Ignore => None,
        }
    }
}
