//! What an administrator decides about whose an account is.

use jiff::Timestamp;

use super::{Engine, Planner};
use crate::connector::{SourceReader, TargetWriter};
use crate::event::Word;
use crate::event::catalogue::MatchChosen;
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
        MatchChosen {
            entra_id: entra_id.into(),
            choice: choice.as_str().into(),
            jostle_id: choice.jostle_id().map(Word::from),
            by: (&by).into(),
        }
        .emit();
    }
    store.choose(chosen, by, now).await
}
