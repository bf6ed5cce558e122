//! Groups, managers and assignments of the simulated Graph tenant, driven over HTTP with a plain client. What is checked
//! is what the service's documents say, not what our own client needs.
#![cfg(feature = "simulator")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod graph_world;

use std::collections::{BTreeMap, BTreeSet};

use entra_jostle_sync::simulator::graph::{RemovedReason, TenantError};
use entra_jostle_sync::simulator::{Effect, ExpiredStyle, Fault, Side};
use graph_world::{World, ids, world};
use reqwest::Method;
use serde_json::{Value, json};

const GROUPS: &str = "/v1.0/groups/delta?$select=displayName,members";
const MANAGERS: &str = "/v1.0/users/delta?$select=displayName,manager";

fn link(kind: &str, id: &str) -> Value {
    json!({"@odata.type": format!("#microsoft.graph.{kind}"), "id": id})
}

fn removed(kind: &str, id: &str, reason: &str) -> Value {
    json!({"@odata.type": format!("#microsoft.graph.{kind}"), "id": id, "@removed": {"reason": reason}})
}

/// Sorted by id, as the tenant keeps its links.
fn links(mut entries: Vec<Value>) -> Value {
    entries.sort_by_key(|entry| entry["id"].to_string());
    Value::Array(entries)
}

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

fn people(world: &World, count: usize) -> Vec<String> {
    (0..count).map(|index| world.person(&format!("p{index}@nordwind.example"))).collect()
}

// ---- the feed of groups ---------------------------------------------------------------------------------------------

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

// ---- look-ups of groups ---------------------------------------------------------------------------------------------

#[tokio::test]
async fn groups_are_found_by_id_and_by_name_with_doubled_apostrophes() {
    let world = world(0).await;
    let group = world.group("O'Neill's Team");
    let twin = world.group("O'Neill's Team");
    for path in [format!("/v1.0/groups/{group}"), format!("/v1.0/groups('{group}')")] {
        let answer = world.get(&format!("{path}?$select=id,displayName,membershipRule,groupTypes")).await;
        let mut body = answer.body.clone();
        body.as_object_mut().unwrap().remove("@odata.context").unwrap();
        let expected = json!({"id": group, "displayName": "O'Neill's Team", "membershipRule": null, "groupTypes": []});
        assert_eq!((answer.status, body), (200, expected), "{path}");
    }
    let found = world.list("/v1.0/groups?$top=1&$select=id&$filter=displayName eq 'o''neill''s team'").await;
    assert_eq!(ids(&found).into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([group.as_str(), &twin]));
    assert_eq!(world.get("/v1.0/groups?$filter=displayName eq 'Nobody'").await.body["value"], json!([]));
    for query in ["$filter=startswith(displayName,'O')", "$filter=securityEnabled eq true", "$search=\"x\"", "$skip=1"]
    {
        let answer = world.get(&format!("/v1.0/groups?{query}")).await;
        assert_eq!((answer.status, answer.code()), (400, "Request_UnsupportedQuery"), "{query}");
    }
    let missing = world.get("/v1.0/groups/00000000-0000-4000-8000-000000000000").await;
    assert_eq!((missing.status, missing.code()), (404, "Request_ResourceNotFound"));
}

