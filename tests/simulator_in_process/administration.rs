//! What of all this can be set and read over `/admin`.

use entra_jostle_sync::simulator::ExpiredStyle;
use http::{Request, Response};
use serde_json::{Value, json};

use crate::world::{World, body, person};

async fn admin(world: &World, method: &str, path: &str, content: Value) -> Response<Vec<u8>> {
    let request = Request::builder().method(method).uri(format!("{}/{path}", world.sim.details().admin));
    world.sim.answer(request.body(content.to_string().into_bytes()).unwrap()).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn every_effect_is_taken_and_shown_as_json() {
    let world = World::new(0).await;
    let on = |side: &str, effect: Value| json!({"side": side, "skip": 0, "effect": effect});
    let mut faults: Vec<Value> = ["endless_pages", "late", "empty_tenant"]
        .iter()
        .map(|kind| on("graph", json!({"kind": kind})))
        .chain(["wrong_hit", "no_hit", "hang_after"].iter().map(|kind| on("jostle", json!({"kind": kind}))))
        .collect();
    faults.push(on("token", json!({"kind": "slow_after", "ms": 9})));
    let spellings = [
        "gone",
        "gone_sync_state_not_found",
        "sync_state_not_found",
        "resync_apply_differences",
        "resync_upload_differences",
        "nested",
        "expired_page_token",
        "page_token_not_found",
        "unknown_error",
    ];
    assert_eq!(json!(ExpiredStyle::ALL), json!(spellings));
    faults.extend(spellings.iter().map(|style| on("graph", json!({"kind": "expire_token", "style": style}))));
    assert_eq!(admin(&world, "PUT", "faults", json!(faults)).await.status(), 204);
    assert_eq!(body(&admin(&world, "GET", "faults", Value::Null).await), json!(faults));
    let wrong = admin(&world, "PUT", "faults", json!([on("graph", json!({"kind": "no_hit"}))])).await;
    assert_eq!(
        (wrong.status().as_u16(), &body(&wrong)["error"]),
        (400, &json!("the effect no_hit exists for the side jostle only"))
    );
}

#[tokio::test(start_paused = true)]
async fn every_switch_is_taken_and_shown_as_json() {
    let world = World::new(0).await;
    let switches =
        json!({"filter_delay_seconds": 5, "unknown_id_is_500": true, "hidden_inactive": true, "duplicate_status": 500});
    let set = body(&admin(&world, "PUT", "switches", json!({"jostle": switches})).await);
    for (name, value) in switches.as_object().unwrap() {
        assert_eq!(&set["jostle"][name], value, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_administrator_edits_and_deletes_accounts_and_reads_the_journal() {
    let world = World::new(0).await;
    let anna = body(&admin(&world, "POST", "jostle/users", person("anna@x.example")).await);
    let path = format!("jostle/users/{}", anna["id"].as_str().unwrap());
    let edited = body(&admin(&world, "PATCH", &path, json!({"TITLE": "Boss", "active": false})).await);
    assert_eq!((&edited["title"], &edited["active"], &edited["name"]), (&json!("Boss"), &json!(false), &anna["name"]));
    let cleared = body(&admin(&world, "PATCH", &path, json!({"title": null})).await);
    assert_eq!((cleared.get("title"), &cleared["active"]), (None, &json!(false)));
    for (wrong, problem) in
        [(json!({"userName": null}), "userName"), (json!({"shoeSize": 44}), "shoeSize"), (json!([]), "object")]
    {
        let refused = admin(&world, "PATCH", &path, wrong).await;
        assert_eq!(refused.status(), 400);
        assert!(body(&refused)["error"].as_str().unwrap().contains(problem), "{problem}");
    }
    assert_eq!(admin(&world, "DELETE", &path, Value::Null).await.status(), 204);
    assert_eq!(admin(&world, "DELETE", &path, Value::Null).await.status(), 404);
    let journal = body(&admin(&world, "GET", "jostle/journal", Value::Null).await);
    let methods: Vec<_> = journal.as_array().unwrap().iter().map(|write| write["method"].as_str().unwrap()).collect();
    assert_eq!(methods, ["POST", "PATCH", "PATCH", "DELETE"]);
    assert_eq!(journal[1]["by"], "administrator");
    assert_eq!(journal[1]["before"]["active"], true);
    assert_eq!(journal[1]["after"]["title"], "Boss");
    assert_eq!(admin(&world, "DELETE", "jostle/journal", Value::Null).await.status(), 204);
    assert!(world.sim.jostle().journal().is_empty());
}
