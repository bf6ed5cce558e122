//! The first cycle of a new state in a Jostle that has people, and whose an account is.

use std::collections::BTreeSet;

use entra_jostle_sync::model::{EntraId, HoldClass, Link, MatchChoice, Operation, TargetId, Verdict};
use entra_jostle_sync::plan::{APPROVAL_LIFETIME, FirstCycle, Limits};
use entra_jostle_sync::store::{Chosen, Decision, HeldPerson, HoldId};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::common::{World, handmade, in_sync, on_jostle, status};

/// A Jostle with ann, who is in Entra too, and with somebody who is not; and bob, who is in Entra alone. Nobody was asked
/// yet.
async fn first_contact() -> (World, [String; 2]) {
    let mut world = World::new().await;
    world.policy.limits.first_cycle = FirstCycle::Hold;
    world.put_account(&handmade("ann@corp.example", "Given", true)).await;
    world.put_account(&named("manual@corp.example", "By", "Hand")).await;
    let ids = ["ann", "bob"].map(|alias| world.person(alias, json!({})));
    world.sim.clear_requests();
    (world, ids)
}

fn named(user_name: &str, given: &str, family: &str) -> Value {
    let mut account = handmade(user_name, given, true);
    account["name"]["familyName"] = family.into();
    account
}

/// Everybody who is held, by name.
async fn held(world: &World) -> Vec<HeldPerson> {
    let now = *world.now.lock().expect("the clock");
    let mut held = world.store().guard_record(now, APPROVAL_LIFETIME).await.expect("a record").held;
    held.sort_by(|a, b| a.user_name.cmp(&b.user_name));
    held
}

pub(super) async fn held_as(world: &World, class: HoldClass) -> Vec<String> {
    let held = held(world).await.into_iter().filter(|person| person.held.class == class);
    held.map(|person| format!("{} {}", person.held.operation, person.user_name)).collect()
}

/// Decides about everybody who waits.
pub(super) async fn decide(world: &World, verdict: Verdict) -> u64 {
    let (mut people, at) = (0, *world.now.lock().expect("the clock"));
    for number in held(world).await.into_iter().map(|person| person.hold).collect::<BTreeSet<_>>() {
        let (hold, by) = (HoldId { number, revision: i64::MAX }, "ann".to_owned());
        let decision = Decision { hold, verdict, only: None, except: Vec::new(), by, at };
        people += world.store().decide(decision).await.expect("decided").people;
    }
    people
}

pub(super) async fn choose(world: &World, id: &str, choice: MatchChoice) -> u64 {
    let chosen = Chosen { entra_id: EntraId::new(id), choice };
    let now = *world.now.lock().expect("the clock");
    world.store().choose(vec![chosen], "ann".to_owned(), now).await.expect("stored")
}

pub(super) async fn link_of(world: &World, id: &str) -> Link {
    let record = world.store().person(&EntraId::new(id)).await.expect("read").expect("a person");
    record.link.expect("a link")
}

pub(super) fn link(account: &Value) -> MatchChoice {
    MatchChoice::Link { jostle_id: TargetId::new(account["id"].as_str().expect("an id")) }
}

