//! Undoing a cycle: Jostle is as it was before, the next cycles leave it so, and whatever has moved on is left alone.

use std::collections::BTreeMap;

use entra_jostle_sync::engine::{CarriedUndo, Undone, decide_hold, draw_undo};
use entra_jostle_sync::model::{EntraId, Verdict};
use entra_jostle_sync::plan::Undo;
use entra_jostle_sync::store::{CycleId, Decision, HeldPerson, HoldId, Reader, Stops};
use serde_json::{Value, json};

use super::common::{World, handmade, in_sync, on_jostle, status, summary};

/// Every account by its id, without when it was changed last.
fn jostle(world: &World) -> BTreeMap<String, Value> {
    let bare = |mut account: Value| {
        account.as_object_mut().expect("an object").remove("meta");
        (account["id"].as_str().expect("an id").to_owned(), account)
    };
    world.sim.jostle().users_json().into_iter().map(bare).collect()
}

/// A cycle, as its number and what it did.
async fn cycle(world: &World) -> (i64, String) {
    let report = world.cycle().await;
    (report.cycle, summary(&report))
}

fn drawn(world: &World, cycle: i64) -> Undo {
    let file = Reader::open(&world.state()).expect("a state").cycle(CycleId(cycle)).expect("read");
    draw_undo(&file.expect("the cycle"), &world.policy)
}

async fn carried(world: &World, undo: &Undo) -> CarriedUndo {
    world.engine().undo(undo.cycle, &undo.operations, "ann").await.expect("the state works")
}

/// Draws an undo and carries it out at once.
async fn undo(world: &World, cycle: i64) -> Undone {
    let CarriedUndo { undone, error } = carried(world, &drawn(world, cycle)).await;
    assert!(error.is_none(), "{error:?}");
    undone
}

/// How many were done, refused, failed and are waiting.
fn counts(Undone { done, refused, failed, waiting, .. }: &Undone) -> [usize; 4] {
    [done.len(), refused.len(), failed.len(), waiting.len()]
}

fn reason(undone: &Undone) -> &str {
    undone.refused[0].reason.as_deref().expect("a reason")
}

/// Everybody of every hold.
fn held(world: &World) -> Vec<HeldPerson> {
    let reader = Reader::open(&world.state()).expect("a state");
    let holds = reader.holds().expect("holds");
    holds.iter().flat_map(|hold| reader.held(hold.id.number).expect("people")).collect()
}

/// One change in Entra, the cycle for it and its undo: Jostle is as before, and stays so until the person changes.
async fn comes_back(world: &World, id: &str, properties: Value, did: &str, reverse: &str) {
    let before = jostle(world);
    world.change(id, properties);
    let (number, summary) = cycle(world).await;
    assert_eq!(summary, did);
    assert_ne!(jostle(world), before);
    let plan = drawn(world, number);
    assert_eq!((plan.counts().to_string().as_str(), plan.refused.len()), (reverse, 0));
    world.sim.clear_requests();
    let undone = carried(world, &plan).await.undone;
    assert_eq!(counts(&undone), [1, 0, 0, 0], "{undone:?}");
    assert_eq!(world.writes().len(), 1, "one account, one request");
    assert_eq!(jostle(world), before, "{did}");
    for _ in 0..2 {
        assert_eq!(cycle(world).await.1, "nothing to do", "{did}");
    }
    world.store().set_policy("another").await.expect("stored");
    assert_eq!(cycle(world).await.1, "nothing to do", "although everybody is looked at");
    assert_eq!(jostle(world), before);
    let kept = held(world);
    let HeldPerson { held, decided, .. } = kept.last().expect("kept out");
    assert_eq!((held.verdict, decided.as_ref().map(|(by, _)| by.as_str())), (Verdict::Rejected, Some("ann")));
    assert_eq!(held.limit, format!("cycle {number} was undone by ann (cycle {})", undone.cycle));
}

