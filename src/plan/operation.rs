//! The plan as data.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use super::{Identity, Pace, Reason, SkipReason};
use crate::model::{Change, EntraId, HoldClass, Operation, TargetId, Values};

/// One operation on one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedOperation {
    /// What is done.
    pub operation: Operation,
    /// For whom.
    pub entra_id: EntraId,
    /// Under which name people know them: the desired `userName`, else the last one.
    pub user_name: String,
    /// On which account; none for a create.
    pub target_id: Option<TargetId>,
    /// What is written, old and new.
    pub changes: Vec<Change>,
    /// What the account shows of the mapped attributes; for an adoption.
    pub seen: Values,
    /// Why.
    pub reason: Reason,
    /// As what it counts against the limits of a day; none: it does not, because somebody has approved it or asked for it.
    pub counts_as: Option<HoldClass>,
    /// Whether the account is the person's.
    pub identity: Identity,
}

impl Serialize for PlannedOperation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { operation, entra_id, user_name, target_id, changes, seen: _, reason, counts_as: _, identity } = self;
        let mut out = serializer.serialize_struct("PlannedOperation", 7)?;
        out.serialize_field("operation", operation)?;
        out.serialize_field("user", user_name)?;
        out.serialize_field("entra_id", entra_id)?;
        out.serialize_field("jostle_id", target_id)?;
        out.serialize_field("changes", changes)?;
        out.serialize_field("reason", &reason.to_string())?;
        if let Identity::Doubtful(doubtful) = identity {
            out.serialize_field("doubt", &doubtful.to_string())?;
        }
        out.end()
    }
}

/// Somebody for whom there is nothing to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Skipped {
    /// Who.
    pub entra_id: EntraId,
    /// Under which name.
    pub user_name: String,
    /// Why.
    pub reason: SkipReason,
}

/// Somebody for whom something would have to be done, and cannot.
#[derive(Clone, Debug, PartialEq)]
pub struct Failed {
    /// Who.
    pub entra_id: EntraId,
    /// Under which name.
    pub user_name: String,
    /// A stable word for the cause: `mapping`, `scope`, `conflict`; of a request that failed the provider's code, or the
    /// status.
    pub code: String,
    /// What is wrong, and what to do.
    pub message: String,
    /// The provider's request id, if a request failed.
    pub request_id: Option<String>,
    /// When it is worth another try.
    pub pace: Pace,
    /// Whether it is a request that failed, and not the data.
    pub asked: bool,
}

/// An operation that waits for an administrator.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The operation.
    pub operation: PlannedOperation,
    /// What it is held for.
    pub class: HoldClass,
    /// Which limit that is, with the numbers.
    pub limit: String,
}

/// All that one cycle would do.
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct Plan {
    /// What is done, in the order in which it is done.
    pub operations: Vec<PlannedOperation>,
    /// Who needs nothing.
    pub skipped: Vec<Skipped>,
    /// Who cannot be provisioned.
    pub failed: Vec<Failed>,
    /// What is held.
    pub held: Vec<Held>,
}

/// How many operations of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<Operation, u64>);

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, operation: Operation) {
        *self.0.entry(operation).or_default() += 1;
    }

    /// How many of one kind.
    pub fn of(&self, operation: Operation) -> u64 {
        self.0.get(&operation).copied().unwrap_or_default()
    }

    /// How many in all.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(Operation::IN_LIFE.map(|operation| (operation.as_str(), self.of(operation))))
    }
}

impl Plan {
    /// How many operations of each kind, held ones not counted.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for operation in &self.operations {
            counts.add(operation.operation);
        }
        counts
    }

    /// Puts the operations into the order of execution: leavers first; within a kind by reason and Entra id, so that
    /// equal inputs give equal plans.
    pub fn sort(&mut self) {
        self.operations.sort_by(|a, b| (a.operation, a.reason, &a.entra_id).cmp(&(b.operation, b.reason, &b.entra_id)));
    }
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Line<'a> {
            user: &'a str,
            entra_id: &'a EntraId,
            reason: String,
        }
        #[derive(Serialize)]
        struct HeldLine<'a> {
            #[serde(flatten)]
            operation: &'a PlannedOperation,
            class: HoldClass,
            limit: &'a str,
        }
        let Self { operations, skipped, failed, held } = self;
        let mut out = serializer.serialize_struct("Plan", 5)?;
        out.serialize_field("operations", operations)?;
        out.serialize_field("counts", &self.counts())?;
        let line = |user_name, entra_id, reason| Line { user: user_name, entra_id, reason };
        let skipped = skipped.iter().map(|s| line(s.user_name.as_str(), &s.entra_id, s.reason.to_string()));
        out.serialize_field("skipped", &skipped.collect::<Vec<_>>())?;
        let failed = failed.iter().map(|f| line(f.user_name.as_str(), &f.entra_id, f.message.clone()));
        out.serialize_field("failed", &failed.collect::<Vec<_>>())?;
        let held = held.iter().map(|h| HeldLine { operation: &h.operation, class: h.class, limit: &h.limit });
        out.serialize_field("held", &held.collect::<Vec<_>>())?;
        out.end()
    }
}
