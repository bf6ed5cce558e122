//! What the next cycle will do for the person: the decision of a cycle on what the state has now.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use super::super::pausing::stops;
use super::hidden::Hidden;
use crate::model::{Change, Operation, TargetId, Verdict};
use crate::plan::{
    Decided, Decision, Limit, Limits, LookFor, Matching, Person, PlannedOperation, Policy, Situation, SkipReason,
    Standing, class_of, decide, end_of_life, is_same,
};
use crate::store::{Background, Pause, PersonFile};

/// What the next cycle will do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NextCycle {
    /// When it is announced; none: no daemon has announced one.
    pub at: Option<Timestamp>,
    /// Why the person is looked at; empty: they are not, and nothing is done.
    pub due: Vec<Due>,
    /// What is decided for the person whenever they are looked at.
    #[serde(flatten)]
    pub will: Will,
    /// How the limits bear on it; none if it does not count against them.
    pub limit: Option<LimitView>,
    /// The pause that keeps it from being done; none if none does.
    pub paused: Option<Pause>,
}

/// Why a person is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// A dirty mark.
    Changed,
    /// Everybody is looked at: another mapping, scope, protection or other actions.
    Configuration,
    /// The failed attempt is repeated.
    Retry,
    /// A date falls due.
    Date,
    /// Deleted for good, and the configured days are over.
    EndOfLife,
}

impl fmt::Display for Due {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Changed => "marked: changed in Entra or by the configuration, or never planned yet",
            Self::Configuration => "the mapping, the scope or the actions changed, so everybody is looked at",
            Self::Retry => "the failed attempt is repeated",
            Self::Date => "a date falls due",
            Self::EndOfLife => "deleted for good, and the days of actions.delete are over",
        })
    }
}

/// What is decided for a person.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "will", rename_all = "snake_case")]
pub enum Will {
    /// Do this.
    Do {
        /// What.
        operation: Operation,
        /// On which account; none for a create.
        jostle_id: Option<TargetId>,
        /// Why.
        reason: String,
        /// What is written, old and new.
        changes: Vec<Change>,
    },
    /// Ask Jostle for an account with this name: one is adopted.
    LookUp {
        /// The name.
        user_name: String,
        /// What is decided if there is none.
        otherwise: Box<Will>,
    },
    /// Take over the account that an administrator chose.
    Link {
        /// Which.
        jostle_id: TargetId,
    },
    /// Nothing.
    Skip {
        /// Why.
        reason: String,
    },
    /// It cannot be done.
    Fail {
        /// The cause in one word.
        code: &'static str,
        /// What is wrong and what to do.
        reason: String,
    },
}

/// How the limits bear on an operation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LimitView {
    /// Whether it is held even if it is the only one of its cycle.
    pub held_alone: bool,
    /// The limits, in one sentence.
    pub description: String,
}

/// When and why a person is looked at again although nothing about them changes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Revisit {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: &'static str,
}

/// When a cycle decides: the one that is announced, else one that is begun now.
pub(super) fn decided_at(background: &Background, now: Timestamp) -> Timestamp {
    background.next_cycle.map_or(now, |at| at.max(now))
}

impl NextCycle {
    pub(super) fn of(
        file: &PersonFile,
        background: &Background,
        person: Person<'_>,
        situation: Situation<'_>,
        hidden: &Hidden<'_>,
    ) -> Self {
        let policy = situation.policy;
        let decision = decide(person, situation, Matching::NotAsked).decision;
        let decided_on = decided_on(file, &decision);
        let limit = match (&decision, decided_on) {
            (Decision::Do(operation), None) => limit(operation, &policy.limits, background.managed),
            _ => None,
        };
        let will = match decision {
            _ if decided_on == Some(Verdict::Rejected) => Will::Skip { reason: SkipReason::Rejected.to_string() },
            Decision::Match(LookFor::Id(id)) => Will::Link { jostle_id: id },
            Decision::Match(LookFor::UserName(user_name)) => {
                let none = decide(person, situation, Matching::Found(&[])).decision;
                Will::LookUp { user_name, otherwise: Box::new(Will::of(none, hidden)) }
            }
            decision => Will::of(decision, hidden),
        };
        Self {
            at: background.next_cycle.filter(|at| *at >= situation.now),
            due: due(file, background, person, situation),
            paused: background.pause.clone().filter(|pause| will.is_stopped_by(pause)),
            will,
            limit,
        }
    }
}

