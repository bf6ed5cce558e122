//! What this process does itself while it holds the state; other commands can ask it for something meanwhile.

use futures::TryFutureExt;

use super::Run;
use super::exit::{self, Failure};
use super::wiring::{self, Edges};
use crate::config::Config;
use crate::daemon::control::{Desk, Plans, serve_beside};
use crate::engine::CycleError;
use crate::store::Lock;

/// Does it with the engine of the cycles, and closes the state.
pub(super) async fn here<T>(
    run: &Run,
    config: &Config,
    lock: Lock,
    work: impl AsyncFnOnce(&Edges) -> Result<T, CycleError>,
) -> Result<T, Failure> {
    let path = &config.offline.state.path;
    let state = wiring::open_locked(path, lock)?;
    let wiring::Engines { cycles, urgent, plans } = wiring::engines(run, config, &state)?;
    let plans = Plans { engine: plans, tenants: wiring::tenants(config) };
    let desk = Desk::new(urgent, plans, None, exit::code_of);
    let work = work(&cycles).inspect_err(|_| run.shutdown.cancel());
    let done = serve_beside(path, desk, &run.shutdown, work).await?;
    state.store.close().await;
    Ok(done)
}
