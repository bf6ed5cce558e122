//! The feed of groups: who comes and goes, slices, faults and links.

use std::collections::{BTreeMap, BTreeSet};

use entra_jostle_sync::simulator::graph::{RemovedReason, TenantError};
use entra_jostle_sync::simulator::{Effect, ExpiredStyle, Fault, Side};
use serde_json::{Value, json};

use super::graph_world::{World, ids, world};
use super::{GROUPS, link, links, people, removed};

/// The tenant's own group, which is there before a test makes any.
fn without_own<'a>(world: &World, items: &'a [Value]) -> Vec<&'a Value> {
    items.iter().filter(|item| item["id"] != world.sim.details().group_id).collect()
}

/// What a reader keeps of a round: the members of each group.
fn merge(members: &mut BTreeMap<String, BTreeSet<String>>, items: &[Value]) {
    for item in items {
        let group = members.entry(item["id"].as_str().unwrap().to_owned()).or_default();
        for entry in item["members@delta"].as_array().into_iter().flatten() {
            let id = entry["id"].as_str().unwrap().to_owned();
            if entry.get("@removed").is_some() {
                group.remove(&id)
            } else {
                group.insert(id)
            };
        }
    }
}

#[tokio::test]
async fn a_baseline_brings_all_members_as_additions_of_every_kind() {
    let world = world(0).await;
    let (group, empty) = (world.group("Everybody"), world.group("Nobody"));
    let (person, device) = (world.person("a@nordwind.example"), world.object("device", "Panel"));
    for member in [&person, &empty, &device] {
        world.join(&group, member);
    }
    let (items, delta) = world.round(GROUPS).await;
    let members = links(vec![link("user", &person), link("group", &empty), link("device", &device)]);
    let expected = [
        &json!({"id": empty, "displayName": "Nobody"}),
        &json!({"id": group, "displayName": "Everybody", "members@delta": members}),
    ];
    assert_eq!(without_own(&world, &items), expected);
    assert!(delta.contains("/v1.0/groups/delta?$deltatoken="), "{delta}");
    assert_eq!(world.round(&delta).await.0, Vec::<Value>::new());
}

#[tokio::test]
async fn members_that_come_and_go_surface_alone_and_only_if_they_are_selected() {
    let world = world(0).await;
    let group = world.group("Team");
    let people = people(&world, 3);
    world.join(&group, &people[0]);
    let (_, names) = world.round("/v1.0/groups/delta?$select=displayName").await;
    let (_, delta) = world.round(GROUPS).await;
    world.join(&group, &people[1]);
    world.sim.graph().remove_member(&group, &people[0]).unwrap();
    let (items, delta) = world.round(&delta).await;
    let expected = links(vec![removed("user", &people[0], "deleted"), link("user", &people[1])]);
    assert_eq!(items, [json!({"id": group, "displayName": "Team", "members@delta": expected})]);
    assert_eq!(world.round(&names).await.0.len(), 0);
    world.switch(|switches| switches.link_removed_reason = RemovedReason::Changed);
    world.sim.graph().set_members(&group, &people[2..]).unwrap();
    let minimal = world.get_minimal(&delta).await.items();
    let expected = links(vec![removed("user", &people[1], "changed"), link("user", &people[2])]);
    assert_eq!(minimal, [json!({"id": group, "members@delta": expected})]);
    let same = world.sim.graph().set_members(&group, &people[2..]).unwrap();
    assert_eq!(same["members"], json!([people[2]]));
}

#[tokio::test]
async fn without_a_selection_members_are_tracked_too() {
    let world = world(0).await;
    let group = world.group("Team");
    let (items, delta) = world.round("/v1.0/groups/delta").await;
    let item = without_own(&world, &items)[0].as_object().unwrap();
    assert!(item.contains_key("securityEnabled") && item.contains_key("groupTypes"), "{item:?}");
    let person = world.person("a@nordwind.example");
    world.join(&group, &person);
    assert_eq!(world.round(&delta).await.0[0]["members@delta"], json!([link("user", &person)]));
}

#[tokio::test]
async fn groups_are_renamed_deleted_restored_and_purged() {
    let world = world(0).await;
    let group = world.group("Team");
    let person = world.person("a@nordwind.example");
    world.join(&group, &person);
    let (_, delta) = world.round(GROUPS).await;
    world.sim.graph().update_group(&group, &json!({"displayName": "Crew"})).unwrap();
    let (items, delta) = world.round(&delta).await;
    assert_eq!(items, [json!({"id": group, "displayName": "Crew"})]);
    world.sim.graph().delete_group(&group).unwrap();
    let (items, delta) = world.round(&delta).await;
    assert_eq!(items, [json!({"id": group, "@removed": {"reason": "changed"}})]);
    assert_eq!(world.get(&format!("/v1.0/groups/{group}")).await.status, 404);
    world.sim.graph().restore_group(&group).unwrap();
    let (items, delta) = world.round(&delta).await;
    assert_eq!(items, [json!({"id": group, "displayName": "Crew", "members@delta": [link("user", &person)]})]);
    world.sim.graph().purge_group(&group).unwrap();
    assert_eq!(world.round(&delta).await.0, [json!({"id": group, "@removed": {"reason": "deleted"}})]);
    assert_eq!(world.sim.graph().restore_group(&group), Err(TenantError::NotInBin(group)));
}

