//! Crashes, lost answers, outages and what is done beside a cycle, as whole cycles against the simulator. Start in sync,
//! let one thing go wrong, look at what Jostle was told and what the provisioning log tells.

#![cfg(feature = "simulator")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "tests may")]

#[path = "../common/mod.rs"]
mod common;

mod beside;
mod breaker;
mod crashes;
mod doubt;
mod quarantine;
mod undoing;

use common::{World, in_sync, on_jostle, status};
use entra_jostle_sync::simulator::{Author, Fault};
use entra_jostle_sync::store::{LogEntry, LogQuery};

fn faults(world: &World, faults: Vec<Fault>) {
    world.sim.set_faults(faults).expect("faults");
}

/// Jostle's id of somebody.
async fn jostle_id(world: &World, alias: &str) -> String {
    let account = world.account(&format!("{alias}@corp.example")).await.expect("an account");
    account["id"].as_str().expect("an id").to_owned()
}

/// Writes of the API that changed something since the journal was cleared.
fn effective(world: &World) -> Vec<String> {
    let writes = world.sim.jostle().journal().into_iter();
    writes.filter(|w| w.by == Author::Api && w.before != w.after).map(|w| w.method).collect()
}

/// The lines of the provisioning log, oldest first.
async fn log(world: &World) -> Vec<LogEntry> {
    let mut lines = world.store().log(LogQuery { entra_id: None, limit: 10_000 }).await.expect("a log");
    lines.reverse();
    lines
}

/// The lines that say that Jostle was told something.
async fn told(world: &World) -> Vec<LogEntry> {
    let lines = log(world).await.into_iter();
    lines.filter(|line| line.status == "success" && (!line.changes.is_empty() || line.operation == "delete")).collect()
}
