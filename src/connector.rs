//! The contract between the engine and the two sides: what can be read, what can be written, how it fails.
//!
//! The engine takes these traits and never names Graph or SCIM. Whoever holds only a [`TargetReader`] cannot write:
//! that is how `plan` and `check` keep their promise (design §6.5).

mod feed;
mod survey;
mod written;

use std::collections::BTreeSet;
use std::fmt;
use std::future::{Future, ready};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

pub use feed::{FeedLink, GROUPS_PER_FEED, GroupChange, GroupPage, Next, Page, Position};
pub use survey::{Description, Expiry};
pub use written::{Receipt, Written};

use crate::defects::{Defect, planted};
use crate::model::{Account, Change, EntraId, GroupId, GroupLabel, NewAccount, Principal, SourceUser, TargetId};

/// Tells the time. Nothing above the store asks anything else for it, so that tests decide it.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The clock of the machine.
pub fn system_clock() -> Clock {
    Arc::new(Timestamp::now)
}

/// Which system an error belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Microsoft Entra ID, read through Microsoft Graph.
    Entra,
    /// Jostle's SCIM API.
    Jostle,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Entra => "Entra",
            Self::Jostle => "Jostle",
        })
    }
}

/// What went wrong, by what it means for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The token or key was refused, or none could be had: 401, `invalid_client`. Nothing further is sent.
    CredentialsRefused,
    /// Authenticated, but not allowed: 403. Nothing further is sent.
    Forbidden,
    /// No answer: DNS, connection, TLS, timeout, an answer cut short.
    Unreachable,
    /// Answers, but not now: 408 or 5xx after every retry.
    Unavailable,
    /// 429 after every retry; how long the side asked to be left alone.
    Throttled(Option<Duration>),
    /// The position in the delta feed is no longer valid: a new baseline is needed.
    ResyncRequired,
    /// The object does not exist: 404.
    NotFound,
    /// Another object has the value: 409.
    Conflict,
    /// The request was understood and refused: any other 4xx. Waiting does not mend it.
    Rejected,
    /// The answer is not what the protocol allows, so nothing is concluded from it.
    Protocol,
    /// A write that must not be sent twice may or may not have happened. To be settled by reading.
    InDoubt,
    /// Not sent, because the program is stopping.
    Stopped,
    /// A write that is not sent any more, because it was stopped while it waited.
    Withdrawn,
}

/// A failed request to one side. Carries no body, no token and no address beyond what a person needs.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct ConnectorError {
    /// Which side.
    pub side: Side,
    /// What it means.
    pub kind: ErrorKind,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// The provider's own code: Graph's `error.code`, `AADSTS…`, SCIM's `scimType`.
    pub code: Option<String>,
    /// The provider's request id, by which its support finds the request.
    pub request_id: Option<String>,
    /// A write that may have been carried out all the same, wholly or in part: settled by reading. Always so for
    /// [`ErrorKind::InDoubt`], never for a read.
    pub in_doubt: bool,
    /// One lower-case fragment: what was tried, what came, what to do.
    pub detail: String,
}

impl fmt::Display for ConnectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.side, self.detail)?;
        let mut notes = Vec::new();
        notes.extend(self.status.map(|status| format!("HTTP {status}")));
        notes.extend(self.code.clone());
        notes.extend(self.request_id.as_ref().map(|id| format!("request id {id}")));
        if notes.is_empty() { Ok(()) } else { write!(f, " ({})", notes.join(", ")) }
    }
}

impl ConnectorError {
    /// An error without an answer behind it; set the other fields where there was one.
    pub fn new(side: Side, kind: ErrorKind, detail: impl Into<String>) -> Self {
        let in_doubt = kind == ErrorKind::InDoubt;
        Self { side, kind, status: None, code: None, request_id: None, in_doubt, detail: detail.into() }
    }

    /// Nothing more may be sent to the side, whomever the request was for: it lets nobody in, or asks to be left alone.
    /// Every other failure may be of one person: whether the whole side fails is for a probe to say.
    pub fn ends_all(&self) -> bool {
        !planted(Defect::RefusalBlamedOnPeople)
            && matches!(
                self.kind,
                ErrorKind::CredentialsRefused | ErrorKind::Forbidden | ErrorKind::Throttled(_) | ErrorKind::Stopped
            )
    }

    /// Waiting may mend it, with no change on either side.
    pub fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Unreachable
                | ErrorKind::Unavailable
                | ErrorKind::Throttled(_)
                | ErrorKind::InDoubt
                | ErrorKind::Stopped
                | ErrorKind::Withdrawn
                | ErrorKind::Protocol
        )
    }
}

/// Reads people, groups and assignments from the source.
pub trait SourceReader: Send + Sync {
    /// Where people are read and which attributes, as one canonical text: when it changes, old positions are worthless.
    fn selection(&self) -> &str;

    /// One page of the users feed.
    fn read_page(&self, from: &Position) -> impl Future<Output = Result<Page, ConnectorError>> + Send;

    /// One person by object id, all selected attributes, looking among the deleted too; none if unknown to the source.
    fn user(&self, id: &EntraId) -> impl Future<Output = Result<Option<SourceUser>, ConnectorError>> + Send;

    /// One live person by user principal name, mail address or object id; none if there is no such live person.
    fn find(&self, key: &str) -> impl Future<Output = Result<Option<SourceUser>, ConnectorError>> + Send;

