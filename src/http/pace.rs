//! When a request may be sent: concurrency, requests a second, and the gate that a Retry-After closes for the side.

use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use jiff::Timestamp;
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep, sleep_until};

use super::HttpSettings;
use crate::connector::Side;

/// A gate that is already closed is only reported again if it stays closed longer than this beyond what was said:
/// several requests under way are throttled together, each with an answer of its own.
const SAME_CLOSURE: Duration = Duration::from_secs(2);

/// The waits before a request, shared by all requests of one side.
#[derive(Debug)]
pub(super) struct Pace {
    side: Side,
    slots: Semaphore,
    rate: Option<RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<std::time::Instant>>>,
    closed: Mutex<Option<Closed>>,
}

/// Until when nothing is sent: by the clock that sleeps, and by the one that people read.
#[derive(Clone, Copy, Debug)]
struct Closed {
    until: Instant,
    shown: Timestamp,
}

/// Tokio's clock for the rate limiter, so that what sleeps and what counts agree, in tests too.
#[derive(Clone, Debug)]
struct TokioClock;

impl Clock for TokioClock {
    type Instant = std::time::Instant;

    fn now(&self) -> Self::Instant {
        Instant::now().into_std()
    }
}

impl Pace {
    pub(super) fn new(settings: &HttpSettings) -> Self {
        Self {
            side: settings.side,
            slots: Semaphore::new(settings.concurrency.clamp(1, Semaphore::MAX_PERMITS)),
            rate: settings
                .requests_per_second
                .map(|per_second| RateLimiter::direct_with_clock(quota(per_second), TokioClock)),
            closed: Mutex::default(),
        }
    }

    /// Waits until one request may be sent; the slot is given back when the permit is dropped.
    pub(super) async fn admit(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        let slot = self.slots.acquire().await?;
        loop {
            while let Some(closed) = self.closed() {
                sleep_until(closed.until).await;
            }
            self.next_in_rate().await;
            // It may have closed meanwhile.
            if self.closed().is_none() {
                return Ok(slot);
            }
        }
    }

    /// Sends nothing for this long. Never opens the gate earlier than somebody else asked.
    pub(super) fn close(&self, wait: Duration) {
        let (Some(until), Ok(shown)) = (Instant::now().checked_add(wait), Timestamp::now().checked_add(wait)) else {
            return;
        };
        let before = self.closed().map(|closed| closed.until);
        if before.is_none_or(|before| before < until) {
            *self.lock() = Some(Closed { until, shown });
        }
        if before.is_none_or(|before| before + SAME_CLOSURE < until) {
            let (side, wait_s) = (self.side, wait.as_secs_f64());
            tracing::warn!(%side, until = %shown, wait_s, "{side} asks to be left alone; nothing is sent until then");
        }
    }

    /// Until when nothing is sent, if the gate is closed.
    pub(super) fn closed_until(&self) -> Option<Timestamp> {
        self.closed().map(|closed| closed.shown)
    }

    fn closed(&self) -> Option<Closed> {
        self.lock().filter(|closed| closed.until > Instant::now())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Closed>> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn next_in_rate(&self) {
        let Some(rate) = &self.rate else { return };
        while let Err(early) = rate.check() {
            sleep(early.wait_time_from(TokioClock.now())).await;
        }
    }
}

/// A tenth of a second's worth may go at once, so that the timer's grain does not slow a high rate.
fn quota(per_second: NonZeroU32) -> Quota {
    let burst = NonZeroU32::new(per_second.get() / 10).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(per_second).allow_burst(burst)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::super::settings::tests::settings;
    use super::*;

    fn pace(requests_per_second: Option<u32>, concurrency: usize) -> Pace {
        let requests_per_second = requests_per_second.and_then(NonZeroU32::new);
        Pace::new(&HttpSettings { requests_per_second, concurrency, ..settings() })
    }

    #[tokio::test(start_paused = true)]
    async fn requests_keep_the_rate() {
        let (pace, start) = (pace(Some(4), 1), Instant::now());
        for _ in 0..9 {
            drop(pace.admit().await.unwrap());
        }
        let elapsed = start.elapsed();
        assert!((Duration::from_secs(2)..Duration::from_millis(2100)).contains(&elapsed), "{elapsed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_closed_gate_holds_everybody_and_keeps_the_longest_wait() {
        let (pace, start) = (pace(None, 2), Instant::now());
        pace.close(Duration::from_secs(3244));
        pace.close(Duration::from_secs(1));
        assert!(pace.closed_until().is_some());
        drop(pace.admit().await.unwrap());
        assert!(start.elapsed() >= Duration::from_secs(3244));
        assert_eq!(pace.closed_until(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_gate_that_closes_while_the_rate_is_waited_for_holds_too() {
        let (pace, start) = (pace(Some(1), 2), Instant::now());
        drop(pace.admit().await.unwrap());
        let (permit, ()) = tokio::join!(pace.admit(), async { pace.close(Duration::from_mins(1)) });
        drop(permit.unwrap());
        assert!(start.elapsed() >= Duration::from_mins(1));
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_the_slots_are_under_way() {
        let pace = pace(None, 2);
        let (first, _second) = (pace.admit().await.unwrap(), pace.admit().await.unwrap());
        assert!(tokio::time::timeout(Duration::from_secs(1), pace.admit()).await.is_err());
        drop(first);
        assert!(pace.admit().await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn an_absurd_wait_does_not_panic() {
        pace(None, 1).close(Duration::MAX);
    }
}
