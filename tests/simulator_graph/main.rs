//! The Graph side of the simulator, driven over HTTP with a plain client: the feed, look-ups, tokens, faults and the
//! administration. What is checked is what the service's documents say, not what our own client needs.
#![cfg(feature = "simulator")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

#[path = "../graph_world/mod.rs"]
mod graph_world;

mod administration;
mod faults;
mod feed;
mod look_ups;
mod tokens;

const SELECT: &str = "/v1.0/users/delta?$select=id,displayName,jobTitle,surname,businessPhones";