/// What stands of what would be done: it is held, or an administrator has decided about it. Of an account that is still to
/// be found in Jostle it is taken for what was found when it was held.
fn decided_on(file: &PersonFile, decision: &Decision) -> Option<Verdict> {
    let held = file.held.as_ref().filter(|held| !held.changed_since)?;
    let is_it = match decision {
        Decision::Do(operation) => is_same(&held.held, operation),
        Decision::Match(LookFor::UserName(_)) => true,
        Decision::Match(LookFor::Id(_)) | Decision::Skip(_) | Decision::Fail(_) => false,
    };
    is_it.then_some(held.held.verdict)
}

impl Will {
    fn is_stopped_by(&self, pause: &Pause) -> bool {
        match self {
            Self::Do { operation, .. } => stops(pause, *operation),
            // What follows is no removal: there is no account to remove.
            Self::LookUp { .. } | Self::Link { .. } => stops(pause, Operation::Adopt),
            Self::Skip { .. } | Self::Fail { .. } => false,
        }
    }

    fn of(decision: Decision, hidden: &Hidden<'_>) -> Self {
        match decision {
            Decision::Do(operation) => {
                let PlannedOperation { operation, target_id, changes, reason, .. } = *operation;
                let changes = hidden.changes(&changes);
                Self::Do { operation, jostle_id: target_id, reason: reason.to_string(), changes }
            }
            Decision::Skip(reason) => Self::Skip { reason: reason.to_string() },
            Decision::Fail(failure) => Self::Fail { code: failure.code(), reason: failure.to_string() },
            Decision::Match(LookFor::Id(jostle_id)) => Self::Link { jostle_id },
            Decision::Match(LookFor::UserName(user_name)) => {
                Self::Skip { reason: format!("Jostle is asked for {user_name}, and nothing else") }
            }
        }
    }
}

fn due(file: &PersonFile, background: &Background, person: Person<'_>, situation: Situation<'_>) -> Vec<Due> {
    let Situation { policy, now, .. } = situation;
    let has_come = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
    let has_account = person.link.is_some_and(|link| !link.gone);
    let reasons = [
        (file.record.mark.is_some(), Due::Changed),
        (background.policy.as_deref() != Some(policy.fingerprint().as_str()), Due::Configuration),
        (has_come(file.record.retry.as_ref().and_then(|retry| retry.next_at)), Due::Retry),
        (has_come(file.revisit_at), Due::Date),
        (has_account && has_come(end_of_life(person, policy)), Due::EndOfLife),
    ];
    reasons.into_iter().filter(|(is_so, _)| *is_so).map(|(_, due)| due).collect()
}

fn limit(operation: &PlannedOperation, limits: &Limits, managed: u64) -> Option<LimitView> {
    let class = class_of(operation)?;
    let Limit { cycle, day } = limits.of(class)?;
    let description = format!(
        "more than {} accounts {} in one cycle are held if they are more than {} % of all managed accounts ({managed}), \
         and so are more than {} and {} % in 24 hours; that depends on the whole plan",
        cycle.count,
        class.fate(),
        cycle.percent,
        day.count,
        day.percent
    );
    Some(LimitView { held_alone: cycle.is_exceeded(1, managed), description })
}

/// What time alone will change: the watch of the person as it is stored, with the reason that it has today.
pub(super) fn revisit(
    file: &PersonFile,
    person: Person<'_>,
    policy: &Policy,
    standing: &Standing,
    decided: &Decided,
) -> Option<Revisit> {
    let for_date = match standing {
        Standing::Judged(judgement) => judgement.revisit_at,
        Standing::HardDeleted | Standing::SoftDeleted | Standing::Disabled => None,
    };
    let end = end_of_life(person, policy).filter(|_| person.link.is_some_and(|link| !link.gone));
    let at = file.revisit_at.into_iter().chain(decided.watch.revisit_at).chain(end).min()?;
    let reason = match decided.decision {
        _ if Some(at) == for_date => "a date of hiring or leaving falls due",
        _ if Some(at) == end => "the days of actions.delete are over",
        Decision::Skip(SkipReason::InGrace { until, .. }) if until == at => "the days of grace are over",
        Decision::Match(_) => "an account is looked for again, since somebody else makes them",
        _ => "so it was decided when the person was planned last",
    };
    Some(Revisit { at, reason })
}
