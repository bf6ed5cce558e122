//! What administrators decide: about holds, pauses, plans, and what is taken back.

use entra_jostle_sync::engine::{Stops, draw_undo};
use entra_jostle_sync::model::{EntraId, MatchChoice, Verdict};
use entra_jostle_sync::plan::{PlanFile, Tenants};
use entra_jostle_sync::store::{Chosen, CycleId, Decision, HoldId, Reader};
use serde_json::json;

use super::common::in_sync;

pub(super) async fn about_holds() {
    let (world, ids) = in_sync(&["a", "b", "c", "d", "e"]).await;
    for id in &ids[..4] {
        world.change(id, json!({"accountEnabled": false}));
    }
    assert_eq!(world.cycled().await, "nothing to do; 4 held");
    let (hold, by, at) = (HoldId { number: 1, revision: 1 }, "ann".to_owned(), world.engine().now());
    let decision = Decision { hold, verdict: Verdict::Approved, only: None, except: Vec::new(), by, at };
    assert_eq!(world.engine().decide_hold(decision).await.expect("decided").people, 4);
    assert_eq!(world.cycled().await, "4 deactivate");
}

pub(super) async fn whose_an_account_is() {
    let (world, _) = in_sync(&["ann"]).await;
    let bob = world.person("bob", json!({"mail": null}));
    assert_eq!(world.cycled().await, "nothing to do; 1 failed");
    let chosen = Chosen { entra_id: EntraId::new(&bob), choice: MatchChoice::Ignore };
    assert_eq!(world.engine().choose(vec![chosen], "ann".to_owned()).await.expect("chosen"), 1);
}

pub(super) async fn to_pause() {
    let (world, ids) = in_sync(&["ann"]).await;
    world.change(&ids[0], json!({"jobTitle": "Clerk"}));
    let engine = world.engine();
    engine.pause(Stops::Everything, "ann".to_owned(), Some("a merger".to_owned())).await.expect("paused");
    assert_eq!(engine.cycle().await.expect("a cycle").paused.expect("paused").waiting, 1);
    assert!(engine.resume("ann").await.expect("ended").is_some());
}

pub(super) async fn by_a_plan() {
    let (world, ids) = in_sync(&["ann"]).await;
    world.change(&ids[0], json!({"jobTitle": "Clerk"}));
    let plan = world.plan().await;
    let tenants = Tenants { tenant_id: "corp".to_owned(), jostle_base_url: world.target.base_url.clone() };
    let file = PlanFile::new(&plan, world.engine().now(), tenants, world.policy.fingerprint());
    world.change(&ids[0], json!({"jobTitle": "Boss"}));
    let carried = world.engine().apply_plan(&file).await.expect("the state works");
    assert_eq!(carried.applied.stale.len(), 1, "{carried:?}");
}

/// Of two one has moved on since.
pub(super) async fn to_undo() {
    let (world, ids) = in_sync(&["ann", "bob"]).await;
    for id in &ids {
        world.change(id, json!({"jobTitle": "Clerk"}));
    }
    let cycle = world.cycle().await.cycle;
    let file = Reader::open(&world.state()).expect("a state").cycle(CycleId(cycle)).expect("read");
    let drawn = draw_undo(&file.expect("the cycle"), &world.policy);
    world.change(&ids[1], json!({"jobTitle": "Boss"}));
    assert_eq!(world.cycled().await, "1 update");
    let carried = world.engine().undo(cycle, &drawn.operations, "ann").await.expect("the state works");
    assert_eq!((carried.undone.done.len(), carried.undone.refused.len()), (1, 1), "{carried:?}");
}