#[tokio::test]
async fn members_are_mixed_without_a_cast_and_narrowed_by_one() {
    let world = world(0).await;
    let (group, inner) = (world.group("Team"), world.group("Inner"));
    let (person, panel) = (world.person("a@nordwind.example"), world.object("device", "Panel"));
    for member in [&person, &inner, &panel] {
        world.join(&group, member);
    }
    let mixed = world.list(&format!("/v1.0/groups/{group}/members?$top=2&$select=id,displayName")).await;
    let of = |id: &str| mixed.iter().find(|item| item["id"] == id).unwrap();
    assert_eq!(of(&person), &json!({"@odata.type": "#microsoft.graph.user", "id": person, "displayName": "A Person"}));
    assert_eq!(of(&inner)["@odata.type"], "#microsoft.graph.group");
    assert_eq!(of(&panel)["@odata.type"], "#microsoft.graph.device");
    let whole = world.list(&format!("/v1.0/groups/{group}/members")).await;
    let whole = whole.iter().find(|item| item["id"] == person).unwrap().as_object().unwrap();
    assert_eq!((whole.len(), &whole["jobTitle"]), (12, &json!("Clerk")), "the default properties and the type");
    for (cast, id) in [("graph.user", &person), ("microsoft.graph.user", &person), ("microsoft.graph.group", &inner)] {
        let cast = world.get(&format!("/v1.0/groups/{group}/members/{cast}")).await.items();
        assert_eq!(ids(&cast), [id.as_str()]);
        assert!(cast[0].get("@odata.type").is_none());
    }
    assert_eq!(world.get(&format!("/v1.0/groups/{group}/members/graph.device")).await.status, 400);
}

#[tokio::test]
async fn a_cast_with_options_is_an_advanced_query_on_every_page() {
    let world = world(0).await;
    let group = world.group("Team");
    world.join_all(&group, &people(&world, 5));
    for list in ["members", "transitiveMembers"] {
        let base = format!("/v1.0/groups/{group}/{list}/microsoft.graph.user");
        for query in ["$top=2", "$select=id", "$count=true", "$top=2&$count=true"] {
            let plain = world.get(&format!("{base}?{query}")).await;
            assert_eq!((plain.status, plain.code()), (400, "Request_UnsupportedQuery"), "{list} {query}");
        }
        let uncounted = world.get_eventual(&format!("{base}?$top=2")).await;
        assert_eq!(uncounted.code(), "Request_UnsupportedQuery");
        let first = world.get_eventual(&format!("{base}?$count=true&$top=2&$select=id")).await;
        assert_eq!((first.status, &first.body["@odata.count"], first.items().len()), (200, &json!(5), 2));
        let next = first.next().unwrap();
        assert_eq!(world.get(&next).await.code(), "Request_UnsupportedQuery", "the header does not travel in the link");
        let second = world.get_eventual(&next).await;
        assert_eq!((second.body.get("@odata.count"), second.items().len()), (None, 2));
        let last = world.get_eventual(&second.next().unwrap()).await;
        assert_eq!((last.items().len(), last.next()), (1, None));
    }
}

#[tokio::test]
async fn transitive_members_are_met_once_through_nesting_and_cycles() {
    let world = world(0).await;
    let (a, b, c) = (world.group("A"), world.group("B"), world.group("C"));
    let people = people(&world, 3);
    for (group, member) in [(&a, &b), (&b, &c), (&c, &a), (&a, &people[0]), (&c, &people[0]), (&c, &people[1])] {
        world.join(group, member);
    }
    let transitive = async |cast: &str| {
        let items = world.list(&format!("/v1.0/groups/{a}/transitiveMembers{cast}")).await;
        ids(&items).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let sorted = |mut ids: Vec<String>| {
        ids.sort_unstable();
        ids
    };
    assert_eq!(transitive("/graph.user").await, sorted(people[..2].to_vec()));
    assert_eq!(transitive("/graph.group").await, sorted(vec![a.clone(), b.clone(), c.clone()]));
    assert_eq!(transitive("").await.len(), 5);
    let direct = world.list(&format!("/v1.0/groups/{a}/members")).await;
    assert_eq!(direct.len(), 2);
    world.sim.graph().delete_group(&b).unwrap();
    assert_eq!(transitive("").await, [people[0].as_str()], "a deleted group leads nowhere");
}

#[tokio::test]
async fn members_page_by_hundreds_at_most_999() {
    let world = world(0).await;
    let group = world.group("Team");
    world.join_all(&group, &people(&world, 130));
    let base = format!("/v1.0/groups/{group}/members");
    assert_eq!(world.get(&base).await.items().len(), 100);
    assert_eq!(world.list(&base).await.len(), 130);
    assert_eq!(world.get(&format!("{base}?$top=999")).await.items().len(), 130);
    assert_eq!(world.get(&format!("{base}?$top=1000")).await.status, 400);
    let other = world.group("Other");
    let foreign = world.get(&base).await.next().unwrap().replace(&group, &other);
    assert_eq!(world.get(&foreign).await.code(), "Request_BadRequest");
}

// ---- managers -------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_manager_is_set_changed_and_cleared_in_the_feed() {
    let world = world(0).await;
    let (person, one, two) =
        (world.person("a@nordwind.example"), world.person("b@nordwind.example"), world.object("orgContact", "Chair"));
    let (items, delta) = world.round(MANAGERS).await;
    assert!(items.iter().all(|item| item.get("manager@delta").is_none()));
    let set = |manager: Option<&str>| world.sim.graph().set_manager(&person, manager).unwrap();
    let item = |entries: Value| [json!({"id": person, "displayName": "A Person", "manager@delta": entries})];
    set(Some(&one));
    let (items, delta) = world.round(&delta).await;
    assert_eq!(items, item(json!([link("user", &one)])));
    set(Some(&two));
    let (items, delta) = world.round(&delta).await;
    assert_eq!(items, item(json!([removed("user", &one, "deleted"), link("orgContact", &two)])));
    set(None);
    let (items, delta) = world.round(&delta).await;
    assert_eq!(items, item(json!([removed("orgContact", &two, "deleted")])));
    set(None);
    assert_eq!(world.round(&delta).await.0.len(), 0, "no change, no trace");
}

