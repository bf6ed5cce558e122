//! Cycles and pauses.

use crate::event::define::events_alike;
use crate::event::{Prose, Word};

events_alike! {
    /// A cycle that has ended.
    CycleEnded {
        /// The number of the cycle.
        cycle: i64,
        /// What kind of cycle: `initial` before the first success, then `incremental`; `on_demand`, `apply`, `undo`.
        kind: Word,
        /// What was done, counted, as a text.
        operations: Word,
        /// Accounts that were created.
        created: u64,
        /// Accounts that were found in Jostle and taken over.
        adopted: u64,
        /// Accounts of which values were written.
        updated: u64,
        /// Accounts that were deactivated.
        deactivated: u64,
        /// Accounts that were activated again.
        reactivated: u64,
        /// Accounts that were deleted.
        deleted: u64,
        /// People who were looked at and need nothing.
        skipped: u64,
        /// People of whom something failed; each is tried again.
        failed: u64,
        /// People of whom something waits for an administrator.
        held: u64,
        /// Requests to Microsoft Graph.
        requests_graph: u64,
        /// Requests to Jostle.
        requests_jostle: u64,
        /// How long it took.
        duration_ms: u64,
        /// Why it was given up, and what to do.
        error: Option<Prose>,
        /// A stable word for that: the error code of the side, the status of its answer, or one word.
        code: Option<Word>,
    }

    /// A cycle ended in order. Whoever failed or is held is counted, and has a line of their own.
    CycleFinished = "cycle.finished", INFO,
        "{kind} cycle {cycle}: {operations}; {failed} failed, {held} held";

    /// A cycle was given up. What it had done is done; the next one does the rest.
    CycleFailed = "cycle.failed", ERROR, "{kind} cycle {cycle} was given up[ ({code})], after: {operations}[; {error}]";
}
