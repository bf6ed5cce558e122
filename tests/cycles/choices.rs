//! What an administrator says of whose an account is, against what Jostle and the configuration say.

use entra_jostle_sync::model::MatchChoice;
use serde_json::json;

use super::common::in_sync;
use super::contact::choose;

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
