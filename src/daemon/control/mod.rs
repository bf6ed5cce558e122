//! The socket by which other commands ask a running daemon for something, since only the daemon may write the state.
//!
//! It stands beside the state, `<state file>.sock`, and answers the user of the daemon and root. One connection carries
//! one request and one answer, a line of JSON each. Whatever a caller sends, or does not send, harms nobody else: every
//! connection has a task, a time and a size of its own. An answer comes within seconds: what takes longer is taken on,
//! and goes on although the caller has gone.

mod address;
mod client;
mod desk;
mod error;
mod protocol;
mod server;

pub use client::{ask, is_served};
pub use desk::{Desk, Plans};
pub use error::ControlError;
pub use protocol::{Answer, Ask, PlanText};
pub use server::serve_beside;
