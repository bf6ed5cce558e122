//! A plan that was reviewed: done exactly as it is, or left with the reason.

use std::sync::Arc;

use entra_jostle_sync::engine::{Applied, AppliedLine, Carried};
use entra_jostle_sync::mapping::expression::{Expression, Place};
use entra_jostle_sync::mapping::{Mapping, Row, Source};
use entra_jostle_sync::model::Operation;
use entra_jostle_sync::plan::{Limits, PlanFile, Tenants};
use entra_jostle_sync::store::{LogQuery, Stops};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::common::{World, handmade, in_sync, on_jostle, path, status};

/// What would be done now, written to a file and read again.
async fn reviewed(world: &World) -> PlanFile {
    let plan = world.plan().await;
    let tenants = Tenants { tenant_id: "corp".to_owned(), jostle_base_url: world.target.base_url.clone() };
    let made_at = *world.now.lock().expect("the clock");
    let text = PlanFile::new(&plan, made_at, tenants, world.policy.fingerprint()).to_text().expect("a text");
    PlanFile::from_text(&text).expect("a plan")
}

async fn applied(world: &World, file: &PlanFile) -> Applied {
    let Carried { applied, error } = world.engine().apply_plan(file).await.expect("the state works");
    assert!(error.is_none(), "{error:?}");
    applied
}

/// `create ann`, one after the other.
fn names(lines: &[AppliedLine]) -> String {
    let name = |line: &AppliedLine| line.user.split('@').next().unwrap_or_default().to_owned();
    // Within an operation they come by their ids, which are drawn.
    let mut lines: Vec<_> = lines.iter().map(|line| (line.operation, name(line))).collect();
    lines.sort();
    lines.into_iter().map(|(operation, name)| format!("{operation} {name}")).collect::<Vec<_>>().join(", ")
}

/// Who was stale, and why.
fn reasons(applied: &Applied) -> Vec<String> {
    let line = |line: &AppliedLine| format!("{}: {}", line.user, line.reason.clone().unwrap_or_default());
    applied.stale.iter().map(line).collect()
}

