//! The section `[limits]`: what is held until an administrator approves it.

use super::table::Section;
use crate::plan::{self, Bound, FirstCycle, Limit};

/// What may be done without being asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// `[limits.create]` and its sisters: beyond which operations of a class are held; and `first_cycle`.
    pub guard: plan::Limits,
    /// The share, 0 to 1, of the people known before that a baseline must at least have; 0.5 by default. A smaller one
    /// is taken for a failed read.
    pub smallest_baseline_share: f64,
}

// The counts are what a company of 60 does on a busy day. The percentages are for one of 60,000, of which they are 1,200
// leavers or 3,000 newcomers.
const CREATE: Limit = limit(20, 5.0);
const DEACTIVATE: Limit = limit(10, 2.0);
const DELETE: Limit = limit(5, 1.0);
const LOUD: Limit = limit(10, 2.0);
const UPDATE: Limit = limit(50, 20.0);

/// A day has room for two busy cycles.
const fn limit(count: u64, percent: f64) -> Limit {
    Limit { cycle: Bound { count, percent }, day: Bound { count: 2 * count, percent: 2.0 * percent } }
}

const FIRST_CYCLE: [(&str, FirstCycle); 2] = [("hold", FirstCycle::Hold), ("apply", FirstCycle::Apply)];

/// No company halves between two baselines.
const DEFAULT_SMALLEST_BASELINE_SHARE: f64 = 0.5;

pub(super) fn read(mut section: Section<'_>) -> Limits {
    let guard = plan::Limits {
        create: of_class(section.section("create"), CREATE),
        deactivate: of_class(section.section("deactivate"), DEACTIVATE),
        delete: of_class(section.section("delete"), DELETE),
        loud: of_class(section.section("loud"), LOUD),
        update: of_class(section.section("update"), UPDATE),
        first_cycle: section.choice("first_cycle", &FIRST_CYCLE).unwrap_or_default(),
    };
    let share = section.number("smallest_baseline_share", 0.0..=1.0);
    section.finish();
    Limits { guard, smallest_baseline_share: share.unwrap_or(DEFAULT_SMALLEST_BASELINE_SHARE) }
}

/// What a cycle may do a day may do: whoever raises the one need not think of the other.
fn of_class(mut section: Section<'_>, default: Limit) -> Limit {
    let count = section.integer("count", 0..=1_000_000).unwrap_or(default.cycle.count);
    let percent = section.number("percent", 0.0..=100.0).unwrap_or(default.cycle.percent);
    let day_count = section.integer("day_count", 0..=1_000_000).unwrap_or(default.day.count.max(count));
    let day_percent = section.number("day_percent", 0.0..=100.0).unwrap_or(default.day.percent.max(percent));
    section.finish();
    Limit { cycle: Bound { count, percent }, day: Bound { count: day_count, percent: day_percent } }
}
