//! Holds operations that exceed a limit: all of a class or none of it, never "up to the limit".
//!
//! Whoever is held stays held until an administrator decides, or until there is nothing left to decide: that fewer are
//! asked for later lets nobody through. What was approved does not count against any limit.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::limits::percent;
use super::{Doubtful, FirstContact, Held, Identity, Limits, Plan, PlannedOperation, SkipReason, Skipped};
use crate::defects::{Defect, planted};
use crate::model::{Change, EntraId, HeldOperation, HoldClass, Operation, TargetValue, Verdict, fold};

/// So long a cycle may begin with what was approved: whoever approved it saw the company as it was then.
pub const APPROVAL_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// Fewer people than this are no company: two of three may leave.
const FEW: u64 = 3;

/// Why people are held of whom something is doubtful; what it is stands beside each of them.
const IN_DOUBT: &str =
    "it is doubtful whose the accounts are; nothing is taken over or created before somebody has said so";

/// What was done and decided before, by which a plan is judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// Managed accounts.
    pub managed: u64,
    /// No cycle was ever completed: what is new is not measured by what there is. Removals are all the same.
    pub is_initial: bool,
    /// Operations of the last 24 hours that nobody approved.
    pub spent: BTreeMap<HoldClass, u64>,
    /// Such operations of which nobody knows whether they were carried out.
    pub in_doubt: BTreeMap<EntraId, HoldClass>,
    /// Such operations of the cycle under way: they have passed, whatever becomes of them.
    pub passed: BTreeMap<HoldClass, u64>,
    /// Whoever is held, or was and is not done with.
    pub held: BTreeMap<EntraId, HeldOperation>,
    /// Nobody is managed yet, and Jostle has people.
    pub first_contact: Option<FirstContact>,
}

/// Moves what exceeds the limits to `held`, and what was rejected to `skipped`. Of the rest each operation says as
/// what it counts.
pub fn guard(plan: Plan, limits: &Limits, ledger: &Ledger) -> Plan {
    let Plan { operations, mut skipped, failed, mut held } = plan;
    let mut counts = waiting(ledger, &skipped);
    for (class, passed) in &ledger.passed {
        *counts.entry(*class).or_default() += passed;
    }
    let contact = ledger.first_contact.map(|contact| contact.to_string());
    let mut passing = Vec::with_capacity(operations.len());
    for operation in operations {
        let class = class_of(&operation).filter(|_| !ledger.is_initial || is_removal(operation.operation));
        let asked = asked(&operation, contact.as_deref());
        match stance(&operation, class, asked, ledger.held.get(&operation.entra_id)) {
            Stance::Passes => passing.push(operation),
            Stance::Counts(class) => {
                *counts.entry(class).or_default() += 1;
                passing.push(PlannedOperation { counts_as: Some(class), ..operation });
            }
            Stance::IsHeld(class, limit) => held.push(Held { operation, class, limit }),
            Stance::Rejected => skipped.push(Skipped {
                entra_id: operation.entra_id,
                user_name: operation.user_name,
                reason: SkipReason::Rejected,
            }),
        }
    }
    let spent = spent(ledger, &passing);
    let exceeded = |(class, count): (&HoldClass, &u64)| {
        let spent = spent.get(class).copied().unwrap_or_default();
        Some((*class, exceeded(*class, *count, spent, limits, ledger.managed)?))
    };
    let over: BTreeMap<HoldClass, String> = counts.iter().filter_map(exceeded).collect();
    let mut operations = Vec::with_capacity(passing.len());
    for operation in passing {
        match operation.counts_as.and_then(|class| Some((class, over.get(&class)?.clone()))) {
            Some((class, limit)) => {
                held.push(Held { operation: PlannedOperation { counts_as: None, ..operation }, class, limit });
            }
            None => operations.push(operation),
        }
    }
    Plan { operations, skipped, failed, held }
}

