//! Removing what is remembered of one person, on request.

use jiff::Timestamp;

use super::Engine;
use crate::connector::{SourceReader, TargetWriter};
use crate::event::catalogue::HistoryPurged;
use crate::model::EntraId;
use crate::store::{NotPurged, Purged, Store, StoreError};

impl<S: SourceReader, W: TargetWriter> Engine<S, W> {
    /// Removes it, see [`purge`]; nobody works on the person meanwhile.
    pub async fn purge(&self, id: &EntraId, by: &str) -> Result<Result<Purged, NotPurged>, StoreError> {
        let _working = self.planner.interlock.work_beside(id).await;
        purge(&self.planner.store, id, by, (self.planner.settings.clock)()).await
    }
}

/// Removes everything that is remembered of one person, at the word of a user of the operating system, and logs that it
/// was done; or says why not. Only for a process without an engine: one that is running may be working on the person.
pub async fn purge(
    store: &Store,
    id: &EntraId,
    by: &str,
    now: Timestamp,
) -> Result<Result<Purged, NotPurged>, StoreError> {
    let purged = store.purge(id, by, now).await?;
    if let Ok(Purged { operations, decisions, others }) = purged {
        HistoryPurged { by: by.into(), operations, decisions, others }.emit();
    }
    Ok(purged)
}
