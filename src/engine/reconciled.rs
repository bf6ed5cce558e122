//! What a reconciliation found, for people and for machines.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{Drift, EntraId, TargetId, Treatment, Unmanaged};
use crate::store::{Deleted, Orphan};

/// What came of comparing every managed account with what is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Reconciled {
    /// Its number among the cycles.
    pub cycle: i64,
    /// When it began.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// Managed accounts that were compared.
    pub compared: u64,
    /// Whether Jostle's list could be read to its end; if not, every account was read alone.
    pub listed: bool,
    /// Who was changed in Jostle.
    pub drift: Vec<DriftOf>,
    /// Managed accounts whose person is deleted for good in Entra, the active ones first.
    pub orphans: Vec<Orphan>,
    /// Accounts that are nobody's and not protected; none: the accounts could not be listed.
    pub unmanaged: Option<Vec<Unmanaged>>,
    /// Accounts that were deleted in Jostle although their person is in Entra.
    pub deleted: Vec<Deleted>,
    /// Whether they are created again (`actions.recreate_deleted`).
    pub recreated: bool,
    /// Accounts that have another id than before and were found again by their name.
    pub relinked: u64,
    /// Accounts that could not be read.
    pub unread: Vec<Unread>,
    /// People who were being written meanwhile; the next reconciliation looks at them.
    pub left: u64,
}

/// What was changed on one account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DriftOf {
    /// The user principal name, else the object id.
    pub user: String,
    /// The person.
    pub entra_id: EntraId,
    /// The account.
    pub jostle_id: TargetId,
    /// The account is active although the person should have no active one.
    pub unwelcome: bool,
    /// What differs, with values that may be shown.
    pub attributes: Vec<Drift>,
}

/// An account of which nothing can be said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unread {
    /// The user principal name, else the object id.
    pub user: String,
    /// The person.
    pub entra_id: EntraId,
    /// The account.
    pub jostle_id: TargetId,
    /// Why.
    pub reason: String,
}

impl Reconciled {
    /// How many attributes are treated so.
    pub fn count(&self, is: impl Fn(Treatment) -> bool) -> u64 {
        let attributes = self.drift.iter().flat_map(|one| &one.attributes);
        attributes.filter(|drift| is(drift.treatment)).count() as u64
    }

    /// Whether the next cycle has something to write for it.
    pub fn repairs(&self) -> bool {
        self.count(|treatment| treatment == Treatment::Repaired) > 0
    }

    /// Whether somebody is to be planned again for it: a value to repair, an account to create again or found again.
    pub fn is_for_the_next_cycle(&self) -> bool {
        self.repairs() || self.relinked > 0 || self.recreated && !self.deleted.is_empty()
    }

    /// How many orphans are active.
    pub fn active_orphans(&self) -> u64 {
        self.orphans.iter().filter(|orphan| orphan.active).count() as u64
    }

    /// Whether there is anything that an administrator may want to look at. An orphan that is inactive is as it should
    /// be, and so is what was accepted.
    pub fn found_anything(&self) -> bool {
        self.count(|treatment| treatment != Treatment::Accepted) > 0
            || self.active_orphans() > 0
            || self.unmanaged.as_ref().is_some_and(|unmanaged| !unmanaged.is_empty())
            || !self.deleted.is_empty()
            || !self.unread.is_empty()
    }
}
