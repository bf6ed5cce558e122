//! The days of hiring and of leaving, in every zone.

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
    let one_day = "2026-03-31T00:00:00Z";
    let one_day = user(json!({"employeeLeaveDateTime": one_day, "employeeHireDate": one_day}));
    let at_midnight = rules(None, Some(Time::midnight()), "UTC");
    let left = "left on 2026-03-31 at 00:00";
    assert_eq!(said(&one_day, &at_midnight, "2026-04-01T00:00:00Z"), left, "the same day is not before");
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
    let never = user(json!({"employeeLeaveDateTime": "9999-12-31T00:00:00Z"}));
    assert!(said(&never, &both, "2026-04-01T00:00:00Z").starts_with("in"), "and not before everything");
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
