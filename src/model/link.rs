//! Which Jostle account belongs to which person.

use serde::{Deserialize, Serialize};

use super::{EntraId, TargetId, TargetPath, TargetValue, Values};

/// How a link came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkOrigin {
    /// We created the account.
    Created,
    /// The account was there and was matched by `userName`.
    Adopted,
}

/// The link between a person and an account, with what is known of the account.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The person.
    pub entra_id: EntraId,
    /// The account; no two links name the same one.
    pub target_id: TargetId,
    /// How the link came about.
    pub origin: LinkOrigin,
    /// Jostle answered 404 for this id: the account was deleted there.
    pub gone: bool,
    /// What we last wrote, by attribute.
    pub sent: Values,
    /// What Jostle last showed us, by attribute.
    pub seen: Values,
}

impl Link {
    /// What Jostle has for an attribute as far as is known: what was sent, else what was seen.
    pub fn known(&self, path: &TargetPath) -> Option<&TargetValue> {
        self.sent.get(path).or_else(|| self.seen.get(path))
    }

    /// Whether the account is active as far as is known; unknown counts as active, so that a leaver is deactivated.
    pub fn is_active(&self) -> bool {
        self.known(&TargetPath::active()) != Some(&TargetValue::Flag(false))
    }
}
