//! Faults: of every side, of connections, of pages and links.

use std::collections::BTreeSet;

use entra_jostle_sync::simulator::{BodyKind, Effect, ExpiredStyle, Fault, Side};
use serde_json::{Value, json};

use super::SELECT;
use super::graph_world::{ids, world};

#[tokio::test]
async fn status_faults_have_the_shape_of_their_side() {
    let world = world(1).await;
    let status = |status, retry_after: Option<&str>, body| Effect::Status {
        status,
        retry_after: retry_after.map(str::to_owned),
        code: None,
        body,
    };
    world.fault(Fault::new(Side::Graph, status(429, Some("2.128"), BodyKind::Json)).times(1));
    let throttled = world.get(SELECT).await;
    assert_eq!((throttled.status, throttled.code()), (429, "TooManyRequests"));
    assert_eq!(throttled.header("retry-after"), "2.128");
    assert_eq!(world.get(SELECT).await.status, 200);

    world.fault(Fault::new(Side::Token, status(503, None, BodyKind::Json)));
    let token = world.token_answer(&world.sim.details().tenant_id.clone(), &[]).await;
    assert_eq!((token.status, &token.body["error"]), (503, &json!("temporarily_unavailable")));

    world.fault(Fault::new(Side::Jostle, status(500, None, BodyKind::Json)).method("GET"));
    let scim = world.get("/scim2/Users").await;
    assert_eq!(scim.body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
    assert_eq!(scim.body["status"], "500");

    world.fault(Fault::new(Side::Graph, status(502, None, BodyKind::Html)));
    let html = world.get(SELECT).await;
    assert_eq!((html.status, html.header("content-type"), &html.body), (502, "text/html", &Value::Null));
    let faults: Vec<_> = world.sim.requests().iter().map(|request| request.fault).collect();
    assert_eq!(faults, [Some("status"), None, Some("status"), Some("status"), Some("status")]);
}

#[tokio::test]
async fn connections_are_lost_before_after_and_in_the_middle() {
    let world = world(30).await;
    for effect in [Effect::Reset {}, Effect::ResetAfter {}] {
        world.fault(Fault::new(Side::Graph, effect.clone()).times(1));
        assert!(world.request(SELECT).send().await.is_err(), "{effect:?}");
        assert_eq!(world.sim.requests().last().unwrap().status, None);
    }
    world.fault(Fault::new(Side::Graph, Effect::Truncate { well_framed: false }).times(1));
    let response = world.request(SELECT).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
    world.fault(Fault::new(Side::Graph, Effect::Truncate { well_framed: true }).times(1));
    let bytes = world.request(SELECT).send().await.unwrap().bytes().await.unwrap();
    assert!(bytes.starts_with(b"{\"@odata") && serde_json::from_slice::<Value>(&bytes).is_err());
    assert_eq!(world.get(SELECT).await.items().len(), world.sim.graph().users().len());
}

#[tokio::test]
async fn a_hanging_request_ends_when_the_simulator_stops() {
    let world = world(1).await;
    world.fault(Fault::new(Side::Graph, Effect::Hang {}));
    let request = tokio::spawn(world.request(SELECT).send());
    while world.sim.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    world.sim.stop().await;
    assert!(request.await.unwrap().is_err());
}

#[tokio::test]
async fn redirects_and_late_answers() {
    let world = world(1).await;
    let location = "https://elsewhere.example/v1.0/users".to_owned();
    world.fault(Fault::new(Side::Graph, Effect::Redirect { location: location.clone() }).times(1));
    let answer = world.get(SELECT).await;
    assert_eq!((answer.status, answer.header("location")), (302, location.as_str()));
    world.fault(Fault::new(Side::Graph, Effect::Slow { ms: 30 }));
    let start = std::time::Instant::now();
    assert_eq!(world.get(SELECT).await.status, 200);
    assert!(start.elapsed().as_millis() >= 30);
}

#[tokio::test]
async fn pages_without_value_or_with_wrong_links() {
    let world = world(10).await;
    world.page_size(5);
    let get = async |effect| {
        world.fault(Fault::new(Side::Graph, effect));
        world.get(SELECT).await
    };
    assert_eq!(get(Effect::MissingValue {}).await.body.get("value"), None);
    let both = get(Effect::BothLinks {}).await;
    assert!(both.next().is_some() && both.delta().is_some());
    let none = get(Effect::NoLinks {}).await;
    assert_eq!((none.next(), none.delta(), none.items().len()), (None, None, 5));
    let foreign = get(Effect::ForeignLink { origin: "https://thief.example".to_owned() }).await;
    assert!(foreign.next().unwrap().starts_with("https://thief.example/v1.0/users/delta?$skiptoken="));
}

#[tokio::test]
async fn empty_pages_and_duplicates_lose_nobody() {
    let world = world(11).await;
    world.page_size(4);
    world.fault(Fault::new(Side::Graph, Effect::EmptyPage {}).skip(1).times(2));
    let (items, _) = world.round(SELECT).await;
    assert_eq!((items.len(), world.sim.requests().len()), (12, 5));
    world.fault(Fault::new(Side::Graph, Effect::Duplicate {}));
    let (items, delta) = world.round(SELECT).await;
    let unique: BTreeSet<_> = ids(&items).into_iter().collect();
    assert_eq!((unique.len(), items.len()), (12, 24));
    world.sim.set_faults(Vec::new()).unwrap();
    assert_eq!(world.round(&delta).await.0.len(), 0);
}

#[tokio::test]
async fn a_replay_brings_the_last_rounds_changes_again() {
    let world = world(5).await;
    let gone = world.person("gone@nordwind.example");
    let (_, delta) = world.round(SELECT).await;
    let id = world.person("a@nordwind.example");
    world.sim.graph().delete_user(&gone).unwrap();
    let (first, delta) = world.round(&delta).await;
    assert_eq!(ids(&first), [id.as_str(), &gone]);
    world.fault(Fault::new(Side::Graph, Effect::Replay {}).times(1));
    let (again, delta) = world.round(&delta).await;
    assert_eq!(again, first);
    assert_eq!(world.round(&delta).await.0.len(), 0);
}

#[tokio::test]
async fn an_expired_token_stays_expired() {
    let world = world(5).await;
    for (style, status, code) in
        [(ExpiredStyle::Gone, 410, "SyncStateNotFound"), (ExpiredStyle::SyncStateNotFound, 400, "syncStateNotFound")]
    {
        let (_, delta) = world.round(SELECT).await;
        world.fault(Fault::new(Side::Graph, Effect::ExpireToken { style }).times(1));
        for _ in 0..2 {
            let answer = world.get(&delta).await;
            assert_eq!((answer.status, answer.code()), (status, code));
            if style == ExpiredStyle::Gone {
                assert_eq!(world.round(answer.header("location")).await.0.len(), 5);
            }
        }
    }
}

#[tokio::test]
async fn reset_drops_the_request_and_reset_after_only_the_answer() {
    let world = world(0).await;
    let key = world.sim.details().jostle_api_key.clone();
    let url = format!("{}/Users", world.sim.details().jostle_base_url);
    let post = async |name: &str| {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": name,
            "name": {"givenName": "A", "familyName": "B"},
            "emails": [{"type": "work", "value": name, "primary": true}],
            "active": true,
        });
        let request = world.client.post(&url).bearer_auth(&key).header("content-type", "application/scim+json");
        request.body(body.to_string()).send().await
    };
    let before = world.sim.jostle().users_json().len();
    world.fault(Fault::new(Side::Jostle, Effect::Reset {}).method("POST").times(1));
    assert!(post("a@nordwind.example").await.is_err());
    assert_eq!(world.sim.jostle().users_json().len(), before);
    world.fault(Fault::new(Side::Jostle, Effect::ResetAfter {}).method("POST").times(1));
    assert!(post("a@nordwind.example").await.is_err());
    assert_eq!(world.sim.jostle().users_json().len(), before + 1);
    assert_eq!(post("b@nordwind.example").await.unwrap().status(), 201);
}