#[tokio::test]
async fn a_fresh_plan_is_what_a_sync_does_and_the_second_time_writes_nothing() {
    let (world, ids) = in_sync(&["ann", "bob"]).await;
    world.put_account(&handmade("eve@corp.example", "Giv", true)).await;
    world.change(&ids[0], json!({"givenName": "Anne"}));
    world.change(&ids[1], json!({"accountEnabled": false}));
    world.person("dora", json!({}));
    world.person("eve", json!({}));
    let file = reviewed(&world).await;
    world.sim.clear_requests();
    let first = applied(&world, &file).await;
    assert_eq!(names(&first.done), "deactivate bob, create dora, adopt eve, update ann");
    assert_eq!((first.stale.len(), first.failed.len(), first.waiting.len()), (0, 0, 0));
    assert!(!first.policy_changed && first.paused.is_none());
    assert_eq!(world.writes().len(), 4);
    let cycle = world.status().await.cycles.remove(0);
    assert_eq!((cycle.kind.as_str(), cycle.result.as_deref(), cycle.id.0), ("apply", Some("ok"), first.cycle));
    let log = world.store().log(LogQuery { entra_id: None, limit: 4 }).await.expect("a log");
    assert!(log.iter().all(|entry| entry.cycle.0 == first.cycle && entry.counts_as.is_none()), "{log:?}");
    assert_eq!(world.status().await.open_intents, 0);
    world.sim.clear_requests();
    let second = applied(&world, &file).await;
    assert_eq!((names(&second.done).as_str(), second.stale.len(), world.writes()), ("", 4, Vec::new()));
    assert_eq!(
        reasons(&second),
        [
            "bob@corp.example: nothing to do any more: already inactive",
            "dora@corp.example: nothing to do any more",
            "eve@corp.example: nothing to do any more",
            "ann@corp.example: nothing to do any more",
        ]
    );
    assert_eq!(world.status().await.cycles[0].result.as_deref(), Some("partial"));
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn whoever_has_changed_in_entra_since_is_stale_and_nobody_else_is_written() {
    let (world, ids) = in_sync(&["ann", "bob", "cid"]).await;
    world.change(&ids[0], json!({"jobTitle": "Clerk"}));
    world.change(&ids[1], json!({"jobTitle": "Clerk"}));
    world.change(&ids[2], json!({"accountEnabled": false}));
    let file = reviewed(&world).await;
    world.change(&ids[1], json!({"jobTitle": "Boss"}));
    world.change(&ids[2], json!({"accountEnabled": true}));
    world.person("later", json!({}));
    world.sim.clear_requests();
    let done = applied(&world, &file).await;
    assert_eq!(names(&done.done), "update ann");
    assert_eq!(
        reasons(&done),
        [
            "cid@corp.example: nothing to do any more",
            "bob@corp.example: the plan says title: (none) => \"Clerk\", and now it would be title: (none) => \"Boss\"",
        ]
    );
    assert_eq!(world.writes().len(), 1, "{:?}", world.writes());
    assert_eq!(world.cycled().await, "1 create, 1 update", "whoever was left stays due");
}

#[tokio::test]
async fn whoever_was_changed_in_jostle_since_is_stale() {
    let (world, ids) = in_sync(&["ann", "bob", "cid", "dan", "eve"]).await;
    for (id, more) in ids.iter().zip([
        json!({"givenName": "Anne"}),
        json!({"givenName": "Bobby"}),
        json!({"accountEnabled": false}),
        json!({"givenName": "Dana"}),
        json!({"givenName": "Eva"}),
    ]) {
        world.change(id, more);
    }
    let file = reviewed(&world).await;
    let account = async |alias: &str| {
        let account = world.account(&format!("{alias}@corp.example")).await.expect("there");
        account["id"].as_str().expect("an id").to_owned()
    };
    let named = |given: &str| json!({"name": {"givenName": given, "familyName": "Family"}});
    let by_hand = [("bob", named("Robert")), ("cid", json!({"active": false})), ("dan", named("Dana"))];
    for (alias, changes) in by_hand {
        world.sim.jostle().update(&account(alias).await, &changes).expect("changed");
    }
    assert!(world.sim.jostle().remove(&account("eve").await));
    world.sim.clear_requests();
    let done = applied(&world, &file).await;
    assert_eq!(names(&done.done), "deactivate cid, update ann, update dan", "what is as it is to be is no reason");
    let reasons = reasons(&done);
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(reasons.contains(&"bob@corp.example: name.givenName: Jostle shows \"Robert\"".to_owned()), "{reasons:?}");
    assert!(reasons.iter().any(|why| why.starts_with("eve@corp.example: Jostle has no account ")), "{reasons:?}");
    assert_eq!(world.writes().len(), 3, "{:?}", world.writes());
}

#[tokio::test]
async fn whoever_has_another_account_in_jostle_since_is_stale() {
    let (world, _) = in_sync(&["ann"]).await;
    world.person("dora", json!({}));
    world.person("eve", json!({}));
    world.put_account(&handmade("eve@corp.example", "Giv", true)).await;
    let file = reviewed(&world).await;
    world.put_account(&handmade("dora@corp.example", "Given", true)).await;
    let eve = world.account("eve@corp.example").await.expect("there");
    let changed = json!({"name": {"givenName": "Give", "familyName": "Family"}});
    world.sim.jostle().update(eve["id"].as_str().expect("an id"), &changed).expect("changed");
    world.sim.clear_requests();
    let done = applied(&world, &file).await;
    assert_eq!(
        reasons(&done),
        [
            "dora@corp.example: the plan says create, and now it would be adopt: an account with this userName was there \
             before",
            "eve@corp.example: the plan says name.givenName: \"Giv\" => \"Given\", and now it would be name.givenName: \
             \"Give\" => \"Given\"",
        ]
    );
    assert_eq!((done.done.len(), world.writes()), (0, Vec::new()));
    assert_eq!(world.cycled().await, "2 adopt");
}

/// The search does not show the account, and the request says that there is one: that makes another operation, which
/// nobody has reviewed. A cycle does it.
#[tokio::test]
async fn what_jostle_makes_of_it_at_the_last_moment_is_left_to_the_next_cycle() {
    let world = World::new().await;
    world.person("dora", json!({}));
    world.put_account(&handmade("dora@corp.example", "Giv", true)).await;
    world.sim.jostle().set_switches(json!({"filter_delay_seconds": 3600})).expect("switches");
    let file = reviewed(&world).await;
    assert_eq!(file.entries[0].operation.operation, Operation::Create);
    world.sim.clear_requests();
    let done = applied(&world, &file).await;
    let why = "dora@corp.example: Jostle answered that it has something else than the plan says; the next plan has what is \
               to do";
    assert_eq!(reasons(&done), [why]);
    assert_eq!(world.writes().len(), 1, "the POST alone: {:?}", world.writes());
    let status = world.status().await;
    assert_eq!((status.open_intents, status.managed), (0, 0));
    assert_eq!(world.cycled().await, "1 adopt");
}

#[tokio::test]
async fn a_person_who_is_not_known_and_one_who_was_deleted_are_stale() {
    let (world, ids) = in_sync(&["ann", "bob"]).await;
    world.change(&ids[0], json!({"jobTitle": "Clerk"}));
    let dora = world.person("dora", json!({}));
    let mut file = reviewed(&world).await;
    world.sim.graph().purge_user(&dora).expect("purged");
    let mut stranger = file.entries[0].clone();
    stranger.operation.entra_id = entra_jostle_sync::model::EntraId::new("nobody");
    stranger.operation.user_name = "stranger@corp.example".to_owned();
    file.entries.push(stranger);
    let done = applied(&world, &file).await;
    assert_eq!(names(&done.done), "update ann");
    let why = reasons(&done);
    assert_eq!(why[0], "dora@corp.example: nothing to do any more: deleted in Entra, and has no account");
    assert!(why[1].starts_with("stranger@corp.example: the person is not known"), "{why:?}");
}

#[tokio::test]
async fn what_a_limit_holds_is_approved_by_being_in_the_plan_and_counts_no_more() {
    let aliases = ["a", "b", "c", "d", "e", "f"];
    let (world, ids) = in_sync(&aliases).await;
    for id in &ids[..4] {
        world.change(id, json!({"accountEnabled": false}));
    }
    world.change(&ids[5], json!({"givenName": "New"}));
    let file = reviewed(&world).await;
    assert_eq!(file.entries.iter().filter(|entry| entry.held.is_some()).count(), 4);
    assert_eq!(world.cycled().await, "1 update; 4 held");
    let done = applied(&world, &file).await;
    assert_eq!(done.done.len(), 4, "{:?}", done.done);
    assert_eq!(reasons(&done), ["f@corp.example: nothing to do any more"]);
    assert_eq!(world.store().held().await.expect("a count"), 0, "the hold has ended");
    world.change(&ids[4], json!({"accountEnabled": false}));
    assert_eq!(world.cycled().await, "1 deactivate", "the four do not count against the day");
}

#[tokio::test]
async fn a_pause_holds_a_plan_as_it_holds_a_cycle() {
    let (world, ids) = in_sync(&["ann", "bob"]).await;
    world.change(&ids[0], json!({"accountEnabled": false}));
    world.change(&ids[1], json!({"givenName": "New"}));
    let file = reviewed(&world).await;
    let engine = world.engine();
    let (_, _) = engine.pause(Stops::Everything, "ann".to_owned(), None).await.expect("paused");
    world.sim.clear_requests();
    let done = applied(&world, &file).await;
    assert_eq!((done.waiting.len(), done.paused.is_some(), world.writes().len()), (2, true, 0));
    let (_, _) = engine.pause(Stops::Removals, "ann".to_owned(), None).await.expect("paused");
    let done = applied(&world, &file).await;
    assert_eq!((names(&done.waiting).as_str(), names(&done.done).as_str()), ("deactivate ann", "update bob"));
    engine.resume("ann").await.expect("resumed");
    assert_eq!(names(&applied(&world, &file).await.done), "deactivate ann");
}

#[tokio::test]
async fn whoever_fails_is_tried_again_by_the_cycles_and_an_outage_is_nobodys_fault() {
    let (world, ids) = in_sync(&["ann", "bob"]).await;
    world.change(&ids[0], json!({"givenName": "Anne"}));
    world.change(&ids[1], json!({"givenName": "Bobby"}));
    let file = reviewed(&world).await;
    world.sim.set_faults(vec![on_jostle(status(503))]).expect("faults");
    let Carried { applied: down, error } = world.engine().apply_plan(&file).await.expect("the state works");
    assert!(error.is_some() && down.error.is_some(), "{down:?}");
    assert_eq!((down.waiting.len(), world.status().await.waiting.len()), (2, 0));
    assert_eq!(world.status().await.cycles[0].result.as_deref(), Some("failed"));
    world.sim.set_faults(vec![on_jostle(status(400)).method("PATCH").times(1)]).expect("faults");
    let done = applied(&world, &file).await;
    assert_eq!((done.done.len(), done.failed.len()), (1, 1));
    assert_eq!(world.status().await.waiting.len(), 1);
    world.pass(SignedDuration::from_hours(31));
    assert_eq!(world.cycled().await, "1 update");
}

#[tokio::test]
async fn redacted_values_are_sent_and_shown_nowhere() {
    let (mut world, ids) = in_sync(&["ann"]).await;
    let expression = Expression::parse("Redact([employeeId])", Place::Row).expect("an expression");
    let redacted = Row::new(path("displayName"), Source::Expression(Arc::new(expression)));
    let rows = world.policy.mapping.rows().iter().cloned().chain([redacted]);
    world.policy.mapping = Mapping::new(rows.collect()).expect("a mapping");
    world.change(&ids[0], json!({"employeeId": "secret-1"}));
    let file = reviewed(&world).await;
    assert_eq!(names(&applied(&world, &file).await.done), "update ann");
    assert_eq!(world.account("ann@corp.example").await.expect("there")["displayName"], "secret-1");
    world.change(&ids[0], json!({"employeeId": "secret-2"}));
    let file = reviewed(&world).await;
    world.change(&ids[0], json!({"employeeId": "secret-3"}));
    let stale = applied(&world, &file).await;
    assert_eq!(reasons(&stale), ["ann@corp.example: displayName has other values than in the plan"]);
    let shown: Value = serde_json::to_value(&stale).expect("JSON");
    assert!(!shown.to_string().contains("secret"), "{shown}");
    world.policy.limits = Limits::all(0, 0.0);
    let file = reviewed(&world).await;
    assert!(file.entries[0].held.is_some());
    assert_eq!(names(&applied(&world, &file).await.done), "update ann");
}

#[tokio::test]
async fn a_plan_beside_a_cycle_writes_nobody_twice() {
    const PEOPLE: usize = 30;
    let world = World::new().await;
    for number in 0..PEOPLE {
        world.person(&format!("p{number}"), json!({}));
    }
    let file = reviewed(&world).await;
    world.sim.clear_requests();
    let engine = world.engine();
    let beside = world.beside(&engine);
    let (cycle, carried) = tokio::join!(engine.cycle(), beside.apply_plan(&file));
    let (cycle, carried) = (cycle.expect("a report"), carried.expect("a report"));
    assert!(cycle.error.is_none() && carried.error.is_none(), "{cycle:?} {carried:?}");
    assert_eq!(world.writes().len(), PEOPLE, "everybody was posted once");
    assert_eq!(cycle.operations.total() + carried.applied.done.len() as u64, PEOPLE as u64);
    assert_eq!(world.cycled().await, "nothing to do");
}
