//! A row that says `redact = true` is hidden as one with `Redact` in its expression is: in plans, in the provisioning
//! log, on demand, and from an undo.

use entra_jostle_sync::engine::draw_undo;
use entra_jostle_sync::mapping::{Mapping, Row};
use entra_jostle_sync::store::{CycleId, LogQuery, Reader};
use serde_json::json;

use super::common::{World, in_sync, path};

/// Ann, with a title that nobody may see.
async fn ann() -> (World, String) {
    let (mut world, ids) = in_sync(&["ann"]).await;
    let rows = world.policy.mapping.rows().iter().cloned();
    let rows = rows.map(|row| match row.target == path("title") {
        true => Row { redact: true, max_length: Some(20), ..row },
        false => row,
    });
    world.policy.mapping = Mapping::new(rows.collect()).expect("a mapping");
    (world, ids[0].clone())
}

async fn title(world: &World) -> String {
    let account = world.account("ann@corp.example").await.expect("an account");
    account["title"].as_str().expect("a title").to_owned()
}

#[tokio::test]
async fn what_a_row_redacts_is_written_and_shown_nowhere() {
    let (world, ann) = ann().await;
    world.change(&ann, json!({"jobTitle": "Secret one"}));
    let plan = world.plan().await;
    let shown = format!("{plan}{}", serde_json::to_string(&plan).expect("JSON"));
    assert!(shown.contains("title: (none) => [Redact]") && !shown.contains("Secret"), "{shown}");
    assert_eq!(world.cycled().await, "1 update");
    assert_eq!(title(&world).await, "Secret one");

    world.change(&ann, json!({"jobTitle": "Secret two"}));
    let done = world.provision("ann@corp.example").await.expect("provisioned");
    let shown = serde_json::to_string(&done).expect("JSON");
    assert!(shown.contains("[Redact]") && !shown.contains("Secret"), "{shown}");
    assert_eq!(title(&world).await, "Secret two");

    let log = world.store().log(LogQuery { entra_id: None, limit: 10 }).await.expect("a log");
    assert!(!format!("{log:?}").contains("Secret"), "{log:?}");
}

#[tokio::test]
async fn a_value_that_cannot_be_sent_is_not_told_with_the_reason() {
    let (world, ann) = ann().await;
    world.change(&ann, json!({"jobTitle": "Secret that is longer than the row allows"}));
    assert_eq!(world.cycled().await, "nothing to do; 1 failed");
    let log = world.store().log(LogQuery { entra_id: None, limit: 10 }).await.expect("a log");
    assert!(!format!("{log:?}").contains("Secret"), "{log:?}");
    assert!(!format!("{:?}", world.status().await).contains("Secret"));
}

#[tokio::test]
async fn an_undo_of_it_is_refused() {
    let (world, ann) = ann().await;
    for text in ["Secret one", "Secret two"] {
        world.change(&ann, json!({"jobTitle": text}));
        assert_eq!(world.cycled().await, "1 update");
    }
    let cycle = world.status().await.cycles[0].id.0;
    let file = Reader::open(&world.state()).expect("a state").cycle(CycleId(cycle)).expect("read");
    let drawn = draw_undo(&file.expect("the cycle"), &world.policy);
    assert_eq!((drawn.operations.len(), drawn.refused.len()), (0, 1), "{drawn:?}");
    let told = format!("{:?}", drawn.refused);
    assert!(told.contains("must not be shown") && !told.contains("Secret"), "{told}");
}
