//! Traps in writing to Jostle.

use entra_jostle_sync::plan::Delete;
use entra_jostle_sync::simulator::{BodyKind, Effect, ExpiredStyle, Fault, Side};
use entra_jostle_sync::store::LogQuery;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::common::{World, handmade, scenarios};
use super::of_feed;
use super::rig::{Rig, status};

/// An hour is an hour, in seconds and as a date: it is said until when, and nothing more is sent.
#[test]
fn capped_retry_after() {
    let until = Timestamp::now() + SignedDuration::from_secs(3244);
    let date = until.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for value in ["3244".to_owned(), date] {
        let rig = Rig::new(0);
        rig.person("ann", &json!({}));
        let throttled =
            Effect::Status { status: 429, retry_after: Some(value.clone()), code: None, body: BodyKind::Json };
        rig.faults(vec![Fault::new(Side::Jostle, throttled).times(1)]);
        let mut sync = rig.start(&["sync", "--log-level", "debug"]);
        sync.log_until("status=429", 1);
        sync.terminate();
        let done = sync.finish();
        let line = done.stderr.lines().find(|line| line.contains("asks to be left alone")).expect("it is said");
        let word = |name: &str| line.split(name).nth(1).and_then(|rest| rest.split(' ').next()).expect("a word");
        let wait: f64 = word("wait_s=").parse().expect("seconds");
        assert!((3200.0..3245.0).contains(&wait), "{value}: {line}");
        let shown: Timestamp = word("until=").trim_matches('"').parse().expect("a time");
        assert!(shown.duration_since(until).as_secs().abs() < 60, "{value}: {line}");
        let asked = rig.requests().into_iter().filter(|request| request.side == Side::Jostle).count();
        assert_eq!(asked, 1, "nothing more is sent");
        rig.expect(0, &["sync"]);
        rig.assert_one_account_each();
    }
}

/// The answer to a POST is lost or does not come in time, after the account was made: Jostle is asked, and no second
/// POST is sent.
#[test]
fn repeated_post_that_had_succeeded() {
    for effect in [Effect::ResetAfter {}, Effect::HangAfter {}] {
        let rig = Rig::new(0);
        rig.append("entra-jostle-sync.toml", "\n[http]\ntimeout = \"1s\"\n");
        for alias in ["ann", "bob", "cid"] {
            rig.person(alias, &json!({}));
        }
        rig.faults(vec![Fault::new(Side::Jostle, effect).method("POST").times(2)]);
        let report = rig.expect(0, &["sync", "--json"]).json();
        assert_eq!((&report["operations"]["create"], &report["failed"]), (&json!(3), &json!(0)), "{report}");
        assert_eq!(rig.writes(), ["POST /scim2/Users"; 3], "each once");
        rig.assert_one_account_each();
        rig.sim.clear_requests();
        rig.expect(0, &["sync"]);
        assert_eq!(rig.writes(), Vec::<String>::new());
    }
}

/// Another name and another address are a change of the same account.
#[test]
fn rename_as_deletion_and_creation() {
    let rig = Rig::new(0);
    let ann = rig.person("ann", &json!({}));
    rig.expect(0, &["sync"]);
    let id = rig.sim.jostle().users_json()[0]["id"].as_str().expect("an id").to_owned();
    rig.sim.clear_requests();
    let renamed = json!({"userPrincipalName": "ann.lee@corp.example", "mail": "ann.lee@corp.example"});
    rig.sim.graph().update_user(&ann, &renamed).expect("a change");
    rig.expect(0, &["sync"]);
    assert_eq!(rig.writes(), [format!("PATCH /scim2/Users/{id}")]);
    let accounts = rig.sim.jostle().users_json();
    let [account] = accounts.as_slice() else { panic!("{accounts:?}") };
    let work = json!([{"type": "work", "primary": true, "value": "ann.lee@corp.example"}]);
    assert_eq!(
        (&account["id"], &account["userName"], &account["emails"], &account["active"]),
        (&json!(id), &json!("ann.lee@corp.example"), &work, &json!(true))
    );
}

/// Whoever is in Jostle and not in Entra stays as they are, whatever is read and whoever leaves.
#[test]
fn accounts_made_by_hand_taken_for_leavers() {
    let rig = Rig::new(20);
    let by_hand: Vec<_> = [("manual@corp.example", true), ("former@corp.example", false)]
        .map(|(name, active)| rig.sim.jostle().insert(handmade(name, "Hand", active)).expect("an account"))
        .into();
    let untouched = || {
        let accounts = rig.sim.jostle().users_json();
        assert!(by_hand.iter().all(|account| accounts.contains(account)), "{accounts:#?}");
    };
    rig.expect(0, &["sync"]);
    untouched();
    let leaver = rig.employees().pop_first().expect("an employee");
    rig.sim.graph().delete_user(&leaver).expect("deleted");
    rig.expect(0, &["sync"]);
    untouched();
    rig.faults(vec![of_feed(Effect::ExpireToken { style: ExpiredStyle::Gone }).times(1)]);
    rig.expect(0, &["sync"]);
    untouched();
    std::fs::remove_file(rig.folder().join("state.db")).expect("the state is lost");
    rig.expect(0, &["sync"]);
    untouched();
    assert_eq!(rig.accounts(), rig.employees().len() + 3, "and nobody is in there twice");
}

