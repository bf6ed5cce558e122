//! A new tenant and its administration.

use reqwest::Method;
use serde_json::{Value, json};

use super::graph_world::{ids, world};

#[tokio::test]
async fn the_seed_decides_groups_managers_and_assignments_too() {
    let one = world(40).await;
    let (groups, assignments) = (one.sim.graph().groups(), one.sim.graph().assignments());
    let same = world(40).await;
    let names = |groups: &[Value]| groups.iter().map(|group| group["displayName"].to_string()).collect::<Vec<_>>();
    let members = |groups: &[Value]| groups.iter().map(|group| group["members"].clone()).collect::<Vec<_>>();
    let again = same.sim.graph().groups();
    assert_eq!((names(&groups), members(&groups)), (names(&again), members(&again)));
    assert_eq!(assignments.len(), 2);
    assert_eq!(ids(&assignments), ids(&same.sim.graph().assignments()));
    assert_eq!(one.sim.details().app_id, same.sim.details().app_id);
    assert_eq!(one.sim.graph().users(), same.sim.graph().users());
}

#[tokio::test]
async fn an_administrator_has_a_way_in_to_everything() {
    let world = world(0).await;
    let (person, boss) = (world.person("a@nordwind.example"), world.person("b@nordwind.example"));
    let admin = async |method, path: &str, body: &str| {
        let answer = world.admin(method, path, body).await;
        assert!(answer.status < 300, "{path}: {} {}", answer.status, answer.body);
        answer.body
    };
    let group = admin(Method::POST, "/groups", r#"{"displayName":"Team"}"#).await;
    let id = group["id"].as_str().unwrap();
    let one = format!("/groups/{id}");
    admin(Method::PATCH, &one, r#"{"displayName":"Crew","groupTypes":["DynamicMembership"]}"#).await;
    admin(Method::POST, &format!("{one}/members/a@nordwind.example"), "").await;
    let set = admin(Method::PUT, &format!("{one}/members"), &json!([person, boss]).to_string()).await;
    assert_eq!(set["members"].as_array().unwrap().len(), 2);
    admin(Method::DELETE, &format!("{one}/members/{boss}"), "").await;
    admin(Method::DELETE, &one, "").await;
    assert_eq!(admin(Method::POST, &format!("{one}/restore"), "").await["members"], json!([person]));
    assert_eq!(admin(Method::GET, "/groups", "").await.as_array().unwrap().len(), 2);
    admin(Method::PUT, &format!("/users/{person}/manager"), &json!({"id": boss}).to_string()).await;
    assert_eq!(world.sim.graph().user(&person).unwrap()["manager"], json!(boss));
    admin(Method::DELETE, &format!("/users/{person}/manager"), "").await;
    let contact = r##"{"@odata.type":"#microsoft.graph.orgContact","displayName":"Chair"}"##;
    let contact = admin(Method::POST, "/objects", contact).await["id"].as_str().unwrap().to_owned();
    world.sim.graph().set_manager(&person, Some(&contact)).unwrap();
    admin(Method::DELETE, &format!("/objects/{contact}"), "").await;
    assert!(world.sim.graph().user(&person).unwrap().get("manager").is_none());
    let given = admin(Method::POST, "/assignments", &json!({"principalId": person}).to_string()).await;
    assert_eq!(admin(Method::GET, "/assignments", "").await.as_array().unwrap().len(), 2);
    admin(Method::DELETE, &format!("/assignments/{}", given["id"].as_str().unwrap()), "").await;
    admin(Method::DELETE, &format!("{one}?purge=true"), "").await;
    for (method, path, body, status) in [
        (Method::POST, "/groups", "{}", 400),
        (Method::POST, "/groups", r#"{"displayName":"X","members":[]}"#, 400),
        (Method::PATCH, one.as_str(), r#"{"displayName":"X"}"#, 404),
        (Method::POST, "/objects", r#"{"displayName":"X"}"#, 400),
        (Method::POST, "/assignments", r#"{"principalId":"nobody"}"#, 404),
        (Method::DELETE, "/assignments/nothing", "", 404),
        (Method::PUT, "/switches", r#"{"graph":{"members_per_page":1}}"#, 400),
        (Method::PUT, "/switches", r#"{"graph":{"managers_unnamed_percent":101}}"#, 400),
    ] {
        let answer = world.admin(method, path, body).await;
        assert!(answer.status == status && answer.body["error"].is_string(), "{path} {body}: {}", answer.body);
    }
}