#[tokio::test]
async fn nothing_is_done_in_a_jostle_with_people_before_somebody_has_looked_at_it() {
    let (world, _) = first_contact().await;
    let plan = world.plan().await;
    assert_eq!((plan.operations.len(), plan.held.len()), (0, 2), "a plan says so too");
    assert_eq!(world.cycled().await, "nothing to do; 2 held");
    assert_eq!(held_as(&world, HoldClass::FirstContact).await, ["adopt ann@corp.example", "create bob@corp.example"]);
    let unmanaged = world.store().listing().await.expect("read").expect("a listing").unmanaged;
    let names: Vec<_> = unmanaged.iter().map(|account| account.user_name.as_str()).collect();
    assert_eq!(names, ["ann@corp.example", "manual@corp.example"]);
    assert_eq!(world.writes(), Vec::<String>::new());
    world.sim.clear_requests();
    assert_eq!(world.cycled().await, "nothing to do; 2 held");
    assert_eq!(world.jostle_requests().len(), 0, "nothing is asked about whoever is held");
    assert_eq!(decide(&world, Verdict::Approved).await, 2);
    assert_eq!(world.cycled().await, "1 create, 1 adopt");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn whoever_comes_while_nobody_has_looked_waits_with_the_others_and_later_ones_do_not() {
    let (world, _) = first_contact().await;
    assert_eq!(world.cycled().await, "nothing to do; 2 held");
    world.person("cid", json!({}));
    assert_eq!(world.cycled().await, "nothing to do; 3 held");
    assert_eq!(decide(&world, Verdict::Approved).await, 3);
    assert_eq!(world.cycled().await, "2 create, 1 adopt");
    world.person("dee", json!({}));
    assert_eq!(world.cycled().await, "1 create");
}

#[tokio::test]
async fn a_jostle_without_people_is_filled_at_once() {
    let mut world = World::new().await;
    world.policy.limits.first_cycle = FirstCycle::Hold;
    world.put_account(&handmade("robot@corp.example", "Robot", true)).await;
    world.person("ann", json!({}));
    assert_eq!(world.cycled().await, "1 create", "a protected account is no person");
}

/// A scope that is opened later is no later contact.
#[tokio::test]
async fn a_first_cycle_with_nobody_to_do_anything_for_was_no_first_contact() {
    let (world, [ann, bob]) = first_contact().await;
    for id in [&ann, &bob] {
        world.change(id, json!({"accountEnabled": false}));
    }
    assert_eq!(world.cycled().await, "nothing to do");
    world.change(&ann, json!({"accountEnabled": true}));
    assert_eq!(world.cycled().await, "nothing to do; 1 held");
    assert_eq!(held_as(&world, HoldClass::FirstContact).await, ["adopt ann@corp.example"]);
}

/// What it made itself before it was killed is linked, and makes nobody ask.
#[tokio::test]
async fn a_first_cycle_that_was_interrupted_goes_on() {
    let mut world = World::new().await;
    world.policy.limits.first_cycle = FirstCycle::Hold;
    for alias in ["ann", "bob", "cid"] {
        world.person(alias, json!({}));
    }
    let refused = on_jostle(status(401)).method("POST").skip(1);
    world.sim.set_faults(vec![refused]).expect("faults");
    assert!(world.cycle().await.error.is_some());
    world.sim.set_faults(Vec::new()).expect("no faults");
    world.pass(SignedDuration::from_hours(1));
    assert_eq!(world.cycled().await, "2 create");
}

#[tokio::test]
async fn a_jostle_that_does_not_list_its_accounts_is_not_taken_for_empty() {
    let (world, _) = first_contact().await;
    world.sim.jostle().set_switches(json!({"paging": "ignores_start_index", "page_cap": 1})).expect("switches");
    assert_eq!(world.cycled().await, "nothing to do; 2 held");
    assert!(held(&world).await[0].held.limit.starts_with("Jostle does not list its accounts"));
    assert_eq!(world.store().listing().await.expect("read"), None);
}

#[tokio::test]
async fn who_is_doubtful_is_asked_about_apart_and_settled_one_by_one() {
    let (world, _) = first_contact().await;
    let unlike = world.put_account(&handmade("cid@corp.example", "Other", true)).await;
    world.put_account(&handmade("dee@corp.example", "Given", false)).await;
    let twin = named("e.stone@corp.example", "Eve", "Stone");
    let twin = world.put_account(&twin).await;
    let [cid, dee] = ["cid", "dee"].map(|alias| world.person(alias, json!({})));
    let eve = world.person("eve", json!({"givenName": "Eve", "surname": "Stone"}));
    assert_eq!(world.cycled().await, "nothing to do; 5 held");
    let doubtful = ["adopt cid@corp.example", "adopt dee@corp.example", "create eve@corp.example"];
    assert_eq!(held_as(&world, HoldClass::Match).await, doubtful);
    let why: Vec<_> =
        held(&world).await.into_iter().filter(|p| p.held.class == HoldClass::Match).map(|p| p.reason).collect();
    assert!(why[0].contains("shows the name Other Family, and the person is Given Family"), "{why:?}");
    assert!(why[1].contains("inactive in Jostle") && why[2].contains("(e.stone@corp.example)"), "{why:?}");
    assert_eq!(choose(&world, &cid, link(&unlike)).await, 1);
    assert_eq!(choose(&world, &dee, MatchChoice::Ignore).await, 1);
    assert_eq!(choose(&world, &eve, link(&twin)).await, 1);
    assert_eq!(world.cycled().await, "2 adopt; 2 held");
    let account = world.account("eve@corp.example").await.expect("renamed");
    assert_eq!(account["id"], twin["id"], "the account is hers, and has her userName now");
    assert_eq!(world.account("dee@corp.example").await.expect("there")["active"], json!(false));
    world.change(&dee, json!({"jobTitle": "Boss"}));
    assert_eq!(world.cycled().await, "nothing to do; 2 held");
    assert_eq!(choose(&world, &dee, MatchChoice::Create).await, 1, "another word about her");
    assert_eq!(world.cycled().await, "nothing to do; 3 held", "the name is taken, so it is asked about");
}

/// A recycled address, at any time.
#[tokio::test]
async fn a_later_adoption_asks_by_the_same_rule_and_an_approval_says_whose_it_is() {
    let (world, _) = in_sync(&["ann"]).await;
    let theirs = world.put_account(&handmade("bob@corp.example", "Karl", true)).await;
    let bob = world.person("bob", json!({}));
    assert_eq!(world.cycled().await, "nothing to do; 1 held");
    assert_eq!(decide(&world, Verdict::Approved).await, 1);
    assert_eq!(world.cycled().await, "1 adopt");
    assert_eq!(link_of(&world, &bob).await.target_id.as_str(), theirs["id"].as_str().expect("an id"));
    assert_eq!(choose(&world, &bob, MatchChoice::Ignore).await, 0, "whoever has an account is not ignored");
}

/// A day of pause goes by before a cycle could do it.
#[tokio::test]
async fn an_approval_of_whose_an_account_is_expires_like_every_other_one() {
    let (world, _) = in_sync(&["ann"]).await;
    let theirs = world.put_account(&handmade("bob@corp.example", "Karl", true)).await;
    let bob = world.person("bob", json!({}));
    assert_eq!(world.cycled().await, "nothing to do; 1 held");
    assert_eq!(decide(&world, Verdict::Approved).await, 1);
    world.pass(APPROVAL_LIFETIME + SignedDuration::from_secs(1));
    assert_eq!(world.cycled().await, "nothing to do; 1 held");
    assert_eq!(decide(&world, Verdict::Approved).await, 1, "it is asked again");
    world.pass(APPROVAL_LIFETIME);
    assert_eq!(world.cycled().await, "1 adopt");
    assert_eq!(link_of(&world, &bob).await.target_id.as_str(), theirs["id"].as_str().expect("an id"));
}

/// What was approved was looked at before she was called otherwise.
#[tokio::test]
async fn an_approval_of_whoever_has_changed_since_says_nothing_about_the_account() {
    let (world, _) = in_sync(&["ann"]).await;
    world.put_account(&handmade("bob@corp.example", "Karl", true)).await;
    let bob = world.person("bob", json!({}));
    assert_eq!(world.cycled().await, "nothing to do; 1 held");
    world.change(&bob, json!({"userPrincipalName": "robert@corp.example"}));
    assert_eq!(decide(&world, Verdict::Approved).await, 1);
    assert_eq!(world.cycled().await, "nothing to do; 1 held");
    assert_eq!(held_as(&world, HoldClass::Match).await, ["create robert@corp.example"]);
    world.change(&bob, json!({"userPrincipalName": "rob@corp.example"}));
    assert_eq!(world.plan().await.held.len(), 1);
    assert_eq!(decide(&world, Verdict::Approved).await, 1);
    assert_eq!(world.cycled().await, "nothing to do; 1 held");
}

#[tokio::test]
async fn on_demand_asks_too() {
    let (world, _) = in_sync(&["ann"]).await;
    let theirs = world.put_account(&handmade("bob@corp.example", "Karl", true)).await;
    world.person("bob", json!({}));
    let done = world.provision("bob@corp.example").await.expect("provisioned");
    let said = &done.steps.last().expect("a step").description;
    let command = format!("entra-jostle-sync link bob@corp.example {}", theirs["id"].as_str().expect("an id"));
    assert!(said.starts_with("held: the account shows the name Karl Family") && said.ends_with(&command), "{said}");
    assert_eq!(held_as(&world, HoldClass::Match).await, ["adopt bob@corp.example"]);
    assert_eq!(world.cycled().await, "nothing to do; 1 held");
}

/// The search finds nobody, the create is refused, and the list shows an account of another name.
#[tokio::test]
async fn a_hidden_account_of_another_name_is_asked_about_and_not_created_for_ever() {
    let world = World::new().await;
    world.sim.jostle().set_switches(json!({"hidden_inactive": true})).expect("switches");
    world.put_account(&handmade("bob@corp.example", "Karl", false)).await;
    let bob = world.person("bob", json!({}));
    assert_eq!(world.cycled().await, "nothing to do; 1 held");
    world.change(&bob, json!({"jobTitle": "Boss"}));
    assert_eq!(world.cycled().await, "nothing to do; 1 held");
    // The search still finds nobody; whoever says that a new one is to be made is asked again.
    assert_eq!(held_as(&world, HoldClass::Match).await, ["create bob@corp.example"]);
    for expected in ["nothing to do; 1 held", "1 adopt", "nothing to do"] {
        decide(&world, Verdict::Approved).await;
        assert_eq!(world.cycled().await, expected);
    }
}

/// Nobody would let two accounts get another address in one cycle, whatever Jostle hides.
#[tokio::test]
async fn a_hidden_account_is_taken_over_within_the_limits_and_asked_about_beyond_them() {
    let (mut world, _) = in_sync(&["ann"]).await;
    world.policy.limits.loud = Limits::all(1, 0.0).loud;
    let aliases = ["bob", "cid", "dee"];
    for alias in aliases {
        world.put_account(&handmade(&format!("{alias}@corp.example"), "Given", true)).await;
        world.person(alias, json!({"mail": format!("{alias}@new.example")}));
    }
    world.sim.jostle().set_switches(json!({"filter_hit": "empty"})).expect("a switch");
    assert_eq!(world.cycled().await, "1 adopt; 2 held");
    let held = held(&world).await;
    let why: Vec<_> = held.iter().map(|person| (person.held.class, person.held.operation)).collect();
    assert_eq!(why, [(HoldClass::Match, Operation::Adopt); 2]);
    assert!(held[0].reason.contains("passes a limit: 2 of ") && held[0].reason.contains("limits.loud"), "{held:?}");
    assert_eq!(world.cycled().await, "nothing to do; 2 held", "and not created again");
    assert_eq!(decide(&world, Verdict::Approved).await, 2);
    assert_eq!(world.cycled().await, "2 adopt");
    assert_eq!(world.cycled().await, "nothing to do");
    assert_eq!(world.accounts().await.len(), 4);
}

/// An administrator deleted the account, and gave the name to somebody else.
#[tokio::test]
async fn a_lost_account_is_not_looked_for_in_one_of_another_name() {
    let (world, ids) = in_sync(&["ann"]).await;
    let account = world.account("ann@corp.example").await.expect("created");
    assert!(world.sim.jostle().remove(account["id"].as_str().expect("an id")));
    let theirs = world.put_account(&handmade("ann@corp.example", "Karl", true)).await;
    world.change(&ids[0], json!({"jobTitle": "Boss"}));
    assert_eq!(world.cycled().await, "nothing to do");
    assert!(link_of(&world, &ids[0]).await.gone);
    assert_eq!(choose(&world, &ids[0], link(&theirs)).await, 1);
    assert_eq!(world.cycled().await, "1 adopt");
}
