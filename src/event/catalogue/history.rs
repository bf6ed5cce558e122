//! What is remembered of what was done, and for how long.

use crate::event::Word;
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

    /// Everything that was remembered of one person was removed, with `purge`; of whom is not said.
    HistoryPurged = "history.purged", WARN,
        "everything that was remembered of one person was removed by {by}: {operations} operations" {
        /// The user of the operating system.
        by: Word,
        /// Operations.
        operations: u64,
        /// Decisions that were about them.
        decisions: u64,
        /// Whatever else was remembered, row by row.
        others: u64,
    }
}
