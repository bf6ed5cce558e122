//! Traps in reading Entra.

use std::collections::BTreeSet;

use entra_jostle_sync::simulator::{Effect, ExpiredStyle, RunningSimulator, Side, Simulator, SimulatorOptions};
use serde_json::{Value, json};

use super::common::World;
use super::moment::Moment;
use super::of_feed;
use super::proxy::Proxy;
use super::rig::{Rig, token};
use super::victim::{self, Ended};

/// What Graph answers to a GET, asked by a client that is not ours.
fn graph(rig: &Rig, path: &str) -> Value {
    let url = format!("{}{path}", rig.sim.details().graph_root);
    let text = rig.runtime().block_on(async {
        let token = token(&rig.sim).await;
        let request = reqwest::Client::new().get(url).bearer_auth(token).header("Prefer", "return=minimal");
        request.send().await.expect("an answer").text().await.expect("a body")
    });
    serde_json::from_str(&text).expect("JSON")
}

/// Graph gives a deltaLink from `/users/delta` alone. Whoever reads `/users` never has one, and reads everybody again.
#[test]
fn users_mistaken_for_their_delta_feed() {
    let rig = Rig::new(0);
    let ids: Vec<_> = ["ann", "bob", "cid"].map(|alias| rig.person(alias, &json!({}))).into();
    let listed = graph(&rig, "/v1.0/users?$select=id");
    assert_eq!((listed["value"].as_array().map(Vec::len), listed.get("@odata.deltaLink")), (Some(3), None));

    rig.sim.clear_requests();
    rig.expect(0, &["sync"]);
    rig.sim.graph().update_user(&ids[1], &json!({"givenName": "Robert"})).expect("a change");
    rig.expect(0, &["sync"]);
    let paths: Vec<_> = rig.requests().into_iter().filter(|r| r.side == Side::Graph).map(|r| r.path).collect();
    let [first, second] = paths.as_slice() else { panic!("one request a round: {paths:?}") };
    assert!(first.starts_with("/v1.0/users/delta?"), "{first}");
    let changed = graph(&rig, second);
    let items = changed["value"].as_array().expect("items");
    assert_eq!(items.iter().map(|item| item["id"].clone()).collect::<Vec<_>>(), [ids[1].as_str()]);
    assert!(rig.sim.jostle().users_json().iter().any(|account| account["name"]["givenName"] == "Robert"));
}

/// `{id, jobTitle}` says nothing of `accountEnabled`: the enabled stay so, and so do the blocked.
#[test]
fn partial_delta_item() {
    let rig = Rig::new(0);
    let proxy = Proxy::before(&rig);
    proxy.ask_for_partial_items();
    let sync = || assert_eq!(victim::run(&rig, &proxy, &["sync"], Moment::Never), Ended::Itself(0));
    rig.append("mapping.toml", "\n[[attribute]]\ntarget = \"title\"\nsource = \"jobTitle\"\n");
    let ids: Vec<_> = ["ann", "bob"].map(|alias| rig.person(alias, &json!({"jobTitle": "Clerk"}))).into();
    sync();
    rig.sim.graph().update_user(&ids[1], &json!({"accountEnabled": false})).expect("a change");
    sync();
    for id in &ids {
        rig.sim.graph().update_user(id, &json!({"jobTitle": "Boss"})).expect("a change");
    }
    rig.sim.clear_requests();
    sync();
    let delta = rig.requests().into_iter().find(|request| request.side == Side::Graph).expect("a round").path;
    for item in graph(&rig, &delta)["value"].as_array().expect("items") {
        let names: BTreeSet<_> = item.as_object().expect("an item").keys().map(String::as_str).collect();
        assert_eq!(names, ["id", "jobTitle"].into(), "a partial item");
    }
    let accounts = rig.sim.jostle().users_json();
    let mut shown: Vec<_> = accounts.iter().map(|a| json!([a["userName"], a["active"], a["title"]])).collect();
    shown.sort_by_key(|account| account[0].as_str().map(str::to_owned));
    // What is not sent to a blocked person is written when they come back.
    assert_eq!(shown[0], json!(["ann@corp.example", true, "Boss"]));
    assert_eq!(shown[1].as_array().expect("bob")[..2], [json!("bob@corp.example"), json!(false)]);
    rig.sim.graph().update_user(&ids[1], &json!({"accountEnabled": true})).expect("a change");
    sync();
    let bob = &rig.sim.jostle().users_json()[1];
    assert_eq!((&bob["active"], &bob["title"]), (&json!(true), &json!("Boss")));
}

