//! What the sides said of themselves.

use super::Store;
use crate::store::error::StoreError;
use crate::store::survey::{self, Survey};

impl Store {
    /// What the sides said when they were last asked; none if they never were.
    pub async fn survey(&self) -> Result<Option<Survey>, StoreError> {
        self.call(|job| survey::survey(job)).await
    }

    /// Remembers what the sides said.
    pub async fn put_survey(&self, said: Survey) -> Result<(), StoreError> {
        self.call(move |job| survey::put(job, &said)).await
    }
}
