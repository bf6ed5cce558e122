//! The verdict about one person, with its reason.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::clause::ClauseFailure;
use crate::mapping::expression::EvaluationError;

/// In scope or out of it, for a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Should have an account.
    In(InReason),
    /// Should not.
    Out(OutReason),
}

/// By what a person is in scope, if nothing excludes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InReason {
    /// Everybody is.
    Everybody,
    /// Assigned to the application.
    Assigned,
    /// In one of the groups.
    InGroup,
}

impl fmt::Display for InReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Everybody => "everybody is (scope.who), and nothing excludes this person",
            Self::Assigned => "assigned to the application (scope.who)",
            Self::InGroup => "in one of the groups (scope.groups)",
        })
    }
}

/// Why a person is out of scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutReason {
    /// `userType` is Guest, or the name is a guest's.
    Guest,
    /// An agent identity (`#microsoft.graph.agentUser`), not a human being.
    Agent,
    /// Neither the person nor a group of theirs is assigned to the application.
    NotAssigned,
    /// In none of the groups.
    NotInGroups,
    /// No filter lets the person pass.
    FilteredOut,
    /// The filter that is an expression does not let the person pass.
    ExpressionFalse,
    /// Begins later.
    NotYetHired {
        /// The first day in scope, in the configured time zone.
        from: Date,
    },
    /// Has left the company.
    Left {
        /// When, in the configured time zone.
        since: DateTime,
    },
}

impl OutReason {
    /// Whether it is for the date of hiring.
    pub(super) fn is_hire(self) -> bool {
        matches!(self, Self::NotYetHired { .. })
    }
}

impl fmt::Display for OutReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guest => f.write_str("guests are excluded (scope.guests)"),
            Self::Agent => f.write_str("agent identities are excluded"),
            Self::NotAssigned => f.write_str("not assigned to the application (scope.who)"),
            Self::NotInGroups => f.write_str("in none of the groups (scope.groups)"),
            Self::FilteredOut => f.write_str("no filter lets the person pass (scope.filters)"),
            Self::ExpressionFalse => f.write_str("the expression is false (scope.filter)"),
            Self::NotYetHired { from } => {
                write!(f, "not hired yet, in scope from {from} (scope.hire_days_before)")
            }
            Self::Left { since } => {
                write!(f, "left on {} at {} (scope.leave_at)", since.date(), since.strftime("%H:%M"))
            }
        }
    }
}

/// Why nothing can be said of a person. They are then neither in scope nor out of it: nothing is done for them.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Undecided {
    /// A clause of a filter gave nothing.
    #[error("scope.filters: {0}")]
    Clause(ClauseFailure),
    /// The expression gave nothing.
    #[error("scope.filter: {0}")]
    Expression(EvaluationError),
    /// A date that is none.
    #[error("{property} is {value:?}, which is no date: correct it in Entra")]
    Date {
        /// The Graph property.
        property: &'static str,
        /// What it has.
        value: String,
    },
    /// A group of the configuration is not in the snapshot, and the person is in none of the others.
    #[error("scope.groups: nothing is known of the group {0:?}: correct its name or id, or take it out")]
    UnknownGroup(String),
}

/// What is said of one person at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict, if there is one.
    pub verdict: Result<Verdict, Undecided>,
    /// When the verdict becomes another by itself, always later than the moment of the judgement; none: never.
    pub revisit_at: Option<Timestamp>,
}
