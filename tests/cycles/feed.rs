//! What Graph's feed may do wrong without anybody being removed.

use entra_jostle_sync::mapping::{Mapping, Row};
use entra_jostle_sync::model::Operation;
use entra_jostle_sync::simulator::{Effect, ExpiredStyle, Fault, Side};
use serde_json::json;

use super::common::{in_sync, path, summary};

#[tokio::test]
async fn a_tenant_that_suddenly_looks_empty_removes_nobody() {
    let (mut world, ids) = in_sync(&["a", "b", "c"]).await;
    // Another attribute is read from now on, so that a baseline follows; and the tenant has lost its people.
    for id in &ids {
        world.sim.graph().purge_user(id).expect("purged");
    }
    world.person("z", json!({}));
    let rows = world.policy.mapping.rows().iter().cloned();
    let more = Row::direct(path("displayName"), "displayName");
    world.policy.mapping = Mapping::new(rows.chain([more]).collect()).expect("a mapping");
    let report = world.cycle().await;
    // Tombstones tell the truth about each of them; without them the baseline would be refused.
    let told = summary(&report);
    assert!(told == "3 deactivate, 1 create" || told.contains("nobody was removed"), "{told}");
}

#[tokio::test]
async fn an_expired_position_starts_a_baseline_by_itself() {
    for style in [ExpiredStyle::Gone, ExpiredStyle::SyncStateNotFound] {
        let (world, ids) = in_sync(&["ann"]).await;
        let expired = Fault::new(Side::Graph, Effect::ExpireToken { style }).path("deltatoken").times(1);
        world.sim.set_faults(vec![expired]).expect("faults");
        world.change(&ids[0], json!({"givenName": "Anne"}));
        world.person("bob", json!({}));
        assert_eq!(world.cycled().await, "1 create, 1 update");
        assert_eq!(world.cycled().await, "nothing to do");
    }
}

#[tokio::test]
async fn graphs_bad_pages_are_errors_or_harmless_but_never_a_removal() {
    let effects = [
        (Effect::MissingValue {}, true),
        (Effect::BothLinks {}, true),
        (Effect::NoLinks {}, true),
        (Effect::ForeignLink { origin: "http://127.0.0.2:9".to_owned() }, true),
        (Effect::Truncate { well_framed: true }, true),
        (Effect::EmptyPage {}, false),
        (Effect::Duplicate {}, false),
        (Effect::Replay {}, false),
    ];
    for (effect, fails) in effects {
        let (world, ids) = in_sync(&["ann", "bob"]).await;
        world.change(&ids[0], json!({"givenName": "Anne"}));
        let fault = Fault::new(Side::Graph, effect.clone()).path("/users/delta");
        let fault = if fails { fault } else { fault.times(1) };
        world.sim.set_faults(vec![fault]).expect("faults");
        let report = world.cycle().await;
        assert_eq!(report.error.is_some(), fails, "{effect:?}: {}", summary(&report));
        assert_eq!(report.operations.of(Operation::Deactivate), 0, "{effect:?}");
        world.sim.set_faults(Vec::new()).expect("faults");
        world.cycled().await;
        assert_eq!(world.cycled().await, "nothing to do", "{effect:?}");
        assert_eq!(world.account("ann@corp.example").await.expect("there")["name"]["givenName"], "Anne", "{effect:?}");
        assert!(world.sim.jostle().users_json().iter().all(|account| account["active"] == true), "{effect:?}");
    }
}
