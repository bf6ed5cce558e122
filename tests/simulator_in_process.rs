//! The simulator without a listener: the same answers as over sockets, the same for the same seed, and the journal.

#![cfg(feature = "simulator")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests may")]

use std::sync::Arc;
use std::time::Duration;

use entra_jostle_sync::simulator::jostle::{Author, JostleWrite};
use entra_jostle_sync::simulator::{BodyKind, Effect, Fault, InProcess, Side, Simulator, SimulatorOptions};
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::time::Instant;

/// A simulator with a client of both sides; its clock follows the runtime's.
struct World {
    sim: InProcess,
    token: String,
}

impl World {
    async fn new(users: usize) -> Self {
        let (start, begin) = (Instant::now(), "2026-01-05T08:00:00Z".parse::<Timestamp>().unwrap());
        let clock = move || begin + SignedDuration::try_from(start.elapsed()).unwrap();
        let options = SimulatorOptions { users, ..SimulatorOptions::default() };
        let sim = Simulator::in_process(options, Arc::new(clock)).unwrap();
        let mut world = Self { sim, token: String::new() };
        world.sign_in().await;
        world
    }

    async fn sign_in(&mut self) {
        let details = self.sim.details();
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("scope", &format!("{}/.default", details.graph_root))
            .append_pair("client_id", &details.client_id)
            .append_pair("client_secret", &details.client_secret)
            .finish();
        let request = Request::post(format!("{}/{}/oauth2/v2.0/token", details.authority, details.tenant_id))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.into_bytes());
        let answer = self.sim.answer(request.unwrap()).await.unwrap();
        if let Some(token) = body(&answer)["access_token"].as_str() {
            token.clone_into(&mut self.token);
        }
    }

    /// Asks Graph for an address, absolute or below `/v1.0/`.
    async fn graph(&self, address: &str) -> Option<Response<Vec<u8>>> {
        let address = match address.contains("://") {
            true => address.to_owned(),
            false => format!("{}/v1.0/{address}", self.sim.details().graph_root),
        };
        let request = Request::get(address).header("authorization", format!("Bearer {}", self.token));
        self.sim.answer(request.body(Vec::new()).unwrap()).await
    }

    /// Asks Jostle below its base URL.
    async fn jostle(&self, method: &str, path: &str, content: Option<Value>) -> Option<Response<Vec<u8>>> {
        let details = self.sim.details();
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/{path}", details.jostle_base_url))
            .header("authorization", format!("Bearer {}", details.jostle_api_key))
            .header("content-type", "application/scim+json");
        let content = content.map_or_else(Vec::new, |content| content.to_string().into_bytes());
        self.sim.answer(request.body(content).unwrap()).await
    }

    fn fault(&self, fault: Fault) {
        self.sim.set_faults(vec![fault]).unwrap();
    }
}

fn body(answer: &Response<Vec<u8>>) -> Value {
    serde_json::from_slice(answer.body()).unwrap_or_default()
}

fn person(name: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": name,
        "name": {"givenName": "Anna", "familyName": "Berg"},
        "active": true,
    })
}

fn patch(path: &str, value: &Value) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": path, "value": value}],
    })
}

#[tokio::test(start_paused = true)]
async fn addresses_lead_to_the_simulator_and_nowhere_else() {
    let world = World::new(3).await;
    let page = body(&world.graph("users/delta?$select=id,displayName").await.unwrap());
    let link = page["@odata.deltaLink"].as_str().unwrap();
    assert!(link.starts_with("http://simulator.localhost/v1.0/users/delta?"), "{link}");
    assert_eq!(world.graph(link).await.unwrap().status(), 200);
    assert!(world.graph(&link.replace("simulator.localhost", "graph.example.invalid")).await.is_none());
    let created = world.jostle("POST", "Users", Some(person("anna@x.example"))).await.unwrap();
    let location = created.headers()["location"].to_str().unwrap();
    assert!(location.starts_with("http://simulator.localhost/scim2/Users/"), "{location}");
    assert_eq!(body(&created)["meta"]["created"], "2026-01-05T08:00:00Z");
    let paths: Vec<_> = world.sim.requests().iter().map(|request| (request.side, request.status)).collect();
    assert_eq!(
        paths,
        [(Side::Token, Some(200)), (Side::Graph, Some(200)), (Side::Graph, Some(200)), (Side::Jostle, Some(201))]
    );
}

