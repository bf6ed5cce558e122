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
