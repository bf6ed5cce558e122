//! The lifecycle table of one person, as a function.

use jiff::{SignedDuration, Timestamp};

use super::diff::{active, differences, initial};
use super::{OutOfScope, PersonFailure, PlannedOperation, Policy, Reason, SkipReason};
use crate::mapping::moment_of;
use crate::model::{
    Account, DesiredUser, EntraId, Link, Operation, Presence, SourceUser, Subject, TargetPath, TargetValue, Values,
};
use crate::scope::{self, Verdict};

/// Everything that is known of one person.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// As the snapshot has them.
    pub user: &'a SourceUser,
    /// Since when they are deleted.
    pub deleted_at: Option<Timestamp>,
    /// Their account.
    pub link: Option<&'a Link>,
}

/// An account that has the name looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The account.
    pub account: Account,
    /// Who is linked to it already.
    pub owner: Option<EntraId>,
}

/// What is known of accounts with the person's name.
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
    /// Ask Jostle for accounts with this `userName` and decide again.
    Match(String),
    /// Do this.
    Do(Box<PlannedOperation>),
    /// Nothing to do.
    Skip(SkipReason),
    /// Cannot be done.
    Fail(PersonFailure),
}

/// Decides for one person, by the table in the README ("The lifecycle of one person").
pub fn decide(person: Person<'_>, policy: &Policy, matching: Matching<'_>, now: Timestamp) -> Decision {
    let user = person.user;
    match user.presence {
        Presence::HardDeleted => leaver(person, policy, Reason::HardDeleted, SkipReason::Deleted, now),
        Presence::SoftDeleted => leaver(person, policy, Reason::SoftDeleted, SkipReason::Deleted, now),
        Presence::Live if !user.is_enabled() => leaver(person, policy, Reason::Disabled, SkipReason::Disabled, now),
        Presence::Live => match scope::judge(user) {
            Verdict::In => member(person, policy, matching, now),
            Verdict::Out(reason) => {
                let keep = policy.out_of_scope == OutOfScope::Keep && person.link.is_some_and(|link| !link.gone);
                if keep {
                    return Decision::Skip(SkipReason::KeptOutOfScope(reason));
                }
                leaver(person, policy, Reason::LeftScope(reason), SkipReason::NotInScope(reason), now)
            }
        },
    }
}

/// Somebody who should have no active account.
fn leaver(person: Person<'_>, policy: &Policy, reason: Reason, without_link: SkipReason, now: Timestamp) -> Decision {
    let Some(link) = person.link else { return Decision::Skip(without_link) };
    if link.gone {
        return Decision::Skip(SkipReason::DeletedInJostle);
    }
    if is_protected(link, policy) {
        return Decision::Skip(SkipReason::Protected);
    }
    if link.is_active() {
        return act(person, Operation::Deactivate, name_of(person), vec![active(Some(true), false)], reason);
    }
    if end_of_life(person, policy, now) {
        return act(person, Operation::Delete, name_of(person), Vec::new(), Reason::EndOfLife);
    }
    Decision::Skip(SkipReason::AlreadyInactive)
}

/// Somebody who should have an active account with the mapped values.
fn member(person: Person<'_>, policy: &Policy, matching: Matching<'_>, now: Timestamp) -> Decision {
    let link = person.link.filter(|link| !(link.gone && policy.recreate_deleted));
    if link.is_some_and(|link| link.gone) {
        return Decision::Skip(SkipReason::DeletedInJostle);
    }
    if link.is_some_and(|link| is_protected(link, policy)) {
        return Decision::Skip(SkipReason::Protected);
    }
    let (subject, moment) = (Subject::alone(person.user), moment_of(&person.user.id, now));
    let desired = match policy.mapping.evaluate(&subject, moment) {
        Ok(desired) => desired,
        Err(problems) => return Decision::Fail(PersonFailure::Mapping(problems)),
    };
    if let (None, Matching::Found([])) = (link, matching)
        && let Err(problems) = policy.mapping.check_new(&subject, moment)
    {
        return Decision::Fail(PersonFailure::Mapping(problems));
    }
    let user_name = desired.user_name().to_owned();
    if policy.is_protected(&user_name) {
        return Decision::Fail(PersonFailure::ProtectedAccount(user_name));
    }
    let Some(link) = link else { return newcomer(person, &desired, matching) };
    let mut changes = differences(&desired, |path| link.known(path));
    if !link.is_active() {
        changes.push(active(Some(false), true));
        return act(person, Operation::Reactivate, user_name, changes, Reason::Returned);
    }
    if changes.is_empty() {
        return Decision::Skip(SkipReason::NothingToChange);
    }
    act(person, Operation::Update, user_name, changes, Reason::Differs)
}

/// Somebody without an account of theirs.
fn newcomer(person: Person<'_>, desired: &DesiredUser<'_>, matching: Matching<'_>) -> Decision {
    let user_name = desired.user_name().to_owned();
    let Matching::Found(hits) = matching else { return Decision::Match(user_name) };
    match hits {
        [] => {
            let mut decision = act(person, Operation::Create, user_name, initial(desired), Reason::NoAccount);
            if let Decision::Do(operation) = &mut decision {
                operation.target_id = None;
            }
            decision
        }
        [Hit { account, owner: None }] => adopt(person, desired, account),
        [Hit { account, owner: Some(owner) }] if *owner == person.user.id => adopt(person, desired, account),
        [Hit { account, owner: Some(owner) }] => {
            Decision::Fail(PersonFailure::LinkedToAnother { user_name, id: account.id.clone(), owner: owner.clone() })
        }
        several => {
            let ids = several.iter().map(|hit| hit.account.id.clone()).collect();
            Decision::Fail(PersonFailure::SeveralAccounts { user_name, ids })
        }
    }
}

fn adopt(person: Person<'_>, desired: &DesiredUser<'_>, account: &Account) -> Decision {
    let mut seen: Values =
        desired.values.iter().filter_map(|value| Some((value.path.clone(), account.value(value.path)?))).collect();
    let mut changes = differences(desired, |path| seen.get(path));
    seen.insert(TargetPath::active(), TargetValue::Flag(account.is_active()));
    if !account.is_active() {
        changes.push(active(Some(false), true));
    }
    Decision::Do(Box::new(PlannedOperation {
        operation: Operation::Adopt,
        entra_id: person.user.id.clone(),
        user_name: desired.user_name().to_owned(),
        target_id: Some(account.id.clone()),
        changes,
        seen,
        reason: Reason::Matched,
    }))
}

fn act(
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
    }))
}

fn is_protected(link: &Link, policy: &Policy) -> bool {
    link.known(&TargetPath::user_name()).and_then(TargetValue::as_text).is_some_and(|name| policy.is_protected(name))
}

fn end_of_life(person: Person<'_>, policy: &Policy, now: Timestamp) -> bool {
    let (Presence::HardDeleted, Some(days), Some(since)) =
        (person.user.presence, policy.delete_after_days, person.deleted_at)
    else {
        return false;
    };
    now.duration_since(since) >= SignedDuration::from_hours(24 * i64::from(days))
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
