//! A plan as a file: whole there and back, told from everything else, and for one company alone.

use super::*;
use crate::model::{Change, HoldClass};

fn tenants() -> Tenants {
    Tenants { tenant_id: "Corp.example".to_owned(), jostle_base_url: "https://jostle.example/scim2/".to_owned() }
}

fn operation(number: usize, operation: Operation, changes: Vec<Change>) -> PlannedOperation {
    let target_id = (operation != Operation::Create).then(|| TargetId::new(format!("j/{number}")));
    PlannedOperation {
        operation,
        entra_id: EntraId::new(&format!("e{number}")),
        user_name: format!("p{number}@x.example"),
        target_id,
        changes,
        seen: Values::new(),
        reason: Reason::Differs,
        counts_as: None,
        identity: Identity::Plain,
    }
}

fn redacted() -> Change {
    let (old, new) = (Some(text("+47 1")), Some(text("[Redact]")));
    Change { attribute: path("phoneNumbers[type eq \"work\"].value"), old, new, redacted: true }
}

fn sample() -> PlanFile {
    let held = Held {
        operation: operation(1, Operation::Deactivate, Vec::new()),
        class: HoldClass::Deactivate,
        limit: "too many".to_owned(),
    };
    let operations = vec![PlannedOperation {
        seen: [(path("title"), text("Boss"))].into(),
        counts_as: Some(HoldClass::Update),
        ..operation(0, Operation::Update, vec![redacted()])
    }];
    let plan = Plan { operations, held: vec![held], ..Plan::default() };
    PlanFile::new(&plan, NOW, tenants(), "policy".to_owned())
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let value = || {
        prop::option::of(prop_oneof![any::<bool>().prop_map(TargetValue::Flag), ".{1,9}".prop_map(TargetValue::Text)])
    };
    let attribute =
        prop::sample::select(vec!["title", "name.givenName", "emails[type eq \"work\"].value", "urn:a:b:C"]);
    let change = (attribute, value(), value(), any::<bool>());
    let change =
        change.prop_map(|(attribute, old, new, redacted)| Change { attribute: path(attribute), old, new, redacted });
    prop::collection::vec(change, 0..4)
}

fn reasons() -> impl Strategy<Value = Reason> {
    let day = jiff::civil::date(2026, 3, 2);
    prop::sample::select(vec![
        Reason::NoAccount,
        Reason::Matched,
        Reason::Returned,
        Reason::EndOfLife,
        Reason::LeftScope(OutReason::NotAssigned),
        Reason::LeftScope(OutReason::NotYetHired { from: day }),
        Reason::LeftScope(OutReason::Left { since: day.at(18, 0, 0, 0) }),
    ])
}

prop_compose! {
    fn files()(
        entries in prop::collection::vec((prop::sample::select(&Operation::ALL[..]), changes(), reasons(), any::<bool>()), 0..6),
        policy in ".*",
        second in 0_i64..2_000_000_000,
    ) -> PlanFile {
        let entries = entries.into_iter().enumerate().map(|(number, (kind, changes, reason, held))| PlanEntry {
            operation: PlannedOperation { reason, ..operation(number, kind, changes) },
            held: held.then(|| HeldBy { class: HoldClass::Loud, limit: policy.clone() }),
        });
        let entries = entries.collect();
        PlanFile { made_at: Timestamp::from_second(second).expect("a time"), tenants: tenants(), policy, entries }
    }
}

proptest! {
    #[test]
    fn every_plan_is_read_as_it_was_written(file in files()) {
        let read = PlanFile::from_text(&file.to_text().expect("a text"));
        prop_assert!(read.as_ref() == Ok(&file), "{:?}", read.map(|file| file.entries));
    }

    #[test]
    fn a_plan_that_is_cut_off_anywhere_is_no_plan(file in files(), at in any::<prop::sample::Index>()) {
        let text = file.to_text().expect("a text");
        let whole = text.trim_end();
        let end = whole.char_indices().map(|(end, _)| end).nth(at.index(whole.chars().count()));
        prop_assert_eq!(PlanFile::from_text(&whole[..end.unwrap_or_default()]).err(), Some(FileError::CutOff));
    }
}

