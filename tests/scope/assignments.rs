//! `who = "assigned"`: directly, through groups, through groups of groups; and answers that are short.

use super::common::World;
use super::*;

/// `staff` is assigned and holds ann and `sales`; `sales` holds bob and `staff`. cid is assigned himself; dee is not.
struct Office {
    world: World,
    people: [String; 4],
    staff: String,
    sales: String,
    direct: String,
}

async fn office() -> Office {
    let mut world = World::new().await;
    assigned_only(&mut world);
    let people = people(&world, ["ann", "bob", "cid", "dee"]);
    let sales = world.group("Sales", &[&people[1]]);
    let staff = world.group("Staff", &[&people[0], &sales]);
    world.join(&sales, &staff);
    assign(&world, &staff);
    let direct = assign(&world, &people[2]);
    assert_eq!(world.cycled().await, "3 create");
    assert_eq!(world.cycled().await, "nothing to do");
    asked(&world);
    Office { world, people, staff, sales, direct }
}

#[tokio::test]
async fn whoever_is_assigned_directly_through_a_group_or_through_a_circle_is_in_scope() {
    let office = office().await;
    assert_eq!(active(&office.world), ["ann", "bob", "cid"]);
}

#[tokio::test]
async fn an_idle_cycle_asks_once_for_people_once_for_groups_and_once_for_assignments() {
    let Office { world, .. } = office().await;
    let feeds = world.store().group_feeds().await.expect("feeds").len();
    let report = world.cycle().await;
    assert_eq!(summary(&report), "nothing to do");
    let asked = asked(&world);
    let count = |part: &str| asked.iter().filter(|path| path.contains(part)).count();
    assert_eq!((count("users/delta"), count("groups/delta"), count("appRoleAssignedTo")), (1, feeds, 1), "{asked:?}");
    // A new process asks for the object id of the application once.
    assert_eq!((count("servicePrincipals(appId"), asked.len()), (1, feeds + 3), "{asked:?}");
}

#[tokio::test]
async fn the_same_engine_asks_no_more_than_one_request_a_feed() {
    let Office { world, .. } = office().await;
    let engine = world.engine();
    assert_eq!(summary(&engine.cycle().await.expect("a cycle")), "nothing to do");
    asked(&world);
    assert_eq!(summary(&engine.cycle().await.expect("a cycle")), "nothing to do");
    let asked = asked(&world);
    assert_eq!(asked.len(), 2 + world.store().group_feeds().await.expect("feeds").len(), "{asked:?}");
}

#[tokio::test]
async fn whoever_joins_or_leaves_a_nested_group_is_planned_at_once_although_nothing_of_them_changed() {
    let Office { world, people: [_, bob, _, dee], sales, .. } = office().await;
    world.join(&sales, &dee);
    assert_eq!(world.cycled().await, "1 create");
    assert_eq!(world.cycled().await, "nothing to do");
    world.leave(&sales, &bob);
    assert_eq!(world.cycled().await, "1 deactivate");
    assert_eq!(world.cycled().await, "nothing to do");
    assert_eq!(active(&world), ["ann", "cid", "dee"]);
}

