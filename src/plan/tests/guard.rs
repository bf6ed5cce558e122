//! What is held, what flows, and what an administrator's decision changes about it.

use super::plans::plan_of;
use super::*;
use crate::model::{Change, HeldOperation, HoldClass, Verdict};

fn ledger(managed: u64) -> Ledger {
    Ledger { managed, ..Ledger::default() }
}

fn change(attribute: &str, old: Option<&str>, new: &str) -> Change {
    let text = |text: &str| TargetValue::Text(text.to_owned());
    Change { attribute: attribute.parse().unwrap(), old: old.map(text), new: Some(text(new)), redacted: false }
}

fn of(operation: Operation, changes: Vec<Change>) -> PlannedOperation {
    let mut plan = plan_of(&[(operation, 1)]);
    PlannedOperation { changes, ..plan.operations.remove(0) }
}

/// The same operations as they are kept while they are held.
fn before(plan: &Plan, verdict: Verdict) -> std::collections::BTreeMap<EntraId, HeldOperation> {
    let held = |operation: &PlannedOperation| HeldOperation {
        class: class_of(operation).unwrap(),
        operation: operation.operation,
        target_id: operation.target_id.clone(),
        changes: operation.changes.clone(),
        verdict,
        limit: "the limit of then".to_owned(),
    };
    plan.operations.iter().map(|operation| (operation.entra_id.clone(), held(operation))).collect()
}

#[test]
fn removals_are_held_all_of_them_only_above_both_limits() {
    let limits = Limits { update: Limits::all(100, 100.0).update, ..Limits::all(2, 10.0) };
    let held = |removals, managed| {
        let plan = plan_of(&[(Operation::Deactivate, removals), (Operation::Update, 3)]);
        let guarded = guard(plan, &limits, &ledger(managed));
        assert_eq!(guarded.counts().of(Operation::Update), 3, "the others flow");
        assert!(guarded.held.iter().all(|held| held.operation.counts_as.is_none()), "what is not done counts nowhere");
        (guarded.counts().of(Operation::Deactivate), guarded.held.len())
    };
    assert_eq!(held(2, 2), (2, 0), "the count allows it");
    assert_eq!(held(3, 30), (3, 0), "the percentage allows it");
    assert_eq!(held(3, 29), (0, 3));
    assert_eq!(held(3, 0), (0, 3));
}

#[test]
fn an_operation_counts_as_what_it_does_to_people() {
    let mail = "emails[type eq \"work\"].value";
    let active = vec![crate::plan::diff::active(Some(false), true)];
    for (operation, changes, class) in [
        (Operation::Create, vec![change("userName", None, "a@x")], Some(HoldClass::Create)),
        (Operation::Reactivate, active.clone(), Some(HoldClass::Create)),
        (Operation::Reactivate, vec![change("userName", Some("a@x"), "b@x")], Some(HoldClass::Loud)),
        (Operation::Deactivate, active.clone(), Some(HoldClass::Deactivate)),
        (Operation::Delete, vec![], Some(HoldClass::Delete)),
        (Operation::Update, vec![change("title", Some("a"), "b")], Some(HoldClass::Update)),
        (Operation::Update, vec![change("title", None, "b"), change(mail, Some("a@x"), "b@x")], Some(HoldClass::Loud)),
        (Operation::Update, vec![change(mail, None, "b@x")], Some(HoldClass::Loud)),
        (Operation::Update, vec![change("userName", Some("a@x"), "A@X")], Some(HoldClass::Update)),
        (Operation::Update, vec![change("emails[type eq \"home\"].value", None, "b@x")], Some(HoldClass::Update)),
        (Operation::Adopt, vec![], None),
        (Operation::Adopt, vec![change("title", None, "b")], Some(HoldClass::Update)),
        (Operation::Adopt, active, Some(HoldClass::Create)),
        (Operation::Adopt, vec![change(mail, Some("a@x"), "b@x")], Some(HoldClass::Loud)),
    ] {
        assert_eq!(class_of(&of(operation, changes.clone())), class, "{operation} {changes:?}");
    }
}

#[test]
fn what_was_rejected_stays_out_also_before_the_first_cycle_is_completed() {
    let plan = plan_of(&[(Operation::Reactivate, 1)]);
    let held = before(&plan, Verdict::Rejected);
    let guarded = guard(plan, &Limits::all(2, 10.0), &Ledger { held, is_initial: true, ..ledger(20) });
    assert_eq!((guarded.operations.len(), guarded.skipped.len()), (0, 1));
}