#[tokio::test]
async fn a_manager_may_come_in_an_item_of_its_own_on_the_next_page() {
    let world = world(0).await;
    let (person, manager) = (world.person("a@nordwind.example"), world.person("b@nordwind.example"));
    world.sim.graph().set_manager(&person, Some(&manager)).unwrap();
    world.switch(|switches| (switches.manager_separately, switches.page_size) = (true, 2));
    let first = world.get(MANAGERS).await;
    assert_eq!(ids(&first.items()), [manager.as_str(), &person]);
    assert!(first.items()[1].get("manager@delta").is_none());
    let (items, delta) = world.round(&first.next().unwrap()).await;
    assert_eq!(items, [json!({"id": person, "manager@delta": [link("user", &manager)]})]);
    assert_eq!(world.round(&delta).await.0.len(), 0);
}

#[tokio::test]
async fn a_baseline_leaves_out_managers_but_later_changes_are_told() {
    let world = world(200).await;
    let count = async |percent| {
        world.switch(|switches| switches.managers_unnamed_percent = percent);
        let (items, delta) = world.round(MANAGERS).await;
        (items.iter().filter(|item| item.get("manager@delta").is_some()).count(), delta)
    };
    let (all, _) = count(0).await;
    let (some, _) = count(30).await;
    let (none, delta) = count(100).await;
    assert!(all > 190 && none == 0 && some * 10 > all * 6 && some * 10 < all * 8, "{some} of {all}");
    assert_eq!(count(30).await.0, some, "always the same people");
    let users = world.sim.graph().users();
    let with = users.iter().find(|user| user.get("manager").is_some()).unwrap();
    let person = with["id"].as_str().unwrap();
    let asked = world.get(&format!("/v1.0/users/{person}/manager?$select=id")).await;
    assert_eq!(asked.body["id"], with["manager"]);
    world.sim.graph().set_manager(person, None).unwrap();
    assert_eq!(world.round(&delta).await.0[0]["manager@delta"][0]["@removed"]["reason"], "deleted");
}

