//! Every operator against every kind of value, the dates, and what must hold for anybody.

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

mod clauses {
    use super::*;

    #[test]
    fn without_a_value_everything_is_false_but_is_null() {
        let operators = [
            ("EQUALS", Some("")),
            ("NOT EQUALS", Some("a")),
            ("IS TRUE", None),
            ("IS FALSE", None),
            ("IS NOT NULL", None),
            ("REGEX MATCH", Some(".*")),
            ("NOT REGEX MATCH", Some("a")),
            ("Greater_Than", Some("-5")),
            ("Greater_Than_OR_EQUALS", Some("-5")),
            ("INCLUDES", Some("")),
            ("NOT INCLUDES", Some("a")),
            ("ENDS_WITH", Some("")),
            ("NOT ENDS_WITH", Some("a")),
            ("&", Some("a,b")),
            ("!&", Some("a,b")),
        ];
        for nothing in [Value::Null, json!(""), json!([]), json!(["", null])] {
            for (operator, operand) in operators {
                assert!(!holds(&nothing, operator, operand), "{operator} {nothing}");
            }
            assert!(holds(&nothing, "IS NULL", None), "{nothing}");
        }
        assert!(clause("surname", "IS NULL", None).holds(&Subject::alone(&user(json!({})))).expect("an answer"));
    }

    #[test]
    fn every_operator_with_texts_in_their_case() {
        // (operator, operand, those for whom it is true, those for whom it is false)
        for (operator, operand, yes, no) in [
            ("EQUALS", Some("Boss"), vec!["Boss"], vec!["boss", "Boss ", "Big Boss"]),
            ("NOT EQUALS", Some("Boss"), vec!["boss", "Boss "], vec!["Boss"]),
            ("IS NULL", None, vec![], vec!["Boss", " "]),
            ("IS NOT NULL", None, vec!["Boss", " "], vec![]),
            ("REGEX MATCH", Some("B.*s"), vec!["Boss", "Bs"], vec!["boss", "Bossy", "A Boss"]),
            ("NOT REGEX MATCH", Some("B.*s"), vec!["boss", "Bossy", "A Boss"], vec!["Boss"]),
            ("INCLUDES", Some("os"), vec!["Boss"], vec!["BOSS", "Bo s"]),
            ("NOT INCLUDES", Some("os"), vec!["BOSS"], vec!["Boss"]),
            ("ENDS_WITH", Some("ss"), vec!["Boss"], vec!["BOSS", "Boss."]),
            ("NOT ENDS_WITH", Some("ss"), vec!["BOSS", "Boss."], vec!["Boss"]),
            ("&", Some("Boss, Chief;Head"), vec!["Boss", "Chief", "Head"], vec!["boss", "Boss, Chief", "Chie"]),
            ("!&", Some("Boss, Chief"), vec!["Head", "boss"], vec!["Boss", "Chief"]),
        ] {
            for text in yes {
                assert!(holds(&json!(text), operator, operand), "{text:?} {operator} {operand:?}");
            }
            for text in no {
                assert!(!holds(&json!(text), operator, operand), "{text:?} {operator} {operand:?}");
            }
        }
    }

    #[test]
    fn numbers_are_whole_on_both_sides() {
        for (value, greater, at_least) in [
            (json!("10"), true, true),
            (json!(10), true, true),
            (json!("9"), false, true),
            (json!("09"), false, true),
            (json!("8"), false, false),
            (json!("-10"), false, false),
            (json!("10.5"), false, false),
            (json!("1e3"), false, false),
            (json!("ten"), false, false),
            (json!("99999999999999999999"), true, true),
        ] {
            assert_eq!(holds(&value, "Greater_Than", Some("9")), greater, "{value}");
            assert_eq!(holds(&value, "Greater_Than_OR_EQUALS", Some("9")), at_least, "{value}");
        }
    }

    #[test]
    fn flags_are_true_or_false_however_they_are_written() {
        for (value, yes, no) in [
            (json!(true), true, false),
            (json!(false), false, true),
            (json!("True"), true, false),
            (json!("FALSE"), false, true),
            (json!("yes"), false, false),
            (json!(1), false, false),
        ] {
            assert_eq!((holds(&value, "IS TRUE", None), holds(&value, "IS FALSE", None)), (yes, no), "{value}");
        }
        assert!(holds(&json!(true), "EQUALS", Some("true")) && holds(&json!(true), "EQUALS", Some("True")));
    }

