//! Accounts that are nobody's are linked to one person at a time: an account must not be written for one person while
//! another is linked to it.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{CycleError, Planner};
use crate::model::{EntraId, Operation, TargetId};
use crate::plan::PlannedOperation;

/// The accounts that somebody is being linked to at this moment.
#[derive(Debug, Default)]
pub(super) struct Claims(Mutex<HashSet<TargetId>>);

/// An account is claimed as long as this lives.
#[derive(Debug)]
pub(super) struct Claim<'a> {
    claims: &'a Claims,
    account: TargetId,
}

impl Claims {
    /// Claims an account; none if somebody else does. Nobody waits, so that two cannot wait for each other.
    pub(super) fn take(&self, account: &TargetId) -> Option<Claim<'_>> {
        let is_free = self.accounts().insert(account.clone());
        is_free.then(|| Claim { claims: self, account: account.clone() })
    }

    /// What a panicking holder left behind is whole: it is set in one step.
    fn accounts(&self) -> MutexGuard<'_, HashSet<TargetId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.claims.accounts().remove(&self.account);
    }
}

impl<S, W> Planner<S, W> {
    /// Whether an account is this person's to be written: that of an adoption is claimed, and may have been linked to
    /// somebody else since the plan was made.
    pub(super) async fn claim(&self, operation: &PlannedOperation) -> Result<Claimed<'_>, CycleError> {
        let (Operation::Adopt, Some(account)) = (operation.operation, &operation.target_id) else {
            return Ok(Claimed::Unneeded);
        };
        let Some(claim) = self.interlock.claims.take(account) else { return Ok(Claimed::ByAnother) };
        let owner: Option<EntraId> = self.store.owner_of(account).await?;
        Ok(match owner.is_none_or(|owner| owner == operation.entra_id) {
            true => Claimed::Here { _until_dropped: claim },
            false => Claimed::ByAnother,
        })
    }
}

/// Whose an account is.
#[derive(Debug)]
pub(super) enum Claimed<'a> {
    /// The operation is on the person's own account, or on none yet.
    Unneeded,
    /// Nobody else's as long as this lives.
    Here {
        /// Given back when it is dropped.
        _until_dropped: Claim<'a>,
    },
    /// It was given to somebody else.
    ByAnother,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_claimed_by_one_until_it_is_given_back() {
        let claims = Claims::default();
        let (one, other) = (TargetId::new("1"), TargetId::new("2"));
        let claim = claims.take(&one);
        assert!(claim.is_some() && claims.take(&one).is_none() && claims.take(&other).is_some());
        drop(claim);
        assert!(claims.take(&one).is_some());
    }
}
