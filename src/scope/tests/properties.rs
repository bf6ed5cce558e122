//! What must hold for anybody under any rules.

use super::*;

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
