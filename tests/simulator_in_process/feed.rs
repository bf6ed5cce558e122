//! Faults of the delta feeds.

use std::collections::BTreeSet;

use entra_jostle_sync::simulator::{Effect, ExpiredStyle, Fault, Side};
use serde_json::{Value, json};

use crate::world::{World, body};

const FIRST: &str = "users/delta?$select=displayName,jobTitle,city";

/// The people on a page, by name or id, with what changed; and the link that follows.
async fn page(world: &World, address: &str) -> (Vec<Value>, String) {
    let page = body(&world.graph_minimal(address).await.unwrap());
    let link = ["@odata.nextLink", "@odata.deltaLink"].iter().find_map(|name| page[name].as_str()).unwrap();
    (page["value"].as_array().unwrap().clone(), link.to_owned())
}

/// A tenant with three people whose baseline has been read; their ids, and the link of the next round.
async fn in_sync() -> (World, Vec<String>, String) {
    let world = World::new(3).await;
    let (people, link) = page(&world, FIRST).await;
    assert!(link.contains("$deltatoken="), "{link}");
    (world, people.iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect(), link)
}

fn set(world: &World, id: &str, property: &str) {
    world.sim.graph().update_user(id, &json!({property: "New"})).unwrap();
}

#[tokio::test(start_paused = true)]
async fn endless_pages_bring_nobody_and_always_another_link() {
    let (world, ids, delta) = in_sync().await;
    set(&world, &ids[0], "jobTitle");
    world.fault(Fault::new(Side::Graph, Effect::EndlessPages {}).times(1));
    let (mut link, mut links) = (delta.clone(), BTreeSet::new());
    for _ in 0..100 {
        let (people, next) = page(&world, &link).await;
        assert!(people.is_empty() && next.contains("$skiptoken="));
        link.clone_from(&next);
        links.insert(next);
    }
    assert_eq!(links.len(), 100);
    // The fault is spent: whoever begins the round again is told of the change.
    assert_eq!(page(&world, &delta).await.0, [json!({"id": ids[0], "jobTitle": "New"})]);
}

#[tokio::test(start_paused = true)]
async fn late_changes_come_in_the_next_round_and_none_is_lost() {
    let (world, ids, link) = in_sync().await;
    set(&world, &ids[0], "jobTitle");
    set(&world, &ids[1], "jobTitle");
    set(&world, &ids[0], "city");
    world.fault(Fault::new(Side::Graph, Effect::Late {}).times(1));
    let (people, link) = page(&world, &link).await;
    assert_eq!(people, [json!({"id": ids[1], "jobTitle": "New"})]);
    assert!(link.contains("$deltatoken="), "{link}");
    // The title was changed in the round before, and has not been told yet.
    let (people, link) = page(&world, &link).await;
    assert_eq!(people, [json!({"id": ids[0], "jobTitle": "New", "city": "New"})]);
    assert!(page(&world, &link).await.0.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_single_change_can_be_late_too_and_a_baseline_never_is() {
    let (world, ids, link) = in_sync().await;
    set(&world, &ids[2], "city");
    world.fault(Fault::new(Side::Graph, Effect::Late {}).times(1));
    assert_eq!(page(&world, FIRST).await.0.len(), ids.len());
    let (people, link) = page(&world, &link).await;
    assert!(people.is_empty());
    assert_eq!(page(&world, &link).await.0, [json!({"id": ids[2], "city": "New"})]);
}

#[tokio::test(start_paused = true)]
async fn a_tenant_that_looks_empty_has_everybody_in_the_next_round() {
    let (world, ids, link) = in_sync().await;
    world.fault(Fault::new(Side::Graph, Effect::EmptyTenant {}).times(1));
    // It waits for a baseline.
    let (_, _) = page(&world, &link).await;
    let (people, link) = page(&world, FIRST).await;
    assert!(people.is_empty() && link.contains("$deltatoken="), "{link}");
    let everybody: Vec<_> = page(&world, &link).await.0.iter().map(|user| user["id"].clone()).collect();
    assert_eq!(everybody, ids);
}

#[tokio::test(start_paused = true)]
async fn a_token_expires_in_every_published_spelling_and_for_good() {
    let mut told = Vec::new();
    for style in ExpiredStyle::ALL {
        let (world, _, link) = in_sync().await;
        world.fault(Fault::new(Side::Graph, Effect::ExpireToken { style }).times(1));
        let answer = world.graph(&link).await.unwrap();
        let location =
            answer.headers().get("location").map_or_else(String::new, |value| format!(" {}", value.to_str().unwrap()));
        let error = &body(&answer)["error"];
        let inner = [&error["innerError"]["code"], &error["innerError"]["innererror"]["code"]];
        let codes: Vec<_> = std::iter::once(&error["code"]).chain(inner).filter_map(Value::as_str).collect();
        let empty = if error["message"] == "" { " no message" } else { "" };
        told.push(format!("{style:?}: {} {}{empty}{location}", answer.status().as_u16(), codes.join(" > ")));
        assert_eq!(world.graph(&link).await.unwrap().status(), answer.status(), "{style:?}");
    }
    insta::assert_snapshot!(told.join("\n"), @"
    Gone: 410 SyncStateNotFound http://simulator.localhost/v1.0/users/delta?$select=displayName,jobTitle,city&$deltatoken=
    GoneSyncStateNotFound: 410 SyncStateNotFound
    SyncStateNotFound: 400 syncStateNotFound
    ResyncApplyDifferences: 400 resyncRequired > resyncApplyDifferences
    ResyncUploadDifferences: 400 resyncRequired > resyncUploadDifferences
    Nested: 400 Request_BadRequest > invalidRequest > syncStateNotFound
    ExpiredPageToken: 400 Directory_ExpiredPageToken
    PageTokenNotFound: 400 DirectoryPageTokenNotFoundException
    UnknownError: 404 UnknownError no message
    ");
}
