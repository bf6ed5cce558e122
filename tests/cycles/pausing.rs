//! What is paused is read and planned and not written, and the end of the pause has exactly what was due.

use std::time::Duration;

use entra_jostle_sync::engine::{ImportError, Paused};
use entra_jostle_sync::model::Operation;
use entra_jostle_sync::plan::Delete;
use entra_jostle_sync::simulator::{BodyKind, Effect};
use entra_jostle_sync::store::{Pause, Stops};
use jiff::SignedDuration;
use serde_json::json;

use super::common::{World, in_sync, on_jostle, status, summary};

/// Pauses as another process would: the state alone says so.
async fn pause(world: &World, what: Stops) -> Pause {
    let since = "2026-03-02T07:00:00Z".parse().expect("a time");
    let pause = Pause { what, since, by: "ann".to_owned(), why: Some("a merger".to_owned()) };
    world.store().set_pause(pause.clone()).await.expect("paused");
    pause
}

async fn resume(world: &World) {
    world.store().end_pause("ann", jiff::Timestamp::now()).await.expect("ended").expect("there was one");
}

/// A cycle that ended well, as one line, and how many operations wait for the end of a pause.
async fn cycled(world: &World) -> (String, Option<u64>) {
    let report = world.cycle().await;
    (summary(&report), report.paused.map(|paused| paused.waiting))
}

fn nothing(waiting: u64) -> (String, Option<u64>) {
    ("nothing to do".to_owned(), Some(waiting))
}

