//! Removing what need not be kept of the history, between the cycles.

use super::{CycleError, Engine};
use crate::connector::{SourceReader, TargetWriter};
use crate::event::catalogue::HistoryTrimmed;
use crate::store::{Retention, Trimmed};

/// Rows removed in one transaction: some milliseconds, for which whatever else is to be stored waits.
const ROWS_AT_ONCE: usize = 200;

/// Transactions at most after one cycle, some seconds of them; the next one goes on.
const MOST_AT_ONCE: usize = 250;

impl<S: SourceReader, W: TargetWriter> Engine<S, W> {
    /// Removes what need not be kept, a little at a time, and says how much it was.
    pub async fn trim_history(&self, retention: Retention) -> Result<(), CycleError> {
        let planner = &self.planner;
        let mut all = Trimmed::default();
        for _ in 0..MOST_AT_ONCE {
            let now = (planner.settings.clock)();
            let Trimmed { operations, audit, cycles, is_more } =
                planner.store.trim(retention, now, ROWS_AT_ONCE).await?;
            all.operations += operations;
            all.audit += audit;
            all.cycles += cycles;
            if !is_more || planner.settings.shutdown.is_cancelled() {
                break;
            }
        }
        let Trimmed { operations, audit, cycles, is_more: _ } = all;
        if operations + audit + cycles > 0 {
            HistoryTrimmed { operations, audit, cycles }.emit();
        }
        Ok(())
    }
}
