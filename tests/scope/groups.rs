//! `who = "groups"` and filters that name groups.

use super::common::World;
use super::*;

/// ann is in `Sales`, bob in `Inner`, which is in `Sales`; cid is in none.
struct Office {
    world: World,
    people: [String; 3],
    sales: String,
    inner: String,
}

async fn office() -> Office {
    let mut world = World::new().await;
    groups_only(&mut world, &["Sales"]);
    let people = people(&world, ["ann", "bob", "cid"]);
    let inner = world.group("Inner", &[&people[1]]);
    let sales = world.group("Sales", &[&people[0], &inner]);
    assert_eq!(world.cycled().await, "2 create");
    assert_eq!(world.cycled().await, "nothing to do");
    asked(&world);
    Office { world, people, sales, inner }
}

#[tokio::test]
async fn a_group_configured_by_name_that_is_renamed_or_deleted_takes_nobody_out() {
    let Office { world, people: [_, _, cid], sales, .. } = office().await;
    let rename = |name: &str| world.sim.graph().update_group(&sales, &json!({"displayName": name})).expect("renamed");
    rename("Former sales");
    let error = refused(&world, Vec::new()).await;
    assert!(error.contains("\"Sales\"") && error.contains("correct the configuration"), "{error}");
    rename("Sales");
    assert_eq!(world.cycled().await, "nothing to do");

    world.sim.graph().delete_group(&sales).expect("deleted");
    refused(&world, Vec::new()).await;
    refused(&world, Vec::new()).await;
    world.sim.graph().restore_group(&sales).expect("restored");
    world.join(&sales, &cid);
    assert_eq!(world.cycled().await, "1 create");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn a_group_configured_by_its_id_may_be_renamed() {
    let Office { mut world, sales, people: [_, _, cid], .. } = office().await;
    groups_only(&mut world, &[&sales.to_uppercase()]);
    assert_eq!(world.cycled().await, "nothing to do");
    world.sim.graph().update_group(&sales, &json!({"displayName": "Former sales"})).expect("renamed");
    world.join(&sales, &cid);
    assert_eq!(world.cycled().await, "1 create");
}

#[tokio::test]
async fn names_with_letters_beyond_ascii_are_the_same_in_any_case() {
    let Office { mut world, people: [_, _, cid], .. } = office().await;
    world.group("Verkäufer O'Neil", &[&cid]);
    groups_only(&mut world, &["sales", "VERKÄUFER O'NEIL"]);
    assert_eq!(world.cycled().await, "1 create");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn a_name_of_two_groups_is_refused_with_both_ids() {
    let Office { mut world, sales, people: [.., cid], .. } = office().await;
    let twin = world.group("Twin", &[&cid]);
    let other = world.group("twin", &[]);
    groups_only(&mut world, &[&sales, "Twin"]);
    let error = refused(&world, Vec::new()).await;
    assert!(error.contains(&twin) && error.contains(&other), "{error}");
}

#[tokio::test]
async fn an_emptied_group_is_held_by_the_guard_and_filled_again_is_as_before() {
    let mut world = World::new().await;
    groups_only(&mut world, &["All"]);
    let ids: Vec<_> = (0..60).map(|number| world.person(&format!("p{number:02}"), json!({}))).collect();
    let all = world.group("All", &ids.iter().collect::<Vec<_>>());
    assert_eq!(world.cycled().await, "60 create");
    world.sim.graph().set_members(&all, &[]).expect("emptied");
    for _ in 0..2 {
        assert_eq!(world.cycled().await, "nothing to do; 60 held");
    }
    assert_eq!(active(&world).len(), 60);
    world.sim.graph().set_members(&all, &ids).expect("filled");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn other_groups_are_planned_from_the_snapshot_without_reading_people_anew() {
    let Office { mut world, people: [_, _, cid], .. } = office().await;
    world.group("Legal", &[&cid]);
    groups_only(&mut world, &["Legal"]);
    let plan = world.plan().await.to_string();
    assert!(plan.contains("ann@corp.example") && plan.contains("cid@corp.example"), "{plan}");
    assert_eq!(active(&world), ["ann", "bob"], "a plan writes nothing");
    assert_eq!(world.cycled().await, "2 deactivate, 1 create");
    let asked = asked(&world);
    assert!(asked.iter().all(|path| !path.contains("users/delta?$select")), "{asked:?}");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn a_filter_reads_a_group_that_nothing_else_names() {
    let mut world = World::new().await;
    let [ann, bob] = people(&world, ["ann", "bob"]);
    let inner = world.group("Contractors", &[&bob]);
    let outer = world.group("External", &[&inner]);
    world.policy.scope.filter = Some(filter("Not(MemberOf(\"external\"))"));
    assert_eq!(world.cycled().await, "1 create");
    world.leave(&inner, &bob);
    assert_eq!(world.cycled().await, "1 create");
    world.join(&outer, &ann);
    assert_eq!(world.cycled().await, "1 deactivate");
    assert_eq!(world.cycled().await, "nothing to do");
    world.sim.graph().delete_group(&outer).expect("deleted");
    refused(&world, Vec::new()).await;
    world.policy.scope.filter = None;
    assert_eq!(world.cycled().await, "1 reactivate");
}

#[tokio::test]
async fn more_groups_than_a_feed_takes_are_read_in_several() {
    let mut world = World::new().await;
    groups_only(&mut world, &["All"]);
    let ids: Vec<_> = (0..120).map(|number| world.group(&format!("G{number}"), &[])).collect();
    let ann = world.person("ann", json!({}));
    world.join(&ids[119], &ann);
    let all = world.group("All", &ids.iter().collect::<Vec<_>>());
    assert_eq!(world.cycled().await, "1 create");
    asked(&world);
    assert_eq!(world.cycled().await, "nothing to do");
    assert_eq!(asked(&world).len(), 1 + 4, "people, the group, and 120 groups in it");
    world.leave(&all, &ids[119]);
    assert_eq!(world.cycled().await, "1 deactivate");
}

#[tokio::test]
async fn whatever_else_is_in_a_group_and_however_it_is_filled_only_its_people_count() {
    let Office { world, people: [_, _, cid], inner, .. } = office().await;
    for kind in ["device", "orgContact"] {
        let object = json!({"@odata.type": format!("#microsoft.graph.{kind}"), "displayName": kind});
        let object = world.sim.graph().create_object(&object).expect("an object");
        world.join(&inner, object["id"].as_str().expect("an id"));
    }
    assert_eq!(world.cycled().await, "nothing to do");
    let dynamic = json!({
        "displayName": "Dynamic", "mailEnabled": false, "mailNickname": "dynamic", "securityEnabled": true,
        "groupTypes": ["DynamicMembership"], "membershipRule": "user.department -eq \"Sales\"",
    });
    let dynamic = world.sim.graph().create_group(&dynamic).expect("a group");
    let dynamic = dynamic["id"].as_str().expect("an id");
    world.sim.graph().set_members(dynamic, &[cid]).expect("filled by its rule");
    world.join(&inner, dynamic);
    assert_eq!(world.cycled().await, "1 create");
}

#[tokio::test]
async fn whoever_is_deleted_and_restored_is_in_the_group_again() {
    let Office { world, people: [_, bob, _], .. } = office().await;
    world.sim.graph().delete_user(&bob).expect("deleted");
    assert_eq!(world.cycled().await, "1 deactivate");
    world.sim.graph().restore_user(&bob).expect("restored");
    assert_eq!(world.cycled().await, "1 reactivate");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn a_purge_that_hides_the_end_of_a_membership_does_no_harm() {
    let Office { world, people: [_, bob, _], .. } = office().await;
    let mut switches = world.sim.graph().switches();
    switches.purge_hides_membership_removal = true;
    world.sim.graph().set_switches(switches).expect("a switch");
    world.sim.graph().purge_user(&bob).expect("purged");
    assert_eq!(world.cycled().await, "1 deactivate");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn groups_are_read_in_full_whenever_people_are() {
    let Office { world, .. } = office().await;
    world.pass(jiff::SignedDuration::from_hours(1));
    let expired = Effect::ExpireToken { style: entra_jostle_sync::simulator::ExpiredStyle::Gone };
    world.sim.set_faults(vec![on_graph("/users/delta", expired).times(1)]).expect("faults");
    assert_eq!(world.cycled().await, "nothing to do");
    let read = asked(&world);
    assert!(read.iter().any(|path| path.contains("groups/delta?$select")), "{read:?}");
    assert_eq!(world.cycled().await, "nothing to do");
    let read = asked(&world);
    assert!(read.iter().all(|path| !path.contains("groups/delta?$select")), "once: {read:?}");
}

#[tokio::test]
async fn a_newcomer_who_is_in_a_group_before_the_feed_shows_them_is_created_when_it_does() {
    let Office { world, sales, .. } = office().await;
    let new = world.person("new", json!({}));
    world.join(&sales, &new);
    // On demand reads memberships and one person, not the feed of people.
    assert_eq!(world.provision("ann@corp.example").await.expect("judged").operation, None);
    assert_eq!(world.cycled().await, "1 create");
    assert_eq!(world.cycled().await, "nothing to do");
}

/// Eight of sixty leave without any limit; of a group of nine that is an accident.
#[tokio::test]
async fn whoever_is_lost_with_most_of_a_group_keeps_the_account_until_somebody_has_looked() {
    let mut world = World::new().await;
    groups_only(&mut world, &["Sales", "Rest"]);
    let sales: Vec<_> = (0..9).map(|number| world.person(&format!("sales{number}"), json!({}))).collect();
    let rest: Vec<_> = (0..51).map(|number| world.person(&format!("rest{number}"), json!({}))).collect();
    let group = world.group("Sales", &sales.iter().collect::<Vec<_>>());
    world.group("Rest", &rest.iter().collect::<Vec<_>>());
    assert_eq!(world.cycled().await, "60 create");
    world.change(&rest[0], json!({"accountEnabled": false}));
    sales[1..].iter().for_each(|member| world.leave(&group, member));
    let engine = world.engine();
    let report = engine.cycle().await.expect("a cycle");
    let paused = report.paused.expect("a pause");
    assert_eq!((report.operations.total(), paused.waiting), (0, 9), "nobody at all is removed");
    let why = "the group Sales lost most of its people in Entra: 1 of 9 are left";
    assert_eq!((paused.pause.by.as_str(), paused.pause.why.as_deref()), ("entra-jostle-sync", Some(why)));
    world.restart().await;
    assert_eq!(world.cycled().await, "nothing to do", "it is not forgotten");
    for member in &sales[1..] {
        world.join(&group, member);
    }
    assert_eq!(world.cycled().await, "nothing to do");
    world.engine().resume("ann").await.expect("ended");
    assert_eq!(world.cycled().await, "1 deactivate", "whoever is back is as before");
}
