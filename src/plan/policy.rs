//! What an administrator configured about the plan.

use std::collections::BTreeSet;

use super::Limits;
use crate::defects::{Defect, planted};
use crate::mapping::Mapping;
use crate::model::{Operation, TargetId, fold};
use crate::scope::Rules;

/// What happens to the account of a person who left the scope but not the company.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OutOfScope {
    /// Deactivated, as Entra's own job does.
    #[default]
    Deactivate,
    /// Left as it is.
    Keep,
}

/// What happens to the account of a person who is deleted for good in Entra, once it is inactive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delete {
    /// Stays, inactive.
    #[default]
    Never,
    /// Deleted so many days after the person was.
    AfterDays(u32),
}

/// What is done, and what is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actions {
    /// Which of create, update, deactivate and reactivate are not done at all.
    pub switched_off: BTreeSet<Operation>,
    /// For people who left the scope.
    pub out_of_scope: OutOfScope,
    /// Days from leaving the scope to the deactivation; not for people who are disabled or deleted.
    pub grace_days: u16,
    /// For people who are deleted for good.
    pub delete: Delete,
    /// Create the account again that an administrator deleted in Jostle.
    pub recreate_deleted: bool,
}

impl Actions {
    /// Whether an operation may be done.
    pub fn allow(&self, operation: Operation) -> bool {
        !self.switched_off.contains(&operation)
    }
}

/// Accounts that are never written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protected {
    /// By user name, folded.
    pub user_names: BTreeSet<String>,
    /// By Jostle's id.
    pub ids: BTreeSet<TargetId>,
}

impl Protected {
    /// Whether this account is never to be written.
    pub fn has(&self, id: &TargetId, user_name: &str) -> bool {
        self.ids.contains(id) || self.has_name(user_name)
    }

    /// Whether the account of this name is never to be written.
    pub fn has_name(&self, user_name: &str) -> bool {
        self.user_names.contains(&fold(user_name)) && !planted(Defect::ProtectionForgotten)
    }
}

/// Everything that the decision about a person depends on beside the person and the snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// The attribute mapping.
    pub mapping: Mapping,
    /// Who should have an active account.
    pub scope: Rules,
    /// What is never written.
    pub protected: Protected,
    /// What is done.
    pub actions: Actions,
    /// When to hold.
    pub limits: Limits,
}

impl Policy {
    /// The sections of the configuration by which it is decided, by their names, each with a text that changes whenever it
    /// does: limits too, which decide about no person.
    pub fn sections(&self) -> Vec<(String, String)> {
        let Self { mapping, scope, protected, actions, limits } = self;
        let all = [
            ("mapping", format!("{mapping:?}")),
            ("scope", format!("{scope:?}")),
            ("protect", format!("{protected:?}")),
            ("actions", format!("{actions:?}")),
            ("limits", format!("{limits:?}")),
        ];
        all.map(|(name, text)| (name.to_owned(), text)).into()
    }

    /// A text that changes whenever a decision could: then everybody is planned again, from the snapshot.
    /// A text that changes for no reason costs one such pass and nothing else.
    pub fn fingerprint(&self) -> String {
        let Self { mapping, scope, protected, actions, limits: _ } = self;
        format!("{mapping:?} {scope:?} {protected:?} {actions:?}")
    }
}