#[tokio::test]
async fn whatever_a_cycle_did_comes_back_and_stays_so_until_the_person_changes() {
    let (world, ids) = in_sync(&["ann", "bob", "cid", "dan"]).await;
    let [ann, bob, cid, dan] = [&ids[0], &ids[1], &ids[2], &ids[3]];
    let changed = json!({"givenName": "Anne", "jobTitle": "Boss", "mobilePhone": "+1 555"});
    comes_back(&world, ann, changed, "1 update", "1 update").await;
    let renamed = json!({"userPrincipalName": "robert@corp.example", "mail": "robert@corp.example"});
    comes_back(&world, bob, renamed, "1 update", "1 update").await;
    comes_back(&world, cid, json!({"accountEnabled": false}), "1 deactivate", "1 reactivate").await;
    world.change(dan, json!({"accountEnabled": false}));
    assert_eq!(cycle(&world).await.1, "1 deactivate");
    let back = json!({"accountEnabled": true, "givenName": "Daniel"});
    comes_back(&world, dan, back, "1 reactivate", "1 deactivate").await;

    world.change(ann, json!({"jobTitle": "Chief"}));
    world.change(cid, json!({"givenName": "Cider"}));
    world.change(dan, json!({"givenName": "Dan"}));
    assert_eq!(cycle(&world).await.1, "1 deactivate, 1 reactivate, 1 update", "they flow again");
    let account = world.account("ann@corp.example").await.expect("there");
    assert_eq!((&account["name"]["givenName"], &account["title"]), (&json!("Anne"), &json!("Chief")));
    assert_eq!(held(&world).len(), 1, "bob");
}

#[tokio::test]
async fn a_value_that_was_cleared_is_there_again_and_one_that_was_set_is_gone() {
    let world = World::new().await;
    let ann = world.person("ann", json!({"jobTitle": "Clerk"}));
    assert_eq!(world.cycled().await, "1 create");
    comes_back(&world, &ann, json!({"jobTitle": null, "mobilePhone": "+1 555"}), "1 update", "1 update").await;
}

#[tokio::test]
async fn what_was_created_is_inactive_and_what_was_adopted_is_as_it_was_and_stays_linked() {
    let world = World::new().await;
    world.put_account(&handmade("ann@corp.example", "Giv", false)).await;
    world.put_account(&handmade("bob@corp.example", "Given", true)).await;
    for alias in ["ann", "bob"] {
        world.person(alias, json!({}));
    }
    let before = jostle(&world);
    world.person("cid", json!({}));
    let (number, done) = cycle(&world).await;
    assert_eq!(done, "1 create, 2 adopt");
    let undone = undo(&world, number).await;
    assert_eq!(counts(&undone), [2, 0, 0, 0], "of bob nothing was written: {undone:?}");
    assert_eq!(undone.done.iter().filter(|line| line.operation.as_str() == "deactivate").count(), 2);
    let after = jostle(&world);
    let created: Vec<_> = after.iter().filter(|(id, _)| !before.contains_key(*id)).collect();
    assert_eq!((created.len(), &created[0].1["active"]), (1, &json!(false)));
    assert!(before.iter().all(|(id, account)| after[id] == *account), "{after:#?}");
    assert_eq!(cycle(&world).await.1, "nothing to do");
    assert_eq!(world.status().await.managed, 3, "the links stay");
}

