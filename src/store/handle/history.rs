//! The history, as far as it is written.

use jiff::Timestamp;

use super::Store;
use crate::store::error::StoreError;
use crate::store::history::{self, Retention, Trimmed};

impl Store {
    /// Remembers by which configuration it is decided, as the name and the fingerprint of each section, and notes in the
    /// history which of them have changed.
    pub async fn note_configuration(&self, sections: Vec<(String, String)>, now: Timestamp) -> Result<(), StoreError> {
        self.call(move |job| history::note_configuration(job, &sections, now)).await
    }

    /// Removes so many rows of each kind at most that need not be kept in the history, the oldest first.
    pub async fn trim(&self, retention: Retention, now: Timestamp, rows: usize) -> Result<Trimmed, StoreError> {
        self.call(move |job| history::trim(job, retention, now, rows)).await
    }
}
