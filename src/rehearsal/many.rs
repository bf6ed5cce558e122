//! Many seeds over several threads, with a result that does not depend on how many threads there are.

use std::any::Any;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;

use super::play::{Played, play};
use super::rules::{Rule, Violation};
use super::scenario::Scenario;

/// Which seeds are played, and how.
#[derive(Clone, Copy, Debug)]
pub struct Seeds {
    /// The first one.
    pub first: u64,
    /// How many; no seed is beyond the last 64-bit number.
    pub count: u64,
    /// On how many threads.
    pub threads: NonZeroUsize,
    /// After so many failing seeds it ends.
    pub most_failing: usize,
}

/// What came of many seeds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Summary {
    /// Seeds that were played: all that were asked for, unless it was ended before.
    pub played: u64,
    /// The seeds that broke a rule, in order, and what they broke.
    pub failing: Vec<(u64, Vec<Violation>)>,
    /// Cycles that were begun.
    pub cycles: u64,
    /// Requests that were sent.
    pub requests: u64,
    /// Plans that were compared with what the cycle after them did.
    pub plans: u64,
    /// Times that the program was killed.
    pub kills: u64,
    /// Requests that met a fault.
    pub faults: u64,
    /// Of the digests of all seeds, in order.
    pub digest: u64,
}

impl Summary {
    fn add(&mut self, seed: u64, played: Played) {
        let Played { violations, digest, cycles, requests, plans, kills, faults } = played;
        self.played += 1;
        self.cycles += u64::from(cycles);
        self.requests += requests;
        self.plans += u64::from(plans);
        self.kills += u64::from(kills);
        self.faults += u64::from(faults);
        self.digest = self.digest.rotate_left(1) ^ digest;
        if !violations.is_empty() {
            self.failing.push((seed, violations));
        }
    }
}

/// Plays a scenario; a panic in it breaks [`Rule::Runs`].
pub fn play_caught(scenario: &Scenario) -> Played {
    catch_unwind(AssertUnwindSafe(|| play(scenario))).unwrap_or_else(|panic| {
        let detail = format!("it panicked: {}", words_of(panic.as_ref()));
        Played { violations: vec![Violation { rule: Rule::Runs, detail }], ..Played::default() }
    })
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// Plays the scenarios of many seeds. `on_progress` is told, in the order of the seeds, what is known so far; when it
/// says that it is enough, those under way are finished and nothing more is begun.
pub fn play_many(seeds: Seeds, on_progress: impl FnMut(&Summary) -> Go) -> Summary {
    play_each(seeds, |seed| play_caught(&Scenario::from_seed(seed)), on_progress)
}

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    /// With the next seeds.
    On,
    /// No more seeds.
    Enough,
}

/// Seeds are begun in their order and counted in their order, so that the count ends at the same seed on any number of
/// threads; what was played beyond it does not count.
fn play_each(seeds: Seeds, one: impl Fn(u64) -> Played + Sync, mut on_progress: impl FnMut(&Summary) -> Go) -> Summary {
    let Seeds { first, count, threads, most_failing } = seeds;
    let (begun, enough) = (AtomicU64::new(0), AtomicBool::new(false));
    let (sender, receiver) = mpsc::channel();
    let work = |sender: mpsc::Sender<(u64, Played)>| {
        while !enough.load(Ordering::Relaxed) {
            let nth = begun.fetch_add(1, Ordering::Relaxed);
            let Some(seed) = first.checked_add(nth).filter(|_| nth < count) else { return };
            if sender.send((seed, one(seed))).is_err() {
                return;
            }
        }
    };
    let mut summary = Summary::default();
    thread::scope(|scope| {
        for _ in 0..threads.get() {
            let (sender, work) = (sender.clone(), &work);
            scope.spawn(move || work(sender));
        }
        drop(sender);
        let mut early = BTreeMap::new();
        let mut next = first;
        for (seed, played) in receiver {
            early.insert(seed, played);
            while let Some(played) = early.remove(&next) {
                if enough.load(Ordering::Relaxed) {
                    break;
                }
                summary.add(next, played);
                next = next.wrapping_add(1);
                if on_progress(&summary) == Go::Enough || summary.failing.len() >= most_failing {
                    enough.store(true, Ordering::Relaxed);
                }
            }
        }
    });
    summary
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests may")]

    use super::*;

    fn seeds(count: u64, threads: usize, most_failing: usize) -> Seeds {
        Seeds { first: 1, count, threads: NonZeroUsize::new(threads).unwrap(), most_failing }
    }

    /// Every tenth seed fails, and some take longer than others.
    fn one(seed: u64) -> Played {
        if seed.is_multiple_of(3) {
            thread::yield_now();
        }
        let broken = Violation { rule: Rule::Log, detail: seed.to_string() };
        let violations = if seed.is_multiple_of(10) { vec![broken] } else { Vec::new() };
        Played { violations, digest: seed, cycles: 2, requests: 3, plans: 5, kills: 1, faults: 4 }
    }

    fn failing(summary: &Summary) -> Vec<u64> {
        summary.failing.iter().map(|(seed, _)| *seed).collect()
    }

    #[test]
    fn the_result_is_the_same_on_any_number_of_threads() {
        let alone = play_each(seeds(100, 1, usize::MAX), one, |_| Go::On);
        assert_eq!((alone.played, alone.cycles, alone.requests, alone.kills, alone.faults), (100, 200, 300, 100, 400));
        assert_eq!(alone.plans, 500);
        assert_eq!(failing(&alone), [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
        for threads in 2..8 {
            assert_eq!(play_each(seeds(100, threads, usize::MAX), one, |_| Go::On), alone, "{threads} threads");
        }
    }

    #[test]
    fn it_ends_at_the_same_seed_on_any_number_of_threads() {
        for threads in 1..8 {
            let summary = play_each(seeds(u64::MAX, threads, 3), one, |_| Go::On);
            assert_eq!((summary.played, failing(&summary)), (30, vec![10, 20, 30]), "{threads} threads");
        }
    }

    #[test]
    fn whoever_watches_can_end_it() {
        let mut seen = Vec::new();
        let summary = play_each(seeds(100, 4, usize::MAX), one, |so_far| {
            seen.push(so_far.played);
            if so_far.played == 15 { Go::Enough } else { Go::On }
        });
        assert_eq!((summary.played, seen), (15, (1..=15).collect::<Vec<_>>()));
    }

    #[test]
    fn no_seed_is_beyond_the_last_number() {
        let most = Seeds { first: u64::MAX - 1, ..seeds(10, 2, usize::MAX) };
        assert_eq!(play_each(most, |_| Played::default(), |_| Go::On).played, 2);
    }

    #[test]
    fn a_panic_says_its_words() {
        let panic = catch_unwind(|| panic!("seed {} is odd", 7)).unwrap_err();
        assert_eq!(words_of(panic.as_ref()), "seed 7 is odd");
        let panic = catch_unwind(|| panic!("odd")).unwrap_err();
        assert_eq!(words_of(panic.as_ref()), "odd");
    }
}
