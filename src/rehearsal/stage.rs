//! What the wire, the store and the clock of one scenario share.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::event::Change;
use super::fortune::Fortune;
use super::rules::{Rule, Violation};
use super::tenants::Tenants;
use crate::connector::Clock;
use crate::store::Stops;

/// When every scenario begins.
const BEGINNING: Timestamp = Timestamp::constant(1_772_438_400, 0);

/// What one scenario plays on.
pub(super) struct Stage {
    pub(super) fortune: Arc<Fortune>,
    tenants: Mutex<Tenants>,
    notes: Mutex<Notes>,
    time: Time,
    /// A complete read mends whatever was lost before it. So that a loss shows, most scenarios go without.
    pub(super) baseline_every: SignedDuration,
}

/// The wall clock: the beginning, and what has passed of tokio's time; the program's clock may be set.
#[derive(Clone, Debug)]
pub(super) struct Time {
    began: Instant,
    set_by: Arc<Mutex<SignedDuration>>,
}

/// What is noted on the way.
pub(super) struct Notes {
    rng: fastrand::Rng,
    hasher: DefaultHasher,
    /// Changes that wait for a request of this run.
    pub(super) meanwhile: Vec<(u32, Change)>,
    pub(super) violations: Vec<Violation>,
    /// What an administrator has paused.
    pub(super) paused: Option<Stops>,
    pub(super) requests: u64,
    pub(super) faults: u32,
    /// When Jostle refused the credentials in this run.
    pub(super) refused_at: Option<Instant>,
    /// Bodies of POSTs that nobody has answered, until somebody is looked up.
    pub(super) unanswered: Vec<Vec<u8>>,
    /// Requests on their way to a server, which arrive or not when the program dies.
    pub(super) under_way: Vec<(u64, ::http::Request<Vec<u8>>)>,
}

impl Time {
    /// Begins now.
    pub(super) fn begin() -> Self {
        Self { began: Instant::now(), set_by: Arc::default() }
    }

    /// The program's clock.
    pub(super) fn of_program(&self) -> Clock {
        let time = self.clone();
        Arc::new(move || time.now(*lock(&time.set_by)))
    }

    /// The services' clock, which nobody sets.
    pub(super) fn of_services(&self) -> Clock {
        let time = self.clone();
        Arc::new(move || time.now(SignedDuration::ZERO))
    }

    /// Sets the program's clock.
    pub(super) fn set_by(&self, by: SignedDuration) {
        *lock(&self.set_by) += by;
    }

    fn now(&self, set_by: SignedDuration) -> Timestamp {
        let passed = SignedDuration::try_from(self.began.elapsed()).unwrap_or_default();
        BEGINNING.checked_add(passed + set_by).unwrap_or(BEGINNING)
    }
}

impl Stage {
    pub(super) fn new(seed: u64, tenants: Tenants, time: Time) -> Self {
        let notes = Notes {
            rng: fastrand::Rng::with_seed(seed ^ 0x5eed),
            hasher: DefaultHasher::new(),
            meanwhile: Vec::new(),
            violations: Vec::new(),
            paused: None,
            requests: 0,
            faults: 0,
            refused_at: None,
            unanswered: Vec::new(),
            under_way: Vec::new(),
        };
        let days = if seed.is_multiple_of(4) { 7 } else { 3650 };
        Self {
            fortune: Arc::default(),
            tenants: Mutex::new(tenants),
            notes: Mutex::new(notes),
            time,
            baseline_every: SignedDuration::from_hours(24 * days),
        }
    }

    pub(super) fn tenants(&self) -> MutexGuard<'_, Tenants> {
        lock(&self.tenants)
    }

    pub(super) fn notes(&self) -> MutexGuard<'_, Notes> {
        lock(&self.notes)
    }

    pub(super) fn time(&self) -> &Time {
        &self.time
    }

    /// Notes a rule that was broken.
    pub(super) fn broken(&self, rule: Rule, detail: String) {
        self.notes().violations.push(Violation { rule, detail });
    }
}

impl Notes {
    /// Takes something into the digest.
    pub(super) fn digest(&mut self, what: impl Hash) {
        what.hash(&mut self.hasher);
    }

    /// The digest so far.
    pub(super) fn digested(&self) -> u64 {
        self.hasher.finish()
    }

    pub(super) fn rng(&mut self) -> &mut fastrand::Rng {
        &mut self.rng
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
