//! A shadow beside a job that provisions: what it finds while the job does the same, does something else, or nothing.
//! The product plays the job, on a state of its own, or an administrator does by hand.

use std::fmt::Write;

use entra_jostle_sync::engine::{CycleError, ShadowVerdict, Shadowed};
use entra_jostle_sync::mapping::{Mapping, Row};
use entra_jostle_sync::model::{KnownDifference, TargetValue};
use entra_jostle_sync::plan::FirstCycle;
use entra_jostle_sync::simulator::{BodyKind, Effect};
use entra_jostle_sync::store::Store;
use jiff::SignedDuration;
use serde_json::json;

use super::common::{World, handmade, in_sync, on_jostle, path, status};
use super::reconcile::{by_hand, id_of};

const PATIENCE: SignedDuration = SignedDuration::from_hours(2);

/// A state of its own.
pub(super) fn beside(world: &World) -> Store {
    Store::open(&world.state().with_extension("shadow")).expect("a new state")
}

/// One round, which writes nothing.
async fn tried(world: &World, shadow: &Store) -> Result<Shadowed, CycleError> {
    let before = world.writes().len();
    let found = world.planner(shadow).shadow(PATIENCE).await;
    assert_eq!(world.writes().len(), before, "it writes nothing");
    found
}

async fn round(world: &World, shadow: &Store) -> Shadowed {
    tried(world, shadow).await.expect("a round")
}

/// What was found, line by line.
fn told(found: &Shadowed) -> String {
    let who = |user: &str| user.split('@').next().unwrap_or_default().to_owned();
    let value = |value: &Option<TargetValue>| value.as_ref().map_or("(none)".to_owned(), ToString::to_string);
    let mut text = String::new();
    let mut differences = |word: &str, all: &[KnownDifference]| {
        for known in all {
            let one = &known.difference;
            let (old, new) = (value(&one.old), value(&one.new));
            writeln!(text, "{word} {} {}: {old} => {new}", who(&one.user), one.aspect).unwrap();
        }
    };
    differences("pending", &found.pending);
    differences("DIFFERS", &found.differs);
    for (word, all) in [("doubtful", &found.doubtful), ("conflict", &found.conflicts), ("failed", &found.failed)] {
        for one in all {
            writeln!(text, "{word} {}", who(&one.user)).unwrap();
        }
    }
    for one in &found.deleted {
        writeln!(text, "deleted {}", who(&one.user)).unwrap();
    }
    for one in &found.unread {
        writeln!(text, "unread {}", who(&one.user)).unwrap();
    }
    text
}

/// Three people with accounts, and a shadow that has seen them.
async fn watched() -> (World, Vec<String>, Store) {
    let (world, ids) = in_sync(&["ann", "bob", "cem"]).await;
    let shadow = beside(&world);
    let found = round(&world, &shadow).await;
    assert_eq!((told(&found).as_str(), found.people, found.verdict), ("", 3, ShadowVerdict::Content));
    world.pass(SignedDuration::from_mins(40));
    (world, ids, shadow)
}

#[tokio::test]
async fn in_sync_it_is_content_from_the_first_round_and_asks_for_the_list_alone() {
    let (world, _, shadow) = watched().await;
    let found = round(&world, &shadow).await;
    assert_eq!((told(&found).as_str(), found.agreed), ("", 0));
    world.sim.clear_requests();
    world.pass(SignedDuration::from_hours(72));
    let found = round(&world, &shadow).await;
    assert_eq!(found.content_since, Some(found.first_at));
    assert_eq!(found.unmanaged.map(|unmanaged| unmanaged.len()), Some(0));
    let read = world.jostle_requests();
    assert!(read.iter().all(|request| request.path.contains("/Users?startIndex")), "{read:?}");
    assert!(!shadow.ever_completed().await.expect("a state"), "the real start is a first contact");
}

