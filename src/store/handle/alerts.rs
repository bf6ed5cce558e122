//! What whoever is sent alerts has been told.

use serde_json::Value;

use super::Store;
use crate::store::alerts;
use crate::store::error::StoreError;

impl Store {
    /// What was told over a channel of alerts, as it was put; none if nothing ever was.
    pub async fn alert_book(&self, channel: &str) -> Result<Option<Value>, StoreError> {
        let channel = channel.to_owned();
        self.call(move |job| alerts::book(job, &channel)).await
    }

    /// Remembers what was told over a channel of alerts.
    pub async fn put_alert_book(&self, channel: &str, book: Value) -> Result<(), StoreError> {
        let channel = channel.to_owned();
        self.call(move |job| alerts::put_book(job, &channel, &book)).await
    }
}