    #[test]
    fn of_several_values_one_is_enough_and_for_a_negation_none_may_match() {
        let several = json!(["Boss", "Chief", "7"]);
        for (operator, operand, expected) in [
            ("EQUALS", Some("Chief"), true),
            ("EQUALS", Some("Head"), false),
            ("NOT EQUALS", Some("Chief"), false),
            ("NOT EQUALS", Some("Head"), true),
            ("REGEX MATCH", Some("C.*"), true),
            ("NOT REGEX MATCH", Some("C.*"), false),
            ("NOT REGEX MATCH", Some("X.*"), true),
            ("INCLUDES", Some("hie"), true),
            ("NOT INCLUDES", Some("hie"), false),
            ("ENDS_WITH", Some("ss"), true),
            ("NOT ENDS_WITH", Some("ss"), false),
            ("Greater_Than", Some("6"), true),
            ("&", Some("Chief,Head"), true),
            ("!&", Some("Chief,Head"), false),
            ("IS NULL", None, false),
            ("IS NOT NULL", None, true),
        ] {
            assert_eq!(holds(&several, operator, operand), expected, "{operator} {operand:?}");
        }
    }

    #[test]
    fn entras_own_examples_hold_for_the_whole_value() {
        for (pattern, yes, no) in [
            ("([1-9][0-9])", vec!["10", "99"], vec!["9", "100"]),
            ("(1[0-9]{6})", vec!["1000000"], vec!["10000000", "2000000"]),
            (r".*\@domain.com", vec!["ann@domain.com"], vec!["ann@domain.com.evil"]),
            ("a|ab", vec!["a", "ab"], vec!["abc", "ba"]),
            ("(?i)boss", vec!["BOSS"], vec!["bosses"]),
        ] {
            for (text, expected) in
                yes.into_iter().map(|text| (text, true)).chain(no.into_iter().map(|text| (text, false)))
            {
                assert_eq!(holds(&json!(text), "REGEX MATCH", Some(pattern)), expected, "{pattern} {text}");
            }
        }
        let title = || "jobTitle".parse().expect("a path");
        let anywhere = Clause::new(title(), Operator::RegexMatch, Some("os"), Some(false)).expect("a clause");
        assert!(anywhere.holds(&Subject::alone(&user(json!({"jobTitle": "Boss"})))).expect("an answer"));
    }

    #[test]
    fn what_entra_cannot_filter_by_works() {
        let boss = user(json!({"mail": "boss@x.example"}));
        let ann = user(json!({
            "userType": "Member", "createdDateTime": "2024-05-01T00:00:00Z", "employeeOrgData": {"costCenter": "7"},
            "onPremisesExtensionAttributes": {"extensionAttribute1": "intern"},
        }));
        let subject = Subject { manager: Some(&boss), ..Subject::alone(&ann) };
        for (attribute, operator, value) in [
            ("userType", "EQUALS", "Member"),
            ("manager.mail", "ENDS_WITH", "@x.example"),
            ("createdDateTime", "REGEX MATCH", "2024-.*"),
            ("employeeOrgData.costCenter", "Greater_Than", "6"),
            ("extensionAttribute1", "EQUALS", "intern"),
        ] {
            let rule = clause(attribute, operator, Some(value));
            assert!(rule.holds(&subject).expect("an answer"), "{rule}");
        }
        let orphan = clause("manager.mail", "ENDS_WITH", Some("@x.example")).holds(&Subject::alone(&ann));
        assert_eq!(orphan, Ok(false));
    }

    #[test]
    fn wrong_ones_are_refused() {
        let refused = |operator: &str, value: Option<&str>, anchored: Option<bool>| {
            let operator = operator.parse().expect("an operator");
            Clause::new("mail".parse().expect("a path"), operator, value, anchored).expect_err("refused").to_string()
        };
        assert_eq!(refused("EQUALS", None, None), "EQUALS needs a value to compare with; add it");
        assert_eq!(refused("IS NULL", Some("a"), None), "IS NULL compares with nothing; take the value out");
        assert_eq!(refused("Greater_Than", Some("1.5"), None), "is \"1.5\"; Greater_Than takes a whole number");
        assert!(refused("REGEX MATCH", Some("a)(b"), None).starts_with("is a regular expression that closes a group"));
        assert!(refused("EQUALS", Some("a"), Some(true)).starts_with("belongs to REGEX MATCH"));
    }

