//! What a shadow reads and stores.

use std::collections::BTreeSet;

use super::Store;
use crate::model::{EntraId, Link};
use crate::store::StoreError;
use crate::store::shadow::{self, ShadowMemory, ShadowRound};

impl Store {
    /// What the rounds until now have left; none before the first one.
    pub async fn shadow(&self) -> Result<Option<ShadowMemory>, StoreError> {
        self.call(|job| shadow::memory(job)).await
    }

    /// Stores what accounts show now, as one, and returns whose could not be: the account is linked to somebody else.
    pub async fn put_links(&self, links: Vec<Link>) -> Result<BTreeSet<EntraId>, StoreError> {
        self.call(move |job| shadow::put_links(job, &links)).await
    }

    /// Stores a round in the place of the last one, as one.
    pub async fn put_shadow(&self, round: ShadowRound) -> Result<(), StoreError> {
        self.call(move |job| shadow::put(job, &round)).await
    }
}
