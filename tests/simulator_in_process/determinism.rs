//! The same seed, the same calls, the same answers.

use std::time::Duration;

use entra_jostle_sync::simulator::{BodyKind, Effect, Fault, Side};
use http::Response;
use serde_json::json;

use crate::world::{World, body, patch, person};

/// Everything that a client can see of a busy hour: status, headers and body of each answer, the record, the journal.
async fn busy_hour(seed: u64) -> String {
    fastrand::seed(seed);
    let mut world = World::new(40).await;
    let mut shown = Vec::new();
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
            read(&world, &mut shown).await;
            write(&world, round, &mut shown).await;
        }
        tokio::time::advance(Duration::from_mins(20)).await;
    }
    format!("{shown:#?}\n{:#?}\n{:#?}", world.sim.requests(), world.sim.jostle().journal())
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
