//! What a round of a shadow found, for people and for machines.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::reconciled::Unread;
use crate::model::{Agreed, EntraId, KnownDifference, TargetId, Unmanaged};
use crate::store::Deleted;

/// What Jostle shows beside what would have been done, as far as the last round. Values are such as may be shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Shadowed {
    /// When the round began.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// When the first round began.
    pub first_at: Timestamp,
    /// How long something may differ, in seconds: Entra's job needs its time.
    pub patience_s: i64,
    /// What is to be thought of it.
    pub verdict: ShadowVerdict,
    /// Since when nothing differs; none: something does.
    pub content_since: Option<Timestamp>,
    /// People who were planned.
    pub people: u64,
    /// How often Jostle has come to show what would have been written, in all rounds.
    pub agreed: u64,
    /// The last of these, the newest first.
    pub last_agreed: Vec<Agreed>,
    /// What may still come to agree.
    pub pending: Vec<KnownDifference>,
    /// What Entra's job does not do, or does otherwise.
    pub differs: Vec<KnownDifference>,
    /// Those of whom it is doubtful which account is theirs.
    pub doubtful: Vec<Unclear>,
    /// Those who have a conflict with somebody else's account.
    pub conflicts: Vec<Unclear>,
    /// Those who cannot be provisioned for another reason.
    pub failed: Vec<Unclear>,
    /// Accounts that are nobody's and not protected; none: the accounts could not be listed.
    pub unmanaged: Option<Vec<Unmanaged>>,
    /// Accounts that were deleted in Jostle since they were first seen, although their person is in Entra.
    pub deleted: Vec<Deleted>,
    /// Accounts that could not be read: of these people nothing was concluded.
    pub unread: Vec<Unread>,
}

/// What is to be thought of all rounds until now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShadowVerdict {
    /// Nothing differs.
    Content,
    /// Something may differ, and was not looked at for long enough.
    TooEarly,
    /// Something differs for longer than it may.
    Differs,
}

/// Somebody for whom nothing would be written, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unclear {
    /// The name under which the person is known.
    pub user: String,
    /// The person.
    pub entra_id: EntraId,
    /// The account in question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jostle_id: Option<TargetId>,
    /// Why.
    pub reason: String,
}

impl ShadowVerdict {
    /// Of what is known; `observed` is how long there have been rounds.
    pub(super) fn of(
        differs: &[KnownDifference],
        pending: &[KnownDifference],
        observed: SignedDuration,
        patience: SignedDuration,
    ) -> Self {
        match () {
            () if !differs.is_empty() => Self::Differs,
            () if !pending.is_empty() && observed < patience => Self::TooEarly,
            () => Self::Content,
        }
    }

    /// The name in logs and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::TooEarly => "too_early",
            Self::Differs => "differs",
        }
    }
}

impl Shadowed {
    /// How many people differ.
    pub fn people_who_differ(&self) -> usize {
        people_of(&self.differs)
    }

    /// The longest time that any of the last to agree has taken.
    pub fn longest_to_agree(&self) -> Option<SignedDuration> {
        self.last_agreed.iter().map(|agreed| agreed.at.duration_since(agreed.since)).max()
    }
}

/// How many people these concern.
pub fn people_of(differences: &[KnownDifference]) -> usize {
    differences.iter().map(|known| &known.difference.entra_id).collect::<BTreeSet<_>>().len()
}
