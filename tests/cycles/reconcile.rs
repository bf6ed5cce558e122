//! Reconciling: what somebody changed in Jostle is found, and what comes of it is what the row says.

use std::fmt::Write;

use entra_jostle_sync::engine::{CycleError, Reconciled};
use entra_jostle_sync::mapping::{Mapping, OnDrift, Row, Source, When};
use entra_jostle_sync::model::TargetValue;
use entra_jostle_sync::simulator::Effect;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::common::{World, handmade, in_sync, on_jostle, path, status};

pub(super) async fn reconciled(world: &World) -> Reconciled {
    world.engine().reconcile().await.expect("reconciled")
}

/// What was found, line by line.
pub(super) fn told(found: &Reconciled) -> String {
    let value = |value: &Option<TargetValue>| value.as_ref().map_or("(none)".to_owned(), ToString::to_string);
    let mut text = String::new();
    for one in &found.drift {
        let who = one.user.split('@').next().unwrap_or_default();
        for drift in &one.attributes {
            let (expected, shown) = (value(&drift.expected), value(&drift.shown));
            let loud = if one.unwelcome { "!" } else { "" };
            writeln!(text, "{who}{loud} {}: {expected} -> {shown}, {:?}", drift.attribute, drift.treatment).unwrap();
        }
    }
    for orphan in &found.orphans {
        writeln!(text, "orphan {} {}", orphan.user, if orphan.active { "active" } else { "inactive" }).unwrap();
    }
    for one in found.unmanaged.iter().flatten() {
        writeln!(text, "unmanaged {}", one.user_name).unwrap();
    }
    for one in &found.deleted {
        writeln!(text, "deleted {}", one.user).unwrap();
    }
    for one in &found.unread {
        writeln!(text, "unread {}: {}", one.user, one.reason).unwrap();
    }
    text
}

/// All rows of a world with this policy.
pub(super) fn under(world: &mut World, drift: OnDrift) {
    let rows = world.policy.mapping.rows().iter().cloned().map(|row| Row { drift, ..row });
    world.policy.mapping = Mapping::new(rows.collect()).expect("a mapping");
}

pub(super) async fn id_of(world: &World, alias: &str) -> String {
    let account = world.account(&format!("{alias}@corp.example")).await.expect("an account");
    account["id"].as_str().expect("an id").to_owned()
}

/// An administrator changes an account by hand.
pub(super) async fn by_hand(world: &World, alias: &str, changes: Value) {
    let id = id_of(world, alias).await;
    world.sim.jostle().update(&id, &changes).expect("changed");
}

#[tokio::test]
async fn in_sync_there_is_nothing_to_say_and_the_list_alone_is_read() {
    let (world, _) = in_sync(&["ann", "bob", "cem"]).await;
    let found = reconciled(&world).await;
    assert_eq!((told(&found).as_str(), found.compared, found.left), ("", 3, 0));
    assert!(found.listed && !found.found_anything());
    assert_eq!(world.writes(), Vec::<String>::new());
    let read = world.jostle_requests();
    assert!(read.iter().all(|request| request.path.contains("/Users?startIndex")), "{read:?}");
    assert_eq!(world.cycled().await, "nothing to do");
    let known = world.status().await.reconciliation.expect("a reconciliation");
    assert_eq!((known.drift, known.orphans, known.unmanaged, known.deleted), (0, 0, Some(0), 0));
}