    #[test]
    fn a_pattern_that_explodes_fails_for_that_person_and_decides_nothing() {
        let explosive = ("jobTitle", "REGEX MATCH", r"(?=a)(a+)+\1b");
        let (bad, good) = (user(json!({"jobTitle": "a".repeat(40), "city": "Rome"})), user(json!({"jobTitle": "aab"})));
        assert!(
            verdict(&bad, &filters(&[&[explosive]])).starts_with("undecided: scope.filters: jobTitle: the pattern")
        );
        assert_eq!(verdict(&good, &filters(&[&[explosive]])), "in");
        // What is false anyway, or true anyway, does not wait for it.
        let (rome, paris) = (("city", "EQUALS", "Rome"), ("city", "EQUALS", "Paris"));
        let out = OutReason::FilteredOut.to_string();
        assert_eq!(verdict(&bad, &filters(&[&[explosive, paris]])), out);
        assert!(verdict(&bad, &filters(&[&[explosive, rome]])).starts_with("undecided"));
        assert_eq!(verdict(&bad, &filters(&[&[explosive], &[rome]])), "in");
        assert!(verdict(&bad, &filters(&[&[paris], &[explosive]])).starts_with("undecided"));
        let guest = user(json!({"jobTitle": "a".repeat(40), "userType": "Guest"}));
        assert_eq!(verdict(&guest, &filters(&[&[explosive]])), OutReason::Guest.to_string());
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
    assert_eq!(rules.reach().app_id.as_deref(), Some("app"));
    rules.who = Who::Groups(vec!["Staff".to_owned()]);
    let expected = Reach { app_id: None, groups: ["Staff".to_owned()].into(), nested: true };
    assert_eq!(rules.reach(), expected);
}

mod dates {
    use super::*;

