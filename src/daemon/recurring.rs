//! Comparing all accounts between the cycles, as often as is configured.

use jiff::{SignedDuration, Timestamp};

use super::{Recurrence, notify};
use crate::connector::{SourceReader, TargetWriter};
use crate::engine::{CycleError, Engine};

/// After one that failed. Nobody waits for it, and the log has said why.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// When the next one comes. The state remembers when the last one was, so that a restart neither loses nor repeats it.
#[derive(Debug)]
pub(super) struct Recurring<'a> {
    recurrence: &'a Recurrence,
    /// The last one failed.
    not_before: Option<Timestamp>,
}

impl<'a> Recurring<'a> {
    pub(super) fn new(recurrence: &'a Recurrence) -> Self {
        Self { recurrence, not_before: None }
    }

    /// When it is due; none: never, or not as long as Jostle is left alone.
    pub(super) async fn due<S: SourceReader, W: TargetWriter>(
        &self,
        engine: &Engine<S, W>,
    ) -> Result<Option<Timestamp>, CycleError> {
        let last = engine.last_reconciliation().await?;
        let due = last.and_then(|last| self.recurrence.due(last, Timestamp::now()));
        Ok(due.map(|due| self.not_before.map_or(due, |not_before| due.max(not_before))))
    }

    /// Does it if it still is due: somebody may have asked for it meanwhile. Returns whether the next cycle has something
    /// to do for it.
    pub(super) async fn reconcile<S: SourceReader, W: TargetWriter>(
        &mut self,
        engine: &Engine<S, W>,
    ) -> Result<bool, CycleError> {
        if self.due(engine).await?.is_none_or(|due| due > Timestamp::now()) {
            return Ok(false);
        }
        notify::status("accounts are being compared");
        match engine.reconcile().await {
            Ok(found) => {
                self.not_before = None;
                Ok(found.is_for_the_next_cycle())
            }
            Err(error @ CycleError::Store(_)) => Err(error),
            Err(_) => {
                self.not_before = Timestamp::now().checked_add(AGAIN_AFTER).ok();
                Ok(false)
            }
        }
    }
}
