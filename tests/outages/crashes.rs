//! The program dies before or after any of its jobs on the state, or the disk is full at that moment. Whatever it was
//! doing is finished by the next start, once, and stands in the provisioning log, once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use entra_jostle_sync::plan::Delete;
use entra_jostle_sync::store::{Destiny, Fate, StoreError};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tokio::sync::Notify;

use super::common::{World, handmade, summary};
use super::{effective, jostle_id, told};

/// Lets so many jobs pass, and then strikes once.
#[derive(Debug)]
struct Doom {
    left: AtomicU64,
    destiny: Destiny,
    struck: Notify,
}

impl Fate for Doom {
    fn next(&self) -> Destiny {
        match self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) {
            Ok(1) => {
                self.struck.notify_one();
                self.destiny.clone()
            }
            _ => Destiny::GoOn,
        }
    }
}

/// Work that is struck at its job of this number; false if it has fewer jobs.
pub(crate) async fn struck(world: &mut World, job: u64, destiny: Destiny, work: impl AsyncFnOnce(&World)) -> bool {
    let doom = Arc::new(Doom { left: AtomicU64::new(job + 1), destiny, struck: Notify::new() });
    world.restart_under(Arc::<Doom>::clone(&doom)).await;
    let dies = doom.destiny == Destiny::DieBefore || doom.destiny == Destiny::DieAfter;
    tokio::select! {
        biased;
        () = doom.struck.notified(), if dies => {}
        () = work(world) => {}
    }
    doom.left.load(Ordering::SeqCst) == 0
}

/// Nothing happens.
#[derive(Debug)]
pub(crate) struct Calm;

impl Fate for Calm {
    fn next(&self) -> Destiny {
        Destiny::GoOn
    }
}

/// The jobs before a cycle has read everybody; they are the same whatever is to be done.
const READING: u64 = 6;

/// For every job of the cycle in which somebody of the name given is to be written, from one on, and every way of
/// failing there.
async fn at_every_job(world: &mut World, from: u64, prepare: impl AsyncFn(&mut World, &str)) {
    world.restart_under(Arc::new(Calm)).await;
    for destiny in [Destiny::DieBefore, Destiny::DieAfter, Destiny::Fail(StoreError::Full)] {
        for job in from.. {
            let name = format!("p{job}{}", format!("{destiny:?}").to_lowercase().replace(['(', ')'], ""));
            prepare(world, &name).await;
            world.sim.jostle().clear_journal();
            let before = told(world).await.len();
            let was_struck =
                struck(world, job, destiny.clone(), async |world| drop(world.engine().cycle().await)).await;
            world.restart_under(Arc::new(Calm)).await;
            let engine = world.engine();
            let case = format!("{destiny:?} at {job}");
            for _ in 0..2 {
                let report = engine.cycle().await.expect("the state works");
                assert!(report.error.is_none() && report.failed == 0, "{case}: {report:?}");
            }
            let last = engine.cycle().await.expect("the state works");
            assert_eq!(summary(&last), "nothing to do", "{case}");
            let lines = told(world).await;
            assert_eq!(lines.len() - before, effective(world).len(), "{case}: {:#?}", &lines[before..]);
            assert!(!effective(world).is_empty(), "{case}: something was to be done");
            assert_eq!(world.status().await.open_intents, 0, "{case}");
            if !was_struck {
                assert!(job > 5, "a cycle has more jobs");
                break;
            }
        }
    }
}

async fn in_sync(world: &World, name: &str) -> String {
    let id = world.person(name, json!({}));
    assert_eq!(world.cycled().await, "1 create");
    id
}

#[tokio::test]
async fn a_create_is_done_once() {
    let mut world = World::new().await;
    at_every_job(&mut world, 0, async |world, name| drop(world.person(name, json!({})))).await;
}

#[tokio::test]
async fn an_update_is_done_once() {
    let mut world = World::new().await;
    let prepare = async |world: &mut World, name: &str| {
        let id = in_sync(world, name).await;
        world.change(&id, json!({"givenName": "New", "jobTitle": "Chief"}));
    };
    at_every_job(&mut world, READING, prepare).await;
}

#[tokio::test]
async fn a_deactivation_is_done_once() {
    let mut world = World::new().await;
    let prepare = async |world: &mut World, name: &str| {
        let id = in_sync(world, name).await;
        world.change(&id, json!({"accountEnabled": false}));
    };
    at_every_job(&mut world, READING, prepare).await;
}

#[tokio::test]
async fn a_reactivation_is_done_once() {
    let mut world = World::new().await;
    let prepare = async |world: &mut World, name: &str| {
        let id = in_sync(world, name).await;
        world.change(&id, json!({"accountEnabled": false}));
        assert_eq!(world.cycled().await, "1 deactivate");
        world.change(&id, json!({"accountEnabled": true, "givenName": "New"}));
    };
    at_every_job(&mut world, READING, prepare).await;
}

#[tokio::test]
async fn an_adoption_is_done_once() {
    let mut world = World::new().await;
    let prepare = async |world: &mut World, name: &str| {
        world.put_account(&handmade(&format!("{name}@corp.example"), "Giv", false)).await;
        world.person(name, json!({}));
    };
    at_every_job(&mut world, READING, prepare).await;
}

#[tokio::test]
async fn an_adoption_after_a_conflict_is_done_once() {
    let mut world = World::new().await;
    world.sim.jostle().set_switches(json!({"filter_hit": "empty"})).expect("a switch");
    // What was there before is told by its age: the simulator's clock is that of the machine.
    *world.now.lock().expect("the clock") = Timestamp::now() + SignedDuration::from_mins(10);
    let prepare = async |world: &mut World, name: &str| {
        world.put_account(&handmade(&format!("{name}@corp.example"), "Giv", true)).await;
        world.person(name, json!({}));
    };
    at_every_job(&mut world, READING, prepare).await;
}

#[tokio::test]
async fn a_deletion_is_done_once() {
    let mut world = World::new().await;
    world.policy.actions.delete = Delete::AfterDays(1);
    let prepare = async |world: &mut World, name: &str| {
        let id = in_sync(world, name).await;
        world.sim.graph().purge_user(&id).expect("purged");
        assert_eq!(world.cycled().await, "1 deactivate");
        world.pass(SignedDuration::from_hours(25));
    };
    at_every_job(&mut world, READING, prepare).await;
}

#[tokio::test]
async fn an_account_with_another_id_is_written_once() {
    let mut world = World::new().await;
    let prepare = async |world: &mut World, name: &str| {
        let id = in_sync(world, name).await;
        assert!(world.sim.jostle().remove(&jostle_id(world, name).await));
        world.put_account(&handmade(&format!("{name}@corp.example"), "Giv", true)).await;
        world.change(&id, json!({"surname": "New"}));
    };
    at_every_job(&mut world, READING, prepare).await;
}