    fn rules(hire_days_before: Option<u16>, leave_at: Option<Time>, zone: &str) -> Rules {
        let zone = TimeZone::get(zone).expect("a zone");
        Rules { dates: Dates { hire_days_before, leave_at, zone }, ..Rules::default() }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    /// In or not at a time, and when that changes.
    fn said(user: &SourceUser, rules: &Rules, now: &str) -> String {
        let judgement = judge(&Subject::alone(user), &Memberships::default(), rules, at(now));
        let verdict = match judgement.verdict {
            Ok(Verdict::In(_)) => "in".to_owned(),
            Ok(Verdict::Out(reason)) => reason.to_string().split(" (").next().unwrap_or_default().to_owned(),
            Err(undecided) => undecided.to_string(),
        };
        judgement.revisit_at.map_or(verdict.clone(), |at| format!("{verdict}, until {at}"))
    }

    #[test]
    fn a_first_day_counts_from_its_local_beginning_days_before() {
        let ann = user(json!({"employeeHireDate": "2026-03-10T00:00:00Z"}));
        let berlin = rules(Some(7), None, "Europe/Berlin");
        let before = "not hired yet, in scope from 2026-03-03, until 2026-03-02T23:00:00Z";
        assert_eq!(said(&ann, &berlin, "2026-01-01T00:00:00Z"), before);
        assert_eq!(said(&ann, &berlin, "2026-03-02T22:59:59Z"), before);
        assert_eq!(said(&ann, &berlin, "2026-03-02T23:00:00Z"), "in");
        let los_angeles = rules(Some(0), None, "America/Los_Angeles");
        assert_eq!(said(&ann, &los_angeles, "2026-03-10T06:59:59Z").split(',').next(), Some("not hired yet"));
        assert_eq!(said(&ann, &los_angeles, "2026-03-10T07:00:00Z"), "in", "not the day before, although it is UTC");
    }

    #[test]
    fn the_day_is_the_one_that_graph_writes_whatever_its_time() {
        for written in [
            "2026-03-10T00:00:00Z",
            "2026-03-10T08:00:00Z",
            "2026-03-10T23:59:59.9999999Z",
            "2026-03-10",
            "2026-03-11T01:00:00+02:00",
        ] {
            let ann = user(json!({ "employeeHireDate": written }));
            let said = said(&ann, &rules(Some(0), None, "Asia/Tokyo"), "2026-03-01T00:00:00Z");
            assert_eq!(said, "not hired yet, in scope from 2026-03-10, until 2026-03-09T15:00:00Z", "{written}");
        }
    }

    #[test]
    fn a_last_day_ends_at_its_local_time() {
        let ann = user(json!({"employeeLeaveDateTime": "2026-03-31T00:00:00Z"}));
        let berlin = rules(None, Some(time(18, 0, 0, 0)), "Europe/Berlin");
        assert_eq!(said(&ann, &berlin, "2026-03-31T15:59:59Z"), "in, until 2026-03-31T16:00:00Z");
        assert_eq!(said(&ann, &berlin, "2026-03-31T16:00:00Z"), "left on 2026-03-31 at 18:00");
        assert_eq!(said(&ann, &berlin, "2027-03-31T16:00:00Z"), "left on 2026-03-31 at 18:00");
        assert_eq!(said(&user(json!({"employeeLeaveDateTime": null})), &berlin, "2026-03-31T16:00:00Z"), "in");
    }

    #[test]
    fn clocks_that_are_changed_skip_and_repeat_no_day() {
        // Half past two does not exist on the last Sunday of March, and exists twice on that of October.
        let leaving = |day: &str| user(json!({ "employeeLeaveDateTime": day }));
        let berlin = rules(None, Some(time(2, 30, 0, 0)), "Europe/Berlin");
        let now = "2026-01-01T00:00:00Z";
        assert_eq!(said(&leaving("2026-03-29T00:00:00Z"), &berlin, now), "in, until 2026-03-29T01:30:00Z");
        assert_eq!(said(&leaving("2026-10-25T00:00:00Z"), &berlin, now), "in, until 2026-10-25T00:30:00Z");
        // Midnight does not exist on this day in Santiago.
        let ann = user(json!({"employeeHireDate": "2026-09-06T00:00:00Z"}));
        let santiago = rules(Some(0), None, "America/Santiago");
        assert_eq!(said(&ann, &santiago, now), "not hired yet, in scope from 2026-09-06, until 2026-09-06T04:00:00Z");
    }

    #[test]
    fn a_last_day_before_the_first_one_is_of_an_earlier_employment() {
        let back =
            user(json!({"employeeLeaveDateTime": "2026-03-31T00:00:00Z", "employeeHireDate": "2026-06-01T00:00:00Z"}));
        let leave_only = rules(None, Some(time(18, 0, 0, 0)), "UTC");
        assert_eq!(said(&back, &leave_only, "2026-03-01T00:00:00Z"), "in, until 2026-03-31T18:00:00Z");
        assert_eq!(
            said(&back, &leave_only, "2026-04-01T00:00:00Z"),
            "left on 2026-03-31 at 18:00, until 2026-06-01T00:00:00Z"
        );
        assert_eq!(said(&back, &leave_only, "2026-06-01T00:00:00Z"), "in");
        let both = rules(Some(7), Some(time(18, 0, 0, 0)), "UTC");
        assert_eq!(
            said(&back, &both, "2026-04-01T00:00:00Z"),
            "not hired yet, in scope from 2026-05-25, until 2026-05-25T00:00:00Z"
        );
        assert_eq!(said(&back, &both, "2026-05-25T00:00:00Z"), "in");
    }

    #[test]
    fn what_is_no_date_is_that_persons_failure_and_what_is_beyond_the_calendar_is_its_end() {
        let both = rules(Some(7), Some(time(18, 0, 0, 0)), "Europe/Berlin");
        for (property, value) in [("employeeHireDate", json!("soon")), ("employeeLeaveDateTime", json!(20_260_331))] {
            let said = said(&user(json!({ property: value })), &both, "2026-04-01T00:00:00Z");
            assert!(said.starts_with(property) && said.ends_with("is no date: correct it in Entra"), "{said}");
        }
        let forever =
            user(json!({"employeeLeaveDateTime": "9999-12-31T23:59:59Z", "employeeHireDate": "0001-01-01T00:00:00Z"}));
        assert!(said(&forever, &both, "2026-04-01T00:00:00Z").starts_with("in"));
        let untouched = user(json!({"employeeHireDate": "soon"}));
        assert_eq!(said(&untouched, &Rules::default(), "2026-04-01T00:00:00Z"), "in", "nobody asked for dates");
    }

    #[test]
    fn whoever_left_is_out_although_a_filter_fails_for_them() {
        let mut rules = rules(None, Some(time(18, 0, 0, 0)), "UTC");
        rules.filters = filters(&[&[("jobTitle", "REGEX MATCH", r"(?=a)(a+)+\1b")]]).filters;
        let ann = user(json!({"jobTitle": "a".repeat(40), "employeeLeaveDateTime": "2026-03-31T00:00:00Z"}));
        assert!(said(&ann, &rules, "2026-03-01T00:00:00Z").ends_with(", until 2026-03-31T18:00:00Z"));
        assert_eq!(said(&ann, &rules, "2026-04-01T00:00:00Z"), "left on 2026-03-31 at 18:00");
    }
}

#[test]
fn an_examination_names_the_way_the_filters_and_the_dates() {
    let mut rules = filters(&[&[("department", "EQUALS", "Sales"), ("city", "NOT EQUALS", "Rome")]]);
    rules.who = Who::Assigned { app_id: "app".to_owned() };
    rules.dates = Dates {
        hire_days_before: Some(7),
        leave_at: Some(time(18, 0, 0, 0)),
        zone: TimeZone::get("Europe/Berlin").expect("a zone"),
    };
    let ann = user(json!({"department": "Sales", "city": "Rome", "employeeHireDate": "2026-03-10T00:00:00Z"}));
    let now = "2026-03-01T00:00:00Z".parse().expect("a time");
    let Examination { judgement, findings } = examine(&Subject::alone(&ann), &memberships(true), &rules, now);
    assert_eq!(judgement.verdict, Ok(Verdict::Out(OutReason::FilteredOut)));
    let lines: Vec<_> = findings.iter().map(|f| format!("{:?} {}: {}", f.passed, f.setting, f.description)).collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    Some(true) scope.guests: no guest
    Some(true) scope.who: assigned to the application through SALES, which is in STAFF
    Some(false) scope.filters: a filter
    Some(false) scope.hire_days_before: employeeHireDate is 2026-03-10T00:00:00Z: in scope from 2026-03-03 00:00 Europe/Berlin
    Some(true) scope.leave_at: employeeLeaveDateTime is empty: no restriction
    ");
    let clauses: Vec<_> = findings[2].clauses.iter().map(|c| (c.passed, c.values.join(" "))).collect();
    assert_eq!(clauses, [(Some(true), "Sales".to_owned()), (Some(false), "Rome".to_owned())]);
}

/// Anything that Graph might have at an attribute.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-c]{0,3}|[0-9]{1,3}|(?s).{0,4}".prop_map(Value::from),
        prop::collection::vec("[a-c]{0,2}", 0..3).prop_map(Value::from),
    ]
}

