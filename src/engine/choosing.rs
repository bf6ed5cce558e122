//! What an administrator decides about whose an account is.

use jiff::Timestamp;

use super::{Engine, Planner};
use crate::connector::{SourceReader, TargetWriter};
use crate::store::{Chosen, Store, StoreError};

impl<S: SourceReader, W: TargetWriter> Engine<S, W> {
    /// Stores what was decided, see [`choose`].
    pub async fn choose(&self, chosen: Vec<Chosen>, by: String) -> Result<u64, StoreError> {
        let Planner { store, settings, .. } = &self.planner;
        choose(store, chosen, by, (settings.clock)()).await
    }
}

/// Stores what a user of the operating system decided about the accounts of people, and logs it. The next cycle does it.
/// Returns for how many people: whoever has got an account meanwhile is passed over.
pub async fn choose(store: &Store, chosen: Vec<Chosen>, by: String, now: Timestamp) -> Result<u64, StoreError> {
    for Chosen { entra_id, choice } in &chosen {
        tracing::warn!(event = "match.chosen", %entra_id, ?choice, by, "{by} decided whose the account is");
    }
    store.choose(chosen, by, now).await
}
