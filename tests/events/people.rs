//! What is written for people.

use entra_jostle_sync::model::EntraId;
use entra_jostle_sync::plan::Delete;
use entra_jostle_sync::store::{LogQuery, Retention};
use jiff::SignedDuration;
use serde_json::json;

use super::common::{World, handmade, in_sync};

pub(super) async fn are_written() {
    let mut world = World::new().await;
    world.policy.actions.delete = Delete::AfterDays(10);
    world.put_account(&handmade("bob@corp.example", "Given", false)).await;
    let [ann, _] = ["ann", "bob"].map(|alias| world.person(alias, json!({})));
    assert_eq!(world.cycled().await, "1 create, 1 adopt");
    world.change(&ann, json!({"jobTitle": "Clerk"}));
    assert_eq!(world.cycled().await, "1 update");
    world.change(&ann, json!({"accountEnabled": false}));
    assert_eq!(world.cycled().await, "1 deactivate");
    world.change(&ann, json!({"accountEnabled": true}));
    assert_eq!(world.cycled().await, "1 reactivate");
    world.sim.graph().purge_user(&ann).expect("purged");
    assert_eq!(world.cycled().await, "1 deactivate");
    world.pass(SignedDuration::from_hours(24 * 10));
    assert_eq!(world.cycled().await, "1 delete");
}

/// An account that an administrator deleted is not written any more.
pub(super) async fn have_nothing_to_be_written() {
    let (world, ids) = in_sync(&["ann"]).await;
    let account = world.account("ann@corp.example").await.expect("created");
    assert!(world.sim.jostle().remove(account["id"].as_str().expect("an id")));
    world.change(&ids[0], json!({"givenName": "Anne"}));
    assert_eq!(world.cycled().await, "nothing to do");
}

/// What was done a year and more ago is not kept.
pub(super) async fn are_forgotten() {
    let (world, ids) = in_sync(&["ann"]).await;
    world.pass(SignedDuration::from_hours(24 * 401));
    world.change(&ids[0], json!({"givenName": "New"}));
    assert_eq!(world.cycled().await, "1 update");
    let retention = Retention { keep: SignedDuration::from_hours(24 * 400), most_bytes: u64::MAX };
    world.engine().trim_history(retention).await.expect("the state works");
    let left = world.store().log(LogQuery { entra_id: None, limit: 9 }).await.expect("a log");
    assert_eq!(left.len(), 1);
}

/// Somebody who is gone for good, and whose account is.
pub(super) async fn are_removed() {
    let (world, ids) = in_sync(&["ann"]).await;
    world.sim.graph().purge_user(&ids[0]).expect("purged");
    assert_eq!(world.cycled().await, "1 deactivate");
    let account = world.account("ann@corp.example").await.expect("an account");
    assert!(world.sim.jostle().remove(account["id"].as_str().expect("an id")));
    let _found = world.engine().reconcile().await.expect("reconciled");
    let purged = world.engine().purge(&EntraId::new(&ids[0]), "root").await.expect("the state works");
    assert_eq!(purged.expect("nothing is in the way").operations, 2);
}
