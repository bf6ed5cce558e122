//! What a reconciliation reads and stores.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::Store;
use crate::model::EntraId;
use crate::store::StoreError;
use crate::store::drift::{self, Deleted, KnownDrift, Orphan, ReadBack};
use crate::store::types::PersonRecord;

impl Store {
    /// One page of the people who have an account, in the order of ids.
    pub async fn managed(&self, after: Option<EntraId>, most: usize) -> Result<Vec<PersonRecord>, StoreError> {
        self.call(move |job| drift::managed(job, after.as_ref(), most)).await
    }

    /// What the last reconciliation found of one person.
    pub async fn drift_of(&self, id: &EntraId) -> Result<Vec<KnownDrift>, StoreError> {
        let id = id.clone();
        self.call(move |job| drift::of(job, &id)).await
    }

    /// Stores what a reconciliation found, in the place of what the last one did. Whoever is not any more as they were
    /// read, and whoever is left, stays as before; those of the first kind are returned.
    pub async fn put_drift(
        &self,
        at: Timestamp,
        read: Vec<ReadBack>,
        left: BTreeSet<EntraId>,
    ) -> Result<BTreeSet<EntraId>, StoreError> {
        self.call(move |job| drift::put(job, at, &read, &left)).await
    }

    /// Managed accounts whose person is deleted for good, the active ones first.
    pub async fn orphans(&self) -> Result<Vec<Orphan>, StoreError> {
        self.call(|job| drift::orphans(job)).await
    }

    /// Accounts that were deleted in Jostle although their person is in Entra.
    pub async fn deleted(&self) -> Result<Vec<Deleted>, StoreError> {
        self.call(|job| drift::deleted(job)).await
    }

    /// When the last reconciliation began; before the first one, when the first cycle did; none before that.
    pub async fn last_reconciliation(&self) -> Result<Option<Timestamp>, StoreError> {
        self.call(|job| drift::last(job)).await
    }
}
