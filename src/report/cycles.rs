//! The cycles of a period, counted one by one.

use std::collections::BTreeMap;

use super::{Distribution, Period};
use crate::store::CycleView;

/// So many cycles that did something are shown, the newest.
pub(super) const SHOWN: usize = 50;
/// What stands for the result of a cycle that has none yet.
pub(super) const RUNNING: &str = "running";

/// The cycles of a period.
#[derive(Clone, Debug)]
pub struct CycleTally {
    period: Period,
    by_result: BTreeMap<String, Vec<u64>>,
    took: Distribution,
    /// How long the longest one of each part took, in milliseconds.
    longest: Vec<u64>,
    newest: Vec<CycleView>,
    noteworthy: u64,
}

impl CycleTally {
    /// Of a period of which nothing was counted yet.
    pub fn new(period: Period) -> Self {
        let longest = vec![0; period.parts()];
        let (by_result, took, newest) = (BTreeMap::new(), Distribution::default(), Vec::new());
        Self { period, by_result, took, longest, newest, noteworthy: 0 }
    }

    /// Counts one; the newest come first.
    pub fn add(&mut self, cycle: CycleView) {
        let part = self.period.part(cycle.started_at);
        let result = cycle.result.as_deref().unwrap_or(RUNNING);
        self.by_result.entry(result.to_owned()).or_insert_with(|| vec![0; self.period.parts()])[part] += 1;
        if let Some(took) = cycle.took() {
            self.took.add(took);
            let ms = u64::try_from(took.as_millis()).unwrap_or_default();
            self.longest[part] = self.longest[part].max(ms);
        }
        if is_noteworthy(&cycle) {
            self.noteworthy += 1;
            if self.newest.len() < SHOWN {
                self.newest.push(cycle);
            }
        }
    }

    /// How many ended in each way, by part of the period, the most frequent first.
    pub(super) fn by_result(&self) -> Vec<(&str, &[u64])> {
        let mut all: Vec<_> = self.by_result.iter().map(|(word, series)| (word.as_str(), series.as_slice())).collect();
        all.sort_by_key(|(_, series)| std::cmp::Reverse(series.iter().sum::<u64>()));
        all
    }

    pub(super) fn count(&self) -> u64 {
        self.by_result.values().flatten().sum()
    }

    pub(super) fn took(&self) -> &Distribution {
        &self.took
    }

    pub(super) fn longest(&self) -> &[u64] {
        &self.longest
    }

    /// The newest that did something or did not end well, and how many there are in all.
    pub(super) fn newest(&self) -> (&[CycleView], u64) {
        (&self.newest, self.noteworthy)
    }
}

fn is_noteworthy(cycle: &CycleView) -> bool {
    cycle.result.as_deref() != Some("ok") || !cycle.counts().is_empty()
}
