//! Listing all of Jostle's accounts: who is there and is nobody's.

use super::{CycleError, Planner};
use crate::connector::TargetReader;
use crate::event::catalogue::ListingFailed;
use crate::model::{Account, Unmanaged};
use crate::store::Listing;

impl<S: Sync, R: TargetReader> Planner<S, R> {
    /// Reads the whole list, shows every account of it once to `each`, and remembers whose account is nobody's;
    /// protected ones are not among them. None: the server does not list its accounts in a way from which anything can be
    /// concluded, and what was shown may be a part.
    pub(super) async fn list_unmanaged(
        &self,
        mut each: impl FnMut(&Account) + Send,
    ) -> Result<Option<Listing>, CycleError> {
        let mut accounts = Vec::new();
        let take = |account: Account| {
            each(&account);
            accounts.push(Unmanaged::from(&account));
        };
        let listing = match self.target.for_each_account(take).await {
            Ok(()) => {
                let linked = self.store.linked().await?;
                let is_nobodys = |account: &Unmanaged| {
                    !linked.contains(&account.id) && !self.policy.protected.has(&account.id, &account.user_name)
                };
                accounts.retain(is_nobodys);
                Some(Listing { at: (self.settings.clock)(), unmanaged: accounts })
            }
            Err(error) => match self.outage(&error).await {
                Some(outage) => return Err(outage),
                None => {
                    ListingFailed { error: error.into() }.emit();
                    None
                }
            },
        };
        self.store.put_listing(listing.clone()).await?;
        Ok(listing)
    }
}