#[tokio::test]
async fn whatever_is_not_known_of_jostle_is_no_hindrance() {
    let settings = [
        json!({"patch_answer": "no_content"}),
        json!({"patch_no_target": false}),
        json!({"patch_non_atomic": true}),
        json!({"ids": "user_name"}),
        json!({"normalise": "trim_lowercase_email"}),
        json!({"normalise": "trim_lowercase_email", "patch_answer": "no_content"}),
        json!({"hidden_inactive": true}),
        json!({"invited_reads_inactive": true}),
        json!({"unknown_id_is_500": true}),
        json!({"not_stored": ["title"]}),
    ];
    for switches in settings {
        let world = World::new().await;
        world.sim.jostle().set_switches(switches.clone()).unwrap_or_else(|error| panic!("{switches}: {error}"));
        let [ann, bob] = ["ann", "bob"].map(|alias| world.person(alias, json!({"jobTitle": "Clerk"})));
        assert_eq!(world.cycled().await, "2 create", "{switches}");
        let before = jostle(&world);
        // An account that has another id with another name is another one to whoever knows it by its id.
        let name = if switches["ids"] == "user_name" { "ann@corp.example" } else { "Anne@corp.example" };
        let renamed = json!({"userPrincipalName": name, "mail": name, "jobTitle": "Boss", "mobilePhone": "+1 555"});
        world.change(&ann, renamed);
        world.change(&bob, json!({"accountEnabled": false}));
        let (number, done) = cycle(&world).await;
        assert_eq!(done, "1 deactivate, 1 update", "{switches}");
        let undone = undo(&world, number).await;
        assert_eq!((counts(&undone), jostle(&world)), ([2, 0, 0, 0], before), "{switches}: {undone:?}");
        assert_eq!(cycle(&world).await.1, "nothing to do", "{switches}");
    }
}

/// Its reverse is the cycle that is undone with it.
#[tokio::test]
async fn an_undo_can_be_undone() {
    let (world, ids) = in_sync(&["ann", "bob"]).await;
    world.change(&ids[0], json!({"givenName": "Anne"}));
    world.change(&ids[1], json!({"accountEnabled": false}));
    let (number, _) = cycle(&world).await;
    let after = jostle(&world);
    let first = undo(&world, number).await;
    assert_eq!(counts(&first), [2, 0, 0, 0]);
    let again = drawn(&world, number);
    assert_eq!((again.operations.len(), again.refused.len()), (0, 2), "it is undone already");
    assert_eq!(again.refused[0].reason, format!("cycle {} wrote it since, and it is \"Given\" now", first.cycle));
    assert_eq!(counts(&undo(&world, first.cycle).await), [2, 0, 0, 0]);
    assert_eq!((jostle(&world), held(&world)), (after, Vec::new()));
    assert_eq!(cycle(&world).await.1, "nothing to do");
    let kinds: Vec<_> = world.status().await.cycles.iter().map(|cycle| cycle.kind.as_str()).collect();
    assert_eq!(kinds[..3], ["incremental", "undo", "undo"]);
}

#[tokio::test]
async fn what_is_kept_out_can_be_approved_for_one_of_them() {
    let (world, ids) = in_sync(&["ann", "bob"]).await;
    for id in &ids {
        world.change(id, json!({"givenName": "New"}));
    }
    let (number, _) = cycle(&world).await;
    assert_eq!(counts(&undo(&world, number).await), [2, 0, 0, 0]);
    let holds = Reader::open(&world.state()).expect("a state").holds().expect("holds");
    assert_eq!((holds.len(), holds[0].id, holds[0].rejected), (1, HoldId { number: 1, revision: 1 }, 2));
    let (only, except) = (Some(vec![EntraId::new(&ids[0])]), Vec::new());
    let (hold, by, at) = (holds[0].id, "ann".to_owned(), *world.now.lock().expect("the clock"));
    let approval = Decision { hold, verdict: Verdict::Approved, only, except, by, at };
    assert_eq!(decide_hold(world.store(), approval).await.expect("decided").people, 1);
    assert_eq!(cycle(&world).await.1, "1 update");
    assert_eq!(held(&world).len(), 1);
}