/// How many are held of each class already, but for those who need nothing any more.
fn waiting(ledger: &Ledger, skipped: &[Skipped]) -> BTreeMap<HoldClass, u64> {
    let done: BTreeSet<&EntraId> = skipped.iter().map(|skipped| &skipped.entra_id).collect();
    let open = ledger.held.iter().filter(|(id, before)| before.verdict == Verdict::Open && !done.contains(id));
    let open = open.filter(|(_, before)| !is_question(before.class));
    open.fold(BTreeMap::new(), |mut counts, (_, before)| {
        *counts.entry(before.class).or_default() += 1;
        counts
    })
}

/// What was done in the last 24 hours, or may have been; whatever is planned again is only counted with the plan.
fn spent(ledger: &Ledger, passing: &[PlannedOperation]) -> BTreeMap<HoldClass, u64> {
    if planted(Defect::DayNotCounted) {
        return BTreeMap::new();
    }
    let again: BTreeSet<_> = passing.iter().map(|operation| (&operation.entra_id, operation.counts_as)).collect();
    let in_doubt = ledger.in_doubt.iter().filter(|(id, class)| !again.contains(&(*id, Some(**class))));
    in_doubt.fold(ledger.spent.clone(), |mut spent, (_, class)| {
        *spent.entry(*class).or_default() += 1;
        spent
    })
}

/// What the guard makes of one operation.
enum Stance {
    /// No limit bears on it.
    Passes,
    /// It is carried out if its class is within the limits.
    Counts(HoldClass),
    IsHeld(HoldClass, String),
    Rejected,
}

fn stance(
    operation: &PlannedOperation,
    class: Option<HoldClass>,
    asked: Option<(HoldClass, String)>,
    before: Option<&HeldOperation>,
) -> Stance {
    let asked_as = asked.as_ref().map(|(class, _)| *class).or(class);
    match before.map(|before| (before, before.verdict, is_same(before, operation))) {
        Some((_, Verdict::Approved, true)) => return Stance::Passes,
        // Whoever said whose the account is has answered.
        Some((before, ..)) if is_question(before.class) && operation.identity == Identity::Chosen => {}
        Some((_, Verdict::Rejected, true)) if planted(Defect::RejectionForgotten) => {}
        Some((_, Verdict::Rejected, true)) => return Stance::Rejected,
        None | Some((_, Verdict::Rejected, false)) => {}
        Some((_, Verdict::Open, _)) if planted(Defect::HoldOutgrown) => {}
        // Whatever it was held for, it is asked now whose the account is.
        Some((before, ..)) if asked_as == Some(HoldClass::Match) && before.class != HoldClass::Match => {}
        Some((before, Verdict::Open | Verdict::Approved, _)) => {
            // What made it doubtful at the first contact is not looked for again.
            let class = if is_question(before.class) { Some(before.class) } else { asked_as };
            return class.map_or(Stance::Passes, |class| Stance::IsHeld(class, before.limit.clone()));
        }
    }
    match (asked, class) {
        (Some((class, limit)), _) => Stance::IsHeld(class, limit),
        (None, None) => Stance::Passes,
        (None, Some(class)) => Stance::Counts(class),
    }
}

/// Whether a hold asks whose an account is, and not how many.
fn is_question(class: HoldClass) -> bool {
    matches!(class, HoldClass::FirstContact | HoldClass::Match)
}

/// For what an operation is held although no limit is exceeded, and why.
fn asked(operation: &PlannedOperation, contact: Option<&str>) -> Option<(HoldClass, String)> {
    match (&operation.identity, operation.operation) {
        (Identity::Doubtful(_), _) => Some((HoldClass::Match, IN_DOUBT.to_owned())),
        (Identity::Plain, Operation::Create | Operation::Adopt) => Some((HoldClass::FirstContact, contact?.to_owned())),
        (Identity::Plain | Identity::Chosen, _) => None,
    }
}

