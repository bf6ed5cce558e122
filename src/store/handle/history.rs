//! The history, as far as it is written.

use jiff::Timestamp;
use tokio::sync::oneshot;

use super::{Executor, Store};
use crate::model::EntraId;
use crate::store::error::StoreError;
use crate::store::history::{self, NotPurged, Purged, Retention, Trimmed};
use crate::store::writer::Message;

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

    /// Removes everything that is remembered of one person, at the word of a user of the operating system, or says why
    /// not. When this returns, nothing of it is left in the file: the file is written anew, which takes the longer the
    /// larger it is, and whatever else is to be stored waits for it. An error of that leaves the person removed, and traces
    /// in free pages.
    pub async fn purge(&self, id: &EntraId, by: &str, now: Timestamp) -> Result<Result<Purged, NotPurged>, StoreError> {
        let (id, by) = (id.clone(), by.to_owned());
        let purged = self.call(move |job| history::purge(job, &id, &by, now)).await?;
        if purged.is_ok() {
            self.rewrite().await?;
        }
        Ok(purged)
    }

    async fn rewrite(&self) -> Result<(), StoreError> {
        match &self.executor {
            Executor::Inline(inline) => inline.rewrite(),
            Executor::Thread(sender) => {
                let (reply, done) = oneshot::channel();
                sender.send(Message::Rewrite(reply)).map_err(|_| StoreError::Closed)?;
                done.await.unwrap_or(Err(StoreError::Closed))
            }
        }
    }
}
