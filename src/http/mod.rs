//! HTTP for both sides: one client with pace, concurrency, timeouts, retries and Retry-After.
//!
//! The retry only decides (`retry`), the pace only waits (`pace`), the transport only sends (`transport`); `client`
//! puts them together. What a status means is left to the two edges: a final answer of any status is a [`Response`].

mod client;
mod message;
mod pace;
mod retry;
mod retry_after;
mod settings;
mod transport;

pub use client::HttpClient;
pub use message::{Request, Response};
pub use settings::HttpSettings;
