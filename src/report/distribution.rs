//! How durations are distributed, in a fixed amount of memory.

use std::collections::BTreeMap;

use jiff::SignedDuration;

/// Durations, counted. The shortest and the longest are exact, a quantile is to within two percent: a duration is counted
/// with those that share its first seven binary digits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distribution {
    /// By the longest duration that is counted together, in milliseconds.
    counts: BTreeMap<u64, u64>,
    steps: [u64; STEPS],
    longest: u64,
}

/// Binary digits that are kept.
const DIGITS: u32 = 7;

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// The steps of a histogram: below how many milliseconds, and how that is said.
const EDGES: [(u64, &str); STEPS - 1] = [
    (SECOND, "under 1 s"),
    (5 * SECOND, "1 to 5 s"),
    (15 * SECOND, "5 to 15 s"),
    (MINUTE, "15 to 60 s"),
    (5 * MINUTE, "1 to 5 min"),
    (15 * MINUTE, "5 to 15 min"),
    (HOUR, "15 to 60 min"),
    (4 * HOUR, "1 to 4 h"),
    (24 * HOUR, "4 to 24 h"),
];
const STEPS: usize = 10;
const LAST_STEP: &str = "a day or longer";

impl Distribution {
    /// Counts one. What seems to have taken less than no time took none: the clock was set back meanwhile.
    pub fn add(&mut self, duration: SignedDuration) {
        let ms = u64::try_from(duration.as_millis()).unwrap_or_default();
        *self.counts.entry(together(ms)).or_default() += 1;
        let step = EDGES.iter().position(|(below, _)| ms < *below).unwrap_or(STEPS - 1);
        self.steps[step] += 1;
        self.longest = self.longest.max(ms);
    }

    /// How many were counted.
    pub fn count(&self) -> u64 {
        self.steps.iter().sum()
    }

    /// The shortest duration that so many in a hundred do not exceed; none if nothing was counted.
    pub fn percentile(&self, percent: u64) -> Option<SignedDuration> {
        let rank = (self.count() * percent).div_ceil(100).max(1);
        let mut seen = 0;
        let found = self.counts.iter().find(|(_, count)| {
            seen += **count;
            seen >= rank
        });
        found.map(|(ms, _)| of_ms((*ms).min(self.longest)))
    }

    /// The longest one; none if nothing was counted.
    pub fn longest(&self) -> Option<SignedDuration> {
        (self.count() > 0).then(|| of_ms(self.longest))
    }

    /// How many took how long, without what nothing took at both ends.
    pub fn histogram(&self) -> Vec<(&'static str, u64)> {
        let names = EDGES.iter().map(|(_, name)| *name).chain([LAST_STEP]);
        let steps: Vec<_> = names.zip(self.steps).collect();
        let first = steps.iter().position(|(_, count)| *count > 0).unwrap_or_default();
        let end = steps.iter().rposition(|(_, count)| *count > 0).map_or(first, |last| last + 1);
        steps[first..end].to_vec()
    }
}

/// The longest of the durations that are counted with this one.
fn together(ms: u64) -> u64 {
    let shift = (u64::BITS - ms.leading_zeros()).saturating_sub(DIGITS);
    ms | ((1 << shift) - 1)
}

fn of_ms(ms: u64) -> SignedDuration {
    SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX))
}
