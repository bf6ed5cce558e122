//! What becomes of requests at the control socket that no daemon would see in a good year.

use entra_jostle_sync::daemon::control::{Ask, Desk, Plans, ask, serve_beside};
use entra_jostle_sync::graph::GraphSource;
use entra_jostle_sync::plan::Tenants;
use entra_jostle_sync::scim::ScimWriter;
use serde_json::json;
use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;

use super::common::{World, on_jostle};
use super::failing::throttled;

fn desk(world: &World) -> Desk<GraphSource, ScimWriter> {
    let engine = world.engine();
    let tenants = Tenants { tenant_id: "corp".to_owned(), jostle_base_url: world.target.base_url.clone() };
    let plans = Plans { engine: world.beside(&engine), tenants };
    Desk::new(engine, plans, None, |_| 1)
}

fn provision(alias: &str) -> Ask {
    Ask::Provision { user: format!("{alias}@corp.example"), sudo_user: None }
}

/// A defect, planted where every request passes: whoever asks for the time dies.
pub(super) async fn a_request_that_dies() {
    let world = World::new().await;
    let (state, now) = (world.state(), world.now.clone());
    let poisoned = std::thread::spawn(move || {
        let _held = now.lock();
        panic!("on purpose: the clock is broken");
    });
    assert!(poisoned.join().is_err());
    let user = provision("ann");
    let answer = serve_beside(&state, desk(&world), &CancellationToken::new(), ask(&state, &user)).await;
    assert!(answer.is_err(), "{answer:?}");
}

/// Jostle wants an hour, the program has seconds. Time flies as soon as everybody waits for it.
pub(super) fn a_request_that_does_not_end() {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let world = World::new().await;
        world.person("ann", json!({}));
        world.sim.set_faults(vec![on_jostle(throttled("3600"))]).expect("faults");
        let (state, shutdown, watched) = (world.state(), CancellationToken::new(), world.engine());
        let (user, caller) = (provision("ann"), state.clone());
        let asking = tokio::spawn(async move { ask(&caller, &user).await });
        serve_beside(&state, desk(&world), &shutdown, async {
            while watched.throttled().is_empty() {
                tokio::task::yield_now().await;
            }
            tokio::time::pause();
            shutdown.cancel();
        })
        .await;
        asking.abort();
    });
}
