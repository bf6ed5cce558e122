//! When a request may be sent: concurrency, requests a second, and the gate that a Retry-After closes for the side.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use jiff::Timestamp;
use tokio::sync::{AcquireError, Notify, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep, sleep_until};

use super::{HttpSettings, OnThrottle};
use crate::connector::Side;
use crate::event::catalogue::Throttled;

/// A gate that is already closed is only reported again if it stays closed longer than this beyond what was said:
/// several requests under way are throttled together, each with an answer of its own.
const SAME_CLOSURE: Duration = Duration::from_secs(2);

/// Whose turn it is first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// Everything that a cycle does.
    Ordinary,
    /// What a person waits for.
    Urgent,
}

/// The waits before a request, shared by all requests of one side.
#[derive(Debug)]
pub(super) struct Pace {
    side: Side,
    slots: Semaphore,
    /// One more slot, so that what is urgent never waits until an ordinary request has its answer.
    urgent_slot: Semaphore,
    urgency: Urgency,
    rate: Option<RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<std::time::Instant>>>,
    closed: Mutex<Option<Closed>>,
    on_throttle: Listener,
}

/// Who is told when the gate closes.
struct Listener(Option<OnThrottle>);

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Listener" } else { "Nobody" })
    }
}

/// How many urgent requests wait for the rate. Not tokio's `watch`: that wakes its receivers in an order of chance.
#[derive(Debug, Default)]
struct Urgency {
    waiting: AtomicUsize,
    changed: Notify,
}

impl Urgency {
    /// One more waits, as long as what is returned lives.
    fn wait(&self) -> Waiting<'_> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Waiting(self)
    }

    async fn is_over(&self) {
        loop {
            let changed = self.changed.notified();
            if self.waiting.load(Ordering::Relaxed) == 0 {
                return;
            }
            changed.await;
        }
    }
}

struct Waiting<'a>(&'a Urgency);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
        self.0.changed.notify_waiters();
    }
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
            urgent_slot: Semaphore::new(1),
            urgency: Urgency::default(),
            rate: settings
                .requests_per_second
                .map(|per_second| RateLimiter::direct_with_clock(quota(per_second), TokioClock)),
            closed: Mutex::default(),
            on_throttle: Listener(settings.on_throttle.clone()),
        }
    }

    /// Waits until one request may be sent; the slot is given back when the permit is dropped.
    pub(super) async fn admit(&self, lane: Lane) -> Result<SemaphorePermit<'_>, AcquireError> {
        let (slot, _waiting) = match lane {
            Lane::Ordinary => (self.slots.acquire().await?, None),
            Lane::Urgent => (self.urgent_slot.acquire().await?, Some(self.urgency.wait())),
        };
        loop {
            while let Some(closed) = self.closed() {
                sleep_until(closed.until).await;
            }
            self.next_in_rate(lane).await;
            // It may have closed meanwhile.
            if self.closed().is_none() {
                return Ok(slot);
            }
        }
    }

    /// Sends nothing for this long from `now` on. Never opens the gate earlier than somebody else asked.
    pub(super) fn close(&self, wait: Duration, now: Timestamp) {
        let (Some(until), Ok(shown)) = (Instant::now().checked_add(wait), now.checked_add(wait)) else {
            return;
        };
        let before = self.closed().map(|closed| closed.until);
        if wait.is_zero() || before.is_some_and(|before| before >= until) {
            return;
        }
        *self.lock() = Some(Closed { until, shown });
        if let Some(tell) = &self.on_throttle.0 {
            tell(shown);
        }
        if before.is_none_or(|before| before + SAME_CLOSURE < until) {
            Throttled { side: self.side.into(), until: shown, wait_s: wait.as_secs_f64() }.emit();
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

    async fn next_in_rate(&self, lane: Lane) {
        let Some(rate) = &self.rate else { return };
        loop {
            if lane == Lane::Ordinary {
                self.urgency.is_over().await;
            }
            let Err(early) = rate.check() else { return };
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
    use std::sync::Arc;

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
            drop(pace.admit(Lane::Ordinary).await.unwrap());
        }
        let elapsed = start.elapsed();
        assert!((Duration::from_secs(2)..Duration::from_millis(2100)).contains(&elapsed), "{elapsed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_closed_gate_holds_everybody_and_keeps_the_longest_wait() {
        let (pace, start) = (pace(None, 2), Instant::now());
        pace.close(Duration::from_secs(3244), Timestamp::UNIX_EPOCH);
        pace.close(Duration::from_secs(1), Timestamp::UNIX_EPOCH);
        assert_eq!(pace.closed_until(), Some("1970-01-01T00:54:04Z".parse().unwrap()));
        drop(pace.admit(Lane::Ordinary).await.unwrap());
        assert!(start.elapsed() >= Duration::from_secs(3244));
        assert_eq!(pace.closed_until(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_listens_is_told_each_time_that_it_takes_longer() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let listener = Arc::clone(&told);
        let on_throttle: OnThrottle =
            Arc::new(move |until: Timestamp| listener.lock().unwrap().push(until.as_second()));
        let pace = Pace::new(&HttpSettings { on_throttle: Some(on_throttle), ..settings() });
        for wait in [60, 30, 0, 60, 61, 90] {
            pace.close(Duration::from_secs(wait), Timestamp::UNIX_EPOCH);
        }
        assert_eq!(*told.lock().unwrap(), [60, 61, 90]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_gate_that_closes_while_the_rate_is_waited_for_holds_too() {
        let (pace, start) = (pace(Some(1), 2), Instant::now());
        drop(pace.admit(Lane::Ordinary).await.unwrap());
        let (permit, ()) = tokio::join!(pace.admit(Lane::Ordinary), async {
            pace.close(Duration::from_mins(1), Timestamp::UNIX_EPOCH);
        });
        drop(permit.unwrap());
        assert!(start.elapsed() >= Duration::from_mins(1));
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_the_slots_are_under_way() {
        let pace = pace(None, 2);
        let (first, _second) = (pace.admit(Lane::Ordinary).await.unwrap(), pace.admit(Lane::Ordinary).await.unwrap());
        assert!(tokio::time::timeout(Duration::from_secs(1), pace.admit(Lane::Ordinary)).await.is_err());
        drop(first);
        assert!(pace.admit(Lane::Ordinary).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn an_absurd_wait_does_not_panic() {
        pace(None, 1).close(Duration::MAX, Timestamp::UNIX_EPOCH);
    }
}
