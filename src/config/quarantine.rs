//! The section `[quarantine]`: when failing people are a failure of Jostle as a whole.

use super::table::Section;
use crate::plan::QuarantineRules;

/// Fewer people than this can fail in one cycle for reasons of their own.
const DEFAULT_FAILING_PEOPLE: u64 = 5;
/// When Jostle works, most people work.
const DEFAULT_FAILING_PERCENT: f64 = 50.0;

pub(super) fn read(mut section: Section<'_>) -> QuarantineRules {
    let rules = QuarantineRules {
        failing_people: section.integer("failing_people", 2..=1_000_000).unwrap_or(DEFAULT_FAILING_PEOPLE),
        failing_percent: section.number("failing_percent", 1.0..=100.0).unwrap_or(DEFAULT_FAILING_PERCENT),
    };
    section.finish();
    rules
}