#[tokio::test]
async fn a_manager_is_asked_for_alone_or_along() {
    let world = world(0).await;
    let (person, manager) = (world.person("a@nordwind.example"), world.person("b@nordwind.example"));
    let path = format!("/v1.0/users/{person}/manager");
    let none = world.get(&path).await;
    assert_eq!((none.status, none.code()), (404, "Request_ResourceNotFound"));
    let text = "Resource 'manager' does not exist or one of its queried reference-property objects are not present.";
    assert_eq!(none.body["error"]["message"], text);
    let expand = format!("/v1.0/users/{person}?$select=id&$expand=manager($select=id,displayName)");
    assert!(world.get(&expand).await.body.get("manager").is_none());
    world.sim.graph().set_manager(&person, Some("b@nordwind.example")).unwrap();
    let found = world.get(&format!("{path}?$select=id")).await.body;
    assert_eq!((&found["@odata.type"], &found["id"]), (&json!("#microsoft.graph.user"), &json!(manager)));
    let along = world.get(&expand).await.body;
    let expected = json!({"@odata.type": "#microsoft.graph.user", "id": manager, "displayName": "A Person"});
    assert_eq!(along["manager"], expected);
    let chair = world.object("orgContact", "Chair");
    world.sim.graph().set_manager(&person, Some(&chair)).unwrap();
    let contact = world.get(&format!("{path}?$select=id,displayName,userPrincipalName")).await.body;
    assert_eq!(contact["@odata.type"], "#microsoft.graph.orgContact");
    assert_eq!((&contact["displayName"], contact.get("userPrincipalName")), (&json!("Chair"), None));
    let user = format!("/v1.0/users/{person}");
    for query in [
        "$expand=manager($levels=max;$select=id)",
        "$expand=manager($levels=max)",
        "$expand=manager,memberOf",
        "$expand=directReports",
        "$select=id,manager",
    ] {
        assert_eq!(world.get(&format!("{user}?{query}")).await.status, 400, "{query}");
    }
    assert_eq!(world.get("/v1.0/users?$select=id,manager").await.code(), "BadRequest");
}

#[tokio::test]
async fn a_manager_who_is_deleted_vanishes_and_does_not_come_back() {
    let world = world(0).await;
    let (person, manager) = (world.person("a@nordwind.example"), world.person("b@nordwind.example"));
    world.sim.graph().set_manager(&person, Some(&manager)).unwrap();
    let (_, delta) = world.round(MANAGERS).await;
    world.sim.graph().delete_user(&manager).unwrap();
    let (items, delta) = world.round(&delta).await;
    let report = items.iter().find(|item| item["id"] == person).unwrap();
    assert_eq!(report["manager@delta"], json!([removed("user", &manager, "deleted")]));
    assert_eq!(world.get(&format!("/v1.0/users/{person}/manager")).await.status, 404);
    world.sim.graph().restore_user(&manager).unwrap();
    assert_eq!(ids(&world.round(&delta).await.0), [manager.as_str()]);
    let device = world.object("device", "Panel");
    assert!(matches!(world.sim.graph().set_manager(&person, Some(&device)), Err(TenantError::Value("manager", _))));
}

// ---- the date somebody leaves ---------------------------------------------------------------------------------------

#[tokio::test]
async fn the_leave_date_needs_its_permission_and_may_not_be_tracked() {
    let mut world = world(0).await;
    let person = world.person("a@nordwind.example");
    let feed = "/v1.0/users/delta?$select=displayName,employeeLeaveDateTime";
    let one = format!("/v1.0/users/{person}?$select=employeeLeaveDateTime");
    for url in [feed, &one] {
        assert_eq!(world.get(url).await.code(), "Authorization_RequestDenied");
    }
    world.permit(&["User.Read.All", "User-LifeCycleInfo.Read.All"]).await;
    let (_, delta) = world.round(feed).await;
    world.set(&person, &json!({"employeeLeaveDateTime": "2027-01-31T00:00:00Z"}));
    assert_eq!(world.get(&one).await.body["employeeLeaveDateTime"], "2027-01-31T00:00:00Z");
    let expected = json!({"id": person, "displayName": "A Person", "employeeLeaveDateTime": "2027-01-31T00:00:00Z"});
    assert_eq!(world.round(&delta).await.0, std::slice::from_ref(&expected));
    world.switch(|switches| switches.leave_date_in_feed = false);
    assert_eq!(world.round(&delta).await.0.len(), 0);
    assert_eq!(world.round(feed).await.0, [expected], "a baseline has it");
    world.set(&person, &json!({"displayName": "B Person"}));
    let minimal = world.get_minimal(&delta).await.items();
    assert_eq!(minimal, [json!({"id": person, "displayName": "B Person"})]);
}

