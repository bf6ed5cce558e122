//! Every operator against every kind of value.

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
    for nothing in [Value::Null, json!(""), json!([]), json!(["", null]), json!({"costCenter": "7"})] {
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
        for (text, expected) in yes.into_iter().map(|text| (text, true)).chain(no.into_iter().map(|text| (text, false)))
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
fn a_clause_says_what_it_asks_and_is_the_same_only_as_one_that_asks_the_same() {
    let clauses = || {
        [
            ("city", "IS NULL", None, None, "city IS NULL"),
            ("city", "IS NOT NULL", None, None, "city IS NOT NULL"),
            ("city", "EQUALS", Some("Rome"), None, "city EQUALS \"Rome\""),
            ("city", "EQUALS", Some("rome"), None, "city EQUALS \"rome\""),
            ("state", "EQUALS", Some("Rome"), None, "state EQUALS \"Rome\""),
            ("city", "Greater_Than", Some("5"), None, "city Greater_Than \"5\""),
            ("city", "Greater_Than", Some("6"), None, "city Greater_Than \"6\""),
            ("city", "&", Some("a,b"), None, "city & \"a, b\""),
            ("city", "&", Some("a; c ;"), None, "city & \"a, c\""),
            ("city", "REGEX MATCH", Some("R.*"), None, "city REGEX MATCH \"R.*\""),
            ("city", "REGEX MATCH", Some("P.*"), None, "city REGEX MATCH \"P.*\""),
            ("city", "REGEX MATCH", Some("R.*"), Some(false), "city REGEX MATCH \"R.*\""),
        ]
        .map(|(attribute, operator, value, anchored, said)| {
            let (attribute, operator) = (attribute.parse().expect("a path"), operator.parse().expect("an operator"));
            (Clause::new(attribute, operator, value, anchored).expect("a clause"), said)
        })
    };
    for (one, (clause, said)) in clauses().iter().enumerate() {
        assert_eq!(clause.to_string(), *said);
        for (other, (another, _)) in clauses().iter().enumerate() {
            assert_eq!(clause == another, one == other, "{clause} and {another}");
        }
    }
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
    assert!(verdict(&bad, &filters(&[&[explosive]])).starts_with("undecided: scope.filters: jobTitle: the pattern"));
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
