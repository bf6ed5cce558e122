//! Answers, those that are lost or late, and what the journal tells of them.

use std::time::Duration;

use entra_jostle_sync::simulator::jostle::{Author, JostleWrite};
use entra_jostle_sync::simulator::{Effect, Fault, Side};
use serde_json::{Value, json};

use crate::world::{World, body, patch, person};

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

#[tokio::test(start_paused = true)]
async fn what_a_refused_patch_left_behind_is_a_write_and_a_refusal_alone_is_none() {
    let world = World::new(0).await;
    let jostle = world.sim.jostle();
    let id = jostle.insert(person("anna@x.example")).unwrap()["id"].as_str().unwrap().to_owned();
    jostle.set_switches(json!({"patch_non_atomic": true})).unwrap();
    jostle.clear_journal();
    let (good, bad) = (patch("active", &json!(false)), patch("shoeSize", &json!(44)));
    let (good, bad) = (&good["Operations"][0], &bad["Operations"][0]);
    for operations in [[bad, good], [good, bad]] {
        let mut request = patch("active", &json!(false));
        request["Operations"] = json!(operations);
        let answer = world.jostle("PATCH", &format!("Users/{id}"), Some(request)).await.unwrap();
        assert_eq!(answer.status(), 400);
    }
    assert_eq!(
        jostle.journal().iter().map(told).collect::<Vec<_>>(),
        [r#"2 api PATCH: anna@x.example "Anna" true => anna@x.example "Anna" false"#]
    );
}

#[tokio::test(start_paused = true)]
async fn where_ids_are_names_a_rename_is_journalled_under_the_old_one() {
    let world = World::new(0).await;
    let jostle = world.sim.jostle();
    jostle.set_switches(json!({"ids": "user_name", "rename_refused": true})).unwrap();
    jostle.insert(person("anna@x.example")).unwrap();
    let refused = world.jostle("PATCH", "Users/anna@x.example", Some(patch("userName", &json!("a@x.example")))).await;
    assert_eq!(refused.unwrap().status(), 400);
    let edited = jostle.update("anna@x.example", &json!({"userName": "anni@x.example"})).unwrap();
    assert_eq!(edited["id"], "anni@x.example");
    let write = jostle.journal().pop().unwrap();
    assert_eq!((write.id.as_str(), named(&write)), ("anna@x.example", "anni@x.example"));
}