#[test]
fn whoever_is_held_stays_held_when_fewer_are_asked_for_later() {
    let limits = Limits::all(2, 10.0);
    let all = plan_of(&[(Operation::Deactivate, 3)]);
    let held = before(&all, Verdict::Open);
    let one = Plan { operations: all.operations[..1].to_vec(), ..Plan::default() };
    let guarded = guard(one, &limits, &Ledger { held: held.clone(), ..ledger(20) });
    assert_eq!((guarded.operations.len(), guarded.held.len()), (0, 1));
    assert_eq!(guarded.held[0].limit, "the limit of then");
    // A newcomer to a class of which too many are held already is held with them.
    let another = Plan { operations: vec![of(Operation::Deactivate, vec![])], ..Plan::default() };
    let mut stranger = another.clone();
    stranger.operations[0].entra_id = EntraId::new("stranger");
    let guarded = guard(stranger.clone(), &limits, &Ledger { held: held.clone(), ..ledger(20) });
    assert_eq!((guarded.operations.len(), guarded.held.len()), (0, 1));
    // Whoever needs nothing any more does not count.
    let done = all.operations.iter().map(|operation| Skipped {
        entra_id: operation.entra_id.clone(),
        user_name: String::new(),
        reason: SkipReason::NothingToChange,
    });
    let plan = Plan { skipped: done.collect(), ..stranger };
    assert_eq!(guard(plan, &limits, &Ledger { held, ..ledger(20) }).held, []);
}

#[test]
fn what_was_approved_is_done_exactly_so_and_counts_no_more() {
    let limits = Limits::all(0, 0.0);
    let plan =
        Plan { operations: vec![of(Operation::Update, vec![change("title", Some("a"), "b")])], ..Plan::default() };
    let approved = Ledger { held: before(&plan, Verdict::Approved), ..ledger(20) };
    let guarded = guard(plan.clone(), &limits, &approved);
    assert_eq!((guarded.operations[0].counts_as, guarded.held.len()), (None, 0));
    let other =
        Plan { operations: vec![of(Operation::Update, vec![change("title", Some("a"), "c")])], ..Plan::default() };
    let guarded = guard(other, &Limits::all(9, 9.0), &approved);
    assert_eq!((guarded.operations.len(), guarded.held[0].limit.as_str()), (0, "the limit of then"));
}

#[test]
fn what_was_rejected_is_left_out_and_anything_else_is_judged_anew() {
    let plan = Plan { operations: vec![of(Operation::Deactivate, vec![])], ..Plan::default() };
    let rejected = Ledger { held: before(&plan, Verdict::Rejected), ..ledger(20) };
    let guarded = guard(plan, &Limits::all(9, 9.0), &rejected);
    assert_eq!((guarded.operations.len(), guarded.skipped[0].reason), (0, SkipReason::Rejected));
    let other =
        Plan { operations: vec![of(Operation::Deactivate, vec![change("title", None, "b")])], ..Plan::default() };
    assert_eq!(guard(other, &Limits::all(9, 9.0), &rejected).operations.len(), 1);
}

#[test]
fn just_what_was_rejected_is_rejected() {
    let operation = of(Operation::Update, vec![change("title", Some("a"), "b")]);
    let other = of(Operation::Update, vec![change("title", Some("a"), "c")]);
    let elsewhere = PlannedOperation { target_id: Some(crate::model::TargetId::new("j2")), ..operation.clone() };
    for (verdict, now, expected) in [
        (Verdict::Rejected, &operation, true),
        (Verdict::Open, &operation, false),
        (Verdict::Approved, &operation, false),
        (Verdict::Rejected, &other, false),
        (Verdict::Rejected, &elsewhere, false),
    ] {
        let plan = Plan { operations: vec![operation.clone()], ..Plan::default() };
        let held = before(&plan, verdict);
        assert_eq!(is_rejected(&held[&operation.entra_id], now), expected, "{verdict} {now:?}");
    }
}

