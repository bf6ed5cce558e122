//! A side that fails as a whole is left alone for pauses that grow, and nobody's attempts grow with them.

use entra_jostle_sync::connector::Side;
use entra_jostle_sync::simulator::{BodyKind, Effect, Fault, Side as Simulated};
use entra_jostle_sync::store::Quarantine;
use jiff::SignedDuration;
use serde_json::json;

use super::common::{World, summary};
use super::{faults, in_sync, on_jostle, status};

async fn quarantine(world: &World) -> Option<Quarantine> {
    let mut all = world.store().quarantines().await.expect("the state");
    assert!(all.len() < 2, "{all:?}");
    all.pop()
}

/// Minutes from now until the side is asked again.
fn pause(world: &World, quarantine: &Quarantine) -> i64 {
    quarantine.next_at.duration_since(*world.now.lock().expect("the clock")).as_mins()
}

#[tokio::test]
async fn every_outage_of_jostle_pauses_it_and_ends_by_itself() {
    let throttled =
        Effect::Status { status: 429, retry_after: Some("0".to_owned()), code: None, body: BodyKind::default() };
    for (effect, code) in [
        (status(401), "401"),
        (status(403), "403"),
        (status(500), "500"),
        (status(503), "503"),
        (throttled, "429"),
        (Effect::Reset {}, "unreachable"),
    ] {
        let (mut world, ids) = in_sync(&["ann", "bob", "cid"]).await;
        for id in &ids {
            world.change(id, json!({"givenName": "New"}));
        }
        faults(&world, vec![on_jostle(effect.clone())]);
        let report = world.cycle().await;
        assert!(report.error.is_some(), "{effect:?}: {}", summary(&report));
        let first = quarantine(&world).await.unwrap_or_else(|| panic!("{effect:?}"));
        assert_eq!((first.side, first.code.as_str(), first.failures), (Side::Jostle, code, 1), "{effect:?}");
        assert!((5..=6).contains(&pause(&world, &first)), "{effect:?}: {first:?}");
        assert_eq!(world.engine().rest().await.expect("the state"), Some(first.clone()));

        world.restart().await;
        assert_eq!(world.engine().rest().await.expect("the state"), Some(first.clone()), "kept through a restart");
        world.sim.clear_requests();
        world.pass(SignedDuration::from_mins(7));
        assert_eq!(world.engine().rest().await.expect("the state"), None);
        assert!(world.cycle().await.error.is_some());
        let sent = world.jostle_requests();
        assert!(sent.iter().all(|request| request.path.contains("ServiceProviderConfig")), "only a probe: {sent:?}");
        let second = quarantine(&world).await.expect("still");
        assert_eq!((second.since, second.failures), (first.since, 2));
        assert!((10..=12).contains(&pause(&world, &second)), "{second:?}");

        assert_eq!(world.status().await.waiting, [], "{effect:?}: nobody's attempts grow");
        faults(&world, Vec::new());
        assert_eq!(world.cycled().await, "3 update", "{effect:?}: asked for by hand, it does not wait");
        assert_eq!(quarantine(&world).await, None);
    }
}

#[tokio::test]
async fn every_outage_of_entra_pauses_it_and_ends_by_itself() {
    for effect in [status(403), status(503), Effect::Reset {}] {
        let (world, ids) = in_sync(&["ann"]).await;
        world.change(&ids[0], json!({"givenName": "New"}));
        faults(&world, vec![Fault::new(Simulated::Graph, effect.clone())]);
        assert!(world.cycle().await.error.is_some(), "{effect:?}");
        let first = quarantine(&world).await.unwrap_or_else(|| panic!("{effect:?}"));
        assert_eq!(first.side, Side::Entra);
        faults(&world, Vec::new());
        assert_eq!(world.cycled().await, "1 update", "{effect:?}");
        assert_eq!(quarantine(&world).await, None);
    }
}

/// The next cycle reads again at its time: what says nothing is no outage.
#[tokio::test]
async fn a_page_that_says_nothing_is_no_outage() {
    let (world, _) = in_sync(&["ann"]).await;
    faults(&world, vec![Fault::new(Simulated::Graph, Effect::MissingValue {})]);
    assert!(world.cycle().await.error.is_some());
    assert_eq!(quarantine(&world).await, None);
}

#[tokio::test]
async fn one_person_whose_request_breaks_the_connection_is_no_outage() {
    let (world, ids) = in_sync(&["ann", "bob"]).await;
    let ann = super::jostle_id(&world, "ann").await;
    for effect in [Effect::Reset {}, status(500), status(503)] {
        faults(&world, vec![on_jostle(effect.clone()).method("PATCH").path(&ann)]);
        for id in &ids {
            world.change(id, json!({"givenName": format!("{effect:?}").chars().take(20).collect::<String>()}));
        }
        assert_eq!(world.cycled().await, "1 update; 1 failed", "{effect:?}");
        assert_eq!(quarantine(&world).await, None);
    }
}

#[tokio::test]
async fn who_tries_by_hand_makes_nobody_wait_longer() {
    let (world, ids) = in_sync(&["ann"]).await;
    world.change(&ids[0], json!({"givenName": "New"}));
    faults(&world, vec![on_jostle(status(503))]);
    for _ in 0..3 {
        world.provision("ann@corp.example").await.expect_err("Jostle is down");
        assert_eq!(quarantine(&world).await.expect("the first one").failures, 1);
    }
    assert_eq!(world.status().await.waiting, []);
}

#[tokio::test]
async fn a_retry_by_hand_is_taken_up_by_the_next_cycle() {
    let (world, ids) = in_sync(&["ann", "bob"]).await;
    for id in &ids {
        world.change(id, json!({"mail": null}));
    }
    assert_eq!(world.cycled().await, "nothing to do; 2 failed");
    assert_eq!(world.cycled().await, "nothing to do");
    let engine = world.engine();
    assert_eq!(engine.retry_now(Some("ann@corp.example")).await.expect("known").people, 1);
    assert_eq!(world.cycled().await, "nothing to do; 1 failed");
    assert_eq!(engine.retry_now(None).await.expect("the state").people, 2);
    assert_eq!(world.cycled().await, "nothing to do; 2 failed");
    let unknown = engine.retry_now(Some("nobody@corp.example")).await.expect_err("unknown");
    assert!(unknown.to_string().contains("nobody who was read from Entra"), "{unknown}");
}
