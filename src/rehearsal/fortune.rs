//! When the program dies or its disk is full: shared by the store and the wire of one run.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use super::event::Moment;
use crate::store::{Destiny, Fate, StoreError};

/// More requests than any run of so small a company needs: it goes round in circles.
const MOST_REQUESTS: u32 = 20_000;

/// What one run meets.
#[derive(Clone, Debug, Default)]
pub(super) struct Lot {
    pub(super) kill: Option<Moment>,
    pub(super) disk_full: Option<u32>,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Goes,
    /// The program dies before it is carried out.
    DiesBefore,
    /// The program dies when it has been carried out.
    DiesAfter,
    /// There was no program any more.
    Nobody,
}

/// Counts what a run does and decides when it ends.
#[derive(Debug, Default)]
pub(super) struct Fortune {
    run: Mutex<Run>,
}

#[derive(Debug, Default)]
struct Run {
    lot: Lot,
    jobs: u32,
    requests: u32,
    death: CancellationToken,
}

impl Fortune {
    /// A new run begins.
    pub(super) fn begin(&self, lot: Lot) {
        *self.run() = Run { lot, ..Run::default() };
    }

    /// Cancelled when the program dies.
    pub(super) fn death(&self) -> CancellationToken {
        self.run().death.clone()
    }

    /// Whether the run has sent more than any run may.
    pub(super) fn runs_wild(&self) -> bool {
        self.run().requests > MOST_REQUESTS
    }

    /// Whether the disk was full in this run.
    pub(super) fn met_full_disk(&self) -> bool {
        let run = self.run();
        run.lot.disk_full.is_some_and(|job| run.jobs >= job)
    }

    /// One more request: its number, and what becomes of it.
    pub(super) fn request(&self) -> (u32, Turn) {
        let mut run = self.run();
        if run.death.is_cancelled() {
            return (run.requests, Turn::Nobody);
        }
        run.requests += 1;
        let number = run.requests;
        let turn = match run.lot.kill {
            _ if number > MOST_REQUESTS => Turn::DiesBefore,
            Some(Moment::Request { nth, done }) if nth == number => match done {
                true => Turn::DiesAfter,
                false => Turn::DiesBefore,
            },
            _ => Turn::Goes,
        };
        (number, turn)
    }

    pub(super) fn die(&self) {
        self.run().death.cancel();
    }

    fn run(&self) -> MutexGuard<'_, Run> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fate for Fortune {
    fn next(&self) -> Destiny {
        let mut run = self.run();
        if run.death.is_cancelled() {
            return Destiny::DieBefore;
        }
        run.jobs += 1;
        match run.lot.kill {
            Some(Moment::Job { nth, done }) if nth == run.jobs => {
                run.death.cancel();
                return if done { Destiny::DieAfter } else { Destiny::DieBefore };
            }
            _ => {}
        }
        match run.lot.disk_full {
            Some(job) if job == run.jobs => Destiny::Fail(StoreError::Full),
            _ => Destiny::GoOn,
        }
    }
}