fn any_clause() -> impl Strategy<Value = Clause> {
    let operators = prop::sample::select(vec![
        "EQUALS",
        "NOT EQUALS",
        "IS TRUE",
        "IS FALSE",
        "IS NULL",
        "IS NOT NULL",
        "REGEX MATCH",
        "NOT REGEX MATCH",
        "Greater_Than",
        "Greater_Than_OR_EQUALS",
        "INCLUDES",
        "NOT INCLUDES",
        "ENDS_WITH",
        "NOT ENDS_WITH",
        "&",
        "!&",
    ]);
    (prop::sample::select(vec!["jobTitle", "city"]), operators, "[a-c]{1,2}", 0..99_u8).prop_map(
        |(attribute, operator, text, number)| match operator {
            "IS TRUE" | "IS FALSE" | "IS NULL" | "IS NOT NULL" => clause(attribute, operator, None),
            "Greater_Than" | "Greater_Than_OR_EQUALS" => clause(attribute, operator, Some(&number.to_string())),
            _ => clause(attribute, operator, Some(&text)),
        },
    )
}

fn day() -> impl Strategy<Value = Date> {
    // The years with odd changes of clocks, and whole days skipped in Apia.
    (0_i64..7000).prop_map(|days| {
        date(2010, 1, 1).checked_add(SignedDuration::from_hours(24 * days)).expect("within the calendar")
    })
}