#[tokio::test]
async fn hire_date_organisation_and_extension_attributes_come_out_whole() {
    let world = world(0).await;
    let person = world.person("a@nordwind.example");
    let feed = "/v1.0/users/delta?$select=employeeHireDate,employeeOrgData,onPremisesExtensionAttributes";
    let (items, delta) = world.round(feed).await;
    assert_eq!(items, [json!({"id": person})]);
    world.set(
        &person,
        &json!({
            "employeeHireDate": "2026-12-01T00:00:00Z", "employeeOrgData": {"division": "North"},
            "onPremisesExtensionAttributes": {"extensionAttribute15": "x"},
        }),
    );
    let (items, _) = world.round(&delta).await;
    assert_eq!(items[0]["employeeHireDate"], "2026-12-01T00:00:00Z");
    assert_eq!(items[0]["employeeOrgData"], json!({"division": "North", "costCenter": null}));
    let extension = items[0]["onPremisesExtensionAttributes"].as_object().unwrap();
    assert_eq!((extension.len(), &extension["extensionAttribute15"]), (15, &json!("x")));
}

// ---- service principals and assignments -----------------------------------------------------------------------------

#[tokio::test]
async fn the_application_is_found_by_every_spelling_of_its_key() {
    let world = world(0).await;
    let app = world.sim.details().app_id.clone();
    let select = "$select=id,appId,displayName,appRoleAssignmentRequired";
    let by_key = world.get(&format!("/v1.0/servicePrincipals(appId='{app}')?{select}")).await;
    assert_eq!((by_key.status, &by_key.body["displayName"]), (200, &json!("Jostle")));
    assert_eq!(by_key.body["appRoleAssignmentRequired"], true);
    let id = by_key.body["id"].as_str().unwrap();
    assert_ne!(id, app);
    let by_id = world.get(&format!("/v1.0/servicePrincipals/{id}?{select}")).await;
    assert_eq!(by_id.body, by_key.body);
    let listed = world.get(&format!("/v1.0/servicePrincipals?$filter=appId eq '{app}'&$select=id")).await;
    assert_eq!(listed.items(), [json!({"id": id})]);
    for path in [format!("/v1.0/servicePrincipals/{app}"), format!("/v1.0/servicePrincipals(appId='{id}')")] {
        assert_eq!(world.get(&path).await.code(), "Request_ResourceNotFound", "{path}");
    }
    let own = format!("/v1.0/servicePrincipals(appId='{}')/appRoleAssignedTo", world.sim.details().client_id);
    assert_eq!(world.get(&own).await.body["value"], json!([]), "nobody is assigned to the reader");
}

#[tokio::test]
async fn assignments_are_listed_in_pages_and_one_principal_may_have_several() {
    let world = world(0).await;
    let (person, group) = (world.person("a@nordwind.example"), world.sim.details().group_id.clone());
    let app = world.sim.details().app_id.clone();
    let path = format!("/v1.0/servicePrincipals(appId='{app}')/appRoleAssignedTo");
    assert_eq!(world.get(&path).await.items()[0]["principalId"], json!(group), "All employees is assigned");
    let role = "11111111-1111-4111-8111-111111111111";
    let first = world.sim.graph().assign(&person, None).unwrap();
    world.sim.graph().assign("a@nordwind.example", Some(role)).unwrap();
    assert_eq!(world.sim.graph().assign(&person, Some(role)), Err(TenantError::Assigned(person.clone())));
    let page = world.get(&format!("{path}?$top=1")).await;
    assert_eq!(page.items().len(), 1);
    let all = world.list(&format!("{path}?$top=1")).await;
    let of_person: Vec<_> = all.iter().filter(|one| one["principalId"] == person).collect();
    assert_eq!((all.len(), of_person.len()), (3, 2));
    let shown = of_person.iter().find(|one| one["id"] == first["id"]).unwrap();
    assert_eq!(shown["appRoleId"], "00000000-0000-0000-0000-000000000000");
    assert_eq!((&shown["principalType"], &shown["principalDisplayName"]), (&json!("User"), &json!("A Person")));
    assert_eq!((&shown["resourceDisplayName"], &shown["deletedDateTime"]), (&json!("Jostle"), &Value::Null));
    assert!(shown["createdDateTime"].is_string() && shown.as_object().unwrap().len() == 9, "{shown}");
    let narrow = world.get(&format!("{path}?$select=id,principalType&$top=999")).await.items();
    assert!(narrow.iter().all(|one| one.as_object().unwrap().len() == 2));

    world.sim.graph().delete_user(&person).unwrap();
    assert_eq!(world.list(&path).await.len(), 3, "the recycle bin keeps assignments");
    world.sim.graph().purge_user(&person).unwrap();
    assert_eq!(world.list(&path).await.len(), 1);
    let id = world.list(&path).await[0]["id"].as_str().unwrap().to_owned();
    world.sim.graph().unassign(&id).unwrap();
    assert_eq!(world.get(&path).await.body["value"], json!([]));
    assert_eq!(world.sim.graph().unassign(&id), Err(TenantError::NoAssignment(id)));
}

