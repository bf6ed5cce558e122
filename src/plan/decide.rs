//! The lifecycle table of one person, as a function.

use jiff::{SignedDuration, Timestamp};

use super::diff::active;
use super::member::member;
use super::{
    Delete, Identity, OutOfScope, PersonFailure, PlannedOperation, Policy, Reason, SkipReason, Standing, standing,
};
use crate::model::{
    Account, EntraId, Link, MatchChoice, Operation, Presence, SourceUser, Subject, TargetId, TargetPath, TargetValue,
    Values, Watch,
};
use crate::scope::{Judgement, Memberships, OutReason, Verdict};

/// Everything that is known of one person.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// As the snapshot has them.
    pub user: &'a SourceUser,
    /// Their manager, if there is one who is live in the snapshot.
    pub manager: Option<&'a SourceUser>,
    /// Since when they are deleted.
    pub deleted_at: Option<Timestamp>,
    /// Their account.
    pub link: Option<&'a Link>,
    /// Since when they are known to be out of scope, as the last [`Watch`] has it.
    pub left_at: Option<Timestamp>,
    /// What an administrator decided about their account.
    pub choice: Option<&'a MatchChoice>,
}

/// Which account to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookFor {
    /// Those with this `userName`.
    UserName(String),
    /// The one with this id.
    Id(TargetId),
}

/// An account that was looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The account.
    pub account: Account,
    /// Who is linked to it already.
    pub owner: Option<EntraId>,
}

/// What is known of the accounts that were looked for.
#[derive(Clone, Copy, Debug)]
pub enum Matching<'a> {
    /// Jostle was not asked.
    NotAsked,
    /// Jostle's answer.
    Found(&'a [Hit]),
}

/// What is to be done for one person.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Ask Jostle for this and decide again.
    Match(LookFor),
    /// Do this.
    Do(Box<PlannedOperation>),
    /// Nothing to do.
    Skip(SkipReason),
    /// Cannot be done.
    Fail(PersonFailure),
}

/// What everybody is decided by.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// What is configured.
    pub policy: &'a Policy,
    /// Who is where.
    pub memberships: &'a Memberships,
    /// The time.
    pub now: Timestamp,
}

/// A decision, and what time alone will change about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// What is to be done.
    pub decision: Decision,
    /// Stored with what becomes of it.
    pub watch: Watch,
}

/// Decides for one person, by the table in the README ("The lifecycle of one person").
pub fn decide(person: Person<'_>, situation: Situation<'_>, matching: Matching<'_>) -> Decided {
    let Situation { policy, memberships, now } = situation;
    let groups = memberships.groups_of(&person.user.id);
    // Whoever is mapped is in scope.
    let subject = Subject { user: person.user, manager: person.manager, groups, is_soft_deleted: false };
    let decision = match standing(&subject, memberships, &policy.scope, now) {
        Standing::HardDeleted => leaver(person, situation, Reason::HardDeleted, SkipReason::Deleted),
        Standing::SoftDeleted => leaver(person, situation, Reason::SoftDeleted, SkipReason::Deleted),
        Standing::Disabled => leaver(person, situation, Reason::Disabled, SkipReason::Disabled),
        Standing::Judged(judgement) => return judged(person, &subject, judgement, situation, matching),
    };
    Decided { decision, watch: Watch::default() }
}

/// Somebody who exists and may sign in: the scope decides.
fn judged(
    person: Person<'_>,
    subject: &Subject<'_>,
    Judgement { verdict, revisit_at }: Judgement,
    situation: Situation<'_>,
    matching: Matching<'_>,
) -> Decided {
    // A time in the future was set under a clock that was ahead of this one.
    let person = Person { left_at: person.left_at.map(|at| at.min(situation.now)), ..person };
    match verdict {
        Ok(Verdict::Out(reason)) => outsider(person, situation, reason, revisit_at),
        Ok(Verdict::In(_)) => {
            let decision = member(person, subject, situation, matching);
            let again = looks_again(&decision).then(|| days_after(situation.now, 1));
            Decided { decision, watch: Watch { left_at: None, revisit_at: earliest(revisit_at, again) } }
        }
        Err(undecided) => {
            let decision = Decision::Fail(PersonFailure::Scope(undecided));
            Decided { decision, watch: Watch { left_at: person.left_at, revisit_at } }
        }
    }
}

