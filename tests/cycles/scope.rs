//! Who has an account: assignments, groups, managers, filters, dates, and what is done for whoever leaves.

use entra_jostle_sync::plan::Delete;
use entra_jostle_sync::scope::{Clause, Dates, Filter, Who};
use jiff::SignedDuration;
use serde_json::json;

use super::common::{World, in_sync, summary};

/// Only this department is in scope.
fn department(name: &str) -> Filter {
    only("department", name)
}

/// Only this value of an attribute is in scope.
fn only(attribute: &str, name: &str) -> Filter {
    let attribute = attribute.parse().expect("a source path");
    let operator = "EQUALS".parse().expect("an operator");
    let clause = Clause::new(attribute, operator, Some(name), None).expect("a clause");
    Filter { title: "the department".to_owned(), clauses: vec![clause] }
}

#[tokio::test]
async fn guests_disabled_people_and_people_without_mail_get_no_account() {
    let world = World::new().await;
    world.person("guest", json!({"userType": "Guest"}));
    world.person("blocked", json!({"accountEnabled": false}));
    world.person("nomail", json!({"mail": null}));
    world.person("ann", json!({}));
    assert_eq!(world.cycled().await, "1 create; 1 failed");
    assert_eq!(world.accounts().await.len(), 1);
    let waiting = world.status().await.waiting;
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].user_name, "nomail@corp.example");
    assert!(waiting[0].retry.message.contains("mail is empty in Entra"), "{}", waiting[0].retry.message);
    world.pass(SignedDuration::from_hours(48));
    assert_eq!(world.cycled().await, "nothing to do", "waiting does not mend a missing value");
    let id = waiting[0].entra_id.as_str().to_owned();
    world.change(&id, json!({"mail": "nomail@corp.example"}));
    assert_eq!(world.cycled().await, "1 create", "a change does");
    assert_eq!(world.status().await.waiting, []);
}

