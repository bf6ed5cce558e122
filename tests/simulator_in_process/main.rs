//! The simulator without a listener: the same answers as over sockets, the same for the same seed, and the journal.

#![cfg(feature = "simulator")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests may")]

mod administration;
mod answers;
mod determinism;
mod feed;
mod filters;
mod world;
