//! A Graph tenant and a Jostle tenant on loopback, with faults: for `demo`, rehearsals, tests and benchmarks.
//!
//! One listener, or none for a simulator in-process, is token endpoint, Graph, SCIM server and administration at once. It is kinder than the real services
//! nowhere, and every request to them is recorded. It names nothing of the product.

mod admin;
mod admin_groups;
mod clock;
mod details;
mod effect;
mod failure;
mod faults;
pub mod graph;
mod in_process;
mod intercept;
pub mod jostle;
mod listener;
mod lock;
mod record;
mod server;
mod tls;
mod write_config;

pub use clock::Clock;
pub use details::Details;
pub use effect::{BodyKind, Effect, ExpiredStyle};
pub use faults::{Fault, FaultError};
pub use in_process::InProcess;
pub use jostle::{Author, JostleWrite};
pub use record::{RecordedRequest, Side};
pub use server::{RunningSimulator, Simulator, SimulatorError, SimulatorOptions};
pub use write_config::write_config;