#[test]
fn a_slow_leak_is_held_by_the_day() {
    let limits = Limits {
        deactivate: Limit { cycle: Bound { count: 5, percent: 5.0 }, day: Bound { count: 7, percent: 7.0 } },
        ..Limits::all(9, 9.0)
    };
    let spent = |spent| Ledger { spent: [(HoldClass::Deactivate, spent)].into(), ..ledger(100) };
    let held = |before| guard(plan_of(&[(Operation::Deactivate, 5)]), &limits, &spent(before)).held;
    assert_eq!((held(0).len(), held(2).len(), held(3).len()), (0, 0, 5));
    insta::assert_snapshot!(held(3)[0].limit, @r#"
    5 of 100 managed accounts would be deactivated, with the 3 of the last 24 hours 8 (8.0 %), and limits.deactivate.day_count is 7, limits.deactivate.day_percent 7
    "#);
}

#[test]
fn what_may_have_been_done_counts_and_what_is_planned_again_counts_once() {
    let limits = Limits { update: Limits::all(9, 9.0).update, ..Limits::all(3, 1.0) };
    let plan = plan_of(&[(Operation::Deactivate, 2)]);
    let [ann, bob] = [0, 1].map(|index| plan.operations[index].entra_id.clone());
    let in_doubt = |people: &[(&EntraId, HoldClass)]| {
        let in_doubt = people.iter().map(|(id, class)| ((*id).clone(), *class)).collect();
        guard(plan.clone(), &limits, &Ledger { in_doubt, ..ledger(100) }).held.len()
    };
    let (cid, dee) = (EntraId::new("cid"), EntraId::new("dee"));
    let lost = HoldClass::Deactivate;
    assert_eq!(in_doubt(&[(&cid, lost)]), 0);
    assert_eq!(in_doubt(&[(&cid, lost), (&dee, lost)]), 2);
    assert_eq!(in_doubt(&[(&cid, lost), (&dee, HoldClass::Update)]), 0);
    assert_eq!(in_doubt(&[(&cid, lost), (&ann, lost), (&bob, lost)]), 0, "they are the same operations");
    assert_eq!(in_doubt(&[(&cid, lost), (&ann, HoldClass::Delete)]), 0);
}

#[test]
fn what_has_passed_in_this_cycle_counts_for_what_comes_instead_of_something() {
    let limits = Limits::all(3, 1.0);
    let passed = |class, count| {
        let passed = [(class, count)].into();
        guard(plan_of(&[(Operation::Create, 1)]), &limits, &Ledger { passed, ..ledger(100) }).held.len()
    };
    assert_eq!((passed(HoldClass::Create, 2), passed(HoldClass::Create, 3)), (0, 1));
    assert_eq!(passed(HoldClass::Update, 3), 0);
}

#[test]
fn most_of_a_small_company_is_not_removed_whatever_the_limits_are() {
    let held = |removals, managed| {
        let plan = plan_of(&[(Operation::Deactivate, removals)]);
        guard(plan, &Limits::all(1000, 100.0), &ledger(managed)).held.len()
    };
    assert_eq!((held(2, 2), held(2, 3), held(3, 6), held(4, 8)), (0, 0, 0, 0));
    assert_eq!((held(3, 3), held(3, 5), held(5, 8)), (3, 3, 5));
    let all = guard(plan_of(&[(Operation::Create, 9), (Operation::Update, 9)]), &Limits::all(1000, 100.0), &ledger(9));
    assert_eq!(all.held, [], "only removals");
}

#[test]
fn a_first_cycle_is_not_measured_by_what_there_is_not() {
    let initial = Ledger { is_initial: true, ..ledger(0) };
    let guarded = guard(plan_of(&[(Operation::Create, 500)]), &Limits::all(0, 0.0), &initial);
    assert_eq!((guarded.operations.len(), guarded.operations[0].counts_as), (500, None));
    assert_eq!(guard(plan_of(&[(Operation::Deactivate, 5)]), &Limits::all(0, 0.0), &initial).held.len(), 5);
}

proptest! {
    /// Whatever was done, held and decided before: without an approval no class exceeds its limits, and nobody is lost.
    #[test]
    fn no_limit_is_exceeded_without_an_approval(
        counts in any::<[u8; 4]>(), spent in any::<[u8; 2]>(), verdicts in prop::collection::vec(0..4, 0..300),
        bound in (0_u64..60, 0.0..30.0, 0_u64..90, 0.0..60.0), managed in 0_u64..400,
    ) {
        let kinds = [Operation::Deactivate, Operation::Create, Operation::Update, Operation::Delete];
        let plan = plan_of(&kinds.into_iter().zip(counts.map(usize::from)).collect::<Vec<_>>());
        let (count, percent, day_count, day_percent) = bound;
        let limit = Limit { cycle: Bound { count, percent }, day: Bound { count: day_count, percent: day_percent } };
        let limits = Limits { create: limit, deactivate: limit, delete: limit, loud: limit, update: limit, ..Limits::all(0, 0.0) };
        let mut held = before(&plan, Verdict::Open);
        let verdict = |number: i32| [None, Some(Verdict::Open), Some(Verdict::Approved), Some(Verdict::Rejected)][number.unsigned_abs() as usize];
        let mut verdicts = verdicts.into_iter().map(verdict).chain(std::iter::repeat(None));
        held.retain(|_, before| verdicts.next().flatten().map(|verdict| before.verdict = verdict).is_some());
        let spent = [(HoldClass::Deactivate, u64::from(spent[0])), (HoldClass::Create, u64::from(spent[1]))].into();
        let ledger = Ledger { managed, spent, held, ..Ledger::default() };
        let total = plan.operations.len();
        let guarded = guard(plan, &limits, &ledger);
        prop_assert_eq!(guarded.operations.len() + guarded.held.len() + guarded.skipped.len(), total);
        for class in HoldClass::ALL {
            let passing = guarded.operations.iter().filter(|operation| operation.counts_as == Some(class)).count() as u64;
            let today = passing + ledger.spent.get(&class).copied().unwrap_or_default();
            let is_over = limit.cycle.is_exceeded(passing, managed) || limit.day.is_exceeded(today, managed);
            prop_assert!(passing == 0 || !is_over, "{} pass as {}", passing, class);
        }
        for operation in &guarded.operations {
            let before = ledger.held.get(&operation.entra_id).map(|before| before.verdict);
            prop_assert_eq!(operation.counts_as.is_none(), before == Some(Verdict::Approved));
            prop_assert!(before.is_none() || before == Some(Verdict::Approved));
        }
    }
}
