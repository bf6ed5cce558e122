//! What must hold for anybody, whatever is known of them.

use super::*;

/// Anybody under any policy at any time.
fn anybody() -> impl Strategy<Value = (Case, Vec<Hit>)> {
    let user = (
        prop::sample::select(vec!["Sales", "Legal", ""]),
        any::<[bool; 2]>(),
        prop::sample::select(vec![Presence::Live, Presence::Live, Presence::SoftDeleted, Presence::HardDeleted]),
        prop::option::of(0_i64..40),
        prop::option::of(0_i64..40),
    );
    let known = prop::option::of(any::<[bool; 2]>());
    let off = prop::sample::subsequence(
        vec![Operation::Create, Operation::Update, Operation::Deactivate, Operation::Reactivate],
        0..=4,
    );
    let policy = (off, any::<[bool; 2]>(), 0_u16..10, prop::option::of(0_u16..10));
    let hits = prop::collection::vec(any::<bool>(), 0..3);
    (user, known, policy, hits, prop::option::of(0_i64..40), 0_i64..40).prop_map(
        |(user, known, policy, hits, left, now)| {
            let (department, [enabled, renamed], presence, hired, leaves) = user;
            let day = |day: Option<i64>| day.map(|day| days(day).to_string());
            let name = if renamed { "Anne" } else { "Ann" };
            let ann = ann(json!({
                "department": department, "accountEnabled": enabled, "givenName": name,
                "employeeHireDate": day(hired), "employeeLeaveDateTime": day(leaves),
            }));
            let known = known.map(|[active, gone]| Link { gone, ..link(active) });
            let mut case = case(SourceUser { presence, ..ann }, known);
            let (switched_off, [keep, recreate_deleted], grace_days, hire_days_before) = policy;
            case.policy.scope.filters = vec![filter("department", "EQUALS", "Sales", true)];
            let leave_at = Some(jiff::civil::time(18, 0, 0, 0));
            case.policy.scope.dates = Dates { hire_days_before, leave_at, ..Dates::default() };
            case.policy.actions = Actions {
                switched_off: switched_off.into_iter().collect(),
                out_of_scope: if keep { OutOfScope::Keep } else { OutOfScope::Deactivate },
                grace_days,
                delete: Delete::AfterDays(5),
                recreate_deleted,
            };
            (case.left_at, case.now) = (left.map(days), days(now));
            (case, hits.into_iter().enumerate().map(|(n, active)| hit(&format!("j{n}"), None, active)).collect())
        },
    )
}

proptest! {
    #[test]
    fn what_must_hold_for_anybody((case, hits) in anybody()) {
        let Decided { decision, watch } = case.decided(Matching::Found(&hits));
        let subject = crate::model::Subject::alone(&case.user);
        let judged = crate::scope::judge(&subject, &case.memberships, &case.policy.scope, case.now).verdict;
        let should_have = case.user.presence == Presence::Live
            && case.user.is_enabled()
            && matches!(judged, Ok(crate::scope::Verdict::In(_)));
        prop_assert!(watch.revisit_at.is_none_or(|at| at > case.now), "{:?}", watch);
        if let Decision::Do(operation) = &decision {
            prop_assert!(case.policy.actions.allow(operation.operation), "{:?}", operation);
            let takes = matches!(operation.operation, Operation::Deactivate | Operation::Delete);
            prop_assert_eq!(takes, !should_have, "{:?}", operation);
            let sent: Vec<_> = operation.changes.iter().map(|change| change.attribute.to_string()).collect();
            let activates = sent.contains(&"active".to_owned()) && !takes && operation.operation != Operation::Create;
            prop_assert!(!activates || case.policy.actions.allow(Operation::Reactivate), "{:?}", operation);
            let changes = sent.iter().any(|name| name != "active") && operation.operation != Operation::Create;
            prop_assert!(!changes || case.policy.actions.allow(Operation::Update), "{:?}", operation);
        }
        if let Decision::Skip(SkipReason::InGrace { until, .. }) = decision {
            prop_assert!(until > case.now && watch.revisit_at.is_some_and(|at| at <= until));
        }
    }
}