#[tokio::test]
async fn what_was_changed_by_hand_is_reported_until_it_is_settled_and_nothing_is_written() {
    let (world, ids) = in_sync(&["ann", "bob"]).await;
    by_hand(&world, "ann", json!({"name": {"givenName": "Anna", "familyName": "Family"}, "title": "Boss"})).await;
    let found = reconciled(&world).await;
    insta::assert_snapshot!(told(&found), @r#"
    ann name.givenName: "Given" -> "Anna", Reported
    ann title: (none) -> "Boss", Reported
    "#);
    assert_eq!(world.cycled().await, "nothing to do");
    world.pass(SignedDuration::from_hours(1));
    assert_eq!(told(&reconciled(&world).await), told(&found), "it is found again");
    assert_eq!(world.cycled().await, "nothing to do");
    assert_eq!(world.writes(), Vec::<String>::new());
    assert_eq!(world.status().await.reconciliation.expect("one").drift, 2);
    let ann = entra_jostle_sync::model::EntraId::new(&ids[0]);
    let since = world.store().drift_of(&ann).await.expect("drift")[0].since;
    assert_eq!(since.to_string(), "2026-03-02T08:00:00Z", "it is known since when");

    world.change(&ids[0], json!({"givenName": "Anne"}));
    assert_eq!(world.cycled().await, "1 update");
    assert_eq!(world.status().await.reconciliation.expect("one").drift, 1, "what was written is settled");
    by_hand(&world, "ann", json!({"title": null})).await;
    assert_eq!(told(&reconciled(&world).await), "");
    assert_eq!(world.status().await.reconciliation.expect("one").drift, 0);
}

#[tokio::test]
async fn what_is_to_be_repaired_is_written_by_the_next_cycle_once() {
    let (mut world, _) = in_sync(&["ann", "bob"]).await;
    under(&mut world, OnDrift::Repair);
    world.cycled().await;
    by_hand(&world, "ann", json!({"name": {"givenName": "Anna", "familyName": "Family"}, "title": "Boss"})).await;
    let found = reconciled(&world).await;
    insta::assert_snapshot!(told(&found), @r#"
    ann name.givenName: "Given" -> "Anna", Repaired
    ann title: (none) -> "Boss", Repaired
    "#);
    assert_eq!(world.writes(), Vec::<String>::new(), "a reconciliation writes nothing");
    assert_eq!(told(&reconciled(&world).await), "", "it is the planner's by now");
    let plan = world.plan().await;
    let changes: Vec<_> = plan.operations[0].changes.iter().map(ToString::to_string).collect();
    assert_eq!(changes, ["name.givenName: \"Anna\" => \"Given\"", "title: \"Boss\" => (none)"]);
    assert_eq!(world.cycled().await, "1 update");
    let account = world.account("ann@corp.example").await.expect("there");
    assert_eq!((&account["name"]["givenName"], &account["title"]), (&json!("Given"), &Value::Null));
    assert_eq!(told(&reconciled(&world).await), "");
    assert_eq!(world.cycled().await, "nothing to do");
}

#[tokio::test]
async fn what_comes_back_after_a_repair_is_reported_and_not_written_again() {
    let (mut world, _) = in_sync(&["ann"]).await;
    under(&mut world, OnDrift::Repair);
    world.cycled().await;
    let chief = json!({"name": {"givenName": "Chief", "familyName": "Family"}});
    for (expected, cycle) in [("Repaired", "1 update"), ("InVain", "nothing to do"), ("InVain", "nothing to do")] {
        by_hand(&world, "ann", chief.clone()).await;
        let found = reconciled(&world).await;
        assert_eq!(told(&found), format!("ann name.givenName: \"Given\" -> \"Chief\", {expected}\n"));
        assert_eq!(world.cycled().await, cycle);
    }
}

#[tokio::test]
async fn what_is_accepted_stands_until_it_changes_in_entra() {
    let (mut world, ids) = in_sync(&["ann", "bob"]).await;
    under(&mut world, OnDrift::Accept);
    world.cycled().await;
    world.change(&ids[1], json!({"jobTitle": "Clerk"}));
    assert_eq!(world.cycled().await, "1 update");
    by_hand(&world, "ann", json!({"name": {"givenName": "Anna", "familyName": "Family"}, "title": "Boss"})).await;
    by_hand(&world, "bob", json!({"title": null})).await;
    let told_once = told(&reconciled(&world).await);
    insta::assert_snapshot!(told_once, @r#"
    ann name.givenName: "Given" -> "Anna", Accepted
    ann title: (none) -> "Boss", Accepted
    bob title: "Clerk" -> (none), Accepted
    "#);
    for _ in 0..2 {
        assert_eq!(world.cycled().await, "nothing to do");
        let found = reconciled(&world).await;
        assert_eq!((told(&found).as_str(), found.found_anything()), ("", false));
    }
    assert_eq!(world.status().await.reconciliation.expect("one").drift, 0);
    world.change(&ids[0], json!({"givenName": "Anne"}));
    assert_eq!(world.cycled().await, "1 update");
    assert_eq!(world.account("ann@corp.example").await.expect("there")["name"]["givenName"], "Anne");
}

#[tokio::test]
async fn a_repair_goes_through_limits_and_pauses_as_every_write() {
    let (mut world, _) = in_sync(&["ann", "bob"]).await;
    under(&mut world, OnDrift::Repair);
    world.cycled().await;
    world.policy.limits = entra_jostle_sync::plan::Limits::all(0, 0.0);
    by_hand(&world, "ann", json!({"name": {"givenName": "Anna", "familyName": "Family"}})).await;
    let _found = reconciled(&world).await;
    assert_eq!(world.cycled().await, "nothing to do; 1 held");
    assert_eq!(world.writes(), Vec::<String>::new());
}

#[tokio::test]
async fn a_leaver_who_was_reactivated_by_hand_is_told_loudly_and_locked_out_again_only_if_configured() {
    let (mut world, ids) = in_sync(&["ann", "bob"]).await;
    world.change(&ids[0], json!({"accountEnabled": false}));
    assert_eq!(world.cycled().await, "1 deactivate");
    by_hand(&world, "ann", json!({"active": true})).await;
    let found = reconciled(&world).await;
    assert_eq!(told(&found), "ann! active: false -> true, Reported\n");
    assert_eq!(world.cycled().await, "nothing to do");
    under(&mut world, OnDrift::Repair);
    world.cycled().await;
    for _ in 0..2 {
        assert_eq!(told(&reconciled(&world).await), "ann! active: false -> true, Repaired\n");
        assert_eq!(world.cycled().await, "1 deactivate");
        by_hand(&world, "ann", json!({"active": true})).await;
    }
}

#[tokio::test]
async fn an_account_that_was_deactivated_by_hand_is_activated_again_only_if_configured() {
    let (mut world, _) = in_sync(&["ann", "bob"]).await;
    by_hand(&world, "ann", json!({"active": false})).await;
    assert_eq!(told(&reconciled(&world).await), "ann active: true -> false, Reported\n");
    assert_eq!(world.cycled().await, "nothing to do");
    under(&mut world, OnDrift::Repair);
    world.cycled().await;
    assert_eq!(told(&reconciled(&world).await), "ann active: true -> false, Repaired\n");
    assert_eq!(world.cycled().await, "1 reactivate");
    assert_eq!(told(&reconciled(&world).await), "");
}

#[tokio::test]
async fn an_account_that_an_administrator_deleted_is_created_again_only_if_configured() {
    for recreated in [false, true] {
        let (mut world, _) = in_sync(&["ann", "bob"]).await;
        world.policy.actions.recreate_deleted = recreated;
        world.cycled().await;
        assert!(world.sim.jostle().remove(&id_of(&world, "ann").await));
        let found = reconciled(&world).await;
        assert_eq!((told(&found).as_str(), found.compared), ("deleted ann@corp.example\n", 1));
        assert_eq!(world.status().await.reconciliation.expect("one").deleted, 1);
        let expected = if recreated { "1 create" } else { "nothing to do" };
        assert_eq!(world.cycled().await, expected);
        let left = if recreated { "" } else { "deleted ann@corp.example\n" };
        assert_eq!(told(&reconciled(&world).await), left, "it is told again");
        assert_eq!(world.cycled().await, "nothing to do");
    }
}

#[tokio::test]
async fn an_account_that_has_another_id_is_found_by_its_name_and_brought_up_to_date() {
    let (world, _) = in_sync(&["ann", "bob"]).await;
    assert!(world.sim.jostle().remove(&id_of(&world, "ann").await));
    world.put_account(&handmade("ann@corp.example", "Givens", true)).await;
    let found = reconciled(&world).await;
    assert_eq!((told(&found).as_str(), found.relinked), ("", 1));
    assert_eq!(world.cycled().await, "1 update");
    assert_eq!(told(&reconciled(&world).await), "");
}

#[tokio::test]
async fn orphans_and_accounts_that_are_nobodys_are_told_and_never_written() {
    let (mut world, ids) = in_sync(&["ann", "bob", "cem"]).await;
    world.put_account(&handmade("stranger@corp.example", "Not", true)).await;
    world.put_account(&handmade("robot@corp.example", "Robot", true)).await;
    world.policy.actions.switched_off = [entra_jostle_sync::model::Operation::Deactivate].into();
    world.cycled().await;
    world.sim.graph().purge_user(&ids[0]).expect("purged");
    world.cycled().await;
    world.policy.actions.switched_off.clear();
    world.sim.graph().purge_user(&ids[1]).expect("purged");
    let now = reconciled(&world).await;
    insta::assert_snapshot!(told(&now), @"
    orphan ann@corp.example active
    unmanaged stranger@corp.example
    ");
    assert_eq!(world.cycled().await, "2 deactivate");
    let found = reconciled(&world).await;
    insta::assert_snapshot!(told(&found), @"
    orphan ann@corp.example inactive
    orphan bob@corp.example inactive
    unmanaged stranger@corp.example
    ");
    assert_eq!(found.active_orphans(), 0);
    by_hand(&world, "bob", json!({"active": true})).await;
    let found = reconciled(&world).await;
    insta::assert_snapshot!(told(&found), @"
    bob! active: false -> true, Reported
    orphan bob@corp.example active
    orphan ann@corp.example inactive
    unmanaged stranger@corp.example
    ");
}

/// The mapping got another row after the adoption, so that nobody has looked at what the account shows of it.
#[tokio::test]
async fn an_adopted_account_loses_a_value_from_before_where_the_row_clears() {
    let mut world = World::new().await;
    let all = world.policy.mapping.clone();
    let without = all.rows().iter().filter(|row| row.target != path("title")).cloned();
    world.policy.mapping = Mapping::new(without.collect()).expect("a mapping");
    let mut account = handmade("ann@corp.example", "Given", true);
    account["title"] = json!("Old");
    world.put_account(&account).await;
    world.person("ann", json!({}));
    assert_eq!(world.cycled().await, "1 adopt");
    world.policy.mapping = all;
    assert_eq!(world.cycled().await, "nothing to do", "it is not known that there is a title");
    assert_eq!(told(&reconciled(&world).await), "ann title: (none) -> \"Old\", Repaired\n");
    assert_eq!(world.cycled().await, "1 update");
    assert_eq!(world.account("ann@corp.example").await.expect("there")["title"], Value::Null);
    assert_eq!(told(&reconciled(&world).await), "");
}

#[tokio::test]
async fn what_belongs_to_jostle_is_not_compared() {
    let (mut world, _) = in_sync(&["ann"]).await;
    assert!(world.policy.mapping.rows().iter().any(|row| row.when == When::Create));
    under(&mut world, OnDrift::Repair);
    by_hand(&world, "ann", json!({"nickName": "Annie", "displayName": "Her own"})).await;
    assert_eq!(told(&reconciled(&world).await), "");
}

#[tokio::test]
async fn what_a_row_redacts_is_not_told() {
    use entra_jostle_sync::mapping::expression::{Expression, Place};
    let (mut world, _) = in_sync(&["ann"]).await;
    let expression = Expression::parse("Redact([givenName])", Place::Row).expect("an expression");
    let rows = world.policy.mapping.rows().iter().cloned().map(|row| match row.target == path("name.givenName") {
        true => Row { source: Source::Expression(expression.clone().into()), ..row },
        false => row,
    });
    world.policy.mapping = Mapping::new(rows.collect()).expect("a mapping");
    by_hand(&world, "ann", json!({"name": {"givenName": "Secret", "familyName": "Family"}})).await;
    let found = reconciled(&world).await;
    assert_eq!(told(&found), "ann name.givenName: \"[Redact]\" -> \"[Redact]\", Reported\n");
}

#[tokio::test]
async fn an_outage_in_the_middle_judges_nobody() {
    let (mut world, _) = in_sync(&["ann", "bob", "cem", "dee"]).await;
    under(&mut world, OnDrift::Repair);
    world.cycled().await;
    for alias in ["ann", "bob", "cem", "dee"] {
        by_hand(&world, alias, json!({"name": {"givenName": "Other", "familyName": "Family"}})).await;
    }
    let id = id_of(&world, "dee").await;
    assert!(world.sim.jostle().remove(&id_of(&world, "bob").await));
    for outage in [status(503), status(401), Effect::Reset {}] {
        let only_dee = on_jostle(outage.clone()).path(&id);
        let probes = on_jostle(outage).path("ServiceProviderConfig");
        world.sim.set_faults(vec![only_dee, probes]).expect("faults");
        let error = world.engine().reconcile().await.expect_err("an outage");
        assert!(matches!(error, CycleError::Side(_)), "{error}");
        let status = world.status().await;
        assert_eq!((status.reconciliation, status.dirty, status.quarantines.len()), (None, 0, 1), "{error}");
        let cycle = &status.cycles[0];
        assert_eq!((cycle.kind.as_str(), cycle.result.as_deref()), ("reconcile", Some("failed")));
    }
    world.sim.set_faults(Vec::new()).expect("no faults");
    assert_eq!(reconciled(&world).await.drift.len(), 3);
    assert_eq!(world.status().await.quarantines.len(), 0, "it answered");
    assert_eq!(world.cycled().await, "3 update");
}

#[tokio::test]
async fn stopping_in_the_middle_judges_nobody() {
    let (world, _) = in_sync(&["ann"]).await;
    by_hand(&world, "ann", json!({"title": "Boss"})).await;
    let engine = world.engine();
    world.shutdown.cancel();
    assert!(matches!(engine.reconcile().await, Err(CycleError::Stopped)));
    assert_eq!(world.status().await.reconciliation, None);
}
