//! The feed of users: baselines, rounds, links and what they show.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::SELECT;
use super::graph_world::{ids, world};

#[tokio::test]
async fn a_baseline_brings_everybody_once_in_pages_and_ends_in_a_delta_link() {
    let world = world(23).await;
    let everybody = world.sim.graph().users().len();
    world.page_size(5);
    let (items, delta) = world.round("/v1.0/users/delta?$select=displayName").await;
    assert!(everybody > 23, "others than employees");
    assert_eq!(items.len(), everybody);
    assert_eq!(ids(&items).into_iter().collect::<BTreeSet<_>>().len(), everybody);
    assert_eq!(world.sim.requests().len(), everybody.div_ceil(5));
    assert!(delta.starts_with(&format!("{}/v1.0/users/delta?$deltatoken=", world.sim.details().graph_root)), "{delta}");
    let (items, next_delta) = world.round(&delta).await;
    assert_eq!((items.len(), delta == next_delta), (0, false));
}

#[tokio::test]
async fn links_use_the_host_that_the_client_used() {
    let world = world(3).await;
    let url = format!("{}{SELECT}", world.sim.details().graph_root).replace("127.0.0.1", "localhost");
    assert!(world.get(&url).await.delta().unwrap().starts_with("http://localhost:"));
}

#[tokio::test]
async fn twenty_thousand_people_are_read_in_pages_of_at_most_200() {
    let world = world(20_000).await;
    world.page_size(200);
    let (items, _) = world.round("/v1.0/users/delta?$select=displayName,mail").await;
    assert_eq!(ids(&items).into_iter().collect::<BTreeSet<_>>().len(), 22_727);
    assert_eq!(world.sim.requests().len(), 114);
}

#[tokio::test]
async fn only_selected_properties_are_tracked_and_shown() {
    let world = world(0).await;
    let id = world.person("a@nordwind.example");
    let (items, delta) = world.round("/v1.0/users/delta?$select=jobTitle").await;
    assert_eq!(items, [json!({"id": id, "jobTitle": "Clerk"})]);
    world.set(&id, &json!({"department": "IT"}));
    let (items, delta) = world.round(&delta).await;
    assert_eq!(items, Vec::<Value>::new());
    world.set(&id, &json!({"jobTitle": "Chief"}));
    assert_eq!(world.round(&delta).await.0, [json!({"id": id, "jobTitle": "Chief"})]);
}

#[tokio::test]
async fn never_set_is_absent_cleared_is_null_and_emptied_is_an_empty_list() {
    let world = world(0).await;
    let id = world.person("a@nordwind.example");
    let (items, delta) = world.round(SELECT).await;
    assert_eq!(items, [json!({"id": id, "displayName": "A Person", "jobTitle": "Clerk"})]);
    world.set(&id, &json!({"businessPhones": ["1"]}));
    world.set(&id, &json!({"jobTitle": null, "businessPhones": []}));
    let expected = json!({"id": id, "displayName": "A Person", "jobTitle": null, "businessPhones": []});
    assert_eq!(world.round(&delta).await.0, std::slice::from_ref(&expected));
    assert_eq!(world.round(SELECT).await.0, [expected]);
}

#[tokio::test]
async fn minimal_leaves_out_what_did_not_change_but_not_in_a_baseline() {
    let world = world(0).await;
    let id = world.person("a@nordwind.example");
    let baseline = world.get_minimal(SELECT).await;
    assert_eq!(baseline.items(), [json!({"id": id, "displayName": "A Person", "jobTitle": "Clerk"})]);
    assert_eq!(baseline.header("preference-applied"), "");
    world.set(&id, &json!({"jobTitle": null}));
    let round = world.get_minimal(&baseline.delta().unwrap()).await;
    assert_eq!(round.items(), [json!({"id": id, "jobTitle": null})]);
    assert_eq!(round.header("preference-applied"), "return=minimal");
    let full = world.get(&baseline.delta().unwrap()).await;
    assert_eq!(full.items(), [json!({"id": id, "displayName": "A Person", "jobTitle": null})]);
}

#[tokio::test]
async fn deletion_purge_and_restoring_surface_as_documented() {
    let world = world(0).await;
    let id = world.person("a@nordwind.example");
    let (_, delta) = world.round(SELECT).await;
    world.sim.graph().delete_user(&id).unwrap();
    let (items, delta) = world.round(&delta).await;
    assert_eq!(items, [json!({"id": id, "@removed": {"reason": "changed"}})]);
    world.sim.graph().restore_user("a@nordwind.example").unwrap();
    let restored = world.get_minimal(&delta).await;
    assert_eq!(restored.items(), [json!({"id": id, "displayName": "A Person", "jobTitle": "Clerk"})]);
    world.sim.graph().delete_user(&id).unwrap();
    world.sim.graph().purge_user(&id).unwrap();
    let (items, _) = world.round(&restored.delta().unwrap()).await;
    assert_eq!(items, [json!({"id": id, "@removed": {"reason": "deleted"}})]);
    // A deltaLink may be used again and says what is true now.
    assert_eq!(world.round(&delta).await.0, items);
}

