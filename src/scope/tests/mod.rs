//! Whom the rules let in: groups, filters and expressions together; the parts of them beside this file.

mod clauses;
mod dates;
mod examine;
mod properties;

use std::sync::Arc;

use jiff::civil::{Date, Time, date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::mapping::expression::{Expression, Place};
use crate::model::{EntraId, Group, GroupId, GroupLabel, MembershipSnapshot, Presence, Principal, SourceUser, Subject};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn user(attributes: Value) -> SourceUser {
    let Value::Object(attributes) = attributes else { unreachable!("an object") };
    SourceUser { id: EntraId::new("ann"), presence: Presence::Live, attributes }
}

fn clause(attribute: &str, operator: &str, value: Option<&str>) -> Clause {
    let (attribute, operator) = (attribute.parse().expect("a path"), operator.parse().expect("an operator"));
    Clause::new(attribute, operator, value, None).expect("a clause")
}

fn filters(filters: &[&[(&str, &str, &str)]]) -> Rules {
    let filter = |clauses: &&[(&str, &str, &str)]| Filter {
        title: "a filter".to_owned(),
        clauses: clauses.iter().map(|(attribute, operator, value)| clause(attribute, operator, Some(value))).collect(),
    };
    Rules { filters: filters.iter().map(filter).collect(), ..Rules::default() }
}

/// The verdict alone, as one word or the reason.
fn verdict(user: &SourceUser, rules: &Rules) -> String {
    match judge(&Subject::alone(user), &Memberships::default(), rules, NOW).verdict {
        Ok(Verdict::In(_)) => "in".to_owned(),
        Ok(Verdict::Out(reason)) => reason.to_string(),
        Err(undecided) => format!("undecided: {undecided}"),
    }
}

/// Whether a clause holds for a person whose `jobTitle` is this.
fn holds(value: &Value, operator: &str, operand: Option<&str>) -> bool {
    let user = user(json!({ "jobTitle": value }));
    clause("jobTitle", operator, operand).holds(&Subject::alone(&user)).expect("an answer")
}

mod kinds {
    use super::*;

    #[test]
    fn guests_and_agents_are_out_and_everybody_else_is_in() {
        let said = |attributes: Value| verdict(&user(attributes), &Rules::default());
        let guest = "guests are excluded (scope.guests)";
        assert_eq!(said(json!({"userType": "Guest"})), guest);
        assert_eq!(said(json!({"userPrincipalName": "a_b.c#EXT#@t.example"})), guest);
        assert_eq!(said(json!({"@odata.type": "#microsoft.graph.agentUser"})), "agent identities are excluded");
        assert_eq!(said(json!({"userType": "Member", "userPrincipalName": "a@b"})), "in");
        assert_eq!(said(json!({"userType": null})), "in", "userType is null for old objects");
    }

    #[test]
    fn guests_can_be_included_and_agents_cannot() {
        let rules = Rules { guests: Guests::Include, ..Rules::default() };
        assert_eq!(verdict(&user(json!({"userType": "Guest"})), &rules), "in");
        let agent = user(json!({"@odata.type": "#microsoft.graph.agentUser", "userType": "Guest"}));
        assert_eq!(verdict(&agent, &rules), "agent identities are excluded");
    }
}

#[test]
fn all_clauses_of_one_filter_and_one_of_all_filters() {
    let ann = user(json!({"city": "Rome", "department": "Sales"}));
    let (rome, paris) = (("city", "EQUALS", "Rome"), ("city", "EQUALS", "Paris"));
    let (sales, legal) = (("department", "EQUALS", "Sales"), ("department", "EQUALS", "Legal"));
    let out = OutReason::FilteredOut.to_string();
    assert_eq!(verdict(&ann, &filters(&[])), "in", "no filter lets everybody pass");
    assert_eq!(verdict(&ann, &filters(&[&[rome, sales]])), "in");
    assert_eq!(verdict(&ann, &filters(&[&[rome, legal]])), out);
    assert_eq!(verdict(&ann, &filters(&[&[paris], &[sales]])), "in");
    assert_eq!(verdict(&ann, &filters(&[&[paris, sales], &[rome, legal]])), out);
}

#[test]
fn an_expression_must_be_true_too_and_one_that_fails_takes_nobody_out() {
    let rules = |text: &str| Rules {
        filter: Some(Expression::parse(text, Place::Filter).expect("an expression")),
        ..filters(&[&[("city", "EQUALS", "Rome")]])
    };
    let ann = |city: &str, title: &str| user(json!({ "city": city, "jobTitle": title }));
    let flag = rules("[jobTitle]");
    assert_eq!(verdict(&ann("Rome", "True"), &flag), "in");
    assert_eq!(verdict(&ann("Rome", "False"), &flag), OutReason::ExpressionFalse.to_string());
    assert_eq!(verdict(&ann("Paris", "True"), &flag), OutReason::FilteredOut.to_string());
    let failed = verdict(&ann("Rome", "Boss"), &flag);
    assert!(failed.starts_with("undecided: scope.filter: the filter") && failed.contains("Boss"), "{failed}");
    assert_eq!(verdict(&ann("Paris", "Boss"), &flag), OutReason::FilteredOut.to_string(), "out in any case");
    let paths: Vec<_> = flag.source_paths().iter().map(ToString::to_string).collect();
    assert_eq!(paths, ["city", "jobTitle"]);
}

#[test]
fn an_expression_may_ask_for_groups_and_they_are_read() {
    let rules = Rules {
        filter: Some(Expression::parse(r#"MemberOf("Staff")"#, Place::Filter).expect("an expression")),
        ..Rules::default()
    };
    assert_eq!(rules.reach(), Reach { app_id: None, groups: ["Staff".to_owned()].into(), nested: true });
    let said = |nested| {
        let (ann, memberships) = (user(json!({})), memberships(nested));
        let subject = Subject { groups: memberships.groups_of(&ann.id), ..Subject::alone(&ann) };
        let Examination { judgement, findings } = examine(&subject, &memberships, &rules, NOW);
        let finding = findings.into_iter().find(|finding| finding.setting == "scope.filter").expect("a finding");
        assert!(finding.steps.last().is_some_and(|step| step.expression == finding.description), "{finding:?}");
        assert_eq!(finding.passed, judgement.verdict.as_ref().ok().map(|v| matches!(v, Verdict::In(_))));
        (judgement.verdict, finding.description)
    };
    let text = "MemberOf(\"Staff\")".to_owned();
    assert_eq!(said(true), (Ok(Verdict::In(InReason::Everybody)), text.clone()));
    assert_eq!(said(false), (Ok(Verdict::Out(OutReason::ExpressionFalse)), text));
}

/// Ann is in `sales`, which is in `staff`; `staff` is assigned.
fn memberships(nested: bool) -> Memberships {
    let group = |name: &str, member: Principal| {
        let label = Arc::new(GroupLabel { id: GroupId::new(name), name: name.to_uppercase() });
        (GroupId::new(name), Group { label, members: [member].into() })
    };
    let snapshot = MembershipSnapshot {
        groups: [
            group("sales", Principal::User(EntraId::new("ann"))),
            group("staff", Principal::Group(GroupId::new("sales"))),
            group("legal", Principal::User(EntraId::new("bob"))),
        ]
        .into(),
        assigned: [Principal::Group(GroupId::new("staff"))].into(),
    };
    Memberships::new(&snapshot, nested)
}

#[test]
fn groups_decide_by_name_or_id_and_an_unknown_one_takes_nobody_out() {
    let ann = user(json!({}));
    let said = |names: &[&str], nested| {
        let who = Who::Groups(names.iter().map(|name| (*name).to_owned()).collect());
        let rules = Rules { who, nested, ..Rules::default() };
        judge(&Subject::alone(&ann), &memberships(nested), &rules, NOW).verdict
    };
    assert_eq!(said(&["Staff"], true), Ok(Verdict::In(InReason::InGroup)));
    assert_eq!(said(&["Staff"], false), Ok(Verdict::Out(OutReason::NotInGroups)));
    assert_eq!(said(&["legal"], true), Ok(Verdict::Out(OutReason::NotInGroups)));
    assert_eq!(said(&["SALES", "legal"], true), Ok(Verdict::In(InReason::InGroup)));
    assert_eq!(said(&["renamed", "sales"], true), Ok(Verdict::In(InReason::InGroup)));
    assert_eq!(said(&["renamed", "legal"], true), Err(Undecided::UnknownGroup("renamed".to_owned())));
}

#[test]
fn of_several_groups_with_one_name_each_is_meant() {
    let group = |id: &str, members: &[&str]| {
        let label = Arc::new(GroupLabel { id: GroupId::new(id), name: "Sales".to_owned() });
        let members = members.iter().map(|name| Principal::User(EntraId::new(name))).collect();
        (GroupId::new(id), Group { label, members })
    };
    let groups = [group("1", &["bob"]), group("2", &["ann"])].into();
    let memberships = Memberships::new(&MembershipSnapshot { groups, assigned: [].into() }, true);
    let rules = Rules { who: Who::Groups(vec!["sales".to_owned()]), ..Rules::default() };
    let Examination { judgement, findings } = examine(&Subject::alone(&user(json!({}))), &memberships, &rules, NOW);
    assert_eq!(judgement.verdict, Ok(Verdict::In(InReason::InGroup)));
    assert_eq!(findings[1].description, "member of Sales");
}

#[test]
fn the_rules_say_what_must_be_read() {
    let mut rules = filters(&[&[("manager.city", "EQUALS", "Rome"), ("department", "EQUALS", "Sales")]]);
    let paths = |rules: &Rules| rules.source_paths().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(paths(&rules), "department manager.city");
    assert_eq!(rules.source_properties().into_iter().collect::<Vec<_>>(), ["city", "department", "manager"]);
    rules.dates.hire_days_before = Some(0);
    assert_eq!(paths(&rules), "department employeeHireDate manager.city");
    rules.dates = Dates { leave_at: Some(time(18, 0, 0, 0)), ..Dates::default() };
    assert_eq!(paths(&rules), "department employeeHireDate employeeLeaveDateTime manager.city");
    assert!(rules.reach().is_empty());
    rules.who = Who::Assigned { app_id: "app".to_owned() };
    assert_eq!((rules.reach().app_id.as_deref(), rules.reach().is_empty()), (Some("app"), false));
    rules.who = Who::Groups(vec!["Staff".to_owned()]);
    let expected = Reach { app_id: None, groups: ["Staff".to_owned()].into(), nested: true };
    assert_eq!(rules.reach(), expected);
    assert!(!rules.reach().is_empty());
}

#[test]
fn whoever_is_in_is_in_by_a_setting() {
    for (who, says) in [
        (Who::All, "everybody is (scope.who), and nothing excludes this person"),
        (Who::Assigned { app_id: "app".to_owned() }, "assigned to the application (scope.who)"),
        (Who::Groups(vec!["staff".to_owned()]), "in one of the groups (scope.groups)"),
    ] {
        let rules = Rules { who, ..Rules::default() };
        match judge(&Subject::alone(&user(json!({}))), &memberships(true), &rules, NOW).verdict {
            Ok(Verdict::In(reason)) => assert_eq!(reason.to_string(), says),
            other => panic!("{other:?}"),
        }
    }
}
