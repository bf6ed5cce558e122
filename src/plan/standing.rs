//! Whether a person should have an active account, before it is looked at which account they have.

use std::fmt;

use jiff::Timestamp;

use crate::model::{Presence, Subject};
use crate::scope::{Judgement, Memberships, Rules, Verdict, judge};

/// Where a person stands: the first question of the lifecycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Deleted for good.
    HardDeleted,
    /// In the recycle bin.
    SoftDeleted,
    /// Sign-in is blocked.
    Disabled,
    /// Exists and may sign in: the scope decides.
    Judged(Judgement),
}

/// Where a person stands.
pub fn standing(subject: &Subject<'_>, memberships: &Memberships, rules: &Rules, now: Timestamp) -> Standing {
    match subject.user.presence {
        Presence::HardDeleted => Standing::HardDeleted,
        Presence::SoftDeleted => Standing::SoftDeleted,
        Presence::Live if !subject.user.is_enabled() => Standing::Disabled,
        Presence::Live => Standing::Judged(judge(subject, memberships, rules, now)),
    }
}

impl Standing {
    /// Whether the person is in scope; none if it cannot be said.
    pub fn is_in_scope(&self) -> Option<bool> {
        match self {
            Self::HardDeleted | Self::SoftDeleted | Self::Disabled => Some(false),
            Self::Judged(judgement) => judgement.verdict.as_ref().ok().map(|verdict| matches!(verdict, Verdict::In(_))),
        }
    }

    /// Entra's computed `IsSoftDeleted`. Of whom nothing can be said keeps the account, and so is not.
    pub fn is_soft_deleted(&self) -> bool {
        self.is_in_scope() == Some(false)
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HardDeleted | Self::SoftDeleted => f.write_str("out of scope: deleted"),
            Self::Disabled => f.write_str("out of scope: sign-in is blocked"),
            Self::Judged(Judgement { verdict: Ok(Verdict::In(reason)), .. }) => write!(f, "in scope: {reason}"),
            Self::Judged(Judgement { verdict: Ok(Verdict::Out(reason)), .. }) => write!(f, "out of scope: {reason}"),
            Self::Judged(Judgement { verdict: Err(undecided), .. }) => undecided.fmt(f),
        }
    }
}
