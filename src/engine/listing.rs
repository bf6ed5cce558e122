//! Listing all of Jostle's accounts: who is there and is nobody's.

use super::{CycleError, Planner};
use crate::connector::{ErrorKind, TargetReader};
use crate::model::Unmanaged;
use crate::store::Listing;

impl<S: Sync, R: TargetReader> Planner<S, R> {
    /// Reads the whole list and remembers whose account is nobody's; protected ones are not among them. None: the server
    /// does not list its accounts in a way from which anything can be concluded.
    pub(super) async fn list_unmanaged(&self) -> Result<Option<Listing>, CycleError> {
        let mut accounts = Vec::new();
        let listed = self.target.for_each_account(|account| accounts.push(Unmanaged::from(&account))).await;
        let listing = match listed {
            Ok(()) => {
                let linked = self.store.linked().await?;
                let is_nobodys = |account: &Unmanaged| {
                    !linked.contains(&account.id) && !self.policy.protected.has(&account.id, &account.user_name)
                };
                accounts.retain(is_nobodys);
                Some(Listing { at: (self.settings.clock)(), unmanaged: accounts })
            }
            Err(error) if matches!(error.kind, ErrorKind::Protocol | ErrorKind::Rejected | ErrorKind::NotFound) => {
                tracing::warn!(event = "listing.failed", "the accounts cannot be listed: {error}");
                None
            }
            Err(error) => return Err(self.outage(&error).await.unwrap_or_else(|| error.into())),
        };
        self.store.put_listing(listing.clone()).await?;
        Ok(listing)
    }
}
