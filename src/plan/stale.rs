//! Whether what was planned once is still what would be done, and if not, why: in words for whoever reviewed it.

use super::{Decision, Identity, PlannedOperation, SkipReason};
use crate::model::{Change, TargetId};

/// Why a planned operation is not what would be done now; none if it is: the same, on the same account, with the same
/// values.
pub fn stale(planned: &PlannedOperation, now: &Decision) -> Option<String> {
    match now {
        Decision::Do(now) if now.operation != planned.operation => {
            Some(format!("the plan says {}, and now it would be {}: {}", planned.operation, now.operation, now.reason))
        }
        Decision::Do(now) if now.target_id != planned.target_id => Some(format!(
            "the plan says it for {}, and now it would be for {}",
            account(planned.target_id.as_ref()),
            account(now.target_id.as_ref())
        )),
        Decision::Do(now) => match &now.identity {
            Identity::Doubtful(doubtful) => Some(format!("it is doubtful whose the account is: {doubtful}")),
            Identity::Plain | Identity::Chosen => differing(&planned.changes, &now.changes),
        },
        Decision::Skip(SkipReason::NothingToChange) => Some("nothing to do any more".to_owned()),
        Decision::Skip(reason) => Some(format!("nothing to do any more: {reason}")),
        Decision::Fail(failure) => Some(format!("cannot be done any more: {failure}")),
        Decision::Match(_) => Some("it could not be decided again".to_owned()),
    }
}

fn account(id: Option<&TargetId>) -> String {
    id.map_or_else(|| "a new account".to_owned(), |id| format!("the account {id}"))
}

/// What one list of changes has and the other has not.
fn differing(planned: &[Change], now: &[Change]) -> Option<String> {
    let in_plan = planned.iter().filter_map(|change| match find(now, change) {
        None => Some(format!("the plan says {change}, which would not be written any more")),
        Some(now) if is_same(change, now) => None,
        Some(now) if change.redacted || now.redacted => {
            Some(format!("{} has other values than in the plan", change.attribute))
        }
        Some(now) => Some(format!("the plan says {change}, and now it would be {now}")),
    });
    let only_now = now.iter().filter(|change| find(planned, change).is_none());
    let only_now = only_now.map(|change| format!("{change} would be written too now"));
    let all: Vec<_> = in_plan.chain(only_now).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

fn find<'a>(changes: &'a [Change], like: &Change) -> Option<&'a Change> {
    changes.iter().find(|change| change.attribute == like.attribute)
}

/// Whether it is shown is no difference in what is written.
fn is_same(one: &Change, other: &Change) -> bool {
    (&one.attribute, &one.old, &one.new) == (&other.attribute, &other.old, &other.new)
}