/// Asks whose the accounts are that are held because of a limit: each was found only when its name was refused to a new
/// account, and so would be again.
pub fn ask_whose(plan: Plan) -> Plan {
    let ask = |Held { operation, class, limit }: Held| match class {
        HoldClass::Match => Held { operation, class, limit },
        _ => {
            let identity = Identity::Doubtful(Doubtful::Hidden { limit });
            let operation = PlannedOperation { identity, ..operation };
            Held { operation, class: HoldClass::Match, limit: IN_DOUBT.to_owned() }
        }
    };
    Plan { held: plan.held.into_iter().map(ask).collect(), ..plan }
}

/// Whether an operation is just the one that is held.
pub fn is_same(before: &HeldOperation, operation: &PlannedOperation) -> bool {
    if planted(Defect::ApprovalOfOtherValues) && before.verdict == Verdict::Approved {
        return before.operation == operation.operation;
    }
    (before.operation, &before.target_id, &before.changes)
        == (operation.operation, &operation.target_id, &operation.changes)
}

/// Whether just this was rejected while it was held.
pub fn is_rejected(before: &HeldOperation, operation: &PlannedOperation) -> bool {
    before.verdict == Verdict::Rejected && is_same(before, operation)
}

/// Whether an operation takes an account away from somebody.
pub fn is_removal(operation: Operation) -> bool {
    matches!(operation, Operation::Deactivate | Operation::Delete)
}

/// As what an operation counts against the limits; none: nothing is written.
pub fn class_of(operation: &PlannedOperation) -> Option<HoldClass> {
    let is_loud = || operation.changes.iter().any(is_loud);
    match operation.operation {
        Operation::Delete => Some(HoldClass::Delete),
        Operation::Deactivate => Some(HoldClass::Deactivate),
        Operation::Create => Some(HoldClass::Create),
        Operation::Adopt if operation.changes.is_empty() => None,
        _ if is_loud() && !planted(Defect::LoudTakenForUpdate) => Some(HoldClass::Loud),
        Operation::Reactivate => Some(HoldClass::Create),
        Operation::Adopt if operation.changes.iter().any(|change| change.attribute.is_active()) => {
            Some(HoldClass::Create)
        }
        Operation::Adopt | Operation::Update => Some(HoldClass::Update),
    }
}

/// Other letters, not only the same ones in another case.
fn is_loud(Change { attribute, old, new, .. }: &Change) -> bool {
    let folded = |value: &Option<TargetValue>| value.as_ref().and_then(|value| value.as_text().map(fold));
    (attribute.is_user_name() || attribute.is_work_email()) && folded(old) != folded(new)
}

/// Whether most of a company would lose their accounts. In one of eight people the count allows that, and no count
/// stands for an emptied group.
fn is_most(class: HoldClass, count: u64, managed: u64) -> bool {
    matches!(class, HoldClass::Deactivate | HoldClass::Delete) && count >= FEW && count * 2 > managed
}

/// Why so many of a class are too many; none if they are not.
fn exceeded(class: HoldClass, count: u64, spent: u64, limits: &Limits, managed: u64) -> Option<String> {
    let limit = limits.of(class)?;
    let (fate, today) = (class.fate(), count + spent);
    if is_most(class, count, managed) {
        return Some(format!(
            "{count} of {managed} managed accounts would be {fate} in one cycle: of more than half that is never done \
             without being asked for, whatever the limits are"
        ));
    }
    if limit.cycle.is_exceeded(count, managed) {
        return Some(format!(
            "{count} of {managed} managed accounts would be {fate} in one cycle ({:.1} %), and limits.{class}.count is \
             {}, limits.{class}.percent {}",
            percent(count, managed),
            limit.cycle.count,
            limit.cycle.percent
        ));
    }
    limit.day.is_exceeded(today, managed).then(|| {
        format!(
            "{count} of {managed} managed accounts would be {fate}, with the {spent} of the last 24 hours {today} \
             ({:.1} %), and limits.{class}.day_count is {}, limits.{class}.day_percent {}",
            percent(today, managed),
            limit.day.count,
            limit.day.percent
        )
    })
}