#[tokio::test]
async fn who_is_deleted_stays_a_member_until_purged_and_even_that_may_go_unsaid() {
    for hidden in [false, true] {
        let world = world(0).await;
        world.switch(|switches| switches.purge_hides_membership_removal = hidden);
        let (group, nested) = (world.group("Team"), world.group("Nested"));
        let person = world.person("a@nordwind.example");
        world.join(&group, &person);
        world.join(&group, &nested);
        let (_, delta) = world.round(GROUPS).await;
        world.sim.graph().delete_user(&person).unwrap();
        let (items, delta) = world.round(&delta).await;
        assert_eq!(items.len(), 0, "a soft deletion is none of the group's");
        let (listed, _) = world.round(GROUPS).await;
        let team = listed.iter().find(|item| item["id"] == group).unwrap();
        assert_eq!(team["members@delta"].as_array().unwrap().len(), 2, "the membership is kept");
        assert_eq!(ids(&world.get(&format!("/v1.0/groups/{group}/members")).await.items()), [nested.as_str()]);
        world.sim.graph().purge_user(&person).unwrap();
        let expected =
            json!({"id": group, "displayName": "Team", "members@delta": [removed("user", &person, "deleted")]});
        let expected = if hidden { Vec::new() } else { vec![expected] };
        assert_eq!(world.round(&delta).await.0, expected);
    }
}

#[tokio::test]
async fn a_nested_group_ends_its_membership_with_its_purge() {
    let world = world(0).await;
    let (outer, inner) = (world.group("Outer"), world.group("Inner"));
    world.join(&outer, &inner);
    let (_, delta) = world.round(GROUPS).await;
    world.sim.graph().delete_group(&inner).unwrap();
    let (items, delta) = world.round(&delta).await;
    assert_eq!(ids(&items), [inner.as_str()]);
    world.sim.graph().purge_group(&inner).unwrap();
    let (items, _) = world.round(&delta).await;
    let outer = items.iter().find(|item| item["id"] == outer).unwrap();
    assert_eq!(outer["members@delta"], json!([removed("group", &inner, "deleted")]));
}

#[tokio::test]
async fn a_large_group_is_sliced_over_items_and_pages() {
    let world = world(0).await;
    world.switch(|switches| (switches.members_per_page, switches.page_size) = (4, 3));
    let (group, small) = (world.group("Large"), world.group("Small"));
    let people = people(&world, 11);
    world.join_all(&group, &people);
    world.join(&small, &people[0]);
    world.sim.clear_requests();
    let (items, delta) = world.round(GROUPS).await;
    let large: Vec<_> = items.iter().filter(|item| item["id"] == group).collect();
    let slices: Vec<_> = large.iter().map(|item| item["members@delta"].as_array().unwrap().len()).collect();
    assert_eq!(slices, [2, 2, 2, 2, 2, 1]);
    assert!(large.iter().all(|item| item["displayName"] == "Large"), "the group is repeated as a whole");
    assert_eq!(items[1]["id"], items[2]["id"], "also consecutively");
    assert_eq!(world.sim.requests().len(), 3);
    let mut members = BTreeMap::new();
    merge(&mut members, &items);
    assert_eq!(members[&group], people.iter().cloned().collect());
    assert_eq!(world.round(&delta).await.0.len(), 0);
}

#[tokio::test]
async fn nothing_is_lost_of_a_group_that_changes_between_its_slices() {
    let world = world(0).await;
    world.switch(|switches| switches.members_per_page = 2);
    let group = world.group("Large");
    let people = people(&world, 6);
    world.join_all(&group, &people[..5]);
    let first = world.get(&format!("{GROUPS}&$filter=id eq '{group}'")).await;
    let mut members = BTreeMap::new();
    merge(&mut members, &first.items());
    world.sim.graph().remove_member(&group, members[&group].first().unwrap()).unwrap();
    world.join(&group, &people[5]);
    let (items, delta) = world.round(&first.next().unwrap()).await;
    merge(&mut members, &items);
    let truth = world.sim.graph().group(&group).unwrap()["members"].clone();
    assert_eq!(json!(members[&group]), truth);
    assert_eq!(world.round(&delta).await.0.len(), 0);
}

