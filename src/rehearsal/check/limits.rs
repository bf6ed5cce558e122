//! No limit is exceeded without an approval that names exactly what is done, in a cycle or in any 24 hours.

use jiff::{SignedDuration, Timestamp};

use super::Found;
use crate::model::{Change, HoldClass, TargetValue};
use crate::rehearsal::allowance::Allowance;
use crate::rehearsal::oracle::{Approval, Books, Known, fold};
use crate::rehearsal::rules::{Rule, Violation};
use crate::store::{CycleKind, LogEntry};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Of so many people most may leave without being asked for.
const FEW: u64 = 3;

/// What the limits are judged by.
pub(in crate::rehearsal) struct Spending<'a> {
    pub(in crate::rehearsal) log: &'a [LogEntry],
    pub(in crate::rehearsal) books: &'a Books,
    pub(in crate::rehearsal) approved: &'a [Approval],
    pub(in crate::rehearsal) allowance: Option<Allowance>,
}

impl Spending<'_> {
    /// What one cycle did too much of.
    pub(in crate::rehearsal) fn exceeded(&self, cycle: i64) -> Vec<Violation> {
        let mut found = Found::default();
        let Some(Known { managed, .. }) = self.books.cycles.get(&cycle) else { return found.violations };
        for class in HoldClass::ALL {
            let of_class = || self.log.iter().filter(move |line| self.counts_as(line) == Some(class));
            let of_cycle: Vec<_> = of_class().filter(|line| line.cycle.0 == cycle).collect();
            let Some(last) = of_cycle.iter().map(|line| line.at).max() else { continue };
            let done = of_cycle.len() as u64;
            if is_removal(class) && done >= FEW && done * 2 > *managed {
                found.add(Rule::Limits, format!("{class}: {done} of at most {managed} in one cycle, which is most"));
            }
            let Some(allowed) = self.allowance.as_ref().and_then(|allowance| allowance.of(class)) else { continue };
            if allowed.cycle.is_exceeded(done, *managed) {
                found.add(Rule::Limits, format!("{class}: {done} of at most {managed} in one cycle"));
            }
            let since = last.checked_sub(DAY).unwrap_or(Timestamp::MIN);
            let today = of_class().filter(|line| line.at > since && line.at <= last).count() as u64;
            if allowed.day.is_exceeded(today, *managed) {
                found.add(Rule::Limits, format!("{class}: {today} of at most {managed} in a day"));
            }
        }
        found.violations
    }

    /// As what a line counts; none if it was approved, asked for by hand, or of a first cycle, which takes nothing away.
    fn counts_as(&self, line: &LogEntry) -> Option<HoldClass> {
        let Known { kind, began, .. } = self.books.cycles.get(&line.cycle.0)?;
        let class = class_of(line)?;
        let is_counted = match kind {
            CycleKind::Incremental => true,
            CycleKind::Initial => is_removal(class),
            CycleKind::OnDemand | CycleKind::Apply | CycleKind::Undo | CycleKind::Reconcile => false,
        };
        let is_approved = || self.approved.iter().any(|approval| approval.names(line, *began));
        Some(class).filter(|_| is_counted && !is_approved())
    }
}

fn is_removal(class: HoldClass) -> bool {
    matches!(class, HoldClass::Deactivate | HoldClass::Delete)
}

/// The class of what was written, by what it does.
fn class_of(line: &LogEntry) -> Option<HoldClass> {
    if line.status != "success" {
        return None;
    }
    let switches_on = line
        .changes
        .iter()
        .any(|change| change.attribute.to_string() == "active" && change.new == Some(TargetValue::Flag(true)));
    match line.operation.as_str() {
        "delete" => Some(HoldClass::Delete),
        "deactivate" => Some(HoldClass::Deactivate),
        "create" => Some(HoldClass::Create),
        _ if line.changes.is_empty() => None,
        _ if line.changes.iter().any(is_loud) => Some(HoldClass::Loud),
        _ if switches_on => Some(HoldClass::Create),
        _ => Some(HoldClass::Update),
    }
}

fn is_loud(Change { attribute, old, new, .. }: &Change) -> bool {
    let name = |value: &Option<TargetValue>| match value {
        Some(TargetValue::Text(text)) => Some(fold(text)),
        _ => None,
    };
    ["userName", "emails[type eq \"work\"].value"].contains(&attribute.to_string().as_str()) && name(old) != name(new)
}
