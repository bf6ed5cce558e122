//! What follows from the scope: who comes in, who leaves, when, and what is switched off.

use std::sync::Arc;

use super::*;
use crate::model::{Group, GroupId, GroupLabel, MembershipSnapshot, Principal};

fn in_department(department: &str, link: Option<Link>) -> Case {
    let mut case = case(ann(json!({ "department": department })), link);
    case.policy.scope.filters = vec![filter("department", "EQUALS", "Sales", true)];
    case
}

#[test]
fn the_lifecycle_follows_the_scope() {
    const OUT: &str = "no filter lets the person pass (scope.filters)";
    let gone = || Link { gone: true, ..link(true) };
    for (department, known, expected) in [
        ("Sales", None, format!("create [{ALL_VALUES}]")),
        ("Sales", Some(link(true)), "skip: nothing to change".to_owned()),
        ("Sales", Some(link(false)), "reactivate [active: false => true]".to_owned()),
        ("Legal", None, format!("skip: not in scope: {OUT}")),
        ("Legal", Some(link(true)), "deactivate [active: true => false]".to_owned()),
        ("Legal", Some(link(false)), "skip: already inactive".to_owned()),
    ] {
        assert_eq!(in_department(department, known).says(&[]), expected, "{department}");
    }
    assert!(in_department("Legal", Some(gone())).says(&[]).starts_with("skip: an administrator deleted"));
    let mut disabled = in_department("Sales", Some(link(true)));
    disabled.user.attributes.insert("accountEnabled".into(), Value::Bool(false));
    assert_eq!(disabled.says(&[]), "deactivate [active: true => false]");
    disabled.user.presence = Presence::SoftDeleted;
    assert_eq!(disabled.says(&[]), "deactivate [active: true => false]");
    disabled.link = None;
    assert_eq!(disabled.says(&[]), "skip: deleted in Entra, and has no account");
}

#[test]
fn an_adopted_account_is_of_somebody_in_scope() {
    let hits = [hit("j1", None, true)];
    assert!(in_department("Sales", None).says(&hits).starts_with("adopt"));
    assert!(
        in_department("Legal", None).says(&hits).starts_with("skip: not in scope"),
        "never taken over to deactivate it"
    );
}

#[test]
fn who_is_assigned_or_in_a_group_of_a_group_has_an_account() {
    let group = |name: &str, member: Principal| {
        let label = Arc::new(GroupLabel { id: GroupId::new(name), name: name.to_owned() });
        (GroupId::new(name), Group { label, members: [member].into() })
    };
    let snapshot = MembershipSnapshot {
        groups: [
            group("sales", Principal::User(EntraId::new("e1"))),
            group("staff", Principal::Group(GroupId::new("sales"))),
        ]
        .into(),
        assigned: [Principal::Group(GroupId::new("staff"))].into(),
    };
    let says = |who: Who, nested| {
        let mut case = case(ann(json!({})), Some(link(true)));
        case.memberships = Memberships::new(&snapshot, nested);
        case.policy.scope = Rules { who, nested, ..Rules::default() };
        case.says(&[])
    };
    let assigned = || Who::Assigned { app_id: "app".to_owned() };
    let staff = || Who::Groups(vec!["Staff".to_owned()]);
    assert_eq!(says(assigned(), true), "skip: nothing to change");
    assert_eq!(says(assigned(), false), "deactivate [active: true => false]", "as Entra's own job would");
    assert_eq!(says(staff(), true), "skip: nothing to change");
    assert_eq!(says(staff(), false), "deactivate [active: true => false]");
    let unknown = says(Who::Groups(vec!["Stuff".to_owned()]), true);
    assert!(
        unknown.starts_with("fail (scope): cannot be judged: scope.groups") && unknown.contains("\"Stuff\""),
        "{unknown}"
    );
}

#[test]
fn whoever_cannot_be_judged_keeps_the_account() {
    let mut case = in_department(&"a".repeat(40), Some(link(true)));
    case.policy.scope.filters = vec![filter("department", "REGEX MATCH", r"(?=a)(a+)+\1b", true)];
    let says = case.says(&[]);
    assert!(says.starts_with("fail (scope): cannot be judged: scope.filters: department: the pattern"), "{says}");
    case.left_at = Some(NOW);
    assert_eq!(case.watch().left_at, Some(NOW), "the days of grace go on");
    case.left_at = Some(days(3));
    assert_eq!(case.watch().left_at, Some(NOW), "a time in the future is now");
    case.user.attributes.insert("accountEnabled".into(), Value::Bool(false));
    assert_eq!(case.says(&[]), "deactivate [active: true => false]", "for another reason");
}

#[test]
fn grace_puts_off_the_deactivation_of_people_who_left_the_scope_and_of_nobody_else() {
    let mut case = in_department("Legal", Some(link(true)));
    case.policy.actions.grace_days = 7;
    assert_eq!(
        case.says(&[]),
        "skip: no longer in scope: no filter lets the person pass (scope.filters); to be deactivated at \
         1970-01-08T00:00:00Z (actions.grace_days)"
    );
    assert_eq!(case.watch(), Watch { left_at: Some(NOW), revisit_at: Some(days(7)) });
    (case.left_at, case.now) = (Some(NOW), days(6));
    assert!(case.says(&[]).starts_with("skip: no longer in scope"));
    assert_eq!(case.watch(), Watch { left_at: Some(NOW), revisit_at: Some(days(7)) }, "the first time counts");
    case.now = days(7);
    assert_eq!(case.says(&[]), "deactivate [active: true => false]");
    assert_eq!(case.watch(), Watch { left_at: Some(NOW), revisit_at: None });
    (case.left_at, case.now) = (Some(days(900)), NOW);
    assert!(case.says(&[]).starts_with("skip: no longer in scope"), "the clock was set back");
    assert_eq!(case.watch(), Watch { left_at: Some(NOW), revisit_at: Some(days(7)) }, "and the days count from now");
    case.left_at = Some(NOW);
    case.now = days(6);
    for gone in [ann(json!({"accountEnabled": false})), deleted(Presence::SoftDeleted), deleted(Presence::HardDeleted)]
    {
        case.user = gone;
        assert_eq!(case.says(&[]), "deactivate [active: true => false]");
        assert_eq!(case.watch(), Watch::default());
    }
    case.user = ann(json!({"department": "Sales"}));
    assert_eq!((case.says(&[]).as_str(), case.watch()), ("skip: nothing to change", Watch::default()), "back again");
}

