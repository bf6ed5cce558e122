//! Filters, guests and dates.

use super::common::World;
use super::*;
use entra_jostle_sync::scope::{Dates, Guests};
use jiff::SignedDuration;
use jiff::civil::time;
use jiff::tz::TimeZone;

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

#[tokio::test]
async fn another_filter_is_shown_by_plan_and_planned_from_the_snapshot() {
    let mut world = World::new().await;
    world.person("ann", json!({"department": "Sales"}));
    world.person("bob", json!({"department": "Legal"}));
    assert_eq!(world.cycled().await, "2 create");
    asked(&world);
    world.policy.scope.filters = vec![only("department", "EQUALS", "Sales")];
    let plan = world.plan().await.to_string();
    assert!(plan.contains("bob@corp.example") && !plan.contains("ann@corp.example"), "{plan}");
    assert_eq!(active(&world), ["ann", "bob"]);
    assert_eq!(world.plan().await.to_string(), plan, "a plan leaves everything to be planned");
    assert_eq!(world.cycled().await, "1 deactivate");
    world.policy.scope.filters.push(only("department", "ENDS_WITH", "gal"));
    assert_eq!(world.cycled().await, "1 reactivate", "one filter is enough");
    let asked = asked(&world);
    assert!(asked.iter().all(|path| path.contains("$deltatoken")), "one request a cycle, from the position: {asked:?}");
    assert_eq!(asked.len(), 4);
}

#[tokio::test]
async fn an_attribute_that_was_not_read_yet_costs_one_reading_of_all_people() {
    let mut world = World::new().await;
    world.person("ann", json!({"officeLocation": "Oslo"}));
    world.person("bob", json!({}));
    assert_eq!(world.cycled().await, "2 create");
    asked(&world);
    world.policy.scope.filters = vec![only("officeLocation", "EQUALS", "Oslo")];
    assert_eq!(world.cycled().await, "1 deactivate");
    let read = asked(&world);
    assert_eq!(read.iter().filter(|path| path.contains("users/delta?$select")).count(), 1, "{read:?}");
    assert_eq!(world.cycled().await, "nothing to do");
    assert_eq!(asked(&world).len(), 1);
}

#[tokio::test]
async fn guests_are_out_by_default_and_come_in_under_their_own_name() {
    let mut world = World::new().await;
    let name = "eva_home.example#EXT#@corp.example";
    world.person("ann", json!({}));
    world.person("eva", json!({"userType": "Guest", "userPrincipalName": name, "mail": "eva@home.example"}));
    assert_eq!(world.cycled().await, "1 create");
    world.policy.scope.guests = Guests::Include;
    assert_eq!(world.cycled().await, "1 create");
    assert_eq!(world.cycled().await, "nothing to do");
    let account = world.account("eva@home.example").await.expect("under the name at home");
    assert_eq!(account["userName"], "eva@home.example");
    for key in [name, "eva@home.example"] {
        let done = world.provision(key).await.expect("found");
        assert_eq!(done.operation, None, "{key}");
    }
    world.forget().await;
    assert_eq!(world.cycled().await, "2 adopt");
    world.policy.scope.guests = Guests::Exclude;
    assert_eq!(world.cycled().await, "1 deactivate");
    assert_eq!(active(&world), ["ann"]);
}

#[tokio::test]
async fn first_and_last_days_come_at_an_hour_in_a_zone_without_any_change_in_entra() {
    let mut world = World::new().await;
    let mut switches = world.sim.graph().switches();
    switches.roles.push("User-LifeCycleInfo.Read.All".to_owned());
    world.sim.graph().set_switches(switches).expect("a switch");
    let zone = TimeZone::get("America/New_York").expect("a zone");
    world.policy.scope.dates = Dates { hire_days_before: Some(2), leave_at: Some(time(18, 0, 0, 0)), zone };
    let dates = json!({"employeeHireDate": "2026-03-05T00:00:00Z", "employeeLeaveDateTime": "2026-03-06T08:00:00Z"});
    world.person("ann", dates);
    world.person("bob", json!({}));
    // Monday 8:00 in UTC. The third of March begins at 5:00 in UTC there; the sixth ends at 23:00.
    assert_eq!(world.cycled().await, "1 create");
    world.pass(hours(20));
    asked(&world);
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(hours(1));
    world.restart().await;
    assert_eq!(world.cycled().await, "1 create");
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(hours(3 * 24 + 17));
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(hours(1));
    assert_eq!(world.cycled().await, "1 deactivate");
    assert_eq!(world.cycled().await, "nothing to do");
    assert_eq!((active(&world), asked(&world).len()), (vec!["bob".to_owned()], 6), "one request a cycle");
}

#[tokio::test]
async fn a_last_day_that_moves_moves_the_deactivation() {
    let mut world = World::new().await;
    let mut switches = world.sim.graph().switches();
    switches.roles.push("User-LifeCycleInfo.Read.All".to_owned());
    world.sim.graph().set_switches(switches).expect("a switch");
    world.policy.scope.dates = Dates { leave_at: Some(time(18, 0, 0, 0)), ..Dates::default() };
    let ann = world.person("ann", json!({"employeeLeaveDateTime": "2026-03-06T00:00:00Z"}));
    assert_eq!(world.cycled().await, "1 create");
    world.change(&ann, json!({"employeeLeaveDateTime": "2026-03-09T00:00:00Z"}));
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(hours(5 * 24));
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(hours(3 * 24));
    assert_eq!(world.cycled().await, "1 deactivate");
    world.change(&ann, json!({"employeeLeaveDateTime": null}));
    assert_eq!(world.cycled().await, "1 reactivate");
}

#[tokio::test]
async fn leave_dates_without_their_permission_are_refused_by_its_name() {
    let mut world = World::new().await;
    people(&world, ["ann"]);
    assert_eq!(world.cycled().await, "1 create");
    world.policy.scope.dates = Dates { leave_at: Some(time(18, 0, 0, 0)), ..Dates::default() };
    let error = refused(&world, Vec::new()).await;
    assert!(error.contains("User-LifeCycleInfo.Read.All"), "{error}");
}