#[tokio::test(start_paused = true)]
async fn tokens_grow_old_in_virtual_time() {
    let world = World::new(1).await;
    tokio::time::advance(Duration::from_secs(3598)).await;
    assert_eq!(world.graph("users").await.unwrap().status(), 200);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(world.graph("users").await.unwrap().status(), 401);
}

#[tokio::test(start_paused = true)]
async fn lost_answers_are_none_and_the_journal_tells_what_was_done() {
    let world = World::new(0).await;
    let in_part = |well_framed| Effect::Truncate { well_framed };
    for (number, effect) in
        [Effect::Reset {}, Effect::ResetAfter {}, in_part(false), in_part(true)].into_iter().enumerate()
    {
        world.fault(Fault::new(Side::Jostle, effect.clone()));
        let name = format!("{number}@x.example");
        let answer = world.jostle("POST", "Users", Some(person(&name))).await;
        assert_eq!(answer.is_some(), effect == in_part(true), "{effect:?}");
        let written = world.sim.jostle().journal();
        assert_eq!(written.iter().any(|write| named(write) == name), effect != Effect::Reset {}, "{effect:?}");
    }
}

fn named(write: &JostleWrite) -> &str {
    write.after.as_ref().and_then(|user| user["userName"].as_str()).unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn a_hanging_answer_comes_never_and_a_late_one_late() {
    let world = World::new(0).await;
    for (effect, in_time, writes) in [
        (Effect::Hang {}, false, 0),
        (Effect::HangAfter {}, false, 1),
        (Effect::Slow { ms: 90_000 }, false, 0),
        (Effect::SlowAfter { ms: 90_000 }, false, 1),
        (Effect::Slow { ms: 30_000 }, true, 1),
        (Effect::SlowAfter { ms: 30_000 }, true, 1),
    ] {
        world.fault(Fault::new(Side::Jostle, effect.clone()));
        let request = world.jostle("POST", "Users", Some(person("anna@x.example")));
        let answer = tokio::time::timeout(Duration::from_mins(1), request).await;
        assert_eq!(answer.is_ok(), in_time, "{effect:?}");
        let journal = world.sim.jostle().journal();
        assert_eq!(journal.len(), writes, "{effect:?}");
        world.sim.jostle().clear_journal();
        for write in journal {
            world.sim.jostle().remove(&write.id);
        }
        world.sim.jostle().clear_journal();
    }
}

#[tokio::test(start_paused = true)]
async fn every_write_stands_in_the_journal_with_its_author() {
    let world = World::new(0).await;
    let jostle = world.sim.jostle();
    let created = body(&world.jostle("POST", "Users", Some(person("anna@x.example"))).await.unwrap());
    let path = format!("Users/{}", created["id"].as_str().unwrap());
    assert_eq!(world.jostle("POST", "Users", Some(person("ANNA@x.example"))).await.unwrap().status(), 409);
    world.jostle("PATCH", &path, Some(patch("active", &json!(false)))).await.unwrap();
    world.jostle("PATCH", &path, Some(patch("active", &json!(false)))).await.unwrap();
    jostle.update(created["id"].as_str().unwrap(), &json!({"name": {"givenName": "Anni", "familyName": "B"}})).unwrap();
    world.jostle("DELETE", &path, None).await.unwrap();
    let bert = jostle.insert(person("bert@x.example")).unwrap();
    assert!(jostle.remove(bert["id"].as_str().unwrap()));
    let told: Vec<String> = jostle.journal().iter().map(told).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    1 api POST: - => anna@x.example "Anna" true
    2 api PATCH: anna@x.example "Anna" true => anna@x.example "Anna" false
    3 api PATCH: anna@x.example "Anna" false => anna@x.example "Anna" false
    4 administrator PATCH: anna@x.example "Anna" false => anna@x.example "Anni" false
    5 api DELETE: anna@x.example "Anni" false => -
    6 administrator POST: - => bert@x.example "Anna" true
    7 administrator DELETE: bert@x.example "Anna" true => -
    "#);
}

/// Number, author, method, and the name and state before and after.
fn told(write: &JostleWrite) -> String {
    let state = |user: &Option<Value>| {
        user.as_ref().map_or_else(
            || "-".to_owned(),
            |user| format!("{} {} {}", user["userName"].as_str().unwrap(), user["name"]["givenName"], user["active"]),
        )
    };
    let JostleWrite { number, by, method, id: _, before, after } = write;
    let by = if *by == Author::Api { "api" } else { "administrator" };
    format!("{number} {by} {method}: {} => {}", state(before), state(after))
}

/// Everything that a client can see of a busy hour: status, headers and body of each answer, the record, the journal.
async fn busy_hour(seed: u64) -> String {
    fastrand::seed(seed);
    let mut world = World::new(40).await;
    let mut seen = Vec::new();
    for round in 0..3 {
        work(&world, round);
        for (side, effect) in [
            (Side::Graph, Effect::Shuffle {}),
            (Side::Graph, Effect::Duplicate {}),
            (Side::Graph, Effect::Status { status: 503, retry_after: None, code: None, body: BodyKind::Json }),
            (Side::Token, Effect::Status { status: 401, retry_after: None, code: None, body: BodyKind::Json }),
            (Side::Jostle, Effect::ResetAfter {}),
            (Side::Jostle, Effect::Slow { ms: 500 }),
        ] {
            world.fault(Fault::new(side, effect).times(1));
            world.sign_in().await;
            read(&world, &mut seen).await;
            write(&world, round, &mut seen).await;
        }
        tokio::time::advance(Duration::from_mins(20)).await;
    }
    format!("{seen:#?}\n{:#?}\n{:#?}", world.sim.requests(), world.sim.jostle().journal())
}

/// Administrators of Entra make and unmake things.
fn work(world: &World, round: usize) {
    let graph = world.sim.graph();
    let name = format!("new{round}@nordwind.example");
    graph.create_user(&json!({"userPrincipalName": name, "displayName": "New"})).unwrap();
    let group = graph.create_group(&json!({"displayName": "Group"})).unwrap();
    graph.add_member(group["id"].as_str().unwrap(), &name).unwrap();
    graph.assign(&name, None).unwrap();
    let users = graph.users();
    graph.delete_user(users[round]["id"].as_str().unwrap()).unwrap();
    graph.update_user(&name, &json!({"jobTitle": "Clerk"})).unwrap();
}

/// Both feeds to the end of a round and one more, and the lists.
async fn read(world: &World, seen: &mut Vec<String>) {
    let app = &world.sim.details().app_id;
    let lists = [
        "groups?$top=3".to_owned(),
        format!("servicePrincipals(appId='{app}')/appRoleAssignedTo?$top=5"),
        format!("groups/{}/transitiveMembers?$top=9", world.sim.details().group_id),
        "users/delta?$select=id,displayName,manager".to_owned(),
        "groups/delta?$select=members".to_owned(),
    ];
    for list in lists {
        let mut next = Some(list);
        for _ in 0..6 {
            let Some(address) = next.take() else { break };
            let answer = world.graph(&address).await;
            let page = answer.as_ref().map(body).unwrap_or_default();
            let link = ["@odata.nextLink", "@odata.deltaLink"].iter().find_map(|name| page[name].as_str());
            next = link.map(str::to_owned);
            seen.push(shown(answer));
        }
    }
}

/// A client of Jostle creates, reads, writes and lists.
async fn write(world: &World, round: usize, seen: &mut Vec<String>) {
    let name = format!("jostle{round}@x.example");
    seen.push(shown(world.jostle("POST", "Users", Some(person(&name))).await));
    let id = world.sim.jostle().users_json()[0]["id"].as_str().unwrap().to_owned();
    let path = format!("Users/{id}");
    seen.push(shown(world.jostle("PATCH", &path, Some(patch("userName", &json!(name)))).await));
    seen.push(shown(world.jostle("GET", "Users?count=10", None).await));
}

fn shown(answer: Option<Response<Vec<u8>>>) -> String {
    let Some(answer) = answer else { return "no answer".to_owned() };
    let (status, headers) = (answer.status(), answer.headers());
    format!("{status} {headers:?} {}", String::from_utf8_lossy(answer.body()))
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_and_the_same_calls_give_the_same_answers() {
    let first = busy_hour(7).await;
    assert!(first.len() > 100_000);
    assert!(first == busy_hour(7).await, "the answers differ");
    assert!(first != busy_hour(8).await, "the seed decides nothing");
}
