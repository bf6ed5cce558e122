//! Why something is done, not done, or cannot be done: values that print themselves.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Pace;
use crate::mapping::PersonError;
use crate::model::{EntraId, Operation, TargetId};
use crate::scope::{OutReason, Undecided};

/// Why an operation is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// In scope, and no account has the name.
    NoAccount,
    /// In scope, and one account has the name.
    Matched,
    /// Values differ from what was last sent.
    Differs,
    /// In scope and enabled again.
    Returned,
    /// Sign-in is blocked.
    Disabled,
    /// In the recycle bin.
    SoftDeleted,
    /// Deleted for good.
    HardDeleted,
    /// Not in scope any more.
    LeftScope(OutReason),
    /// Deleted for good, and the configured days are over.
    EndOfLife,
    /// An earlier cycle held it, for a reason that stands in the hold.
    HeldBefore,
    /// The cycle of this number is undone.
    Undoes(i64),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAccount => f.write_str("in scope, and no account has the userName"),
            Self::Matched => f.write_str("an account with this userName was there before"),
            Self::Differs => f.write_str("values differ from what was last sent"),
            Self::Returned => f.write_str("enabled and in scope in Entra again"),
            Self::Disabled => f.write_str("sign-in is blocked in Entra"),
            Self::SoftDeleted => f.write_str("deleted in Entra (in the recycle bin)"),
            Self::HardDeleted => f.write_str("deleted for good in Entra"),
            Self::LeftScope(reason) => write!(f, "no longer in scope: {reason}"),
            Self::EndOfLife => f.write_str("deleted for good in Entra, and the configured days are over"),
            Self::HeldBefore => f.write_str("held by an earlier cycle"),
            Self::Undoes(cycle) => write!(f, "cycle {cycle} is undone"),
        }
    }
}

/// Why nothing is done for a person. Needs nobody's attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// Jostle has what it should have.
    NothingToChange,
    /// Not in scope, and no account to deactivate.
    NotInScope(OutReason),
    /// Left the scope, and the configuration keeps such accounts as they are.
    KeptOutOfScope(OutReason),
    /// Left the scope, and the days of grace are not over.
    InGrace {
        /// Why the person is out of scope.
        reason: OutReason,
        /// When they are.
        until: Timestamp,
    },
    /// What would have to be done is switched off.
    SwitchedOff(Operation),
    /// Sign-in is blocked, and no account: an inactive account is never created.
    Disabled,
    /// Deleted in Entra, and no account.
    Deleted,
    /// The account is inactive already.
    AlreadyInactive,
    /// The account is on the list of protected ones.
    Protected,
    /// An administrator deleted the account in Jostle; it is not created again unless configured.
    DeletedInJostle,
    /// An administrator rejected it while it was held.
    Rejected,
    /// An administrator decided that the person gets no account.
    Ignored,
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingToChange => f.write_str("nothing to change"),
            Self::NotInScope(reason) => write!(f, "not in scope: {reason}"),
            Self::KeptOutOfScope(reason) => {
                write!(f, "not in scope ({reason}), kept active as configured (actions.out_of_scope)")
            }
            Self::InGrace { reason, until } => {
                write!(f, "no longer in scope: {reason}; to be deactivated at {until:.0} (actions.grace_days)")
            }
            Self::SwitchedOff(operation) => write!(f, "switched off by actions.{operation} = false"),
            Self::Disabled => f.write_str("sign-in is blocked in Entra, and an inactive account is never created"),
            Self::Deleted => f.write_str("deleted in Entra, and has no account"),
            Self::AlreadyInactive => f.write_str("already inactive"),
            Self::Protected => f.write_str("the account is protected by the configuration"),
            Self::DeletedInJostle => f.write_str(
                "an administrator deleted the account in Jostle; entra-jostle-sync create USER creates it again, and so does \
                 actions.recreate_deleted for everybody",
            ),
            Self::Ignored => f.write_str(
                "an administrator decided that the person gets no account (entra-jostle-sync ignore); create or link \
                 takes that back",
            ),
            Self::Rejected => f.write_str(
                "an administrator rejected it while it was held; it is asked again when the person changes in Entra",
            ),
        }
    }
}

/// Why a person cannot be provisioned. Somebody has to do something, in Entra, in Jostle or in the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PersonFailure {
    /// The mapping gives no valid values.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Mapping(Vec<PersonError>),
    /// Neither in scope nor out of it.
    #[error("cannot be judged: {0}")]
    Scope(Undecided),
    /// Several accounts have the name.
    #[error("{} accounts in Jostle have the userName {user_name}: rename or delete all but one there ({})", ids.len(), join(ids))]
    SeveralAccounts {
        /// The name asked for.
        user_name: String,
        /// The accounts that have it.
        ids: Vec<TargetId>,
    },
    /// The account belongs to somebody else.
    #[error(
        "the account {id} with the userName {user_name} belongs to the Entra user {owner} already: give one of them another userName"
    )]
    LinkedToAnother {
        /// The name asked for.
        user_name: String,
        /// The account.
        id: TargetId,
        /// Who is linked to it.
        owner: EntraId,
    },
    /// The account is protected.
    #[error(
        "the account with the userName {0} is protected by the configuration: exclude the person, or take the account out of the section protect"
    )]
    ProtectedAccount(String),
    /// The account that an administrator chose is not there.
    #[error(
        "Jostle has no account {id}, which an administrator chose for {user_name}: choose another one, with entra-jostle-sync link"
    )]
    ChosenAccountGone {
        /// Whom it was chosen for.
        user_name: String,
        /// The account.
        id: TargetId,
    },
    /// Two people of one plan want the same name.
    #[error("the Entra user {other} has the userName {user_name} too: give one of them another one in Entra")]
    SameNameInSource {
        /// The name that both want.
        user_name: String,
        /// Who has it first.
        other: EntraId,
    },
}

fn join(ids: &[TargetId]) -> String {
    ids.iter().map(TargetId::as_str).collect::<Vec<_>>().join(", ")
}

impl PersonFailure {
    /// A stable word for the database and for JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Mapping(_) => "mapping",
            Self::Scope(_) => "scope",
            Self::SeveralAccounts { .. }
            | Self::LinkedToAnother { .. }
            | Self::ProtectedAccount(_)
            | Self::ChosenAccountGone { .. }
            | Self::SameNameInSource { .. } => "conflict",
        }
    }

    /// A failure of values is mended in Entra, which makes itself known; a conflict may be mended in Jostle, which does
    /// not. A group that appears makes itself known to its members, but not to those who are not in it.
    pub fn pace(&self) -> Pace {
        match self {
            Self::Scope(Undecided::UnknownGroup(_)) => Pace::Soon,
            Self::Mapping(_) | Self::Scope(_) => Pace::OnChange,
            Self::SeveralAccounts { .. }
            | Self::LinkedToAnother { .. }
            | Self::ProtectedAccount(_)
            | Self::ChosenAccountGone { .. }
            | Self::SameNameInSource { .. } => Pace::Daily,
        }
    }
}