#[tokio::test]
async fn only_people_deleted_long_enough_ago_are_deleted_and_only_if_configured() {
    let (mut world, ids) = in_sync(&["ann", "bob"]).await;
    world.policy.actions.delete = Delete::AfterDays(30);
    world.sim.graph().purge_user(&ids[0]).expect("purged");
    assert_eq!(world.cycled().await, "1 deactivate");
    world.pass(SignedDuration::from_hours(24 * 5));
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(SignedDuration::from_hours(24 * 26));
    assert_eq!(world.cycled().await, "1 delete");
    assert_eq!(world.accounts().await.len(), 1);
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn whoever_is_assigned_through_a_group_of_a_group_has_an_account_as_long_as_they_are() {
    let mut world = World::new().await;
    world.policy.scope.who = Who::Assigned { app_id: world.sim.details().app_id.clone() };
    let ids: Vec<_> = ["ann", "bob", "cid", "dee"].map(|alias| world.person(alias, json!({}))).into();
    let sales = world.group("Sales", &[&ids[1]]);
    let staff = world.group("Staff", &[&ids[0], &sales]);
    let graph = world.sim.graph();
    let direct = graph.assign(&ids[2], None).expect("assigned");
    graph.assign(&staff, None).expect("assigned");
    assert_eq!(world.cycled().await, "3 create");
    assert_eq!(world.cycled().await, "nothing to do");

    let done = world.provision("bob@corp.example").await.expect("judged");
    let scope = serde_json::to_value(&done.steps[2]).expect("JSON");
    assert_eq!(
        scope["details"]["rules"][1]["description"],
        "assigned to the application through Sales, which is in Staff"
    );

    world.leave(&staff, &sales);
    assert_eq!(world.cycled().await, "1 deactivate", "nothing of bob changed");
    assert_eq!(world.account("bob@corp.example").await.expect("there")["active"], false);
    world.join(&staff, &sales);
    assert_eq!(world.cycled().await, "1 reactivate");
    world.sim.graph().unassign(direct["id"].as_str().expect("an id")).expect("unassigned");
    assert_eq!(world.cycled().await, "1 deactivate");
    world.policy.scope.nested = false;
    assert_eq!(world.cycled().await, "1 deactivate", "only direct members, as Entra's own job");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn whoever_is_in_a_group_by_name_is_in_scope_and_a_group_that_is_not_there_takes_nobody_out() {
    let mut world = World::new().await;
    let ids: Vec<_> = ["ann", "bob"].map(|alias| world.person(alias, json!({}))).into();
    world.group("Sales", &[&ids[0]]);
    world.policy.scope.who = Who::Groups(vec!["sales".to_owned()]);
    assert_eq!(world.cycled().await, "1 create");
    world.policy.scope.who = Who::Groups(vec!["Sales Europe".to_owned()]);
    let report = world.cycle().await;
    assert!(report.error.is_some(), "{report:?}");
    assert_eq!(world.account("ann@corp.example").await.expect("there")["active"], true);
}

#[tokio::test]
async fn the_manager_decides_and_a_change_of_theirs_is_noticed() {
    let mut world = World::new().await;
    world.policy.scope.filters = vec![only("manager.department", "Sales")];
    let boss = world.person("boss", json!({"department": "Sales"}));
    let ann = world.person("ann", json!({}));
    world.sim.graph().set_manager(&ann, Some(&boss)).expect("a manager");
    assert_eq!(world.cycled().await, "1 create");
    world.change(&boss, json!({"department": "Legal"}));
    assert_eq!(world.cycled().await, "1 deactivate");
    world.change(&boss, json!({"department": "Sales"}));
    assert_eq!(world.cycled().await, "1 reactivate");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn whoever_leaves_the_scope_is_deactivated_when_the_days_of_grace_are_over_and_whoever_returns_is_not() {
    let (mut world, ids) = in_sync(&["ann", "bob", "cid"]).await;
    for id in &ids {
        world.change(id, json!({"department": "Sales"}));
    }
    world.policy.scope.filters = vec![department("Sales")];
    world.policy.actions.grace_days = 7;
    assert_eq!(world.cycled().await, "3 update");
    world.change(&ids[0], json!({"department": "Legal"}));
    world.change(&ids[1], json!({"department": "Legal"}));
    world.change(&ids[2], json!({"accountEnabled": false}));
    assert_eq!(world.cycled().await, "1 deactivate", "blocked people have no grace");
    world.pass(SignedDuration::from_hours(24 * 6));
    world.restart().await;
    world.change(&ids[1], json!({"department": "Sales"}));
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(SignedDuration::from_hours(24));
    assert_eq!(world.cycled().await, "1 deactivate", "nothing changed in Entra but the date");
    assert_eq!(world.account("ann@corp.example").await.expect("there")["active"], false);
    assert_eq!(world.account("bob@corp.example").await.expect("there")["active"], true);
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn a_first_day_that_comes_creates_without_any_change_in_entra() {
    let mut world = World::new().await;
    world.policy.scope.dates = Dates {
        hire_days_before: Some(3),
        leave_at: None,
        zone: jiff::tz::TimeZone::get("Europe/Berlin").expect("a zone"),
    };
    world.person("ann", json!({"employeeHireDate": "2026-03-10T00:00:00Z"}));
    assert_eq!(world.cycled().await, "nothing to do");
    let done = world.provision("ann@corp.example").await.expect("judged");
    let scope = serde_json::to_value(&done.steps[2]).expect("JSON");
    assert!(scope["description"].as_str().expect("a sentence").contains("in scope from 2026-03-07"), "{scope}");
    assert_eq!(scope["details"]["revisit_at"], "2026-03-06T23:00:00Z");
    // From Monday 8:00 to the Friday before midnight in Berlin.
    world.pass(SignedDuration::from_hours(4 * 24 + 14));
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(SignedDuration::from_hours(1));
    assert_eq!(world.cycled().await, "1 create");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn another_scope_is_planned_from_the_snapshot_and_a_wrong_one_is_held() {
    let (mut world, ids) = in_sync(&["ann", "bob", "cid", "dee"]).await;
    for id in &ids {
        world.change(id, json!({"department": "Sales"}));
    }
    assert_eq!(world.cycled().await, "4 update");
    world.policy.scope.filters = vec![department("sales")];
    assert_eq!(summary(&world.cycle().await), "nothing to do; 4 held", "upper and lower case differ");
    world.policy.scope.filters = vec![department("Sales")];
    assert_eq!(world.cycled().await, "nothing to do");
}
