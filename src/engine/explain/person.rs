//! Who the person is, and what the scope says of them.

use jiff::Timestamp;
use serde::Serialize;

use crate::model::{EntraId, GroupLabel, Presence, SourceUser, Subject};
use crate::plan::{Policy, Situation, Standing};
use crate::scope::{Examination, Finding, examine};
use crate::store::PersonRecord;

/// Who the person is, as the snapshot has them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PersonView {
    /// The user principal name.
    pub user_principal_name: Option<String>,
    /// The mail address.
    pub mail: Option<String>,
    /// Whether they still exist.
    pub presence: Presence,
    /// When they were seen to be deleted, or deleted for good.
    pub deleted_at: Option<Timestamp>,
    /// Whether they may sign in.
    pub enabled: bool,
    /// Whether managers are read at all: only where the mapping or the scope names one.
    pub manager_is_read: bool,
    /// The manager, if there is one who is live in the snapshot.
    pub manager: Option<ManagerView>,
}

/// The manager of a person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ManagerView {
    /// The object id.
    pub entra_id: EntraId,
    /// The user principal name.
    pub user_principal_name: Option<String>,
    /// The display name, if it is read.
    pub display_name: Option<String>,
}

impl PersonView {
    pub(super) fn of(record: &PersonRecord, policy: &Policy) -> Self {
        let PersonRecord { user, deleted_at, manager, .. } = record;
        let text = |user: &SourceUser, name: &str| user.text(name).map(str::to_owned);
        Self {
            user_principal_name: text(user, "userPrincipalName"),
            mail: text(user, "mail"),
            presence: user.presence,
            deleted_at: *deleted_at,
            enabled: user.is_enabled(),
            manager_is_read: policy.mapping.reads_manager() || policy.scope.source_properties().contains("manager"),
            manager: manager.as_ref().map(|manager| ManagerView {
                entra_id: manager.id.clone(),
                user_principal_name: text(manager, "userPrincipalName"),
                display_name: text(manager, "displayName"),
            }),
        }
    }
}

/// What the scope says of the person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScopeView {
    /// Whether the person is in scope; none if it cannot be said.
    pub in_scope: Option<bool>,
    /// The verdict with its reason.
    pub verdict: String,
    /// The application (client) id of the application to which people are assigned, where that counts.
    pub app_id: Option<String>,
    /// What every rule says, those that did not matter too.
    pub rules: Vec<Finding>,
    /// Every known group in which the person is, nested ones included, by name.
    pub groups: Vec<GroupLabel>,
    /// Since when a person with an account is known to be out of scope.
    pub left_at: Option<Timestamp>,
    /// Days from there to the deactivation (`actions.grace_days`).
    pub grace_days: u16,
}

impl ScopeView {
    pub(super) fn of(
        subject: &Subject<'_>,
        standing: &Standing,
        left_at: Option<Timestamp>,
        situation: Situation<'_>,
    ) -> Self {
        let Situation { policy, memberships, now } = situation;
        let Examination { findings, judgement: _ } = examine(subject, memberships, &policy.scope, now);
        let mut groups: Vec<_> = subject.groups.iter().map(|label| GroupLabel::clone(label)).collect();
        groups.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        Self {
            in_scope: standing.is_in_scope(),
            verdict: standing.to_string(),
            app_id: policy.scope.reach().app_id,
            rules: findings,
            groups,
            left_at,
            grace_days: policy.actions.grace_days,
        }
    }
}
