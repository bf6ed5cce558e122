//! What a plan would have written beside Entra's own job, and what became of it: a pure comparison.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::decide::is_protected;
use super::{Drifted, Identity, Person, Plan, PlannedOperation, Situation};
use crate::mapping::Mapping;
use crate::model::{
    Agreed, Aspect, Difference, Drift, EntraId, KnownDifference, Link, Operation, TargetPath, TargetValue, Values,
};

/// Takes what an account shows for all that is known of it: nothing was ever sent. None: there is nothing to compare, as
/// the person has no account, or a protected one.
pub fn as_shown(person: Person<'_>, situation: Situation<'_>, shown: &Values, _before: &[Drift]) -> Option<Drifted> {
    let link = person.link.filter(|link| !link.gone && !is_protected(link, situation.policy))?;
    let mut seen = shown.clone();
    let active = TargetPath::active();
    // Not every server shows whether somebody signs in with it.
    if let (false, Some(known)) = (seen.contains_key(&active), link.seen.get(&active)) {
        seen.insert(active, known.clone());
    }
    let link = Link { sent: Values::new(), seen, ..link.clone() };
    Some(Drifted { link, drift: Vec::new(), is_due: false, is_unwelcome: false })
}

/// All that a plan would write, held or not, but for people of whom it is doubtful which account is theirs.
pub fn differences_in(plan: &Plan) -> Vec<Difference> {
    let operations = plan.operations.iter().chain(plan.held.iter().map(|held| &held.operation));
    operations.filter(|operation| !is_doubtful(operation)).flat_map(differences_of).collect()
}

/// Whether it is doubtful whose the account is.
pub fn is_doubtful(operation: &PlannedOperation) -> bool {
    matches!(operation.identity, Identity::Doubtful(_))
}

fn differences_of(operation: &PlannedOperation) -> Vec<Difference> {
    let PlannedOperation { operation: kind, entra_id, user_name, changes, reason, .. } = operation;
    let of = |aspect, old: Option<&TargetValue>, new: Option<&TargetValue>| Difference {
        user: user_name.clone(),
        entra_id: entra_id.clone(),
        aspect,
        old: old.cloned(),
        new: new.cloned(),
        why: None,
    };
    let whole = |kind| of(Aspect::Operation(kind), None, None);
    match kind {
        Operation::Create => return vec![whole(*kind)],
        Operation::Deactivate | Operation::Delete => {
            return vec![Difference { why: Some(reason.to_string()), ..whole(*kind) }];
        }
        Operation::Adopt | Operation::Update | Operation::Reactivate => {}
    }
    let change = |change: &crate::model::Change| match change.attribute.is_active() {
        true => whole(Operation::Reactivate),
        false => of(Aspect::Attribute(change.attribute.clone()), change.old.as_ref(), change.new.as_ref()),
    };
    changes.iter().map(change).collect()
}

/// What became of a difference that is none any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Jostle shows just what would have been written.
    Agreed,
    /// It would not be written any more.
    Forgotten,
    /// Nothing can be said of the person this time.
    Unjudged,
}

/// Of a difference that a plan does not have any more, by the link that the person has now.
pub fn fate(difference: &Difference, link: Option<&Link>, mapping: &Mapping) -> Fate {
    let is_there = link.is_some_and(|link| !link.gone);
    let is_active = link.is_some_and(|link| !link.gone && link.is_active());
    let is_so = match &difference.aspect {
        Aspect::Operation(Operation::Deactivate) => is_there && !is_active,
        Aspect::Operation(Operation::Delete) => link.is_some_and(|link| link.gone),
        Aspect::Operation(_) => is_active,
        Aspect::Attribute(path) => is_there && shows(link, path, difference.new.as_ref(), mapping),
    };
    if is_so { Fate::Agreed } else { Fate::Forgotten }
}

fn shows(link: Option<&Link>, path: &TargetPath, wanted: Option<&TargetValue>, mapping: &Mapping) -> bool {
    let Some(row) = mapping.rows().iter().find(|row| row.target == *path) else { return false };
    match (link.and_then(|link| link.known(path)), wanted) {
        (Some(shown), Some(wanted)) => row.compare.same(wanted, shown),
        (shown, wanted) => shown == wanted,
    }
}

/// What is known after a round.
#[derive(Debug, Default, PartialEq)]
pub struct Compared {
    /// What differs.
    pub known: Vec<KnownDifference>,
    /// What has come to agree since the last round.
    pub agreed: Vec<Agreed>,
}

/// Carries what differs now, at `at`, on from what did before. Whoever's other value would be written now than before
/// has had no time for it yet. `fate` says what became of what does not differ any more, and of whom nothing can be said.
pub fn carry_on(
    before: Vec<KnownDifference>,
    differences: Vec<Difference>,
    at: Timestamp,
    fate: impl Fn(&Difference) -> Fate,
) -> Compared {
    let key = |difference: &Difference| (difference.entra_id.clone(), difference.aspect.clone());
    let mut earlier: BTreeMap<(EntraId, Aspect), KnownDifference> =
        before.into_iter().map(|known| (key(&known.difference), known)).collect();
    let mut compared = Compared::default();
    for difference in differences {
        let known = earlier.remove(&key(&difference)).filter(|known| known.difference.new == difference.new);
        let (since, told) = known.map_or((at, false), |known| (known.since, known.told));
        compared.known.push(KnownDifference { difference, since, last_seen: at, told });
    }
    for known in earlier.into_values() {
        match fate(&known.difference) {
            Fate::Agreed => {
                let KnownDifference { difference: Difference { user, entra_id, aspect, .. }, since, .. } = known;
                compared.agreed.push(Agreed { user, entra_id, aspect, since, at });
            }
            Fate::Forgotten => {}
            Fate::Unjudged => compared.known.push(known),
        }
    }
    compared.known.sort_by_cached_key(|known| {
        let Difference { user, entra_id, aspect, .. } = &known.difference;
        (aspect.clone(), user.clone(), entra_id.clone())
    });
    compared
}