#[tokio::test]
async fn nobody_is_written_of_whom_something_has_moved_on_and_the_others_are() {
    let (world, ids) = in_sync(&["ann", "bob", "cid", "dan"]).await;
    for id in &ids {
        world.change(id, json!({"givenName": "New"}));
    }
    let (number, _) = cycle(&world).await;
    let confirmed = drawn(&world, number);
    assert_eq!(confirmed.operations.len(), 4);
    // Between what was shown and what is carried out.
    world.change(&ids[0], json!({"givenName": "Newer"}));
    let (later, _) = cycle(&world).await;
    let id_of = |name: &str| {
        let is = |account: &&Value| account["userName"] == format!("{name}@corp.example");
        let all = world.sim.jostle().users_json();
        all.iter().find(is).expect("an account")["id"].as_str().expect("an id").to_owned()
    };
    let by_hand = json!({"name": {"givenName": "Roberto", "familyName": "Family"}});
    assert!(world.sim.jostle().update(&id_of("bob"), &by_hand).is_ok());
    assert!(world.sim.jostle().remove(&id_of("cid")));
    let undone = carried(&world, &confirmed).await.undone;
    assert_eq!(counts(&undone), [1, 3, 0, 0], "{undone:?}");
    let reasons: BTreeMap<_, _> =
        undone.refused.iter().map(|line| (line.user.as_str(), line.reason.as_deref().expect("a reason"))).collect();
    let given = format!("name.givenName: cycle {later} wrote it since, and it is \"Newer\" now");
    assert_eq!(reasons["ann@corp.example"], given);
    assert_eq!(reasons["bob@corp.example"], "name.givenName: Jostle shows \"Roberto\"");
    assert!(reasons["cid@corp.example"].starts_with("Jostle has no account "), "{reasons:?}");
    assert_eq!(undone.done[0].user, "dan@corp.example");
    assert_eq!(world.account("bob@corp.example").await.expect("there")["name"]["givenName"], "Roberto");
}

#[tokio::test]
async fn what_was_protected_since_is_left_alone() {
    let (mut world, ids) = in_sync(&["ann"]).await;
    world.change(&ids[0], json!({"givenName": "New"}));
    let (number, _) = cycle(&world).await;
    let confirmed = drawn(&world, number);
    world.policy.protected.user_names.insert("ann@corp.example".to_owned());
    assert_eq!(drawn(&world, number).operations, []);
    let undone = carried(&world, &confirmed).await.undone;
    assert_eq!((counts(&undone), reason(&undone)), ([0, 1, 0, 0], "the account is protected by the configuration"));
}

#[tokio::test]
async fn only_what_was_confirmed_is_written() {
    let (world, ids) = in_sync(&["ann"]).await;
    world.change(&ids[0], json!({"givenName": "New"}));
    let (number, _) = cycle(&world).await;
    let mut edited = drawn(&world, number);
    edited.operations[0].changes[0].new = Some(entra_jostle_sync::model::TargetValue::Text("Evil".to_owned()));
    assert_eq!(counts(&carried(&world, &edited).await.undone), [0, 1, 0, 0]);
    let other = Undo { cycle: number - 1, ..drawn(&world, number) };
    assert_eq!(counts(&carried(&world, &other).await.undone), [0, 1, 0, 0]);
    assert_eq!(world.account("ann@corp.example").await.expect("there")["name"]["givenName"], "New");
}

/// Nobody has decided about a leaver: whoever undoes something else does not.
#[tokio::test]
async fn what_waited_before_the_undo_waits_after_it() {
    let (world, ids) = in_sync(&["a", "b", "c", "d", "e", "f"]).await;
    world.change(&ids[0], json!({"givenName": "New"}));
    let (number, _) = cycle(&world).await;
    for id in &ids[..4] {
        world.change(id, json!({"accountEnabled": false}));
    }
    assert_eq!(cycle(&world).await.1, "nothing to do; 4 held");
    assert_eq!(counts(&undo(&world, number).await), [1, 0, 0, 0]);
    assert!(held(&world).iter().all(|person| person.held.verdict == Verdict::Open));
    assert_eq!(cycle(&world).await.1, "nothing to do; 4 held");
    // What a cycle would do for another reason, and has not done yet.
    world.change(&ids[4], json!({"givenName": "New"}));
    let (number, _) = cycle(&world).await;
    world.sim.set_faults(vec![on_jostle(status(400)).method("PATCH")]).expect("faults");
    world.change(&ids[4], json!({"jobTitle": "Boss"}));
    assert_eq!(cycle(&world).await.1, "nothing to do; 1 failed; 4 held");
    world.sim.set_faults(Vec::new()).expect("faults");
    let undone = undo(&world, number).await;
    assert_eq!(counts(&undone), [0, 1, 0, 0]);
    assert!(reason(&undone).starts_with("something else waits to be done for the person (update: title: "));
    assert_eq!(world.status().await.waiting.len(), 1, "as before");
}

