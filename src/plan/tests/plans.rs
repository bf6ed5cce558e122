//! A plan as a whole: what is held, its order, how it prints, the fingerprint.

use super::*;
use crate::model::HoldClass;

pub(super) fn plan_of(operations: &[(Operation, usize)]) -> Plan {
    let mut plan = Plan::default();
    for (operation, count) in operations {
        for number in 0..*count {
            plan.operations.push(PlannedOperation {
                operation: *operation,
                entra_id: EntraId::new(&format!("{operation}{number}")),
                user_name: String::new(),
                target_id: None,
                changes: Vec::new(),
                seen: Values::new(),
                reason: Reason::Differs,
                counts_as: None,
                identity: Identity::Plain,
            });
        }
    }
    plan
}

#[test]
fn a_plan_is_sorted_leavers_first_and_prints_old_and_new() {
    let mut plan = plan_of(&[(Operation::Update, 1), (Operation::Create, 2), (Operation::Deactivate, 1)]);
    plan.operations.swap(1, 2);
    plan.operations[0].changes =
        vec![crate::model::Change { attribute: path("title"), old: Some(text("a")), new: None, redacted: false }];
    plan.operations[0].user_name = "ann@x.example".into();
    plan.sort();
    let order: Vec<_> = plan.operations.iter().map(|o| o.entra_id.as_str()).collect();
    assert_eq!(order, ["deactivate0", "create0", "create1", "update0"]);
    let printed = plan.to_string();
    assert!(printed.starts_with("1 deactivate, 2 create, 1 update\n"), "{printed}");
    assert!(
        printed.contains(
            "\nupdate: values differ from what was last sent\n  ann@x.example\n      title: \"a\" => (none)\n"
        ),
        "{printed}"
    );
    let reason = SkipReason::InGrace { reason: OutReason::NotAssigned, until: NOW };
    plan.skipped = [reason, SkipReason::NothingToChange]
        .map(|reason| Skipped { entra_id: EntraId::new("e9"), user_name: format!("{reason:?}"), reason })
        .into();
    let printed = plan.to_string();
    assert!(
        printed.contains(
            "\nskipped: days of grace\n  InGrace { reason: NotAssigned, until: 1970-01-01T00:00:00Z }\n      no longer in \
             scope: not assigned"
        ),
        "{printed}"
    );
    assert!(!printed.contains("NothingToChange"), "{printed}");
    let json = serde_json::to_value(&plan).expect("JSON");
    assert_eq!(json["counts"]["create"], 2);
    assert_eq!(json["operations"][3]["changes"][0]["old"], "a");
}

#[test]
fn a_plan_names_each_limit_once_over_those_whom_it_holds_and_failures_only_if_there_are_any() {
    let held = |class: HoldClass, user_name: &str| {
        let operation = plan_of(&[(Operation::Update, 1)]).operations.remove(0);
        Held {
            operation: PlannedOperation { user_name: user_name.into(), ..operation },
            class,
            limit: format!("too {class}"),
        }
    };
    let held = [held(HoldClass::Update, "ann"), held(HoldClass::Loud, "bob"), held(HoldClass::Update, "cem")];
    let printed = Plan { held: held.into(), ..Plan::default() }.to_string();
    let lines: Vec<_> = printed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let update = "held: update: values differ from what was last sent";
    let expected = ["HELD: too loud", update, "bob", "HELD: too update", update, "ann", "cem"];
    assert_eq!((lines[0], &lines[1..]), ("nothing to do, 3 held", &expected[..]));

    let failed = Failed {
        entra_id: EntraId::new("e1"),
        user_name: "ann".into(),
        code: "scope".into(),
        message: "no date".into(),
        request_id: None,
        pace: Pace::OnChange,
        asked: false,
    };
    let printed = Plan { failed: vec![failed], ..Plan::default() }.to_string();
    let lines: Vec<_> = printed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(lines, ["nothing to do, 1 failed", "FAILED", "ann", "no date"]);
}

#[test]
fn an_account_is_protected_by_its_id_or_by_its_name_in_any_case() {
    for (id, user_name, is_protected) in [
        ("j-robot", "ann@x.example", true),
        ("j1", "Robot@X.example", true),
        ("j-robot", "robot@x.example", true),
        ("j1", "ann@x.example", false),
    ] {
        assert_eq!(policy().protected.has(&TargetId::new(id), user_name), is_protected, "{id} {user_name}");
    }
}

#[test]
fn a_plan_counts_each_kind_and_all_of_them_but_what_it_holds() {
    let mut plan = plan_of(&[(Operation::Update, 3), (Operation::Create, 2)]);
    let held = plan.operations.remove(0);
    plan.held.push(Held { operation: held, class: HoldClass::Update, limit: String::new() });
    let counts = plan.counts();
    let each = [Operation::Update, Operation::Create, Operation::Delete].map(|operation| counts.of(operation));
    assert_eq!((each, counts.total()), ([2, 2, 0], 4));
    assert_eq!(Counts::default().total(), 0);
}

#[test]
fn the_fingerprint_moves_with_what_decides_and_not_with_the_limits() {
    let base = policy().fingerprint();
    assert_eq!(Policy { limits: Limits::all(9, 9.0), ..policy() }.fingerprint(), base);
    let recreating = Actions { recreate_deleted: true, ..Actions::default() };
    assert_ne!(Policy { actions: recreating, ..policy() }.fingerprint(), base);
    assert_ne!(Policy { protected: Protected::default(), ..policy() }.fingerprint(), base);
    assert_ne!(Policy { scope: Rules { guests: Guests::Include, ..Rules::default() }, ..policy() }.fingerprint(), base);
    let anchored =
        |anchored| Rules { filters: vec![filter("department", "REGEX MATCH", "S.*", anchored)], ..Rules::default() };
    let prints = [true, false].map(|given| Policy { scope: anchored(given), ..policy() }.fingerprint());
    assert_ne!(prints[0], prints[1]);
    let mut rows = mapping();
    rows[1].max_length = None;
    assert_ne!(Policy { mapping: Mapping::new(rows).expect("a mapping"), ..policy() }.fingerprint(), base);
}
