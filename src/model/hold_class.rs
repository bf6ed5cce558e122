//! What a hold is about: a limit, or a question that is always asked.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A kind of operation that is held for itself, by what it costs people if it is wrong. All but the last two have limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldClass {
    /// An account that somebody can sign in to: create and reactivate. It costs a seat, and Jostle may write a mail.
    Create,
    /// Somebody is locked out.
    Deactivate,
    /// An account and what belongs to it is lost.
    Delete,
    /// Another `userName` or work e-mail, also when an account is taken over: Jostle writes a mail about it.
    Loud,
    /// Any other value.
    Update,
    /// The first cycle of a new state, in a Jostle that has people. No limit is counted: it is asked for always.
    FirstContact,
    /// It is doubtful whose an account is. No limit is counted: it is asked for always.
    Match,
}

impl HoldClass {
    /// All of them, the ones that take something away first.
    pub const ALL: [Self; 7] =
        [Self::Delete, Self::Deactivate, Self::Match, Self::FirstContact, Self::Create, Self::Loud, Self::Update];

    /// The name in the configuration, in the state and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Deactivate => "deactivate",
            Self::Delete => "delete",
            Self::Loud => "loud",
            Self::Update => "update",
            Self::FirstContact => "first_contact",
            Self::Match => "match",
        }
    }

    /// What would happen to so many accounts, for a sentence: "12 accounts would be …".
    pub fn fate(self) -> &'static str {
        match self {
            Self::Create => "created or reactivated",
            Self::Deactivate => "deactivated",
            Self::Delete => "deleted",
            Self::Loud => "given another userName or work e-mail",
            Self::Update => "updated",
            Self::FirstContact => "taken over or created",
            Self::Match => "taken over or created in doubt",
        }
    }
}

impl fmt::Display for HoldClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
