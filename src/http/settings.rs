//! How one side is talked to.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::transport::Connecting;
use crate::connector::{Clock, Side};

/// How one side is talked to.
#[derive(Clone)]
pub struct HttpSettings {
    /// Named in every error.
    pub side: Side,
    /// Requests a second at most; none is no limit.
    pub requests_per_second: Option<NonZeroU32>,
    /// Requests under way at once; 0 counts as 1.
    pub concurrency: usize,
    /// Until connected.
    pub connect_timeout: Duration,
    /// For one whole request, answer included.
    pub request_timeout: Duration,
    /// How much longer a request under way may take once the program is stopping; then its answer counts as lost.
    pub stop_grace: Duration,
    /// A larger answer is an error.
    pub max_response_bytes: usize,
    /// Tries of one request in all, the first included; 0 counts as 1.
    pub max_attempts: usize,
    /// The first pause between tries; grows from there.
    pub first_backoff: Duration,
    /// Certificates (PEM) trusted beside those of the platform.
    pub extra_ca_pem: Option<Vec<u8>>,
    /// The time as people read it. What waits goes by tokio's own clock.
    pub clock: Clock,
    /// Told, whenever the side asks to be left alone, or for longer than before, until when nothing is sent.
    pub on_throttle: Option<OnThrottle>,
}

impl HttpSettings {
    /// How connections are made.
    pub(super) fn connecting(&self) -> Connecting {
        Connecting {
            connect_timeout: self.connect_timeout,
            request_timeout: self.request_timeout,
            max_response_bytes: self.max_response_bytes,
            extra_ca_pem: self.extra_ca_pem.clone(),
        }
    }
}

/// Told until when nothing is sent.
pub type OnThrottle = Arc<dyn Fn(Timestamp) + Send + Sync>;

impl fmt::Debug for HttpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpSettings")
            .field("side", &self.side)
            .field("requests_per_second", &self.requests_per_second)
            .field("concurrency", &self.concurrency)
            .field("request_timeout", &self.request_timeout)
            .field("max_attempts", &self.max_attempts)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::connector::system_clock;

    /// Settings under which a test never waits: tests change what they are about.
    pub(in crate::http) fn settings() -> HttpSettings {
        HttpSettings {
            side: Side::Jostle,
            requests_per_second: None,
            concurrency: 4,
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(5),
            stop_grace: Duration::from_secs(5),
            max_response_bytes: 1000,
            max_attempts: 3,
            first_backoff: Duration::from_millis(1),
            extra_ca_pem: None,
            clock: system_clock(),
            on_throttle: None,
        }
    }
}