#[tokio::test]
async fn a_wrong_mapping_is_mended_and_what_it_wrote_taken_back() {
    let (mut world, ids) = in_sync(&["ann"]).await;
    let right = world.policy.mapping.clone();
    let rows = right.rows().iter().cloned().map(|row| match row.target.to_string().as_str() {
        "name.givenName" => entra_jostle_sync::mapping::Row::direct(row.target, "userPrincipalName"),
        _ => row,
    });
    world.policy.mapping = entra_jostle_sync::mapping::Mapping::new(rows.collect()).expect("a mapping");
    let before = jostle(&world);
    let (number, done) = cycle(&world).await;
    assert_eq!((done.as_str(), ids.len()), ("1 update", 1));
    world.policy.mapping = right;
    assert_eq!(counts(&undo(&world, number).await), [1, 0, 0, 0]);
    assert_eq!((jostle(&world), held(&world)), (before, Vec::new()));
    assert_eq!(cycle(&world).await.1, "nothing to do");
}

#[tokio::test]
async fn a_pause_holds_an_undo() {
    let (world, ids) = in_sync(&["ann", "bob"]).await;
    world.change(&ids[0], json!({"givenName": "New"}));
    world.person("cid", json!({}));
    let (number, _) = cycle(&world).await;
    let after = jostle(&world);
    let engine = world.engine();
    engine.pause(Stops::Everything, "ann".to_owned(), None).await.expect("paused");
    let undone = undo(&world, number).await;
    assert_eq!((counts(&undone), undone.paused.is_some()), ([0, 0, 0, 2], true));
    assert_eq!((jostle(&world), held(&world)), (after, Vec::new()));
    engine.pause(Stops::Removals, "ann".to_owned(), None).await.expect("paused");
    assert_eq!(counts(&undo(&world, number).await), [1, 0, 0, 1]);
    engine.resume("ann").await.expect("ended");
    let undone = undo(&world, number).await;
    assert_eq!(counts(&undone), [1, 0, 0, 0], "what was done is shown as not to be undone: {undone:?}");
    assert_eq!(cycle(&world).await.1, "nothing to do");
}

/// Nobody is tried again because of it, and it can be asked for again.
#[tokio::test]
async fn what_fails_leaves_everything_as_it_was() {
    let (world, ids) = in_sync(&["ann"]).await;
    world.change(&ids[0], json!({"givenName": "New"}));
    let (number, _) = cycle(&world).await;
    let after = jostle(&world);
    world.sim.set_faults(vec![on_jostle(status(400)).method("PATCH")]).expect("faults");
    assert_eq!(counts(&undo(&world, number).await), [0, 0, 1, 0]);
    world.sim.set_faults(vec![on_jostle(status(404)).method("GET")]).expect("faults");
    assert_eq!(counts(&undo(&world, number).await), [0, 1, 0, 0]);
    world.sim.set_faults(Vec::new()).expect("faults");
    assert_eq!((jostle(&world), held(&world), world.status().await.waiting), (after, Vec::new(), Vec::new()));
    assert_eq!(cycle(&world).await.1, "nothing to do");
    assert_eq!(counts(&undo(&world, number).await), [1, 0, 0, 0]);
}

#[tokio::test]
async fn what_an_outage_ends_is_told_and_the_rest_waits() {
    let (world, ids) = in_sync(&["ann", "bob"]).await;
    for id in &ids {
        world.change(id, json!({"givenName": "New"}));
    }
    let (number, _) = cycle(&world).await;
    world.sim.set_faults(vec![on_jostle(status(401))]).expect("faults");
    let CarriedUndo { undone, error } = carried(&world, &drawn(&world, number)).await;
    assert!(error.is_some() && undone.error.is_some());
    assert_eq!(counts(&undone), [0, 0, 0, 2]);
    world.sim.set_faults(Vec::new()).expect("faults");
    assert_eq!(counts(&undo(&world, number).await), [2, 0, 0, 0], "{undone:?}");
}