#[tokio::test]
async fn a_change_is_pending_and_agrees_once_the_job_has_done_the_same() {
    let (world, ids, shadow) = watched().await;
    world.change(&ids[0], json!({"jobTitle": "Boss", "givenName": "Anna"}));
    let found = round(&world, &shadow).await;
    insta::assert_snapshot!(told(&found), @r#"
    pending ann title: (none) => "Boss"
    pending ann name.givenName: "Given" => "Anna"
    "#);
    assert_eq!(found.verdict, ShadowVerdict::TooEarly);
    world.pass(SignedDuration::from_mins(30));
    assert_eq!(told(&round(&world, &shadow).await), told(&found));
    assert_eq!(world.cycled().await, "1 update");
    let found = round(&world, &shadow).await;
    assert_eq!((told(&found).as_str(), found.agreed, found.verdict), ("", 2, ShadowVerdict::Content));
    assert_eq!(found.longest_to_agree(), Some(SignedDuration::from_mins(30)));
    let found = round(&world, &shadow).await;
    assert_eq!((found.agreed, found.last_agreed.len()), (2, 2), "it is counted once");
}

#[tokio::test]
async fn what_the_job_does_not_do_differs_after_the_patience_until_it_does() {
    let (world, ids, shadow) = watched().await;
    world.change(&ids[0], json!({"jobTitle": "Boss"}));
    assert_eq!(told(&round(&world, &shadow).await), "pending ann title: (none) => \"Boss\"\n");
    world.pass(SignedDuration::from_mins(119));
    assert_eq!(told(&round(&world, &shadow).await), "pending ann title: (none) => \"Boss\"\n");
    world.pass(SignedDuration::from_mins(1));
    let found = round(&world, &shadow).await;
    assert_eq!(told(&found), "DIFFERS ann title: (none) => \"Boss\"\n");
    assert_eq!((found.verdict, found.content_since), (ShadowVerdict::Differs, None));
    // Another value has its own time.
    world.change(&ids[0], json!({"jobTitle": "Chief"}));
    assert_eq!(told(&round(&world, &shadow).await), "pending ann title: (none) => \"Chief\"\n");
    by_hand(&world, "ann", json!({"title": "Chief"})).await;
    let found = round(&world, &shadow).await;
    assert_eq!((told(&found).as_str(), found.agreed, found.content_since.is_some()), ("", 1, true));
}

#[tokio::test]
async fn what_the_job_does_otherwise_differs_since_it_should_have_been_done() {
    let (world, ids, shadow) = watched().await;
    world.change(&ids[0], json!({"jobTitle": "Boss"}));
    let first = round(&world, &shadow).await;
    world.pass(SignedDuration::from_hours(1));
    by_hand(&world, "ann", json!({"title": "BOSS!"})).await;
    assert_eq!(told(&round(&world, &shadow).await), "pending ann title: \"BOSS!\" => \"Boss\"\n");
    world.pass(SignedDuration::from_hours(1));
    let found = round(&world, &shadow).await;
    assert_eq!(told(&found), "DIFFERS ann title: \"BOSS!\" => \"Boss\"\n");
    assert_eq!(found.differs[0].since, first.at);
    // What an administrator changed, and Entra's job never sees, is one as well.
    by_hand(&world, "bob", json!({"title": "Clerk", "name": {"givenName": "Bobby", "familyName": "Family"}})).await;
    insta::assert_snapshot!(told(&round(&world, &shadow).await), @r#"
    pending bob title: "Clerk" => (none)
    pending bob name.givenName: "Bobby" => "Given"
    DIFFERS ann title: "BOSS!" => "Boss"
    "#);
}

#[tokio::test]
async fn leavers_newcomers_and_those_who_are_renamed_agree_when_the_job_follows() {
    let (world, ids, shadow) = watched().await;
    world.change(&ids[0], json!({"accountEnabled": false}));
    world.change(&ids[1], json!({"userPrincipalName": "rob@corp.example", "mail": "rob@corp.example"}));
    world.person("dee", json!({"jobTitle": "Clerk"}));
    insta::assert_snapshot!(told(&round(&world, &shadow).await), @r#"
    pending ann deactivate: (none) => (none)
    pending dee create: (none) => (none)
    pending rob userName: "bob@corp.example" => "rob@corp.example"
    pending rob emails[type eq "work"].value: "bob@corp.example" => "rob@corp.example"
    "#);
    assert_eq!(world.cycled().await, "1 deactivate, 1 create, 1 update");
    let found = round(&world, &shadow).await;
    assert_eq!((told(&found).as_str(), found.agreed), ("", 4));
    world.change(&ids[0], json!({"accountEnabled": true}));
    assert_eq!(told(&round(&world, &shadow).await), "pending ann reactivate: (none) => (none)\n");
    assert_eq!(world.cycled().await, "1 reactivate");
    let found = round(&world, &shadow).await;
    assert_eq!((told(&found).as_str(), found.agreed), ("", 5));
}

#[tokio::test]
async fn an_account_that_the_job_made_otherwise_agrees_and_its_values_differ() {
    let (world, _, shadow) = watched().await;
    world.person("dee", json!({"jobTitle": "Clerk"}));
    assert_eq!(told(&round(&world, &shadow).await), "pending dee create: (none) => (none)\n");
    world.put_account(&handmade("dee@corp.example", "Given", true)).await;
    let found = round(&world, &shadow).await;
    assert_eq!((told(&found).as_str(), found.agreed), ("pending dee title: (none) => \"Clerk\"\n", 1));
}

#[tokio::test]
async fn what_would_not_be_done_any_more_is_forgotten() {
    let (mut world, ids, shadow) = watched().await;
    world.change(&ids[0], json!({"jobTitle": "Boss"}));
    world.change(&ids[1], json!({"givenName": "Robert"}));
    world.change(&ids[2], json!({"accountEnabled": false}));
    let dee = world.person("dee", json!({}));
    assert_eq!(told(&round(&world, &shadow).await).lines().count(), 4);
    world.change(&ids[1], json!({"givenName": "Given"}));
    world.change(&ids[2], json!({"accountEnabled": true}));
    world.change(&dee, json!({"accountEnabled": false}));
    let rows = world.policy.mapping.rows().iter().filter(|row| row.target != path("title")).cloned();
    world.policy.mapping = Mapping::new(rows.collect()).expect("a mapping");
    let found = round(&world, &shadow).await;
    assert_eq!((told(&found).as_str(), found.agreed, found.verdict), ("", 0, ShadowVerdict::Content));
}

#[tokio::test]
async fn whose_account_it_is_is_not_guessed() {
    let (mut world, _, shadow) = watched().await;
    world.policy.limits.first_cycle = FirstCycle::Hold;
    let mut other = handmade("dee@corp.example", "Somebody", true);
    other["name"] = json!({"givenName": "Somebody", "familyName": "Else"});
    world.put_account(&other).await;
    world.put_account(&handmade("eve@corp.example", "Given", false)).await;
    world.put_account(&handmade("fay.former@corp.example", "Fay", true)).await;
    for alias in ["dee", "eve", "robot"] {
        world.person(alias, json!({}));
    }
    world.person("fay", json!({"givenName": "Fay"}));
    for _ in 0..2 {
        let found = round(&world, &shadow).await;
        assert_eq!(told(&found), "doubtful dee\ndoubtful eve\ndoubtful fay\nconflict robot\n");
        assert_eq!(found.verdict, ShadowVerdict::Content);
    }
}

#[tokio::test]
async fn an_account_that_was_deleted_in_jostle_is_told_and_found_again_when_it_is_made_anew() {
    let (world, ids, shadow) = watched().await;
    world.change(&ids[0], json!({"jobTitle": "Boss"}));
    let _found = round(&world, &shadow).await;
    assert!(world.sim.jostle().remove(&id_of(&world, "ann").await));
    let found = round(&world, &shadow).await;
    assert_eq!((told(&found).as_str(), found.agreed), ("deleted ann\n", 0));
    world.put_account(&handmade("ann@corp.example", "Given", true)).await;
    assert_eq!(told(&round(&world, &shadow).await), "pending ann title: (none) => \"Boss\"\n");
}

#[tokio::test]
async fn a_server_that_cannot_page_is_read_account_by_account() {
    let (world, ids, shadow) = watched().await;
    let ann = id_of(&world, "ann").await;
    world.sim.jostle().set_switches(json!({"paging": "ignores_start_index", "page_cap": 1})).expect("switches");
    world.change(&ids[0], json!({"jobTitle": "Boss"}));
    let found = round(&world, &shadow).await;
    assert_eq!((told(&found).as_str(), found.unmanaged), ("pending ann title: (none) => \"Boss\"\n", None));
    world.sim.jostle().update(&ann, &json!({"title": "Boss"})).expect("changed");
    let found = round(&world, &shadow).await;
    assert_eq!((told(&found).as_str(), found.agreed), ("", 1));
}

#[tokio::test]
async fn nothing_is_concluded_from_an_outage_and_its_end_is_waited_for() {
    let (world, ids, shadow) = watched().await;
    world.change(&ids[0], json!({"jobTitle": "Boss"}));
    let before = told(&round(&world, &shadow).await);
    by_hand(&world, "ann", json!({"title": "Boss"})).await;
    world.pass(SignedDuration::from_hours(3));
    world.sim.set_faults(vec![on_jostle(status(503))]).expect("faults");
    assert!(matches!(tried(&world, &shadow).await, Err(CycleError::Side(_))));
    let quarantine = world.planner(&shadow).rest().await.expect("a state").expect("a quarantine");
    assert!(quarantine.next_at > *world.now.lock().unwrap());
    world.sim.set_faults(Vec::new()).expect("no faults");
    let known = shadow.shadow().await.expect("a state").expect("rounds");
    assert_eq!((known.differences.len(), known.agreed), (before.lines().count(), 0));
    let found = round(&world, &shadow).await;
    assert_eq!((told(&found).as_str(), found.agreed), ("", 1));
    assert_eq!(world.planner(&shadow).rest().await.expect("a state"), None);
}

#[tokio::test]
async fn of_whoever_cannot_be_read_nothing_is_said() {
    let (world, ids, shadow) = watched().await;
    world.change(&ids[0], json!({"jobTitle": "Boss"}));
    let _found = round(&world, &shadow).await;
    by_hand(&world, "ann", json!({"title": "Boss"})).await;
    world.pass(SignedDuration::from_hours(3));
    let id = id_of(&world, "ann").await;
    let fault = on_jostle(Effect::Status { status: 404, retry_after: None, code: None, body: BodyKind::default() });
    world.sim.set_faults(vec![fault.path(&format!("/Users/{id}")).times(1)]).expect("faults");
    let found = round(&world, &shadow).await;
    assert_eq!((told(&found).as_str(), found.agreed), ("pending ann title: (none) => \"Boss\"\nunread ann\n", 0));
    let found = round(&world, &shadow).await;
    assert_eq!((told(&found).as_str(), found.agreed), ("", 1));
}

#[tokio::test]
async fn that_most_accounts_are_gone_at_once_is_not_believed() {
    let (world, _) = in_sync(&["ann", "bob", "cem", "dee", "eve", "flo"]).await;
    let shadow = beside(&world);
    let _found = round(&world, &shadow).await;
    for account in world.accounts().await {
        let id: &str = account["id"].as_str().expect("an id");
        assert!(world.sim.jostle().remove(id));
    }
    let found = round(&world, &shadow).await;
    assert_eq!((found.unread.len(), found.deleted.len(), found.differs.len() + found.pending.len()), (6, 0, 0));
}

#[tokio::test]
async fn days_of_grace_go_by_and_what_a_row_redacts_is_not_told() {
    use entra_jostle_sync::mapping::Source;
    use entra_jostle_sync::mapping::expression::{Expression, Place};
    let (mut world, ids, shadow) = watched().await;
    let group = world.group("Staff", &[&ids[1], &ids[2]]);
    world.policy.scope.who = entra_jostle_sync::scope::Who::Groups(vec![group]);
    world.policy.actions.grace_days = 1;
    let expression = Expression::parse("Redact([givenName])", Place::Row).expect("an expression");
    let rows = world.policy.mapping.rows().iter().cloned().map(|row| match row.target == path("name.givenName") {
        true => Row { source: Source::Expression(expression.clone().into()), ..row },
        false => row,
    });
    world.policy.mapping = Mapping::new(rows.collect()).expect("a mapping");
    world.change(&ids[1], json!({"givenName": "Robert"}));
    let redacted = "pending bob name.givenName: \"[Redact]\" => \"[Redact]\"\n";
    let found = round(&world, &shadow).await;
    assert_eq!(told(&found), redacted);
    assert!(!serde_json::to_string(&found).expect("JSON").contains("Robert"));
    world.pass(SignedDuration::from_hours(24));
    assert!(told(&round(&world, &shadow).await).contains("ann deactivate"));
    by_hand(&world, "bob", json!({"name": {"givenName": "Robert", "familyName": "Family"}})).await;
    by_hand(&world, "ann", json!({"active": false})).await;
    let found = round(&world, &shadow).await;
    assert_eq!((told(&found).as_str(), found.agreed), ("", 2));
}
