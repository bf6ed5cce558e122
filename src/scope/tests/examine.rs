//! What an administrator is told who asks why somebody is in or out.

use super::*;

#[test]
fn an_examination_says_by_which_groups_somebody_is_in_if_by_any() {
    let said = |memberships: &Memberships, who: Who| {
        let rules = Rules { who, ..Rules::default() };
        let finding = examine(&Subject::alone(&user(json!({}))), memberships, &rules, NOW).findings.remove(1);
        let way: Vec<_> = finding.way.iter().map(|label| label.id.to_string()).collect();
        format!("{} ({})", finding.description, way.join(" "))
    };
    let assigned = || Who::Assigned { app_id: "app".to_owned() };
    let groups = |name: &str| Who::Groups(vec![name.to_owned()]);
    let assigned_herself =
        MembershipSnapshot { assigned: [Principal::User(EntraId::new("ann"))].into(), ..Default::default() };
    let through = "assigned to the application through SALES, which is in STAFF (sales staff)";
    assert_eq!(said(&memberships(true), assigned()), through);
    assert_eq!(said(&Memberships::new(&assigned_herself, true), assigned()), "assigned to the application ()");
    assert_eq!(said(&memberships(true), groups("staff")), "member of SALES, which is in STAFF (sales staff)");
    assert_eq!(said(&memberships(true), groups("legal")), "in none of the groups (scope.groups) ()");
    assert_eq!(said(&memberships(true), Who::All), "everybody is in scope ()");
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
