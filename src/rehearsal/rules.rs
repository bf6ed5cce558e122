//! What must hold, by name.

use std::fmt;

/// A rule that every scenario must keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Jostle equals the desired state.
    Desired,
    /// Whoever cannot be provisioned is listed as waiting, with the right cause, and nobody else is.
    Waiting,
    /// No unmanaged or protected account was ever written.
    Untouched,
    /// Nobody has two accounts, and no account of ours belongs to nobody.
    OneAccount,
    /// The provisioning log tells every write that Jostle saw, and no other.
    Log,
    /// The next cycle plans and sends nothing, and nothing is left open.
    Rest,
    /// Nobody was deactivated who was in scope all the time, and nobody got an account who never was.
    Scope,
    /// Nobody's attempts grew because of an outage.
    Attempts,
    /// No limit is exceeded, in a cycle or in a day, without an approval of exactly what is done.
    Limits,
    /// What is held, rejected or undone is not done as long as everything stays as it was.
    Held,
    /// Whoever was said to get an account gets that one, and whoever was said to get none gets none.
    Chosen,
    /// Nothing that is paused is begun.
    Paused,
    /// What was looked at is carried out as it was shown, or not at all.
    Reviewed,
    /// A plan says what the cycle then does.
    Plan,
    /// The first cycle in a Jostle with people does nothing before an administrator has looked at it, where that is wanted.
    Contact,
    /// Refused credentials stop all writes.
    Refused,
    /// A token or key went to nobody else.
    Secrets,
    /// A run came to its end, and said what a run may say.
    Runs,
}

impl Rule {
    /// One word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Desired => "desired",
            Self::Waiting => "waiting",
            Self::Untouched => "untouched",
            Self::OneAccount => "one-account",
            Self::Log => "log",
            Self::Rest => "rest",
            Self::Scope => "scope",
            Self::Attempts => "attempts",
            Self::Limits => "limits",
            Self::Held => "held",
            Self::Chosen => "chosen",
            Self::Paused => "paused",
            Self::Reviewed => "reviewed",
            Self::Plan => "plan",
            Self::Contact => "contact",
            Self::Refused => "refused",
            Self::Secrets => "secrets",
            Self::Runs => "runs",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A rule that was broken, and what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule.
    pub rule: Rule,
    /// What was seen, in one line.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.detail)
    }
}
