//! An undo that is cut off anywhere: either it was carried out and stays so, or it was not and can be asked for again.

use std::sync::Arc;

use entra_jostle_sync::engine::{CarriedUndo, draw_undo};
use entra_jostle_sync::plan::Undo;
use entra_jostle_sync::simulator::Effect;
use entra_jostle_sync::store::{CycleId, Destiny, Reader, StoreError};
use serde_json::{Value, json};

use super::common::{World, in_sync, on_jostle, status, summary};
use super::crashes::{Calm, struck};
use super::{effective, faults, told};

fn drawn(world: &World, cycle: i64) -> Undo {
    let file = Reader::open(&world.state()).expect("a state").cycle(CycleId(cycle)).expect("read");
    draw_undo(&file.expect("the cycle"), &world.policy)
}

/// How many are undone.
async fn undo(world: &World, cycle: i64) -> usize {
    let drawn = drawn(world, cycle);
    let carried = world.engine().undo(cycle, &drawn.operations, "ann").await.expect("the state works");
    assert!(carried.error.is_none(), "{carried:?}");
    carried.undone.done.len()
}

/// Two cycles write nothing, although everybody is looked at.
async fn assert_at_rest(world: &World, case: &str) {
    for policy in ["one", "two"] {
        world.store().set_policy(policy).await.expect("stored");
        let report = world.cycle().await;
        assert_eq!(summary(&report), "nothing to do", "{case}");
    }
    assert_eq!(world.status().await.open_intents, 0, "{case}");
}

async fn account(world: &World, name: &str) -> Value {
    let mut account = world.account(&format!("{name}@corp.example")).await.expect("an account");
    account.as_object_mut().expect("an object").remove("meta");
    account
}

/// For every job of the undo of one change, and every way of failing there.
async fn at_every_job(change: Value) {
    let mut world = World::new().await;
    world.restart_under(Arc::new(Calm)).await;
    let mut found_undone = 0;
    for destiny in [Destiny::DieBefore, Destiny::DieAfter, Destiny::Fail(StoreError::Full)] {
        for job in 0.. {
            let case = format!("{destiny:?} at {job}");
            let name = format!("p{job}{}", format!("{destiny:?}").to_lowercase().replace(['(', ')'], ""));
            let id = world.person(&name, json!({"jobTitle": "Clerk"}));
            assert_eq!(world.cycled().await, "1 create");
            let before = account(&world, &name).await;
            world.change(&id, change.clone());
            let number = world.cycle().await.cycle;
            let after = account(&world, &name).await;
            assert_ne!(before, after, "{case}");
            world.sim.jostle().clear_journal();
            let lines = told(&world).await.len();
            let confirmed = drawn(&world, number);
            let work = async |world: &World| drop(world.engine().undo(number, &confirmed.operations, "ann").await);
            let was_struck = struck(&mut world, job, destiny.clone(), work).await;
            world.restart_under(Arc::new(Calm)).await;
            assert_at_rest(&world, &case).await;
            let left = account(&world, &name).await;
            assert!(left == before || left == after, "{case}: {left}");
            if left == after {
                assert_eq!(undo(&world, number).await, 1, "{case}: it can be asked for again");
                assert_at_rest(&world, &case).await;
            } else {
                found_undone += usize::from(was_struck);
                assert_eq!(drawn(&world, number).operations, [], "{case}: the log tells it");
            }
            assert_eq!(account(&world, &name).await, before, "{case}");
            assert_eq!((effective(&world).len(), told(&world).await.len() - lines), (1, 1), "{case}: once");
            if !was_struck {
                assert!(job > 8, "an undo has more jobs");
                break;
            }
        }
    }
    assert!(found_undone > 2, "{found_undone}: some were struck after the request");
}

#[tokio::test]
async fn an_undone_change_stays_undone() {
    at_every_job(json!({"givenName": "New", "jobTitle": "Boss"})).await;
}

#[tokio::test]
async fn an_undone_deactivation_stays_undone() {
    at_every_job(json!({"accountEnabled": false})).await;
}

#[tokio::test]
async fn an_undo_whose_answer_is_lost_is_settled_by_reading_and_stays_undone() {
    for more in [None, Some(on_jostle(status(503)).skip(1))] {
        let (world, ids) = in_sync(&["ann"]).await;
        let before = account(&world, "ann").await;
        world.change(&ids[0], json!({"givenName": "New"}));
        let number = world.cycle().await.cycle;
        let lost = on_jostle(Effect::ResetAfter {}).method("PATCH").times(1);
        let is_unread = more.is_some();
        faults(&world, [lost].into_iter().chain(more).collect());
        let confirmed = drawn(&world, number);
        let CarriedUndo { undone, error } =
            world.engine().undo(number, &confirmed.operations, "ann").await.expect("the state works");
        assert_eq!((undone.done.len(), error.is_some()), (usize::from(!is_unread), is_unread), "{undone:?}");
        assert_eq!(account_when_calm(&world).await, before);
        assert_at_rest(&world, "lost").await;
        assert_eq!(account(&world, "ann").await, before);
    }
}

async fn account_when_calm(world: &World) -> Value {
    faults(world, Vec::new());
    account(world, "ann").await
}
