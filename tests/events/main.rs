//! The log as a contract: every event of the catalogue is seen, every line is an event of the catalogue, and no line
//! shows more of a person than it may.

#![cfg(feature = "simulator")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "tests may")]

mod catalogue;
#[path = "../common/mod.rs"]
mod common;
mod company;
mod comparing;
mod control;
mod daemon;
mod deciding;
mod every;
mod failing;
mod heart;
mod log;
mod people;
mod personal;
mod reading;
mod redacted;
#[path = "../cli/rig.rs"]
#[allow(dead_code, reason = "every test binary uses its part of the rig")]
mod rig;