/// Quotes, pluses and letters of all kinds in a filter are text, for Graph as for Jostle.
#[tokio::test]
async fn unescaped_filter() {
    scenarios::special_characters_are_matched(World::new().await).await;
    let world = World::new().await;
    let quoted = world.person("o'brien", json!({"mail": "o'brien+x@corp.example"}));
    let foreign = world.person("brien", json!({"mail": "jörg.größe&x=1@corp.example"}));
    for (key, id) in [
        ("o'brien@corp.example", &quoted),
        ("o'brien+x@corp.example", &quoted),
        ("jörg.größe&x=1@corp.example", &foreign),
    ] {
        let done = world.provision(key).await.unwrap_or_else(|error| panic!("{key}: {error}"));
        assert_eq!(done.entra_id.as_str(), id, "{key}");
    }
    assert!(world.provision("' or userPrincipalName ne '").await.is_err());
    assert_eq!(world.cycled().await, "nothing to do");
    assert_eq!(world.accounts().await.len(), 2);
}

/// The plan is made by the same functions, and writes nothing.
#[test]
fn dry_run_that_differs_from_the_real_one() {
    let rig = Rig::new(0);
    let ids: Vec<_> = ["ann", "bob", "cid"].map(|alias| rig.person(alias, &json!({}))).into();
    rig.sim.jostle().insert(handmade("dee@corp.example", "Giv", false)).expect("an account");
    rig.expect(0, &["sync"]);
    let graph = rig.sim.graph();
    graph.update_user(&ids[0], &json!({"givenName": "Anne"})).expect("a change");
    graph.update_user(&ids[1], &json!({"accountEnabled": false})).expect("a change");
    // Nobody can be created without an address: the plan fails as the run does.
    for (alias, mail) in
        [("dee", json!("dee@corp.example")), ("eve", json!("eve@corp.example")), ("nomail", json!(null))]
    {
        rig.person(alias, &json!({"mail": mail}));
    }
    rig.sim.clear_requests();
    let before = rig.sim.jostle().users_json();
    let plan = rig.expect(0, &["plan", "--json"]).json();
    assert_eq!((rig.writes(), rig.sim.jostle().users_json()), (Vec::new(), before));
    let counts = json!({"adopt": 1, "create": 1, "deactivate": 1, "delete": 0, "reactivate": 0, "update": 1});
    assert_eq!(plan["counts"], counts);
    let report = rig.expect(7, &["sync", "--json"]).json();
    assert_eq!((&report["operations"], &report["failed"]), (&plan["counts"], &json!(1)));

    let reader = entra_jostle_sync::store::Reader::open(&rig.folder().join("state.db")).expect("the state");
    let log = reader.log(&LogQuery { entra_id: None, limit: 4 }).expect("the log");
    let mut done: Vec<_> = log.iter().map(|e| json!([e.user_name, e.operation, e.changes])).collect();
    let planned = plan["operations"].as_array().expect("operations");
    let mut planned: Vec<_> = planned.iter().map(|o| json!([o["user"], o["operation"], o["changes"]])).collect();
    done.sort_by_key(ToString::to_string);
    planned.sort_by_key(ToString::to_string);
    assert_eq!(done, planned);
}

/// As long as Jostle has the account, the program knows whose it is.
#[tokio::test]
async fn link_forgotten_although_the_deletion_failed() {
    let mut world = World::new().await;
    world.policy.actions.delete = Delete::AfterDays(30);
    let ann = world.person("ann", json!({}));
    world.person("bob", json!({}));
    assert_eq!(world.cycled().await, "2 create");
    world.sim.graph().purge_user(&ann).expect("purged");
    assert_eq!(world.cycled().await, "1 deactivate");
    world.pass(SignedDuration::from_hours(24 * 31));
    world.sim.set_faults(vec![Fault::new(Side::Jostle, status(500)).method("DELETE")]).expect("a fault");
    let deletions = |world: &World| world.writes().iter().filter(|write| write.starts_with("DELETE")).count();
    let failed = world.cycled().await;
    assert!(failed.starts_with("nothing to do; 1 failed"), "{failed}");
    assert!(deletions(&world) > 0);
    assert_eq!((world.accounts().await.len(), world.status().await.managed), (2, 2), "still known");

    world.sim.set_faults(Vec::new()).expect("no faults");
    world.pass(SignedDuration::from_hours(31));
    assert_eq!(world.cycled().await, "1 delete", "tried again");
    assert_eq!((world.accounts().await.len(), world.status().await.managed), (1, 1));
    assert_eq!(world.cycled().await, "nothing to do");
}