/// Whoever makes the accounts in our place does not tell us: the name is looked up again a day later.
fn looks_again(decision: &Decision) -> bool {
    *decision == Decision::Skip(SkipReason::SwitchedOff(Operation::Create))
}

/// Somebody out of scope: deactivated when the days of grace are over.
fn outsider(person: Person<'_>, situation: Situation<'_>, reason: OutReason, revisit_at: Option<Timestamp>) -> Decided {
    let Situation { policy: Policy { actions, .. }, now, .. } = situation;
    let link = person.link.filter(|link| !link.gone);
    let active = link.is_some_and(Link::is_active);
    let left_at = person.left_at.or(active.then_some(now));
    let watch = Watch { left_at, revisit_at };
    if actions.out_of_scope == OutOfScope::Keep && link.is_some() {
        return Decided { decision: Decision::Skip(SkipReason::KeptOutOfScope(reason)), watch };
    }
    let decision = leaver(person, situation, Reason::LeftScope(reason), SkipReason::NotInScope(reason));
    let until = days_after(left_at.unwrap_or(now), actions.grace_days.into());
    if matches!(decision, Decision::Do(_)) && now < until {
        let watch = Watch { left_at, revisit_at: earliest(revisit_at, Some(until)) };
        return Decided { decision: Decision::Skip(SkipReason::InGrace { reason, until }), watch };
    }
    Decided { decision, watch }
}

/// Somebody who should have no active account.
fn leaver(person: Person<'_>, situation: Situation<'_>, reason: Reason, without_link: SkipReason) -> Decision {
    let Situation { policy, now, .. } = situation;
    let Some(link) = person.link else { return Decision::Skip(without_link) };
    if link.gone {
        return Decision::Skip(SkipReason::DeletedInJostle);
    }
    if is_protected(link, policy) {
        return Decision::Skip(SkipReason::Protected);
    }
    if link.is_active() {
        if !policy.actions.allow(Operation::Deactivate) {
            return Decision::Skip(SkipReason::SwitchedOff(Operation::Deactivate));
        }
        return act(person, Operation::Deactivate, name_of(person), vec![active(Some(true), false)], reason);
    }
    if end_of_life(person, policy).is_some_and(|at| now >= at) {
        return act(person, Operation::Delete, name_of(person), Vec::new(), Reason::EndOfLife);
    }
    Decision::Skip(SkipReason::AlreadyInactive)
}

pub(super) fn act(
    person: Person<'_>,
    operation: Operation,
    user_name: String,
    changes: Vec<crate::model::Change>,
    reason: Reason,
) -> Decision {
    Decision::Do(Box::new(PlannedOperation {
        operation,
        entra_id: person.user.id.clone(),
        user_name,
        target_id: person.link.map(|link| link.target_id.clone()),
        changes,
        seen: Values::new(),
        reason,
        counts_as: None,
        identity: Identity::Plain,
    }))
}

pub(super) fn is_protected(link: &Link, policy: &Policy) -> bool {
    let name = link.known(&TargetPath::user_name()).and_then(TargetValue::as_text);
    policy.protected.ids.contains(&link.target_id) || name.is_some_and(|name| policy.protected.has_name(name))
}

/// When the account of somebody who is deleted for good is deleted too; none: never.
pub fn end_of_life(person: Person<'_>, policy: &Policy) -> Option<Timestamp> {
    match (person.user.presence, policy.actions.delete, person.deleted_at) {
        (Presence::HardDeleted, Delete::AfterDays(days), Some(since)) => Some(days_after(since, days)),
        _ => None,
    }
}

/// Days of 24 hours, up to the end of the calendar.
fn days_after(from: Timestamp, days: u32) -> Timestamp {
    from.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
}

fn earliest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    a.into_iter().chain(b).min()
}

/// The name under which the account is known in Jostle, else the one in Entra, else the id.
fn name_of(person: Person<'_>) -> String {
    person
        .link
        .and_then(|link| link.known(&TargetPath::user_name()))
        .and_then(TargetValue::as_text)
        .or_else(|| person.user.user_principal_name())
        .unwrap_or(person.user.id.as_str())
        .to_owned()
}