#[tokio::test]
async fn the_faults_of_the_feed_lose_no_group_and_no_member() {
    let world = world(30).await;
    world.switch(|switches| (switches.page_size, switches.members_per_page) = (3, 4));
    let truth = async |world: &World| {
        let mut members = BTreeMap::new();
        merge(&mut members, &world.round(GROUPS).await.0);
        members
    };
    let expected = truth(&world).await;
    assert!(expected.len() > 8);
    for effect in [Effect::Duplicate {}, Effect::Shuffle {}] {
        world.fault(Fault::new(Side::Graph, effect.clone()).path("groups"));
        assert_eq!(truth(&world).await, expected, "{effect:?}");
    }
    world.fault(Fault::new(Side::Graph, Effect::EmptyPage {}).skip(1).times(2));
    assert_eq!(truth(&world).await, expected);
    let faults =
        |world: &World| world.sim.requests().iter().filter_map(|request| request.fault).collect::<BTreeSet<_>>();
    assert_eq!(faults(&world), BTreeSet::from(["duplicate", "empty_page", "shuffle"]));
}

#[tokio::test]
async fn a_shuffled_page_has_the_same_items_in_another_order() {
    let world = world(40).await;
    let feed = "/v1.0/users/delta?$select=displayName";
    let (straight, _) = world.round(feed).await;
    world.fault(Fault::new(Side::Graph, Effect::Shuffle {}));
    let (shuffled, _) = world.round(feed).await;
    assert_ne!(ids(&straight), ids(&shuffled));
    assert_eq!(ids(&straight).into_iter().collect::<BTreeSet<_>>(), ids(&shuffled).into_iter().collect());
}

#[tokio::test]
async fn a_replay_and_an_expired_token_are_those_of_the_users_feed() {
    let world = world(0).await;
    let group = world.group("Team");
    let (_, delta) = world.round(GROUPS).await;
    let person = world.person("a@nordwind.example");
    world.join(&group, &person);
    let (first, delta) = world.round(&delta).await;
    world.fault(Fault::new(Side::Graph, Effect::Replay {}).times(1));
    let (again, delta) = world.round(&delta).await;
    assert_eq!((first.len(), again), (1, first));
    world.fault(Fault::new(Side::Graph, Effect::ExpireToken { style: ExpiredStyle::Gone }).times(1));
    for _ in 0..2 {
        let gone = world.get(&delta).await;
        assert_eq!((gone.status, gone.code()), (410, "SyncStateNotFound"));
        let location = gone.header("location");
        assert!(location.contains("/v1.0/groups/delta?$select=displayName,members&$deltatoken="), "{location}");
        assert_eq!(world.round(location).await.0.len(), 2);
    }
    let (_, delta) = world.round(GROUPS).await;
    world.switch(|switches| switches.delta_token_seconds = 0);
    assert_eq!(world.get(&delta).await.code(), "syncStateNotFound");
}

#[tokio::test]
async fn a_link_of_one_feed_is_worth_nothing_at_the_other() {
    let world = world(3).await;
    let (_, delta) = world.round(GROUPS).await;
    let answer = world.get(&delta.replace("/groups/", "/users/")).await;
    assert_eq!((answer.status, answer.code()), (400, "Request_BadRequest"));
}

#[tokio::test]
async fn the_feed_takes_four_spellings_and_few_options() {
    let world = world(0).await;
    let group = world.group("Team");
    let filter = |count: usize| vec![format!("id eq '{group}'"); count].join(" or ");
    for name in ["delta", "delta()", "microsoft.graph.delta", "microsoft.graph.delta()"] {
        let (items, _) = world.round(&format!("/v1.0/groups/{name}?$filter={}", filter(50))).await;
        assert_eq!(ids(&items), [group.as_str()], "{name}");
    }
    for (query, status, code) in [
        (format!("$filter={}", filter(51)), 400, "Request_UnsupportedQuery"),
        ("$filter=displayName eq 'Team'".to_owned(), 400, "Request_UnsupportedQuery"),
        ("$expand=members".to_owned(), 400, "Request_UnsupportedQuery"),
        ("$top=5".to_owned(), 400, "Request_UnsupportedQuery"),
        ("$select=manager".to_owned(), 400, "BadRequest"),
        ("$select=owners".to_owned(), 501, "NotImplemented"),
        ("$select=welcomeMessageEnabled".to_owned(), 501, "NotImplemented"),
    ] {
        let answer = world.get(&format!("/v1.0/groups/delta?{query}")).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{query}");
    }
}

#[tokio::test]
async fn memberships_that_ended_stand_in_a_baseline_unless_tombstones_are_switched_off() {
    let world = world(0).await;
    let group = world.group("Team");
    let people = people(&world, 2);
    world.join_all(&group, &people);
    world.sim.graph().remove_member(&group, &people[0]).unwrap();
    let members = async || {
        let (items, _) = world.round(&format!("{GROUPS}&$filter=id eq '{group}'")).await;
        items[0]["members@delta"].clone()
    };
    let expected = links(vec![removed("user", &people[0], "deleted"), link("user", &people[1])]);
    assert_eq!(members().await, expected);
    world.switch(|switches| switches.tombstones_in_baseline = false);
    assert_eq!(members().await, json!([link("user", &people[1])]));
}
