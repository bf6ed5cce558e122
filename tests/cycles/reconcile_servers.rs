//! Reconciling against servers that cannot page, that answer without a body, and that store another form of what they
//! are sent.

use entra_jostle_sync::mapping::{Mapping, OnDrift, Row};
use entra_jostle_sync::model::EntraId;
use entra_jostle_sync::simulator::Effect;
use serde_json::{Value, json};

use super::common::{World, in_sync, on_jostle, path, status};
use super::reconcile::{by_hand, id_of, reconciled, told, under};

/// So many that the list has several pages.
async fn on_small_pages(paging: &str) -> (World, Vec<String>) {
    let aliases = ["a", "b", "c", "d", "e", "f", "g"];
    let (world, ids) = in_sync(&aliases).await;
    by_hand(&world, "f", json!({"title": "Boss"})).await;
    world.sim.jostle().set_switches(json!({"paging": paging, "page_cap": 2})).expect("switches");
    world.sim.clear_requests();
    (world, ids)
}

const FOUND: &str = "f title: (none) -> \"Boss\", Reported\n";

#[tokio::test]
async fn every_account_is_compared_however_the_server_pages() {
    for (paging, listed, alone) in
        [("honest", true, 1), ("wrong_total", true, 1), ("overlaps", true, 1), ("ignores_start_index", false, 7)]
    {
        let (world, _) = on_small_pages(paging).await;
        let found = reconciled(&world).await;
        assert_eq!((told(&found).as_str(), found.compared, found.listed), (FOUND, 7, listed), "{paging}");
        let requests = world.jostle_requests();
        let by_id =
            requests.iter().filter(|request| !request.path.ends_with("/Users") && request.path.contains("/Users/"));
        assert_eq!(by_id.count(), alone, "{paging}");
        assert_eq!(found.unmanaged.is_some(), listed, "{paging}");
    }
}

#[tokio::test]
async fn whoever_is_not_on_the_list_is_read_alone_and_not_taken_for_deleted() {
    let (world, _) = in_sync(&["ann", "bob", "cem"]).await;
    world.sim.jostle().set_switches(json!({"paging": "leaves_out"})).expect("a switch");
    let found = reconciled(&world).await;
    assert_eq!((told(&found).as_str(), found.compared), ("", 3));
}

#[tokio::test]
async fn a_server_that_lists_nothing_at_all_is_asked_for_each() {
    let (world, _) = in_sync(&["ann", "bob"]).await;
    by_hand(&world, "bob", json!({"title": "Boss"})).await;
    world.sim.set_faults(vec![on_jostle(status(500)).path("startIndex")]).expect("faults");
    let found = reconciled(&world).await;
    assert_eq!((told(&found).as_str(), found.listed), ("bob title: (none) -> \"Boss\", Reported\n", false));
}

#[tokio::test]
async fn a_deleted_account_is_recognised_although_the_server_says_500_of_it() {
    let (world, _) = in_sync(&["ann", "bob"]).await;
    world.sim.jostle().set_switches(json!({"unknown_id_is_500": true})).expect("a switch");
    assert!(world.sim.jostle().remove(&id_of(&world, "ann").await));
    assert_eq!(told(&reconciled(&world).await), "deleted ann@corp.example\n");
}

/// A list without the account, and an account that cannot be read: that is not known of anybody who is hidden.
#[tokio::test]
async fn an_account_that_cannot_be_read_is_said_and_judged_by_nobody() {
    let (world, _) = in_sync(&["ann", "bob"]).await;
    by_hand(&world, "ann", json!({"title": "Boss"})).await;
    let id = id_of(&world, "ann").await;
    world.sim.set_faults(vec![on_jostle(status(500)).path(&id)]).expect("faults");
    let found = reconciled(&world).await;
    assert!(told(&found).starts_with("unread ann@corp.example: Jostle: "), "{}", told(&found));
    assert_eq!((found.compared, world.status().await.waiting.len()), (1, 0));
}

#[tokio::test]
async fn a_company_that_is_gone_at_once_is_not_believed() {
    let aliases = ["a", "b", "c", "d", "e", "f"];
    let (mut world, _) = in_sync(&aliases).await;
    world.policy.actions.recreate_deleted = true;
    world.cycled().await;
    for alias in aliases {
        assert!(world.sim.jostle().remove(&id_of(&world, alias).await));
    }
    let found = reconciled(&world).await;
    assert_eq!((found.unread.len(), found.deleted.len()), (6, 0));
    assert_eq!(world.cycled().await, "nothing to do");
}

