//! What is remembered of what was done, and for how long.

use crate::event::define::events;

events! {
    /// What need not be kept was removed from the history, as `[history]` says. It comes after a cycle, and after the next
    /// ones as long as there is more.
    HistoryTrimmed = "history.trimmed", INFO,
        "removed from the history: {operations} operations, {audit} acts of administrators, {cycles} cycles" {
        /// Operations.
        operations: u64,
        /// Acts and decisions of administrators.
        audit: u64,
        /// Cycles of which nothing else is left.
        cycles: u64,
    }
}