#[test]
fn days_of_grace_are_for_those_who_have_something_to_lose() {
    let mut case = in_department("Legal", None);
    case.policy.actions.grace_days = 7;
    assert!(case.says(&[]).starts_with("skip: not in scope"));
    assert_eq!(case.watch(), Watch::default());
    case.link = Some(link(false));
    assert_eq!((case.says(&[]).as_str(), case.watch()), ("skip: already inactive", Watch::default()));
    case.link = Some(link(true));
    case.policy.protected.ids = [TargetId::new("j1")].into();
    assert_eq!(case.says(&[]), "skip: the account is protected by the configuration");
}

#[test]
fn a_date_that_falls_due_brings_the_person_back() {
    let mut case = case(ann(json!({"employeeHireDate": "1970-01-11T08:00:00Z"})), None);
    case.policy.scope.dates = Dates { hire_days_before: Some(3), ..Dates::default() };
    assert_eq!(case.says(&[]), "skip: not in scope: not hired yet, in scope from 1970-01-08 (scope.hire_days_before)");
    assert_eq!(case.watch(), Watch { left_at: None, revisit_at: Some(days(7)) });
    case.now = days(7);
    assert!(case.says(&[]).starts_with("create"));
    assert_eq!(case.watch(), Watch::default());
}

#[test]
fn actions_that_are_switched_off_are_not_done() {
    let off = |operation, user: Value, known: Option<Link>| {
        let mut case = case(ann(user), known);
        case.policy.actions.switched_off = [operation].into();
        case
    };
    let newcomer = off(Operation::Create, json!({}), None);
    assert_eq!(newcomer.says(&[]), "skip: switched off by actions.create = false");
    assert_eq!(newcomer.watch().revisit_at, Some(days(1)), "somebody else makes it, and does not tell");
    assert_eq!(newcomer.says(&[hit("j1", None, true)]), "adopt [name.givenName: \"Anna\" => \"Ann\"]");

    let renamed = || json!({"givenName": "Anne"});
    assert_eq!(
        off(Operation::Update, renamed(), Some(link(true))).says(&[]),
        "skip: switched off by actions.update = false"
    );
    assert_eq!(off(Operation::Update, json!({}), Some(link(true))).says(&[]), "skip: nothing to change");
    assert_eq!(off(Operation::Update, renamed(), Some(link(false))).says(&[]), "reactivate [active: false => true]");
    let adopting = off(Operation::Update, renamed(), None);
    assert_eq!(adopting.says(&[hit("j1", None, false)]), "adopt [active: false => true]");
    assert_eq!(adopting.says(&[hit("j1", None, true)]), "adopt []");

    let blocked = json!({"accountEnabled": false});
    assert_eq!(
        off(Operation::Deactivate, blocked, Some(link(true))).says(&[]),
        "skip: switched off by actions.deactivate = false"
    );
    let mut left = off(Operation::Deactivate, json!({"userType": "Guest"}), Some(link(true)));
    left.policy.actions.grace_days = 7;
    assert_eq!(left.says(&[]), "skip: switched off by actions.deactivate = false", "no date is promised");

    let inactive = off(Operation::Reactivate, renamed(), Some(link(false)));
    assert_eq!(inactive.says(&[]), "skip: switched off by actions.reactivate = false");
    let adopting = off(Operation::Reactivate, json!({}), None);
    assert_eq!(adopting.says(&[hit("j1", None, false)]), "adopt [name.givenName: \"Anna\" => \"Ann\"]");
}

#[test]
fn an_account_is_protected_by_its_id_whatever_its_name() {
    let robot = || Link { target_id: TargetId::new("j-robot"), ..link(true) };
    let protected = "skip: the account is protected by the configuration";
    assert_eq!(case(ann(json!({"givenName": "Anne"})), Some(robot())).says(&[]), protected);
    assert_eq!(case(ann(json!({"accountEnabled": false})), Some(robot())).says(&[]), protected);
    let hit = case(ann(json!({})), None).says(&[hit("j-robot", None, true)]);
    assert!(hit.starts_with("fail (conflict): the account with the userName ann@x.example is protected"), "{hit}");
}

/// Nothing may be wanted of a leaver any more: what they are called is what is known.
#[test]
fn a_leaver_is_called_as_in_jostle_else_as_in_entra_else_by_the_id() {
    let nameless = || Link { sent: Values::new(), ..link(true) };
    for (known, user_name, called) in [
        (link(true), json!("ann.lee@x.example"), "Ann@x.example"),
        (nameless(), json!("ann.lee@x.example"), "ann.lee@x.example"),
        (nameless(), Value::Null, "e1"),
    ] {
        let leaver = case(ann(json!({"accountEnabled": false, "userPrincipalName": user_name})), Some(known));
        let Decision::Do(operation) = leaver.decide(Matching::NotAsked) else { unreachable!("a leaver") };
        assert_eq!((operation.operation, operation.user_name.as_str()), (Operation::Deactivate, called));
    }
}
