//! What an administrator says of whose an account is, against what Jostle and the configuration say.

use entra_jostle_sync::model::{HoldClass, MatchChoice, Verdict};
use serde_json::json;

use super::common::{handmade, in_sync};
use super::contact::{choose, decide, held_as, link, link_of};

/// Nothing is computed for them either.
#[tokio::test]
async fn whoever_is_ignored_waits_for_nothing() {
    let (world, _) = in_sync(&["ann"]).await;
    let robot = world.person("robot", json!({}));
    let bob = world.person("bob", json!({"surname": "x".repeat(41)}));
    assert_eq!(world.cycled().await, "nothing to do; 2 failed");
    for id in [&robot, &bob] {
        assert_eq!(choose(&world, id, MatchChoice::Ignore).await, 1);
    }
    assert_eq!(world.cycled().await, "nothing to do");
    assert_eq!(choose(&world, &bob, MatchChoice::Create).await, 1);
    assert_eq!(world.cycled().await, "nothing to do; 1 failed", "another word about him");
}

#[tokio::test]
async fn a_protected_account_is_not_linked_whatever_is_said() {
    let (world, _) = in_sync(&["ann"]).await;
    let robot = world.put_account(&handmade("Robot@corp.example", "Given", true)).await;
    let bob = world.person("bob", json!({"accountEnabled": false}));
    assert_eq!(world.cycled().await, "nothing to do");
    assert_eq!(choose(&world, &bob, link(&robot)).await, 1);
    world.change(&bob, json!({"accountEnabled": true}));
    world.sim.clear_requests();
    assert_eq!(world.cycled().await, "nothing to do; 1 failed");
    assert_eq!(world.writes(), Vec::<String>::new());
}

/// It was linked to somebody else after it was asked whether it is his.
#[tokio::test]
async fn an_approval_of_an_account_that_is_somebody_elses_by_now_says_nothing() {
    let (world, _) = in_sync(&["ann"]).await;
    let account = world.put_account(&handmade("bob@corp.example", "Karl", true)).await;
    let [bob, cid] = ["bob", "cid"].map(|alias| world.person(alias, json!({"accountEnabled": alias == "bob"})));
    assert_eq!(world.cycled().await, "nothing to do; 1 held");
    assert_eq!(choose(&world, &cid, link(&account)).await, 1);
    world.change(&cid, json!({"accountEnabled": true}));
    assert_eq!(world.cycled().await, "1 adopt; 1 held");
    assert_eq!(decide(&world, Verdict::Approved).await, 1);
    assert_eq!(world.cycled().await, "nothing to do; 1 held");
    assert_eq!(held_as(&world, HoldClass::Match).await, ["create bob@corp.example"], "he is asked about again");
    assert_eq!(decide(&world, Verdict::Approved).await, 1);
    assert_eq!(world.cycled().await, "1 create");
    assert_ne!(link_of(&world, &bob).await.target_id, link_of(&world, &cid).await.target_id);
}

/// He is to have it, though he may not sign in yet, and though it has the userName of somebody else.
#[tokio::test]
async fn an_account_that_was_said_to_be_somebodys_is_kept_for_them() {
    let (world, _) = in_sync(&["ann"]).await;
    let account = world.put_account(&handmade("cid@corp.example", "Given", true)).await;
    let bob = world.person("bob", json!({"accountEnabled": false}));
    assert_eq!(world.cycled().await, "nothing to do");
    assert_eq!(choose(&world, &bob, link(&account)).await, 1);
    let cid = world.person("cid", json!({}));
    assert_eq!(world.cycled().await, "nothing to do; 1 failed");
    world.change(&bob, json!({"accountEnabled": true}));
    world.change(&cid, json!({"jobTitle": "Boss"}));
    assert_eq!(world.plan().await.operations.len(), 1, "of two who cannot both have it the plan says one");
    assert_eq!(world.cycled().await, "1 adopt; 1 failed");
    assert_eq!(link_of(&world, &bob).await.target_id.as_str(), account["id"].as_str().expect("an id"));
    world.change(&cid, json!({"jobTitle": "Chief"}));
    assert_eq!(world.cycled().await, "1 create", "the userName is free by now");
}

#[tokio::test]
async fn what_was_said_of_an_account_last_counts() {
    let (world, _) = in_sync(&["ann"]).await;
    let account = world.put_account(&handmade("manual@corp.example", "Given", true)).await;
    let [bob, cid] = ["bob", "cid"].map(|alias| world.person(alias, json!({"accountEnabled": false})));
    assert_eq!(world.cycled().await, "nothing to do");
    for id in [&bob, &cid] {
        assert_eq!(choose(&world, id, link(&account)).await, 1);
        world.change(id, json!({"accountEnabled": true}));
    }
    assert_eq!(world.cycled().await, "1 adopt; 1 failed");
    assert_eq!(link_of(&world, &cid).await.target_id.as_str(), account["id"].as_str().expect("an id"));
}