fn any_rules() -> impl Strategy<Value = Rules> {
    let zones = ["UTC", "Europe/Berlin", "America/Los_Angeles", "America/Santiago", "Pacific/Apia", "Asia/Kathmandu"];
    let who = prop::sample::select(vec![
        Who::All,
        Who::Assigned { app_id: "app".to_owned() },
        Who::Groups(vec!["sales".to_owned()]),
        Who::Groups(vec!["legal".to_owned()]),
        Who::Groups(vec!["unknown".to_owned()]),
    ]);
    let filters = prop::collection::vec(prop::collection::vec(any_clause(), 1..3), 0..3);
    let dates =
        (prop::option::of(0_u16..30), prop::option::of((0_i8..24, 0_i8..60)), prop::sample::select(zones.to_vec()));
    (who, any::<bool>(), filters, dates).prop_map(|(who, guests, filters, (hire_days_before, leave_at, zone))| Rules {
        who,
        guests: if guests { Guests::Include } else { Guests::Exclude },
        filters: filters.into_iter().map(|clauses| Filter { title: "a filter".to_owned(), clauses }).collect(),
        dates: Dates {
            hire_days_before,
            leave_at: leave_at.map(|(hour, minute)| time(hour, minute, 0, 0)),
            zone: TimeZone::get(zone).expect("a zone"),
        },
        ..Rules::default()
    })
}

fn anybody() -> impl Strategy<Value = SourceUser> {
    let text = prop_oneof![8 => day().prop_map(|day| format!("{day}T08:00:00Z")), 1 => Just("soon".to_owned())];
    let written = prop::option::of(text);
    (value(), value(), any::<bool>(), written.clone(), written).prop_map(|(title, city, guest, hired, left)| {
        user(json!({
            "jobTitle": title, "city": city, "userType": if guest { "Guest" } else { "Member" },
            "employeeHireDate": hired, "employeeLeaveDateTime": left,
        }))
    })
}

proptest! {
    #[test]
    fn a_verdict_stays_until_it_is_to_be_revisited_and_is_another_then(
        person in anybody(),
        rules in any_rules(),
        start in day(),
        share in 0.0..1.0_f64,
    ) {
        let subject = Subject::alone(&person);
        let memberships = memberships(true);
        let now = TimeZone::UTC.to_timestamp(start.to_datetime(Time::midnight())).expect("a day");
        let Judgement { verdict, revisit_at } = judge(&subject, &memberships, &rules, now);
        let end = revisit_at.unwrap_or_else(|| "2100-01-01T00:00:00Z".parse().expect("a time"));
        prop_assert!(end > now);
        let between = now + SignedDuration::from_secs_f64((end.duration_since(now)).as_secs_f64() * share);
        for moment in [between, end - SignedDuration::from_nanos(1)] {
            let later = judge(&subject, &memberships, &rules, moment);
            prop_assert_eq!(&later.verdict, &verdict);
            prop_assert_eq!(later.revisit_at, revisit_at);
        }
        if let Some(at) = revisit_at {
            prop_assert_ne!(judge(&subject, &memberships, &rules, at).verdict, verdict);
        }
    }

    #[test]
    fn the_details_agree_with_the_verdict(person in anybody(), rules in any_rules(), start in day()) {
        let subject = Subject::alone(&person);
        let now = TimeZone::UTC.to_timestamp(start.to_datetime(Time::midnight())).expect("a day");
        let Examination { judgement, findings } = examine(&subject, &memberships(true), &rules, now);
        prop_assert_eq!(&judgement, &judge(&subject, &memberships(true), &rules, now));
        let (filters, others): (Vec<_>, Vec<_>) = findings.iter().partition(|f| f.setting == "scope.filters");
        let filters_fail = !filters.is_empty() && filters.iter().all(|f| f.passed == Some(false));
        let filters_open = filters.iter().all(|f| f.passed != Some(true)) && filters.iter().any(|f| f.passed.is_none());
        let expected = if filters_fail || others.iter().any(|f| f.passed == Some(false)) {
            Some(false)
        } else if filters_open || others.iter().any(|f| f.passed.is_none()) {
            None
        } else {
            Some(true)
        };
        let said = judgement.verdict.ok().map(|verdict| matches!(verdict, Verdict::In(_)));
        prop_assert_eq!(said, expected, "{:?}", findings);
        for filter in filters {
            let all = filter.clauses.iter().all(|clause| clause.passed == Some(true));
            prop_assert_eq!(filter.passed, Some(all));
        }
    }
}