/// More people than others read at most; and pages that never end are an error, not an end.
#[test]
fn page_cap_taken_for_the_end() {
    let rig = Rig::new(10_001);
    let plan = rig.expect(0, &["plan", "--json"]).json();
    assert_eq!(plan["counts"]["create"], rig.employees().len());
    assert!(rig.employees().len() >= 10_001);

    let rig = Rig::new(3);
    rig.expect(0, &["sync"]);
    rig.faults(vec![of_feed(Effect::EndlessPages {})]);
    let done = rig.expect(5, &["sync"]);
    assert!(done.stderr.contains("Entra"), "{done:?}");
    rig.faults(Vec::new());
    rig.expect(0, &["sync"]);
    rig.assert_one_account_each();
}

/// The feed may say "nothing here, go on" anywhere.
#[tokio::test]
async fn empty_page_taken_for_the_end() {
    let world = World::new().await;
    let mut pages = world.sim.graph().switches();
    pages.page_size = 2;
    world.sim.graph().set_switches(pages).expect("a page size");
    for alias in ["ann", "bob", "cid", "dee", "eve"] {
        world.person(alias, json!({}));
    }
    world.sim.set_faults(vec![of_feed(Effect::EmptyPage {}).skip(1).times(1)]).expect("a fault");
    assert_eq!(world.cycled().await, "5 create");
    let pages: Vec<_> = world.sim.requests().into_iter().filter(|r| r.side == Side::Graph).collect();
    assert_eq!(pages.iter().map(|page| page.fault).collect::<Vec<_>>(), [None, Some("empty_page"), None, None]);

    // Again in a baseline that must not take anybody for gone.
    let expired = of_feed(Effect::ExpireToken { style: ExpiredStyle::Gone }).times(1);
    world.sim.set_faults(vec![expired, of_feed(Effect::EmptyPage {}).skip(1).times(1)]).expect("faults");
    assert_eq!(world.cycled().await, "nothing to do");
    assert!(world.accounts().await.iter().all(|account| account["active"] == true));
}

/// Another server that would take whatever it is given.
fn hostile(rig: &Rig) -> RunningSimulator {
    let options = SimulatorOptions { users: 0, ..SimulatorOptions::default() };
    rig.runtime().block_on(Simulator::start(options)).expect("starts")
}

/// Neither a link nor a redirect leads the program, with its token, anywhere else.
#[test]
fn hostile_links() {
    let links = |origin: &str| {
        let location = format!("{origin}/v1.0/users/delta");
        [Effect::ForeignLink { origin: origin.to_owned() }, Effect::Redirect { location }]
    };
    for tls in [false, true] {
        let rig = Rig::with(SimulatorOptions { users: 0, tls, ..SimulatorOptions::default() });
        let hostile = hostile(&rig);
        let elsewhere = hostile.details().graph_root.clone();
        // The same host and port, but in the clear.
        let clear = rig.sim.details().graph_root.replacen("https", "http", 1);
        let origins = if tls { vec![elsewhere, clear] } else { vec![elsewhere] };
        rig.person("ann", &json!({}));
        for effect in origins.iter().flat_map(|origin| links(origin)) {
            rig.faults(vec![of_feed(effect.clone()).times(1)]);
            let done = rig.expect(5, &["sync"]);
            assert!(done.stderr.contains("Entra"), "{effect:?}: {done:?}");
            assert_eq!(rig.writes(), Vec::<String>::new(), "{effect:?}");
        }
        let location = format!("{}/scim2/Users", hostile.details().graph_root);
        rig.faults(vec![entra_jostle_sync::simulator::Fault::new(Side::Jostle, Effect::Redirect { location })]);
        assert!(!rig.command(&["sync"]).output().expect("it runs").status.success());
        assert_eq!(hostile.requests(), []);
        rig.faults(Vec::new());
        rig.expect(0, &["sync"]);
        rig.assert_one_account_each();
    }
}