// ---- permissions ----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn every_call_demands_its_permission() {
    let mut world = world(3).await;
    let (group, app) = (world.sim.details().group_id.clone(), world.sim.details().app_id.clone());
    let person = world.person("a@nordwind.example");
    world.sim.graph().set_manager(&person, Some(&person)).unwrap();
    let principal = format!("/v1.0/servicePrincipals(appId='{app}')");
    let urls = [
        ("users", "/v1.0/users/delta".to_owned()),
        ("users", format!("/v1.0/users/{person}/manager")),
        ("changes", "/v1.0/groups/delta".to_owned()),
        ("groups", "/v1.0/groups".to_owned()),
        ("groups", format!("/v1.0/groups/{group}")),
        ("members", format!("/v1.0/groups/{group}/members")),
        ("members", format!("/v1.0/groups/{group}/transitiveMembers/graph.user")),
        ("apps", principal.clone()),
        ("apps", format!("{principal}/appRoleAssignedTo")),
        ("jobs", format!("{principal}/synchronization/jobs")),
        ("jobs", format!("{principal}/synchronization/secrets")),
    ];
    for (role, allowed) in [
        ("User.Read.All", "users"),
        ("User.ReadBasic.All", ""),
        ("Group.ReadBasic.All", "changes"),
        ("GroupMember.ReadBasic.All", "members"),
        ("GroupMember.Read.All", "changes groups members"),
        ("Group.Read.All", "changes groups members"),
        ("Application.Read.All", "apps"),
        ("Synchronization.Read.All", "jobs"),
        ("Directory.Read.All", "users changes groups members apps"),
    ] {
        world.permit(&[role]).await;
        for (kind, url) in &urls {
            let answer = world.get(url).await;
            if allowed.contains(kind) {
                assert_eq!(answer.status, 200, "{role} {url} {}", answer.body);
            } else {
                assert_eq!((answer.status, answer.code()), (403, "Authorization_RequestDenied"), "{role} {url}");
                assert_eq!(answer.header("request-id"), answer.body["error"]["innerError"]["request-id"]);
            }
        }
    }
}

#[tokio::test]
async fn whom_the_reader_may_not_read_is_an_id_and_nothing_more() {
    let mut world = world(0).await;
    let group = world.group("Team");
    let person = world.person("a@nordwind.example");
    world.join(&group, &person);
    world.permit(&["GroupMember.Read.All"]).await;
    let members = world.get(&format!("/v1.0/groups/{group}/members?$select=id,displayName")).await;
    let expected = json!({"@odata.type": "#microsoft.graph.user", "id": person, "displayName": null});
    assert_eq!(members.items(), [expected]);
}

// ---- a new tenant and its administration ----------------------------------------------------------------------------

