//! Somebody who should have an active account with the mapped values: with an account of theirs, or without.

use super::decide::{act, is_protected};
use super::diff::{active, differences, initial};
use super::resemble::resembles;
use super::{
    Decision, Doubtful, Hit, Identity, LookFor, Matching, Person, PersonFailure, PlannedOperation, Policy, Reason,
    Situation, SkipReason,
};
use crate::defects::{Defect, planted};
use crate::mapping::moment_of;
use crate::model::{
    Account, DesiredUser, Link, MatchChoice, Names, Operation, Subject, TargetPath, TargetValue, Values,
};

/// Somebody who should have an active account with the mapped values.
pub(super) fn member(
    person: Person<'_>,
    subject: &Subject<'_>,
    situation: Situation<'_>,
    matching: Matching<'_>,
) -> Decision {
    let policy = situation.policy;
    let is_decided = matches!(person.choice, Some(MatchChoice::Link { .. } | MatchChoice::Create));
    let link = person.link.filter(|link| !(link.gone && (policy.actions.recreate_deleted || is_decided)));
    if link.is_some_and(|link| link.gone) {
        return Decision::Skip(SkipReason::DeletedInJostle);
    }
    let is_ignored = link.is_none() && person.choice == Some(&MatchChoice::Ignore);
    if is_ignored && !planted(Defect::IgnoredTreatedAsOthers) {
        return Decision::Skip(SkipReason::Ignored);
    }
    if link.is_some_and(|link| is_protected(link, policy)) {
        return Decision::Skip(SkipReason::Protected);
    }
    let moment = moment_of(&person.user.id, situation.now);
    let desired = match policy.mapping.evaluate(subject, moment) {
        Ok(desired) => desired,
        Err(problems) => return Decision::Fail(PersonFailure::Mapping(problems)),
    };
    if let (None, Matching::Found([])) = (link, matching)
        && let Err(problems) = policy.mapping.check_new(subject, moment)
    {
        return Decision::Fail(PersonFailure::Mapping(problems));
    }
    if policy.protected.has_name(desired.user_name()) {
        return Decision::Fail(PersonFailure::ProtectedAccount(desired.user_name().to_owned()));
    }
    match link {
        None => newcomer(person, &desired, policy, matching),
        Some(link) => holder(person, &desired, policy, link),
    }
}

/// Somebody with an account of theirs.
fn holder(person: Person<'_>, desired: &DesiredUser<'_>, policy: &Policy, link: &Link) -> Decision {
    let mut changes = differences(desired, |path| link.known(path));
    let differs = !changes.is_empty();
    if !policy.actions.allow(Operation::Update) {
        changes.clear();
    }
    let user_name = desired.user_name().to_owned();
    match (link.is_active(), differs) {
        (false, _) if !policy.actions.allow(Operation::Reactivate) => {
            Decision::Skip(SkipReason::SwitchedOff(Operation::Reactivate))
        }
        (false, _) => {
            changes.push(active(Some(false), true));
            act(person, Operation::Reactivate, user_name, changes, Reason::Returned)
        }
        (true, false) => Decision::Skip(SkipReason::NothingToChange),
        (true, true) if changes.is_empty() => Decision::Skip(SkipReason::SwitchedOff(Operation::Update)),
        (true, true) => act(person, Operation::Update, user_name, changes, Reason::Differs),
    }
}

/// Somebody without an account of theirs.
fn newcomer(person: Person<'_>, desired: &DesiredUser<'_>, policy: &Policy, matching: Matching<'_>) -> Decision {
    let user_name = desired.user_name().to_owned();
    let Matching::Found(hits) = matching else {
        return Decision::Match(match person.choice {
            Some(MatchChoice::Link { jostle_id }) if !planted(Defect::ChosenAccountNotLookedFor) => {
                LookFor::Id(jostle_id.clone())
            }
            _ => LookFor::UserName(user_name),
        });
    };
    if let ([], Some(MatchChoice::Link { jostle_id })) = (hits, person.choice)
        && !planted(Defect::ChosenAccountNotLookedFor)
    {
        return Decision::Fail(PersonFailure::ChosenAccountGone { user_name, id: jostle_id.clone() });
    }
    match hits {
        [] if !policy.actions.allow(Operation::Create) => Decision::Skip(SkipReason::SwitchedOff(Operation::Create)),
        [] => create(person, desired, user_name),
        [Hit { account, .. }] if policy.protected.ids.contains(&account.id) => {
            Decision::Fail(PersonFailure::ProtectedAccount(user_name))
        }
        // Whoever is linked by the id is not looked up by the name.
        [Hit { account, .. }] if policy.protected.has_name(&account.user_name) => {
            Decision::Fail(PersonFailure::ProtectedAccount(account.user_name.clone()))
        }
        [Hit { account, owner: None }] => adopt(person, desired, policy, account),
        [Hit { account, owner: Some(owner) }] if *owner == person.user.id => adopt(person, desired, policy, account),
        [Hit { account, owner: Some(owner) }] => {
            Decision::Fail(PersonFailure::LinkedToAnother { user_name, id: account.id.clone(), owner: owner.clone() })
        }
        several => {
            let ids = several.iter().map(|hit| hit.account.id.clone()).collect();
            Decision::Fail(PersonFailure::SeveralAccounts { user_name, ids })
        }
    }
}

fn create(person: Person<'_>, desired: &DesiredUser<'_>, user_name: String) -> Decision {
    let mut decision = act(person, Operation::Create, user_name, initial(desired), Reason::NoAccount);
    if let Decision::Do(operation) = &mut decision {
        operation.target_id = None;
        operation.identity = if person.choice.is_some() { Identity::Chosen } else { Identity::Plain };
    }
    decision
}

fn adopt(person: Person<'_>, desired: &DesiredUser<'_>, policy: &Policy, account: &Account) -> Decision {
    let mut seen: Values =
        desired.values.iter().filter_map(|value| Some((value.path.clone(), account.value(value.path)?))).collect();
    let mut changes = match policy.actions.allow(Operation::Update) {
        true => differences(desired, |path| seen.get(path)),
        false => Vec::new(),
    };
    seen.insert(TargetPath::active(), TargetValue::Flag(account.is_active()));
    if !account.is_active() && policy.actions.allow(Operation::Reactivate) {
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
        counts_as: None,
        identity: identity(person, desired, account),
    }))
}

/// Whether an account with the person's name is the person's.
fn identity(person: Person<'_>, desired: &DesiredUser<'_>, account: &Account) -> Identity {
    match person.choice {
        Some(MatchChoice::Create) if planted(Defect::NewAccountTakenOver) => return Identity::Chosen,
        Some(MatchChoice::Create) => return Identity::Doubtful(Doubtful::Taken),
        Some(MatchChoice::Link { .. } | MatchChoice::Ignore) => return Identity::Chosen,
        None => {}
    }
    let value = |path: &TargetPath| desired.values.iter().find(|value| value.path == path)?.value.clone();
    let (wanted, shown) = (Names::from_values(value), Names::from_values(|path| account.value(path)));
    match (wanted.line(), shown.line()) {
        (Some(person), Some(account)) if !resembles(&wanted, &shown) => {
            Identity::Doubtful(Doubtful::Unlike { person, account })
        }
        _ => Identity::Plain,
    }
}