#[tokio::test]
async fn an_assignment_is_taken_away_and_given_back() {
    let Office { world, people: [_, _, cid, _], direct, .. } = office().await;
    unassign(&world, &direct);
    assert_eq!(world.cycled().await, "1 deactivate");
    assign(&world, &cid);
    assert_eq!(world.cycled().await, "1 reactivate");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn whoever_is_assigned_twice_stays_until_the_last_way_is_gone() {
    let Office { world, people: [ann, ..], staff, .. } = office().await;
    let second = assign(&world, &ann);
    assert_eq!(world.cycled().await, "nothing to do");
    world.leave(&staff, &ann);
    assert_eq!(world.cycled().await, "nothing to do");
    unassign(&world, &second);
    assert_eq!(world.cycled().await, "1 deactivate");
}

#[tokio::test]
async fn a_deleted_group_that_was_assigned_takes_its_people_out_and_a_restored_one_back() {
    let Office { world, staff, .. } = office().await;
    world.sim.graph().delete_group(&staff).expect("deleted");
    assert_eq!(world.cycled().await, "2 deactivate");
    assert_eq!(world.cycled().await, "nothing to do");
    world.sim.graph().restore_group(&staff).expect("restored");
    assert_eq!(world.cycled().await, "2 reactivate");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn entras_way_counts_direct_members_alone_and_the_switch_reads_nobody_anew() {
    let Office { mut world, .. } = office().await;
    world.policy.scope.nested = false;
    assert_eq!(world.plan().await.to_string().lines().filter(|line| line.contains("bob@")).count(), 1);
    asked(&world);
    assert_eq!(world.cycled().await, "1 deactivate");
    assert_eq!(active(&world), ["ann", "cid"]);
    world.policy.scope.nested = true;
    assert_eq!(world.cycled().await, "1 reactivate");
    assert_eq!(world.cycled().await, "nothing to do");
    let asked = asked(&world);
    assert!(asked.iter().all(|path| !path.contains("users/delta?$select")), "{asked:?}");
}

/// What an answer that is no list, or half of one, may look like.
fn broken() -> Vec<(Effect, &'static str)> {
    let with_body = |body| Effect::Status { status: 200, retry_after: None, code: None, body };
    vec![
        (with_body(BodyKind::Json), "has an error in its body"),
        (with_body(BodyKind::Html), "nothing is concluded from it"),
        (with_body(BodyKind::Empty), "nothing is concluded from it"),
        (Effect::Truncate { well_framed: true }, "nothing is concluded from it"),
        (Effect::Truncate { well_framed: false }, "ended in the middle"),
        (Effect::Reset {}, "127.0.0.1"),
        (Effect::Redirect { location: "https://graph.example.invalid/".to_owned() }, "302"),
        (status(403), "Application.Read.All"),
        (status(404), "404"),
        (status(500), "500"),
        (status(503), "503"),
    ]
}

#[tokio::test]
async fn whatever_is_wrong_with_the_list_of_assignments_takes_nobody_out() {
    let Office { world, .. } = office().await;
    for (effect, told) in broken() {
        let error = refused(&world, vec![on_graph("appRoleAssignedTo", effect.clone())]).await;
        assert!(error.contains(told), "{effect:?}: {error}");
        assert_eq!(world.cycled().await, "nothing to do", "{effect:?}");
    }
    let code = Some("Request_ResourceNotFound".to_owned());
    let unknown = Effect::Status { status: 404, retry_after: None, code, body: BodyKind::default() };
    let error = refused(&world, vec![on_graph("servicePrincipals(appId", unknown)]).await;
    assert!(error.contains("scope.app_id"), "{error}");
}

#[tokio::test]
async fn a_second_page_that_fails_takes_nobody_out() {
    let Office { world, .. } = office().await;
    let group = |number: usize| world.group(&format!("G{number}"), &[]);
    for number in 0..1000 {
        assign(&world, &group(number));
    }
    assert_eq!(world.cycled().await, "nothing to do");
    for effect in [status(500), status(404), Effect::Truncate { well_framed: true }] {
        refused(&world, vec![on_graph("appRoleAssignedTo?$skiptoken", effect)]).await;
    }
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn a_throttled_list_is_asked_for_again() {
    let Office { world, people: [.., dee], .. } = office().await;
    assign(&world, &dee);
    let effect =
        Effect::Status { status: 429, retry_after: Some("0".to_owned()), code: None, body: BodyKind::default() };
    world.sim.set_faults(vec![on_graph("appRoleAssignedTo", effect).times(1)]).expect("faults");
    assert_eq!(world.cycled().await, "1 create");
}

#[tokio::test]
async fn a_list_that_is_empty_all_at_once_is_not_believed() {
    let Office { world, people: [ann, ..], .. } = office().await;
    unassign_all(&world);
    for _ in 0..2 {
        let error = refused(&world, Vec::new()).await;
        assert!(error.contains("nobody is assigned") && error.contains("assign"), "{error}");
    }
    assign(&world, &ann);
    assert_eq!(world.cycled().await, "2 deactivate", "a list with somebody in it is");
}

#[tokio::test]
async fn a_list_that_was_always_empty_is() {
    let mut world = World::new().await;
    assigned_only(&mut world);
    unassign_all(&world);
    people(&world, ["ann"]);
    assert_eq!(world.cycled().await, "nothing to do");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn a_lost_state_adopts_everybody_and_then_plans_nothing() {
    let Office { mut world, .. } = office().await;
    world.forget().await;
    assert_eq!(world.cycled().await, "3 adopt");
    assert_eq!(world.cycled().await, "nothing to do");
    assert_eq!(active(&world), ["ann", "bob", "cid"]);
}
