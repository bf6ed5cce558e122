//! What administrators have said is kept to: what is held, rejected or undone is not done, and what was looked at is done
//! as it was shown.

use super::Found;
use super::log::{effect, says, targets};
use crate::model::Change;
use crate::plan::PlannedOperation;
use crate::rehearsal::oracle::{Because, KeptOut, badge_of};
use crate::rehearsal::rules::{Rule, Violation};
use crate::simulator::jostle::{Author, JostleWrite};

/// What was done although it is kept out.
pub(in crate::rehearsal) fn kept_out<'a>(
    kept_out: impl IntoIterator<Item = &'a KeptOut>,
    writes: &[JostleWrite],
    hides_activity: bool,
) -> Vec<Violation> {
    let mut found = Found::default();
    let targets = targets(hides_activity);
    for kept in kept_out {
        for write in writes.iter().filter(|write| write.by == Author::Api) {
            let changed: Vec<_> = effect(write, &targets).into_iter().map(|(target, _)| target).collect();
            let badges = [&write.before, &write.after].map(|account| account.as_ref().and_then(badge_of));
            let is_account = match &kept.account {
                // An account that is nobody's yet may be given to somebody else.
                Some(account) => *account == write.id && badges.contains(&Some(&kept.badge)),
                None => write.before.is_none() && write.after.as_ref().and_then(badge_of) == Some(&kept.badge),
            };
            let is_whole = write.before.is_none() || write.after.is_none() || kept.attributes.is_empty();
            if is_account && (is_whole || kept.attributes.iter().any(|attribute| changed.contains(attribute))) {
                let (method, badge) = (&write.method, &kept.badge);
                let because = match kept.because {
                    Because::Held => "is held",
                    Because::Rejected => "was rejected",
                    Because::Undone => "was undone",
                };
                found.add(Rule::Held, format!("{method} of {} for {badge}, which {because}", changed.join(" ")));
            }
        }
    }
    found.violations
}

/// What was done by hand and was not shown before. `badge` says whose badge is whose.
pub(in crate::rehearsal) fn not_shown(
    shown: &[PlannedOperation],
    writes: &[JostleWrite],
    hides_activity: bool,
    badge: impl Fn(&PlannedOperation) -> Option<String>,
) -> Vec<Violation> {
    let mut found = Found::default();
    let targets = targets(hides_activity);
    for write in writes.iter().filter(|write| write.by == Author::Api) {
        let effect = effect(write, &targets);
        let told = |changes: &[Change]| {
            effect.iter().all(|(target, value)| changes.iter().any(|change| says(change, target, value.as_deref())))
        };
        let is_shown = |operation: &PlannedOperation| {
            let is_account = match &operation.target_id {
                Some(id) => id.as_str() == write.id,
                None => {
                    write.before.is_none() && write.after.as_ref().and_then(badge_of) == badge(operation).as_deref()
                }
            };
            is_account && told(&operation.changes)
        };
        if !shown.iter().any(is_shown) {
            found.add(Rule::Reviewed, format!("{} {} {effect:?} was not shown before", write.method, write.id));
        }
    }
    found.violations
}
