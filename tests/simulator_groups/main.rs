//! Groups, managers and assignments of the simulated Graph tenant, driven over HTTP with a plain client. What is checked
//! is what the service's documents say, not what our own client needs.
#![cfg(feature = "simulator")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

#[path = "../graph_world/mod.rs"]
mod graph_world;

mod administration;
mod assignments;
mod dates;
mod feed;
mod look_ups;
mod managers;
mod permissions;

use graph_world::World;
use serde_json::{Value, json};

const GROUPS: &str = "/v1.0/groups/delta?$select=displayName,members";

fn link(kind: &str, id: &str) -> Value {
    json!({"@odata.type": format!("#microsoft.graph.{kind}"), "id": id})
}

fn removed(kind: &str, id: &str, reason: &str) -> Value {
    json!({"@odata.type": format!("#microsoft.graph.{kind}"), "id": id, "@removed": {"reason": reason}})
}

/// Sorted by id, as the tenant keeps its links.
fn links(mut entries: Vec<Value>) -> Value {
    entries.sort_by_key(|entry| entry["id"].to_string());
    Value::Array(entries)
}

fn people(world: &World, count: usize) -> Vec<String> {
    (0..count).map(|index| world.person(&format!("p{index}@nordwind.example"))).collect()
}
