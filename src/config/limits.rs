//! The section `[limits]`: what is held until an administrator approves it.

use super::table::Section;

/// What one cycle may do without being asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Deactivations of one cycle that are always carried out; 10 by default. More of them than this and than
    /// `deactivate_percent` are held.
    pub deactivate_count: u64,
    /// Deactivations of one cycle, in percent of all managed active accounts, 0 to 100; 5 by default. More of them than
    /// this and than `deactivate_count` are held.
    pub deactivate_percent: f64,
    /// The share, 0 to 1, of the people known before that a baseline must at least have; 0.5 by default. A smaller one
    /// is taken for a failed read.
    pub smallest_baseline_share: f64,
}

/// A small company loses a few people at once; not ten.
const DEFAULT_DEACTIVATE_COUNT: u64 = 10;
/// Of a large one, that is a reorganisation, which somebody knows of.
const DEFAULT_DEACTIVATE_PERCENT: f64 = 5.0;
/// No company halves between two baselines.
const DEFAULT_SMALLEST_BASELINE_SHARE: f64 = 0.5;

pub(super) fn read(mut section: Section<'_>) -> Limits {
    let limits = Limits {
        deactivate_count: section.integer("deactivate_count", 0..=1_000_000).unwrap_or(DEFAULT_DEACTIVATE_COUNT),
        deactivate_percent: section.number("deactivate_percent", 0.0..=100.0).unwrap_or(DEFAULT_DEACTIVATE_PERCENT),
        smallest_baseline_share: section
            .number("smallest_baseline_share", 0.0..=1.0)
            .unwrap_or(DEFAULT_SMALLEST_BASELINE_SHARE),
    };
    section.finish();
    limits
}
