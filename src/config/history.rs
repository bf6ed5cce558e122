//! The section `[history]`: how long it is remembered what was done.

use super::table::Section;

/// How much of the history is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    /// Days for which everything is kept; 400 by default, a year and a month to look back. At least 8: what is held and
    /// approved is judged by the last week of the log.
    pub keep_days: u64,
    /// The megabytes that the log of operations may take, its indexes included; 1000 by default, about two million
    /// operations. Beyond that the oldest go earlier, but never those of the last 8 days.
    pub max_mb: u64,
}

const DEFAULT_KEEP_DAYS: u64 = 400;
const DEFAULT_MAX_MB: u64 = 1000;

pub(super) fn read(mut section: Section<'_>) -> History {
    let keep_days = section.integer("keep_days", 8..=3650).unwrap_or(DEFAULT_KEEP_DAYS);
    let max_mb = section.integer("max_mb", 1..=1_000_000).unwrap_or(DEFAULT_MAX_MB);
    section.finish();
    History { keep_days, max_mb }
}
