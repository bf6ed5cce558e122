//! The steps of provisioning on demand, as data.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::model::{Change, EntraId, Operation, Presence, REDACTED, SourceUser, Subject};
use crate::plan::{Hit, LookFor, Person, Situation, standing};
use crate::scope::{Examination, examine};

/// The five steps that Entra's own provisioning on demand shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepName {
    /// Credentials and reachability.
    Connect,
    /// The attributes read from Entra.
    Import,
    /// In or out, and why.
    Scope,
    /// The account, found or not, and by what.
    Match,
    /// What was done.
    Act,
}

/// How a step ended; Entra's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepStatus {
    /// Done.
    Success,
    /// Nothing to do.
    Skipped,
    /// Could not be done.
    Failure,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Which.
    pub name: StepName,
    /// How it ended.
    pub status: StepStatus,
    /// One sentence.
    pub description: String,
    /// What was read or written.
    pub details: Value,
}

impl Step {
    /// The same, with what must be known of where it comes from.
    pub(super) fn with_note(mut self, note: Option<String>) -> Self {
        if let Some(note) = note {
            self.description = format!("{} ({note})", self.description);
        }
        self
    }
}

/// What provisioning one person on demand did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Provisioned {
    /// Number of the cycle in the provisioning log.
    pub cycle: i64,
    /// The name under which the person is known.
    pub user: String,
    /// The person.
    pub entra_id: EntraId,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// What was done, if anything.
    pub operation: Option<Operation>,
    /// What was written.
    pub changes: Vec<Change>,
    /// How it ended.
    pub status: StepStatus,
}

pub(super) fn step(name: StepName, status: StepStatus, description: &str, details: Value) -> Step {
    Step { name, status, description: description.to_owned(), details }
}

/// Whoever got as far as this has been let in; a refused credential ends the run with its own message.
pub(super) fn connect_step(jostle_was_asked: bool) -> Step {
    let description = match jostle_was_asked {
        true => "Entra and Jostle accept the credentials",
        false => "Entra accepts the credentials; Jostle did not have to be asked",
    };
    step(StepName::Connect, StepStatus::Success, description, Value::Null)
}

/// Of the redacted properties it shows only that they have a value.
pub(super) fn import_step(user: &SourceUser, redacted: &BTreeSet<&str>) -> Step {
    let description = match user.presence {
        Presence::Live if user.is_enabled() => "exists and is enabled in Entra",
        Presence::Live => "exists in Entra, sign-in is blocked",
        Presence::SoftDeleted => "deleted in Entra (in the recycle bin)",
        Presence::HardDeleted => "deleted for good in Entra",
    };
    let mut attributes = user.attributes.clone();
    for (_, value) in attributes.iter_mut().filter(|(name, value)| redacted.contains(name.as_str()) && !value.is_null())
    {
        *value = REDACTED.into();
    }
    step(StepName::Import, StepStatus::Success, description, Value::Object(attributes))
}

pub(super) fn scope_step(person: Person<'_>, situation: Situation<'_>) -> Step {
    let user = person.user;
    let groups = situation.memberships.groups_of(&user.id);
    let subject = Subject { user, manager: person.manager, groups, is_soft_deleted: false };
    let Situation { policy, memberships, now } = situation;
    let Examination { judgement, findings } = examine(&subject, memberships, &policy.scope, now);
    let standing = standing(&subject, memberships, &policy.scope, now);
    let status = match standing.is_in_scope() {
        Some(true) => StepStatus::Success,
        Some(false) => StepStatus::Skipped,
        None => StepStatus::Failure,
    };
    let details = json!({ "rules": findings, "revisit_at": judgement.revisit_at });
    step(StepName::Scope, status, &standing.to_string(), details)
}

pub(super) fn match_step(wanted: &LookFor, hits: &[Hit]) -> Step {
    let wanted = match wanted {
        LookFor::UserName(user_name) => format!("the userName {user_name}"),
        LookFor::Id(id) => format!("the id {id}, which an administrator chose"),
    };
    let description = match hits {
        [] => format!("no account has {wanted}"),
        [_] => format!("one account has {wanted}"),
        several => format!("{} accounts have {wanted}", several.len()),
    };
    let ids: Vec<_> = hits.iter().map(|hit| hit.account.id.as_str()).collect();
    step(StepName::Match, StepStatus::Success, &description, json!({ "jostle_ids": ids }))
}
