//! The state lost, damaged, full, read-only, gone, of another version, under another clock: each is a clear error or a
//! correct run, and when the cause is mended the next run is right. The program runs as its users run it, where a
//! process can show it; the clock, which a process cannot be given, is the engine's argument.

#![cfg(feature = "simulator")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "tests may")]

mod backup;
mod clock;
#[path = "../common/mod.rs"]
mod common;
mod damaged;
mod full;
mod lost;
mod place;
mod read_only;
#[path = "../cli/rig.rs"]
#[allow(dead_code, reason = "every test binary uses its part of the rig")]
mod rig;
mod vanished;
mod versions;
