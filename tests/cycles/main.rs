//! Whole cycles against the simulator: the scenarios that hold for every server, and everything that needs faults.

#![cfg(feature = "simulator")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "tests may")]

#[path = "../common/mod.rs"]
mod common;

mod accounts;
mod applying;
mod choices;
mod contact;
mod failures;
mod feed;
mod history;
mod holds;
mod on_demand;
mod pausing;
mod plans;
mod reconcile;
mod reconcile_servers;
mod scenarios;
mod scope;
mod shadow;
mod undo;
