//! The daemon: when cycles run, how it stops, what systemd is told, what other commands ask of it, and at whose word.

pub mod control;
mod heartbeat;
mod notify;
mod recurring;
mod run;
mod schedule;
mod shadow;
mod signals;
mod user;

pub use run::{Calls, CycleObserver, run};
pub use schedule::{Recurrence, Schedule, Timing};
pub use shadow::{ShadowCalls, ShadowObserver, shadow};
pub use signals::stop_on_signals;
pub use user::SystemUser;
