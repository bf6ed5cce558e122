//! Faults and switches of looking people up in Jostle.

use std::time::Duration;

use entra_jostle_sync::simulator::{Effect, Fault, Side};
use serde_json::{Value, json};

use crate::world::{World, body, patch, person};

/// A tenant with Anna and Bert, and Anna's id.
async fn anna_and_bert() -> (World, String) {
    let world = World::new(0).await;
    let anna = world.sim.jostle().insert(person("anna@x.example")).unwrap();
    world.sim.jostle().insert(person("bert@x.example")).unwrap();
    (world, anna["id"].as_str().unwrap().to_owned())
}

/// Whom a look-up finds.
async fn find(world: &World, name: &str) -> Vec<Value> {
    let filter = format!("userName%20eq%20%22{name}%22");
    names(&body(&world.jostle("GET", &format!("Users?filter={filter}"), None).await.unwrap()))
}

async fn search(world: &World, filter: Option<&str>) -> Vec<Value> {
    let mut request = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]});
    if let Some(filter) = filter {
        request["filter"] = json!(filter);
    }
    names(&body(&world.jostle("POST", "Users/.search", Some(request)).await.unwrap()))
}

fn names(list: &Value) -> Vec<Value> {
    list["Resources"].as_array().unwrap().iter().map(|user| user["userName"].clone()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_filter_can_hit_somebody_else_or_nobody_and_a_list_stays_right() {
    let (world, _) = anna_and_bert().await;
    for (effect, hits) in [(Effect::WrongHit {}, vec!["bert@x.example"]), (Effect::NoHit {}, vec![])] {
        world.fault(Fault::new(Side::Jostle, effect));
        assert_eq!(find(&world, "anna@x.example").await, hits);
        assert_eq!(search(&world, Some("userName eq \"anna@x.example\"")).await, hits);
        assert_eq!(search(&world, None).await, ["anna@x.example", "bert@x.example"]);
        let list = world.jostle("GET", "Users", None).await.unwrap();
        assert_eq!(names(&body(&list)), ["anna@x.example", "bert@x.example"]);
        world.sim.set_faults(Vec::new()).unwrap();
        assert_eq!(find(&world, "anna@x.example").await, ["anna@x.example"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_filter_can_lag_behind_what_was_written() {
    let (world, anna) = anna_and_bert().await;
    let jostle = world.sim.jostle();
    jostle.set_switches(json!({"filter_delay_seconds": 30})).unwrap();
    assert!(find(&world, "anna@x.example").await.is_empty());
    let again = world.jostle("POST", "Users", Some(person("anna@x.example"))).await.unwrap();
    assert_eq!(again.status(), 409);
    let path = format!("Users/{anna}");
    assert_eq!(world.jostle("GET", &path, None).await.unwrap().status(), 200);
    tokio::time::advance(Duration::from_secs(30)).await;
    assert_eq!(find(&world, "anna@x.example").await, ["anna@x.example"]);
    world.jostle("PATCH", &path, Some(patch("active", &json!(false)))).await.unwrap();
    assert_eq!(find(&world, "anna@x.example").await, ["anna@x.example"]);
    world.jostle("PATCH", &path, Some(patch("userName", &json!("anni@x.example")))).await.unwrap();
    assert!(find(&world, "anni@x.example").await.is_empty());
    tokio::time::advance(Duration::from_secs(30)).await;
    assert_eq!(find(&world, "anni@x.example").await, ["anni@x.example"]);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_id_can_be_500() {
    let (world, anna) = anna_and_bert().await;
    world.sim.jostle().set_switches(json!({"unknown_id_is_500": true})).unwrap();
    for (method, content) in [("GET", None), ("PATCH", Some(patch("active", &json!(false)))), ("DELETE", None)] {
        let answer = world.jostle(method, "Users/nobody", content).await.unwrap();
        assert_eq!(answer.status(), 500, "{method}");
        assert_eq!(body(&answer)["status"], "500", "{method}");
    }
    assert_eq!(world.jostle("GET", &format!("Users/{anna}"), None).await.unwrap().status(), 200);
    assert_eq!(world.jostle("GET", "Nothing", None).await.unwrap().status(), 404);
}