    /// One deleted person (recycle bin) by the user principal name or mail address that they had.
    fn find_deleted(&self, key: &str) -> impl Future<Output = Result<Option<SourceUser>, ConnectorError>> + Send;

    /// Whether the manager is among the selected attributes.
    fn reads_managers(&self) -> bool;

    /// The manager of one person, if it is a person; none if there is nobody.
    fn manager(&self, id: &EntraId) -> impl Future<Output = Result<Option<EntraId>, ConnectorError>> + Send;

    /// One page of the feed of these groups, at most [`GROUPS_PER_FEED`]. A link knows for which groups it was given.
    fn groups_page(
        &self,
        groups: &[GroupId],
        from: &Position,
    ) -> impl Future<Output = Result<GroupPage, ConnectorError>> + Send;

    /// Every group with this display name, in any case.
    fn groups_named(&self, name: &str) -> impl Future<Output = Result<Vec<GroupLabel>, ConnectorError>> + Send;

    /// One group by object id; none only if the source itself says that there is none.
    fn group(&self, id: &GroupId) -> impl Future<Output = Result<Option<GroupLabel>, ConnectorError>> + Send;

    /// The direct members of one group: all of them, or an error.
    fn members(&self, group: &GroupId) -> impl Future<Output = Result<BTreeSet<Principal>, ConnectorError>> + Send;

    /// Whoever is assigned to the application with this client id: everybody, or an error.
    fn assigned(&self, app_id: &str) -> impl Future<Output = Result<BTreeSet<Principal>, ConnectorError>> + Send;

    /// When the credentials in use expire, as the source itself says; none if it does not, or may not be asked. Of
    /// several that may be the ones in use, those count that expire first after `now`.
    fn credentials_end(
        &self,
        _now: Timestamp,
    ) -> impl Future<Output = Result<Option<Timestamp>, ConnectorError>> + Send {
        ready(Ok(None))
    }

    /// Requests sent so far, token requests not counted.
    fn requests(&self) -> u64;

    /// Until when nothing is sent, because the source, or whoever issues its tokens, asked to be left alone; none if
    /// nobody did.
    fn throttled_until(&self) -> Option<Timestamp> {
        None
    }
}

/// Reads accounts from the target. Cannot write.
pub trait TargetReader: Send + Sync {
    /// Every account whose `userName`, folded, is the one asked for: what the filter returned beyond that is dropped.
    fn find_by_user_name(&self, user_name: &str) -> impl Future<Output = Result<Vec<Account>, ConnectorError>> + Send;

    /// As [`Self::find_by_user_name`], but compares every account of the list. Slow: reads the whole list; only after
    /// a conflict that the filter cannot explain. A list that repeats itself or does not end is
    /// [`ErrorKind::Protocol`], never an empty result.
    fn find_by_list(&self, user_name: &str) -> impl Future<Output = Result<Vec<Account>, ConnectorError>> + Send;

    /// Hands on every account, each once. Slow: reads the whole list. An error says that some may be missing; that an
    /// account is not among them is no proof that it is not there.
    fn for_each_account(
        &self,
        each: impl FnMut(Account) + Send,
    ) -> impl Future<Output = Result<(), ConnectorError>> + Send;

    /// The account with this id; none if the server answers 404, and it is SCIM that answers.
    fn account(&self, id: &TargetId) -> impl Future<Output = Result<Option<Account>, ConnectorError>> + Send;

    /// Whether the server as a whole answers: reads `ServiceProviderConfig` with the credentials.
    fn probe(&self) -> impl Future<Output = Result<(), ConnectorError>> + Send;

    /// What the server says of itself; none if it says nothing.
    fn description(&self) -> impl Future<Output = Result<Option<Description>, ConnectorError>> + Send {
        ready(Ok(None))
    }

    /// Requests sent so far.
    fn requests(&self) -> u64;

    /// Until when nothing is sent, because the target asked to be left alone; none if it did not.
    fn throttled_until(&self) -> Option<Timestamp> {
        None
    }
}

/// Writes accounts to the target. Only apply and on-demand ever hold one.
pub trait TargetWriter: TargetReader {
    /// The same writer for what may still be stopped: once `stop` is cancelled, a write that waits for its turn, or for
    /// another try, is not sent any more and fails with [`ErrorKind::Withdrawn`]. What is being sent is finished.
    #[must_use]
    fn until(&self, stop: CancellationToken) -> Self
    where
        Self: Sized;

    /// Creates an account and returns it with its id. Never sends the request twice: an answer that was lost is
    /// [`ErrorKind::InDoubt`], a name that is taken [`ErrorKind::Conflict`].
    fn create(&self, new: &NewAccount) -> impl Future<Output = Result<Written<Account>, ConnectorError>> + Send;

    /// Writes the changes in one request. `old` of each says whether there is a value now, as far as is known; if the
    /// server disagrees the account is read once and the request built again. Returns what the server showed, if it did.
    fn modify(
        &self,
        id: &TargetId,
        changes: &[Change],
    ) -> impl Future<Output = Result<Written<Option<Account>>, ConnectorError>> + Send;

    /// Deletes an account; one that is gone already is success.
    fn delete(&self, id: &TargetId) -> impl Future<Output = Result<Written<()>, ConnectorError>> + Send;
}
