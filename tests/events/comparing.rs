//! Accounts compared with what is known of them, and with what would have been done.

use entra_jostle_sync::simulator::Effect;
use entra_jostle_sync::store::Store;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::common::{World, in_sync, on_jostle, status};

async fn id_of(world: &World, alias: &str) -> String {
    let account = world.account(&format!("{alias}@corp.example")).await.expect("an account");
    account["id"].as_str().expect("an id").to_owned()
}

async fn by_hand(world: &World, alias: &str, changes: Value) {
    let id = id_of(world, alias).await;
    world.sim.jostle().update(&id, &changes).expect("changed");
}

/// Ann has another title, Bob is active again, Cem has no account any more, and of Dee a value is never stored.
pub(super) async fn accounts() {
    let (world, ids) = in_sync(&["ann", "bob", "cem", "dee"]).await;
    world.sim.jostle().set_switches(json!({"not_stored": ["title"]})).expect("a switch");
    world.change(&ids[3], json!({"jobTitle": "Clerk"}));
    world.change(&ids[1], json!({"accountEnabled": false}));
    assert_eq!(world.cycled().await, "1 deactivate, 1 update");
    by_hand(&world, "ann", json!({"name": {"givenName": "Anna", "familyName": "Family"}})).await;
    by_hand(&world, "bob", json!({"active": true})).await;
    assert!(world.sim.jostle().remove(&id_of(&world, "cem").await));
    let found = world.engine().reconcile().await.expect("reconciled");
    assert_eq!((found.drift.len(), found.deleted.len()), (3, 1));
}

/// A list that cannot be had, an account that cannot be read, and a Jostle that is away.
pub(super) async fn what_cannot_be_read() {
    let (world, _) = in_sync(&["ann", "bob"]).await;
    let id = id_of(&world, "ann").await;
    let faults = vec![on_jostle(status(400)).path("startIndex"), on_jostle(status(500)).path(&id)];
    world.sim.set_faults(faults).expect("faults");
    let found = world.engine().reconcile().await.expect("reconciled");
    assert_eq!((found.listed, found.unread.len()), (false, 1));
    world.sim.set_faults(vec![on_jostle(Effect::Reset {})]).expect("faults");
    assert!(world.engine().reconcile().await.is_err());
}

pub(super) async fn in_a_shadow() {
    let (world, ids) = in_sync(&["ann"]).await;
    let shadow = Store::open(&world.state().with_extension("shadow")).expect("a new state");
    world.change(&ids[0], json!({"jobTitle": "Clerk"}));
    let planner = world.planner(&shadow);
    let found = planner.shadow(SignedDuration::ZERO).await.expect("a round");
    assert_eq!(found.differs.len(), 1);
    world.sim.set_faults(vec![on_jostle(status(401))]).expect("faults");
    assert!(planner.shadow(SignedDuration::ZERO).await.is_err());
}
