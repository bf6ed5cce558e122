//! One thing that is worth a look.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// It passes by itself, or there is time: nothing has to be done today.
    Notice,
    /// Somebody should look at it; everything else goes on.
    Warning,
    /// Nobody is provisioned, or soon will be.
    Critical,
}

impl Level {
    /// The name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// What is wrong. The names are for monitors, and do not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A side refuses the credentials.
    CredentialsRefused,
    /// No cycle has ended well for too long.
    NoSuccess,
    /// The state soon cannot be written.
    DiskNearlyFull,
    /// A side fails as a whole, and is left alone.
    Quarantine,
    /// There was a daemon, and there is none.
    Stopped,
    /// The last cycle failed, for another reason.
    CycleFailed,
    /// Nobody has looked at what would be done in a Jostle that has people.
    FirstContact,
    /// Operations wait for a decision.
    Held,
    /// Writing is paused.
    Paused,
    /// People fail again and again.
    PeopleFailing,
    /// Credentials expire.
    CredentialExpiring,
    /// Jostle says something else of itself than before.
    JostleChanged,
    /// A side has asked to be left alone.
    Throttled,
}

/// One thing that is worth a look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What it is.
    pub cause: Cause,
    /// Which side or which hold, where there may be several of a cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Since when, as far as that is known.
    pub since: Option<Timestamp>,
    /// What is wrong, in one sentence.
    pub what: String,
    /// What to do, with the commands.
    pub remedy: String,
    /// Whom or what it is about, where that may change: whoever was told of it is told again of what is new in it.
    #[serde(skip)]
    pub about: BTreeSet<String>,
}

/// All that is worth a look, the worst first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Health {
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Health {
    /// How bad it is in all; none if nothing has to be done.
    pub fn level(&self) -> Option<Level> {
        self.findings.iter().map(|finding| finding.level).max().filter(|level| *level > Level::Notice)
    }

    /// The same in one word: `ok`, `warning` or `critical`.
    pub fn word(&self) -> &'static str {
        match self.level() {
            None | Some(Level::Notice) => "ok",
            Some(Level::Warning) => "warning",
            Some(Level::Critical) => "critical",
        }
    }
}

impl Cause {
    /// All of them, the worst first.
    pub const ALL: [Self; 13] = [
        Self::CredentialsRefused,
        Self::NoSuccess,
        Self::DiskNearlyFull,
        Self::Quarantine,
        Self::Stopped,
        Self::CycleFailed,
        Self::FirstContact,
        Self::Held,
        Self::Paused,
        Self::PeopleFailing,
        Self::CredentialExpiring,
        Self::JostleChanged,
        Self::Throttled,
    ];

    /// The name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CredentialsRefused => "credentials_refused",
            Self::NoSuccess => "no_success",
            Self::DiskNearlyFull => "disk_nearly_full",
            Self::Quarantine => "quarantine",
            Self::Stopped => "stopped",
            Self::CycleFailed => "cycle_failed",
            Self::FirstContact => "first_contact",
            Self::Held => "held",
            Self::Paused => "paused",
            Self::PeopleFailing => "people_failing",
            Self::CredentialExpiring => "credential_expiring",
            Self::JostleChanged => "jostle_changed",
            Self::Throttled => "throttled",
        }
    }
}
