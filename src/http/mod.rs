//! HTTP for both sides: one client with pace, concurrency, timeouts, retries and Retry-After.
//!
//! The retry only decides (`retry`), the pace only waits (`pace`), the wire only sends ([`Wire`]; that of production is
//! `transport`); `attempt` puts them together for one try, `client` for all. What a status means is left to the two
//! edges: a final answer of any status is a [`Response`].

mod attempt;
mod client;
mod message;
mod pace;
mod retry;
mod retry_after;
mod settings;
#[cfg(test)]
mod tests;
mod transport;
mod wire;
mod words;

pub use client::HttpClient;
pub use message::{Effect, Request, Response, host};
pub use settings::{HttpSettings, OnThrottle};
pub use transport::{Connecting, TlsError, wire};
pub use wire::{Lost, Wire};
pub use words::in_words;
