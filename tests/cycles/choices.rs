//! What an administrator says of whose an account is, against what Jostle and the configuration say.

use entra_jostle_sync::model::MatchChoice;
use serde_json::json;

use super::common::{handmade, in_sync};
use super::contact::{choose, link};

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
