//! The administration: people, faults, switches, the record of requests; starting and stopping.

use entra_jostle_sync::simulator::{Simulator, SimulatorError, SimulatorOptions};
use reqwest::Method;
use serde_json::{Value, json};

use super::SELECT;
use super::graph_world::{options, world};

#[tokio::test]
async fn an_administrator_can_do_what_entra_can() {
    let world = world(0).await;
    let (_, delta) = world.round("/v1.0/users/delta?$select=displayName").await;
    let body = r#"{"userPrincipalName":"o'neil@nordwind.example","displayName":"O Neil","surname":"O'Neil"}"#;
    let created = world.admin(Method::POST, "/users", body).await;
    assert_eq!((created.status, &created.body["accountEnabled"]), (201, &json!(true)));
    let key = "/users/o'neil@nordwind.example";
    let patched = world.admin(Method::PATCH, key, r#"{"displayName":"Neil","surname":null}"#).await;
    assert_eq!((patched.status, &patched.body["surname"]), (200, &Value::Null));
    assert_eq!(world.admin(Method::DELETE, key, "").await.status, 204);
    assert_eq!(world.admin(Method::GET, "/users", "").await.body[0]["lifecycle"], "deleted");
    assert_eq!(world.admin(Method::POST, &format!("{key}/restore"), "").await.body["lifecycle"], "live");
    assert_eq!(world.admin(Method::DELETE, key, "").await.status, 204);
    assert_eq!(world.admin(Method::DELETE, &format!("{key}?purge=true"), "").await.status, 204);
    assert_eq!(world.admin(Method::DELETE, key, "").await.status, 404);
    let (items, _) = world.round(&delta).await;
    assert_eq!(items[0]["@removed"]["reason"], "deleted");
}

#[tokio::test]
async fn bad_input_is_refused_with_a_readable_error() {
    let world = world(0).await;
    let id = world.person("a@nordwind.example");
    let user = format!("/users/{id}");
    let fault = r#"[{"side":"graph","effect":{"kind":"implode"}}]"#;
    for (method, path, body, part) in [
        (Method::POST, "/users", "{", "cannot be read"),
        (Method::POST, "/users", "[]", "JSON object"),
        (Method::POST, "/users", r#"{"displayName":"X"}"#, "userPrincipalName"),
        (Method::POST, "/users", r#"{"displayName":"X","userPrincipalName":"A@nordwind.example"}"#, "another"),
        (Method::PATCH, &user, r#"{"shoeSize":1}"#, "shoeSize"),
        (Method::PATCH, &user, r#"{"surname":1}"#, "another type"),
        (Method::POST, &format!("{user}/restore"), "", "recycle bin"),
        (Method::DELETE, &format!("{user}?purge=maybe"), "", "purge=true"),
        (Method::PUT, "/faults", fault, "implode"),
        (Method::PUT, "/faults", r#"[{"side":"jostle","effect":{"kind":"replay"}}]"#, "graph only"),
        (Method::PUT, "/switches", r#"{"graph":{"page_size":201}}"#, "1 to 200"),
        (Method::PUT, "/switches", r#"{"graph":{"pages":1}}"#, "pages"),
        (Method::PUT, "/switches", r#"{"mail":{}}"#, "mail"),
        (Method::POST, "/jostle/users", "7", ""),
    ] {
        let answer = world.admin(method.clone(), path, body).await;
        let error = answer.body["error"].as_str().unwrap_or_default();
        assert!(answer.status == 400 && !error.is_empty() && error.contains(part), "{method} {path} {body}: {error}");
    }
    assert_eq!(world.admin(Method::GET, "/nothing", "").await.status, 404);
    assert_eq!(world.admin(Method::PUT, "/users", "").await.status, 405);
}

#[tokio::test]
async fn every_request_is_recorded_without_credentials() {
    let mut world = world(1).await;
    world.renew_token().await;
    world.get("/v1.0/users/nobody?$select=id").await;
    world.get("/scim2/Users?count=1").await;
    let record = world.admin(Method::GET, "/requests", "").await.body;
    let seen: Vec<_> =
        record.as_array().unwrap().iter().map(|one| (&one["side"], &one["method"], &one["status"])).collect();
    assert_eq!(seen[0], (&json!("token"), &json!("POST"), &json!(200)));
    assert_eq!(seen[1], (&json!("graph"), &json!("GET"), &json!(404)));
    assert_eq!((seen[2].0, seen.len()), (&json!("jostle"), 3));
    assert_eq!(record[1]["path"], "/v1.0/users/nobody?$select=id");
    let text = record.to_string();
    assert!(!text.contains(&world.token) && !text.contains(&world.sim.details().client_secret));
    let last = record[2]["number"].as_u64().unwrap();
    assert_eq!(world.admin(Method::DELETE, "/requests", "").await.status, 204);
    world.get(SELECT).await;
    let numbers: Vec<_> = world.sim.requests().iter().map(|request| request.number).collect();
    assert_eq!(numbers, [last + 1]);
}

#[tokio::test]
async fn faults_and_switches_can_be_read_back() {
    let world = world(1).await;
    let list = r#"[{"side":"graph","path":"delta","skip":1,"times":2,"effect":{"kind":"status","status":429,"retry_after":"1"}}]"#;
    assert_eq!(world.admin(Method::PUT, "/faults", list).await.status, 204);
    let read = world.admin(Method::GET, "/faults", "").await.body;
    assert_eq!(world.admin(Method::PUT, "/faults", &read.to_string()).await.status, 204);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(world.get(SELECT).await.status);
    }
    assert_eq!(statuses, [200, 429, 429, 200]);
    let switches = world.admin(Method::GET, "/switches", "").await.body;
    let roles = ["User.Read.All", "GroupMember.Read.All", "Application.Read.All", "Synchronization.Read.All"];
    assert_eq!(switches["graph"]["roles"], json!(roles));
    assert_eq!(world.admin(Method::PUT, "/switches", &switches.to_string()).await.body, switches);
}

#[tokio::test]
async fn it_listens_on_loopback_only_and_the_seed_decides_who_is_who() {
    let everywhere = SimulatorOptions { listen: ([0, 0, 0, 0], 0).into(), ..options(0) };
    assert!(matches!(Simulator::start(everywhere).await, Err(SimulatorError::NotLoopback(_))));
    let start = async |seed| Simulator::start(SimulatorOptions { seed, ..options(20) }).await.unwrap();
    let (one, same, other) = (start(4).await, start(4).await, start(5).await);
    assert_eq!(one.graph().users(), same.graph().users());
    assert_eq!(one.details().client_secret, same.details().client_secret);
    assert_ne!(one.details().tenant_id, other.details().tenant_id);
    let details: Value = serde_json::to_value(one.details()).unwrap();
    assert_eq!((details["ca_file"].clone(), details["group_id"].as_str().unwrap().len()), (Value::Null, 36));
}

#[tokio::test]
async fn after_a_stop_the_port_is_closed() {
    let world = world(1).await;
    let address = world.sim.details().graph_root.replace("http://", "");
    world.sim.stop().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
