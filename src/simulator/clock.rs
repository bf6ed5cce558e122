//! The time of the simulator: the machine's, or whatever a rehearsal makes of it.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

/// Gives the current time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The clock as the tenants hold it; the machine's by default.
#[derive(Clone)]
pub(in crate::simulator) struct Time(Clock);

impl Time {
    /// The time that a clock gives.
    pub(in crate::simulator) fn of(clock: Clock) -> Self {
        Self(clock)
    }

    /// The current time to the millisecond.
    pub(in crate::simulator) fn now(&self) -> Timestamp {
        let now = (self.0)();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// The current time as Graph writes it.
    pub(in crate::simulator) fn text(&self) -> String {
        self.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

impl Default for Time {
    fn default() -> Self {
        Self(Arc::new(Timestamp::now))
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Time").field(&self.now()).finish()
    }
}