#[tokio::test]
async fn tombstones_stand_in_a_baseline_unless_they_are_switched_off() {
    let world = world(0).await;
    let kept = world.person("kept@nordwind.example");
    let gone = world.person("gone@nordwind.example");
    world.sim.graph().delete_user(&gone).unwrap();
    assert_eq!(ids(&world.round(SELECT).await.0), [kept.as_str(), &gone]);
    let off = world.admin(Method::PUT, "/switches", r#"{"graph":{"tombstones_in_baseline":false}}"#).await;
    assert_eq!(off.status, 200);
    assert_eq!(ids(&world.round(SELECT).await.0), [kept.as_str()]);
}

#[tokio::test]
async fn who_changes_while_a_round_is_read_is_delivered_in_it() {
    let world = world(0).await;
    let people: Vec<_> = (0..4).map(|index| world.person(&format!("p{index}@nordwind.example"))).collect();
    world.admin(Method::PUT, "/switches", r#"{"graph":{"tombstones_in_baseline":false,"page_size":2}}"#).await;
    let first = world.get(SELECT).await;
    world.set(&people[0], &json!({"jobTitle": "Chief"}));
    world.sim.graph().delete_user(&people[1]).unwrap();
    let late = world.person("late@nordwind.example");
    let (items, delta) = world.round(&first.next().unwrap()).await;
    assert_eq!(ids(&items), [people[2].as_str(), &people[3], &people[0], &people[1], &late]);
    assert_eq!(items[2]["jobTitle"], "Chief");
    assert_eq!(items[3]["@removed"]["reason"], "changed");
    assert_eq!(world.round(&delta).await.0.len(), 0);
}

#[tokio::test]
async fn latest_starts_now_and_keeps_the_selection() {
    let world = world(3).await;
    let (items, delta) = world.round("/v1.0/users/delta?$deltatoken=latest&$select=jobTitle").await;
    assert_eq!(items.len(), 0);
    let id = world.person("a@nordwind.example");
    assert_eq!(world.round(&delta).await.0, [json!({"id": id, "jobTitle": "Clerk"})]);
}

#[tokio::test]
async fn a_filter_on_ids_narrows_the_feed_for_good() {
    let world = world(5).await;
    let id = world.person("a@nordwind.example");
    let other = world.person("b@nordwind.example");
    let (items, delta) =
        world.round(&format!("/v1.0/users/delta?$select=jobTitle&$filter=id eq '{id}' or id eq 'nobody'")).await;
    assert_eq!(ids(&items), [id.as_str()]);
    world.set(&other, &json!({"jobTitle": "Chief"}));
    world.set(&id, &json!({"jobTitle": "Chief"}));
    assert_eq!(ids(&world.round(&delta).await.0), [id.as_str()]);
}

#[tokio::test]
async fn options_that_the_feed_does_not_support_are_refused() {
    let world = world(1).await;
    let ids = |count| vec!["id eq 'a'"; count].join(" or ");
    assert_eq!(world.get(&format!("/v1.0/users/delta?$filter={}", ids(50))).await.status, 200);
    let too_many = format!("$filter={}", ids(51));
    for (query, status, code) in [
        (too_many.as_str(), 400, "Request_UnsupportedQuery"),
        ("$filter=userType eq 'Guest'", 400, "Request_UnsupportedQuery"),
        ("$filter=accountEnabled eq true", 400, "Request_UnsupportedQuery"),
        ("$top=5", 400, "Request_UnsupportedQuery"),
        ("$orderby=displayName", 400, "Request_UnsupportedQuery"),
        ("$expand=manager", 400, "Request_UnsupportedQuery"),
        ("$select=id,shoeSize", 400, "BadRequest"),
        ("$select=id,skills", 501, "NotImplemented"),
        ("$select=id,signInActivity", 501, "NotImplemented"),
        ("$select=id,employeeLeaveDateTime", 403, "Authorization_RequestDenied"),
    ] {
        let answer = world.get(&format!("/v1.0/users/delta?{query}")).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{query}");
    }
}

#[tokio::test]
async fn links_are_accepted_only_as_they_were_given() {
    let world = world(10).await;
    world.page_size(5);
    let next = world.get(SELECT).await.next().unwrap();
    let token = next.split_once("$skiptoken=").unwrap().1;
    let as_delta = next.replace("$skiptoken", "$deltatoken");
    let decoded = next.replace("%2B", "+");
    assert!(token.len() > 300 && decoded != next);
    for url in [
        format!("{next}&$select=id"),
        format!("{next}&x=1"),
        format!("{next}A"),
        as_delta,
        decoded,
        next.replace(&token[..8], "AAAAAAAA"),
    ] {
        let answer = world.get(&url).await;
        assert_eq!((answer.status, answer.code()), (400, "Request_BadRequest"), "{url}");
    }
    assert_eq!(world.get(&next).await.status, 200);
    assert_eq!(world.get(&next).await.status, 200, "a page may be read again");
}

#[tokio::test]
async fn tokens_grow_old() {
    let world = world(10).await;
    world.page_size(5);
    let (_, delta) = world.round(SELECT).await;
    let next = world.get(SELECT).await.next().unwrap();
    world.admin(Method::PUT, "/switches", r#"{"graph":{"page_token_seconds":0,"delta_token_seconds":0}}"#).await;
    let (page, round) = (world.get(&next).await, world.get(&delta).await);
    assert_eq!((page.status, page.code()), (400, "Directory_ExpiredPageToken"));
    assert_eq!((round.status, round.code()), (400, "syncStateNotFound"));
}