/// Every way in which the simulator makes another value of what it is sent.
#[tokio::test]
async fn what_jostle_makes_of_a_value_is_written_once() {
    for (normalise, answer) in [
        ("trim_lowercase_email", "ok_with_body"),
        ("lowercase", "ok_with_body"),
        ("format_phones", "ok_with_body"),
        ("none", "ok_with_body"),
        ("trim_lowercase_email", "no_content"),
        ("lowercase", "no_content"),
        ("format_phones", "no_content"),
        ("none", "no_content"),
    ] {
        for drift in [OnDrift::Report, OnDrift::Repair, OnDrift::Accept] {
            let case = format!("{normalise}, {answer}, {drift:?}");
            let mut world = World::new().await;
            under(&mut world, drift);
            let rows = world.policy.mapping.rows().iter().cloned().map(|row| Row { max_length: None, ..row });
            world.policy.mapping = Mapping::new(rows.collect()).expect("a mapping");
            let switches = json!({
                "normalise": normalise, "patch_answer": answer, "limits_lengths": true, "truncates_long_names": true,
            });
            world.sim.jostle().set_switches(switches).expect("switches");
            let long = "A Very Long Given Name That No Form Has Room For";
            let ann = json!({"jobTitle": "The Boss", "mobilePhone": "+49 (30) 123-456"});
            let id = world.person("Ann", ann);
            assert_eq!(world.cycled().await, "1 create", "{case}");
            world.change(
                &id,
                json!({
                    "givenName": long, "jobTitle": "A  Chief", "mobilePhone": "+49 (30) 123-457",
                    "mail": "Ann.Other@Corp.Example",
                }),
            );
            assert_eq!(world.cycled().await, "1 update", "{case}");
            // What was cut, and never shown, is what nobody can know; it is tried once.
            let is_unknown = answer == "no_content" && drift == OnDrift::Repair;
            let _first = reconciled(&world).await;
            assert_eq!(world.cycled().await, if is_unknown { "1 update" } else { "nothing to do" }, "{case}");
            world.sim.clear_requests();
            for _ in 0..2 {
                let found = reconciled(&world).await;
                assert!(!found.repairs(), "{case}: {}", told(&found));
                assert_eq!(world.cycled().await, "nothing to do", "{case}");
            }
            assert_eq!(world.writes(), Vec::<String>::new(), "{case}");
            by_hand(&world, "ann", json!({"title": "Captain"})).await;
            let found = told(&reconciled(&world).await);
            assert!(found.contains("-> \"Captain\"") || found.contains("-> \"captain\""), "{case}: {found}");
        }
    }
}

/// Some servers answer 200 to what they do not store.
#[tokio::test]
async fn a_value_that_is_never_stored_is_repaired_once() {
    let mut world = World::new().await;
    under(&mut world, OnDrift::Repair);
    world.sim.jostle().set_switches(json!({"not_stored": ["title"]})).expect("a switch");
    world.person("ann", json!({"jobTitle": "Boss"}));
    assert_eq!(world.cycled().await, "1 create");
    for (treatment, cycle) in [("Repaired", "1 update"), ("InVain", "nothing to do"), ("InVain", "nothing to do")] {
        let found = reconciled(&world).await;
        assert_eq!(told(&found), format!("ann title: \"Boss\" -> (none), {treatment}\n"));
        assert_eq!(world.cycled().await, cycle);
    }
}

/// What reads as inactive before anybody has signed in is no deactivation by hand.
#[tokio::test]
async fn an_invitation_that_reads_as_inactive_is_no_drift() {
    let mut world = World::new().await;
    under(&mut world, OnDrift::Repair);
    world.sim.jostle().set_switches(json!({"invited_reads_inactive": true})).expect("a switch");
    world.person("ann", json!({}));
    assert_eq!(world.cycled().await, "1 create");
    assert_eq!(told(&reconciled(&world).await), "");
    world.sim.jostle().set_switches(json!({"invited_reads_inactive": false})).expect("a switch");
    assert_eq!(told(&reconciled(&world).await), "", "she has signed in");
    by_hand(&world, "ann", json!({"active": false})).await;
    assert_eq!(told(&reconciled(&world).await), "ann active: true -> false, Repaired\n");
}

#[tokio::test]
async fn whoever_is_written_meanwhile_is_left_for_the_next_time() {
    let (mut world, ids) = in_sync(&["ann", "bob"]).await;
    under(&mut world, OnDrift::Repair);
    world.cycled().await;
    by_hand(&world, "ann", json!({"title": "Boss"})).await;
    world.change(&ids[0], json!({"givenName": "Anne"}));
    // The answer to the write is lost, and nothing can be read: it stays in doubt.
    let id = id_of(&world, "ann").await;
    let lost = on_jostle(Effect::ResetAfter {}).method("PATCH").path(&id);
    world.sim.set_faults(vec![lost, on_jostle(status(400)).method("GET").path(&id)]).expect("faults");
    world.cycled().await;
    assert_eq!(world.status().await.open_intents, 1);
    let found = reconciled(&world).await;
    assert_eq!((found.left, told(&found).as_str()), (1, ""));
    let ann = EntraId::new(&ids[0]);
    assert_eq!(world.store().drift_of(&ann).await.expect("drift"), []);
    world.sim.set_faults(Vec::new()).expect("no faults");
    let title = path("title");
    let link = world.store().person(&ann).await.expect("a record").and_then(|record| record.link).expect("a link");
    assert_eq!((link.sent.get(&title), link.seen.get(&title)), (None, None), "nothing was concluded");
    let account: Value = world.account("ann@corp.example").await.expect("there");
    assert_eq!(account["title"], "Boss");
}