#[test]
fn a_plan_file_has_every_value_and_shows_no_redacted_one() {
    let file = sample();
    let json: Value = serde_json::from_str(&file.to_text().expect("a text")).expect("JSON");
    assert_eq!((&json["format"], &json["tenant_id"]), (&json!(1), &json!("Corp.example")));
    let [update, held] = json["entries"].as_array().expect("a list").as_slice() else { panic!("{json}") };
    assert_eq!(update["changes"][0]["old"], "+47 1");
    assert_eq!((&update["held"], &held["held"]["class"]), (&Value::Null, &json!("deactivate")));
    let read = PlanFile::from_text(&file.to_text().expect("a text")).expect("a plan");
    assert_eq!(read, file, "what a limit counted and an account showed is in neither");
    let plan = read.plan();
    assert_eq!((plan.operations[0].counts_as, plan.operations[0].seen.len()), (None, 0));
    for shown in [plan.to_string(), serde_json::to_string(&plan).expect("JSON"), format!("{read:?}")] {
        assert!(!shown.contains("+47 1"), "{shown}");
    }
    assert!(format!("{read:?}").contains("entries: 2"), "{read:?}");
    assert!(plan.to_string().starts_with("1 update, 1 held\n"), "{plan}");
}

#[test]
fn what_is_no_plan_says_so_and_shows_nothing_of_it() {
    let good: Value = serde_json::from_str(&sample().to_text().expect("a text")).expect("JSON");
    let with = |name: &str, value: Value| {
        let mut other = good.clone();
        other[name] = value;
        PlanFile::from_text(&other.to_string()).expect_err(name)
    };
    assert_eq!(PlanFile::from_text("").expect_err("nothing"), FileError::CutOff);
    for wrong in ["secret", "[]", "{}", "null", "{\"kind\": 7}"] {
        let error = PlanFile::from_text(wrong).expect_err(wrong);
        assert!(matches!(error, FileError::NoPlan(_)) && !error.to_string().contains("secret"), "{wrong}: {error}");
    }
    let error = PlanFile::from_text("secret").expect_err("a word").to_string();
    assert!(error.starts_with("it is no plan (it is no JSON from line 1, column 1 on)"), "{error}");
    assert_eq!(with("format", json!(2)), FileError::Newer { found: 2 });
    assert!(matches!(with("format", json!(0)), FileError::NoPlan(_)));
    assert!(matches!(with("kind", json!("another")), FileError::NoPlan(_)));
    let entries = json!([{"operation": "shred", "user": "Ann Secret"}]);
    let error = with("entries", entries);
    assert!(error.to_string().contains(" is not as in a plan"), "{error}");
    assert!(matches!(error, FileError::NoPlan(_)) && !error.to_string().contains("Secret"), "{error}");
    let mut twice = sample();
    twice.entries[1].operation.entra_id = EntraId::new("e0");
    let error = PlanFile::from_text(&twice.to_text().expect("a text")).expect_err("twice");
    assert_eq!(error, FileError::Twice("p1@x.example".to_owned()));
}

#[test]
fn operations_are_handed_over_whole_and_nobody_twice() {
    let operations = [operation(0, Operation::Update, vec![redacted()]), operation(1, Operation::Delete, Vec::new())];
    let told = PlannedOperation {
        seen: [(path("title"), text("Boss"))].into(),
        counts_as: Some(HoldClass::Update),
        ..operations[0].clone()
    };
    let handed = operations_to_text(&[told, operations[1].clone()]).expect("a text");
    assert_eq!(operations_from_text(&handed).as_deref(), Ok(&operations[..]));
    let twice = operations_to_text(&[operations[0].clone(), operations[0].clone()]).expect("a text");
    assert_eq!(operations_from_text(&twice), Err(FileError::Twice("p0@x.example".to_owned())));
    assert_eq!(operations_from_text("["), Err(FileError::CutOff));
}

#[test]
fn a_plan_is_for_one_tenant_and_one_jostle() {
    let file = sample();
    let with = |tenant_id: &str, jostle_base_url: &str| {
        let (tenant_id, jostle_base_url) = (tenant_id.to_owned(), jostle_base_url.to_owned());
        file.check(&Tenants { tenant_id, jostle_base_url })
    };
    assert_eq!(with("corp.EXAMPLE", "https://jostle.example/scim2"), Ok(()));
    assert!(matches!(with("other.example", "https://jostle.example/scim2"), Err(FileError::OtherTenant { .. })));
    assert!(matches!(with("corp.example", "https://jostle.example/SCIM2"), Err(FileError::OtherJostle { .. })));
}