#[tokio::test]
async fn the_seed_decides_groups_managers_and_assignments_too() {
    let one = world(40).await;
    let (groups, assignments) = (one.sim.graph().groups(), one.sim.graph().assignments());
    let same = world(40).await;
    let names = |groups: &[Value]| groups.iter().map(|group| group["displayName"].to_string()).collect::<Vec<_>>();
    let members = |groups: &[Value]| groups.iter().map(|group| group["members"].clone()).collect::<Vec<_>>();
    let again = same.sim.graph().groups();
    assert_eq!((names(&groups), members(&groups)), (names(&again), members(&again)));
    assert_eq!(assignments.len(), 2);
    assert_eq!(ids(&assignments), ids(&same.sim.graph().assignments()));
    assert_eq!(one.sim.details().app_id, same.sim.details().app_id);
    assert_eq!(one.sim.graph().users(), same.sim.graph().users());
}

#[tokio::test]
async fn an_administrator_has_a_way_in_to_everything() {
    let world = world(0).await;
    let (person, boss) = (world.person("a@nordwind.example"), world.person("b@nordwind.example"));
    let admin = async |method, path: &str, body: &str| {
        let answer = world.admin(method, path, body).await;
        assert!(answer.status < 300, "{path}: {} {}", answer.status, answer.body);
        answer.body
    };
    let group = admin(Method::POST, "/groups", r#"{"displayName":"Team"}"#).await;
    let id = group["id"].as_str().unwrap();
    let one = format!("/groups/{id}");
    admin(Method::PATCH, &one, r#"{"displayName":"Crew","groupTypes":["DynamicMembership"]}"#).await;
    admin(Method::POST, &format!("{one}/members/a@nordwind.example"), "").await;
    let set = admin(Method::PUT, &format!("{one}/members"), &json!([person, boss]).to_string()).await;
    assert_eq!(set["members"].as_array().unwrap().len(), 2);
    admin(Method::DELETE, &format!("{one}/members/{boss}"), "").await;
    admin(Method::DELETE, &one, "").await;
    assert_eq!(admin(Method::POST, &format!("{one}/restore"), "").await["members"], json!([person]));
    assert_eq!(admin(Method::GET, "/groups", "").await.as_array().unwrap().len(), 2);
    admin(Method::PUT, &format!("/users/{person}/manager"), &json!({"id": boss}).to_string()).await;
    assert_eq!(world.sim.graph().user(&person).unwrap()["manager"], json!(boss));
    admin(Method::DELETE, &format!("/users/{person}/manager"), "").await;
    let contact = r##"{"@odata.type":"#microsoft.graph.orgContact","displayName":"Chair"}"##;
    let contact = admin(Method::POST, "/objects", contact).await["id"].as_str().unwrap().to_owned();
    world.sim.graph().set_manager(&person, Some(&contact)).unwrap();
    admin(Method::DELETE, &format!("/objects/{contact}"), "").await;
    assert!(world.sim.graph().user(&person).unwrap().get("manager").is_none());
    let given = admin(Method::POST, "/assignments", &json!({"principalId": person}).to_string()).await;
    assert_eq!(admin(Method::GET, "/assignments", "").await.as_array().unwrap().len(), 2);
    admin(Method::DELETE, &format!("/assignments/{}", given["id"].as_str().unwrap()), "").await;
    admin(Method::DELETE, &format!("{one}?purge=true"), "").await;
    for (method, path, body, status) in [
        (Method::POST, "/groups", "{}", 400),
        (Method::POST, "/groups", r#"{"displayName":"X","members":[]}"#, 400),
        (Method::PATCH, one.as_str(), r#"{"displayName":"X"}"#, 404),
        (Method::POST, "/objects", r#"{"displayName":"X"}"#, 400),
        (Method::POST, "/assignments", r#"{"principalId":"nobody"}"#, 404),
        (Method::DELETE, "/assignments/nothing", "", 404),
        (Method::PUT, "/switches", r#"{"graph":{"members_per_page":1}}"#, 400),
        (Method::PUT, "/switches", r#"{"graph":{"managers_unnamed_percent":101}}"#, 400),
    ] {
        let answer = world.admin(method, path, body).await;
        assert!(answer.status == status && answer.body["error"].is_string(), "{path} {body}: {}", answer.body);
    }
}