/// Until Jostle was told something.
async fn written(world: &World) {
    while world.writes().is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_paused_cycle_reads_and_plans_and_writes_nothing_and_the_next_one_does_exactly_what_was_due() {
    let (world, ids) = in_sync(&["ann", "bob", "cid"]).await;
    world.change(&ids[0], json!({"givenName": "Anne"}));
    world.change(&ids[1], json!({"accountEnabled": false}));
    world.person("dora", json!({}));
    world.person("guest", json!({"userType": "Guest"}));
    let set = pause(&world, Stops::Everything).await;
    let read = world.status().await.feed.delta_at;
    world.pass(SignedDuration::from_mins(5));
    let report = world.cycle().await;
    assert_eq!((summary(&report).as_str(), report.result()), ("nothing to do", "paused"));
    let Some(Paused { pause, waiting }) = report.paused else { panic!("it does not say so") };
    assert_eq!((pause, waiting), (set, 3));
    assert_eq!((report.skipped, report.failed), (0, 0));
    let first = world.status().await;
    assert!(first.feed.delta_at > read, "Entra was read");
    assert_eq!(cycled(&world).await, nothing(3));
    let second = world.status().await;
    assert_eq!((second.dirty, second.waiting, second.managed), (first.dirty, first.waiting, first.managed));
    assert_eq!(world.writes(), Vec::<String>::new());

    let planned = world.plan().await.counts().to_string();
    assert_eq!(planned, "1 deactivate, 1 create, 1 update", "a plan plans all the same");
    resume(&world).await;
    assert_eq!(cycled(&world).await, (planned, None));
    assert_eq!(world.writes().len(), 3);
    assert_eq!(cycled(&world).await, ("nothing to do".to_owned(), None));
}

#[tokio::test]
async fn nobodys_attempts_grow_while_everything_is_paused() {
    let (world, ids) = in_sync(&["ann"]).await;
    world.sim.set_faults(vec![on_jostle(status(400)).method("PATCH")]).expect("faults");
    world.change(&ids[0], json!({"givenName": "Anne"}));
    world.person("nomail", json!({"mail": null}));
    assert_eq!(world.cycled().await, "nothing to do; 2 failed");
    let before = world.status().await.waiting;
    pause(&world, Stops::Everything).await;
    world.person("nobox", json!({"mail": null}));
    world.change(&ids[0], json!({"jobTitle": "still refused"}));
    for _ in 0..2 {
        world.pass(SignedDuration::from_hours(31));
        assert_eq!(cycled(&world).await, nothing(1));
        assert_eq!(world.status().await.waiting, before, "neither more attempts nor more people who wait");
    }
    world.sim.set_faults(Vec::new()).expect("faults");
    resume(&world).await;
    assert_eq!(world.cycled().await, "1 update; 1 failed");
}

#[tokio::test]
async fn paused_removals_wait_and_everything_else_flows() {
    let (mut world, ids) = in_sync(&["ann", "bob", "cid"]).await;
    world.policy.actions.delete = Delete::AfterDays(30);
    world.sim.graph().purge_user(&ids[0]).expect("purged");
    assert_eq!(world.cycled().await, "1 deactivate");
    world.pass(SignedDuration::from_hours(24 * 31));
    world.change(&ids[1], json!({"accountEnabled": false}));
    world.change(&ids[2], json!({"givenName": "New"}));
    world.person("dora", json!({}));
    world.person("guest", json!({"userType": "Guest"}));
    pause(&world, Stops::Removals).await;
    let report = world.cycle().await;
    assert_eq!(summary(&report), "1 create, 1 update");
    assert_eq!((report.skipped, report.paused.map(|paused| paused.waiting)), (1, Some(2)));
    assert_eq!(cycled(&world).await, nothing(2));
    assert_eq!(world.account("bob@corp.example").await.expect("there")["active"], true);
    assert!(world.account("ann@corp.example").await.is_some());
    assert_eq!(world.status().await.waiting, []);
    resume(&world).await;
    assert_eq!(cycled(&world).await, ("1 deactivate, 1 delete".to_owned(), None));
    assert_eq!(cycled(&world).await, ("nothing to do".to_owned(), None));
}

#[tokio::test]
async fn a_pause_in_the_middle_of_a_cycle_stops_it_and_what_is_being_sent_is_finished() {
    const PEOPLE: u64 = 30;
    let world = World::new().await;
    for number in 0..PEOPLE {
        world.person(&format!("p{number}"), json!({}));
    }
    world.sim.set_faults(vec![on_jostle(Effect::Slow { ms: 300 }).method("POST")]).expect("faults");
    let engine = world.engine();
    let beside = world.beside(&engine);
    let (report, at_once) = tokio::join!(engine.cycle(), async {
        written(&world).await;
        let (set, replaced) = beside.pause(Stops::Everything, "ann".to_owned(), None).await.expect("paused");
        assert_eq!((set.by.as_str(), replaced), ("ann", None));
        world.writes().len()
    });
    let report = report.expect("a report");
    let done = report.operations.of(Operation::Create);
    assert_eq!((report.result(), report.failed, report.skipped), ("paused", 0, 0), "{}", summary(&report));
    assert_eq!(report.paused.as_ref().map(|paused| paused.waiting), Some(PEOPLE - done));
    // Four at a time; a request that was on its way when the pause came may not have arrived yet.
    assert!(done >= at_once as u64 && done <= 4, "{done}, {at_once}");
    assert_eq!((world.writes().len() as u64, world.accounts().await.len() as u64), (done, done));
    assert_eq!(world.status().await.open_intents, 0);

    assert_eq!(engine.cycle().await.expect("a report").paused.map(|paused| paused.waiting), Some(PEOPLE - done));
    assert_eq!(beside.resume("bob").await.expect("ended").map(|ended| ended.by).as_deref(), Some("ann"));
    assert_eq!(beside.resume("bob").await.expect("nothing to end"), None);
    world.sim.set_faults(Vec::new()).expect("faults");
    let rest = engine.cycle().await.expect("a report");
    assert_eq!((summary(&rest), rest.paused.is_none()), (format!("{} create", PEOPLE - done), true));
    assert_eq!(world.writes().len() as u64, PEOPLE, "nobody was posted twice");
}

#[tokio::test]
async fn what_comes_after_the_end_of_a_pause_is_done_by_the_cycle_under_way() {
    let (mut world, ids) = in_sync(&["ann", "bob"]).await;
    world.policy.actions.delete = Delete::AfterDays(30);
    world.sim.graph().purge_user(&ids[0]).expect("purged");
    assert_eq!(world.cycled().await, "1 deactivate");
    world.pass(SignedDuration::from_hours(24 * 31));
    world.change(&ids[1], json!({"givenName": "New"}));
    world.sim.clear_requests();
    world.sim.set_faults(vec![on_jostle(Effect::Slow { ms: 300 }).method("PATCH")]).expect("faults");
    pause(&world, Stops::Removals).await;
    let engine = world.engine();
    let beside = world.beside(&engine);
    let (report, _) = tokio::join!(engine.cycle(), async {
        written(&world).await;
        beside.resume("bob").await.expect("ended").expect("there was one")
    });
    let report = report.expect("a report");
    // Deletions come last.
    assert_eq!((summary(&report).as_str(), report.waiting()), ("1 update, 1 delete", 0));
}

#[tokio::test]
async fn a_write_that_waits_until_jostle_wants_to_be_asked_again_is_withdrawn() {
    let (world, ids) = in_sync(&["ann", "bob"]).await;
    for id in &ids {
        world.change(id, json!({"accountEnabled": false}));
    }
    let (retry_after, body) = (Some("3244".to_owned()), BodyKind::default());
    let throttled = Effect::Status { status: 429, retry_after, code: None, body };
    world.sim.set_faults(vec![on_jostle(throttled).method("PATCH")]).expect("faults");
    let engine = world.engine();
    let beside = world.beside(&engine);
    let both = async {
        tokio::join!(engine.cycle(), async {
            written(&world).await;
            beside.pause(Stops::Removals, "ann".to_owned(), None).await.expect("paused")
        })
    };
    let (report, _) = tokio::time::timeout(Duration::from_mins(1), both).await.expect("not after an hour");
    let report = report.expect("a report");
    assert_eq!((summary(&report).as_str(), report.paused.map(|paused| paused.waiting)), ("nothing to do", Some(2)));
    assert!(world.writes().len() <= 2, "nothing is sent again: {:?}", world.writes());
    assert_eq!((world.status().await.open_intents, world.status().await.waiting.len()), (0, 0));
}

#[tokio::test]
async fn what_was_in_doubt_is_settled_by_reading_while_everything_is_paused() {
    let mut world = World::new().await;
    world.person("ann", json!({}));
    let lost = on_jostle(Effect::ResetAfter {}).method("POST").times(1);
    world.sim.set_faults(vec![lost, on_jostle(status(503)).skip(1)]).expect("faults");
    assert!(world.cycle().await.error.is_some());
    world.sim.set_faults(Vec::new()).expect("faults");
    pause(&world, Stops::Everything).await;
    world.restart().await;
    world.sim.clear_requests();
    assert_eq!(cycled(&world).await, nothing(0));
    let status = world.status().await;
    assert_eq!((status.open_intents, status.managed, world.writes().len()), (0, 1, 0));
}

#[tokio::test]
async fn on_demand_asks_nothing_and_says_who_paused_everything() {
    let (world, ids) = in_sync(&["ann"]).await;
    world.change(&ids[0], json!({"givenName": "Anne"}));
    pause(&world, Stops::Everything).await;
    let cycles = world.status().await.cycles.len();
    let refused = world.provision("ann@corp.example").await.expect_err("paused");
    assert!(matches!(refused, ImportError::Paused { .. }), "{refused}");
    assert_eq!(
        refused.to_string(),
        "ann@corp.example was not written: everything is paused since 2026-03-02T07:00:00Z by ann: a merger; \
         entra-jostle-sync resume ends the pause"
    );
    assert!(world.sim.requests().is_empty(), "{:?}", world.sim.requests());
    assert_eq!(world.status().await.cycles.len(), cycles);
    resume(&world).await;
    assert_eq!(world.provision("ann@corp.example").await.expect("done").operation, Some(Operation::Update));
}

#[tokio::test]
async fn on_demand_removes_nobody_while_removals_are_paused_and_does_everything_else() {
    let (world, ids) = in_sync(&["ann", "bob"]).await;
    world.change(&ids[0], json!({"accountEnabled": false}));
    world.change(&ids[1], json!({"givenName": "New"}));
    pause(&world, Stops::Removals).await;
    let refused = world.provision("ann@corp.example").await.expect_err("paused");
    assert!(refused.to_string().contains("deactivations and deletions are paused since"), "{refused}");
    assert_eq!(world.provision("bob@corp.example").await.expect("done").operation, Some(Operation::Update));
    let status = world.status().await;
    assert_eq!((status.open_intents, status.waiting.len()), (0, 0));
    assert_eq!(world.writes().len(), 1);
    resume(&world).await;
    assert_eq!(world.cycled().await, "1 deactivate");
}
