//! The daemon: when cycles run, how it stops, what systemd is told.

mod notify;
mod run;
mod schedule;
mod signals;

pub use run::{CycleObserver, run};
pub use schedule::{Schedule, Timing};
pub use signals::stop_on_signals;
