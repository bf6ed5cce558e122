//! What the store takes and gives about the work: cycles, intents, outcomes, the provisioning log, the status.

mod status;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::choices::ChoiceView;
use super::drift::KnownDrift;
use super::holds::{DecisionView, HeldPerson};
use super::pauses::Pause;
use super::rejections::HoldChange;
use super::types::{Feed, PersonRecord, RetryChange};
use crate::model::{Change, EntraId, HoldClass, Link, MembershipSnapshot, Operation, TargetId, Values, Watch};

pub use status::{CycleProgress, GroupFeeds, Status, Waiting};

/// What a cycle set out to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CycleKind {
    /// Nothing was known yet.
    Initial,
    /// What changed since the last one.
    Incremental,
    /// One person.
    OnDemand,
    /// A plan that was made earlier.
    Apply,
    /// The reverse of what another one did.
    Undo,
    /// Every managed account compared with what is known of it.
    Reconcile,
}

impl CycleKind {
    /// The word for people and for the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Incremental => "incremental",
            Self::OnDemand => "on demand",
            Self::Apply => "apply",
            Self::Undo => "undo",
            Self::Reconcile => "reconcile",
        }
    }

    /// Whether it is none of the cycles that come by the schedule.
    pub fn is_by_hand(self) -> bool {
        match self {
            Self::Initial | Self::Incremental => false,
            Self::OnDemand | Self::Apply | Self::Undo | Self::Reconcile => true,
        }
    }
}

/// The number of a cycle; grows, never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CycleId(pub i64);

/// The number of an intent; grows, never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IntentId(pub i64);

/// What is known of a cycle that was begun by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ByHand {
    /// The user of the operating system at whose word it is; none: nobody said.
    pub by: Option<String>,
    /// Which cycle it undoes.
    pub undoes: Option<i64>,
}

/// How a cycle ended.
#[derive(Clone, Debug, PartialEq)]
pub struct CycleEnd {
    /// When.
    pub at: Timestamp,
    /// `ok`, `partial`, `paused`, `failed` or `stopped`; the store itself writes `interrupted` for one that a crash cut short.
    pub result: String,
    /// What failed.
    pub error: Option<String>,
    /// Counts, as JSON.
    pub summary: Value,
}

/// A cycle as `status` shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct CycleView {
    /// Its number.
    pub id: CycleId,
    /// What it set out to do.
    pub kind: CycleKind,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; none while it runs, and for one that was interrupted.
    pub finished_at: Option<Timestamp>,
    /// As in [`CycleEnd::result`], or `interrupted`; none while it runs.
    pub result: Option<String>,
    /// What failed.
    pub error: Option<String>,
    /// Counts; null until it ended.
    pub summary: Value,
}

impl CycleView {
    /// How long it took; none if it never ended.
    pub fn took(&self) -> Option<SignedDuration> {
        self.finished_at.map(|at| at.duration_since(self.started_at))
    }

    /// What it did, as its summary counts it: operations, and whoever failed or is held. Nothing that is zero.
    pub fn counts(&self) -> Vec<(&str, u64)> {
        let some = |(name, count)| Some((name, count)).filter(|(_, count)| *count > 0);
        let operations = self.summary["operations"].as_object().into_iter().flatten();
        let done = operations.filter_map(|(name, count)| some((name.as_str(), count.as_u64()?)));
        let others = ["failed", "held"].into_iter().filter_map(|name| some((name, self.summary[name].as_u64()?)));
        done.chain(others).collect()
    }
}

/// A write that is about to be sent. Whatever is found open after a crash may or may not have been carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// In which cycle.
    pub cycle: CycleId,
    /// For whom.
    pub entra_id: EntraId,
    /// What.
    pub operation: Operation,
    /// The `userName` by which the account can be looked up.
    pub user_name: String,
    /// The account; none for a create.
    pub target_id: Option<TargetId>,
    /// When.
    pub at: Timestamp,
    /// What is written, with its values. Empty for one that a version before format 4 began.
    pub changes: Vec<Change>,
    /// What the account shows of the mapped attributes; for an adoption.
    pub seen: Values,
    /// As what it counts against the limits of a day.
    pub counts_as: Option<HoldClass>,
    /// Of an undo: what becomes of what is held of the person once it is carried out. With [`HoldChange::Keep`] whatever
    /// else is due of them stays so too. None: it is no undo.
    pub undo: Option<HoldChange>,
    /// Why, for people; none for one that a version before format 8 began.
    pub reason: Option<String>,
    /// How the account was found; none as with the reason.
    pub matched: Option<Matched>,
}

/// How the account of an operation was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matched {
    /// It is the linked one.
    Link,
    /// It has the person's `userName`.
    UserName,
    /// An administrator has said which it is, or that there shall be a new one.
    Chosen,
    /// There was none.
    NoAccount,
}

/// What came of one operation; everything in it becomes durable together.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The intent that is settled by it.
    pub intent: Option<IntentId>,
    /// The line of the provisioning log; its `entra_id` is the person of everything else here.
    pub entry: LogEntry,
    /// What becomes of the link.
    pub link: LinkChange,
    /// What becomes of the retry.
    pub retry: RetryChange,
    /// What the watch is now; none: as it was.
    pub watch: Option<Watch>,
    /// The dirty mark to take off, if it has not moved since.
    pub mark: Option<i64>,
    /// What becomes of what is held of the person.
    pub hold: HoldChange,
}

/// What becomes of a person's link.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkChange {
    /// It stays as it is.
    Keep,
    /// It is this one now.
    Put(Link),
    /// It is removed.
    Remove,
}

/// One line of the provisioning log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    /// In which cycle.
    pub cycle: CycleId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub entra_id: EntraId,
    /// Under which name people know them.
    pub user_name: String,
    /// The account.
    pub target_id: Option<TargetId>,
    /// What was done, or would have been.
    pub operation: String,
    /// `success`, `failure` or `skipped`.
    pub status: String,
    /// The attributes written.
    pub changes: Vec<Change>,
    /// Why.
    pub message: Option<String>,
    /// The provider's request id.
    pub request_id: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// As what it counts against the limits of a day.
    pub counts_as: Option<HoldClass>,
    /// Why it was planned; `message` is why nothing came of it. None: a version before format 8 logged it.
    pub reason: Option<String>,
    /// How the account was found; none as with the reason, and where nothing came to be planned.
    pub matched: Option<Matched>,
    /// The status of Jostle's answer; none: nothing was sent, or no answer came.
    pub http_status: Option<u16>,
    /// What the person failed with, as the event `user.failed` has it.
    pub code: Option<String>,
}

impl LogEntry {
    /// The operation of somebody for whom none could be planned.
    pub const NO_OPERATION: &str = "none";
}

/// Which lines of the provisioning log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogQuery {
    /// Of one person only.
    pub entra_id: Option<EntraId>,
    /// At most so many, the newest.
    pub limit: usize,
}

/// One person who needs no write: the mark, the retry and the watch are settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Who.
    pub entra_id: EntraId,
    /// The dirty mark to take off, if it has not moved since.
    pub mark: Option<i64>,
    /// What becomes of the retry.
    pub retry: RetryChange,
    /// What the watch is now; none: as it was.
    pub watch: Option<Watch>,
    /// Whether nothing is left to decide about them, if they are held.
    pub ends_hold: bool,
}

/// Whom a name means, of one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct LookUp {
    /// Everybody with the name, the living first.
    pub people: Vec<PersonFile>,
    /// What concerns everybody.
    pub background: Background,
}

/// Everything that the state has of one person.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonFile {
    /// What is known for planning.
    pub record: PersonRecord,
    /// When the person is due although nothing about them changed, as the last [`Watch`] has it.
    pub revisit_at: Option<Timestamp>,
    /// What is held of them, or was and is not done with.
    pub held: Option<HeldPerson>,
    /// The last decisions about what is or was held of them, newest first.
    pub decisions: Vec<DecisionView>,
    /// What was last said about whose their account is, also if it was done since.
    pub choice: Option<ChoiceView>,
    /// What the last reconciliation found.
    pub drift: Vec<KnownDrift>,
    /// The last lines of the provisioning log, newest first.
    pub log: Vec<LogEntry>,
    /// Writes that were begun and have no outcome yet.
    pub in_flight: Vec<Intent>,
}

/// One cycle, with everything that the state has of whomever it has written.
#[derive(Clone, Debug, PartialEq)]
pub struct CycleFile {
    /// The cycle.
    pub cycle: CycleView,
    /// Whomever it has written, with the whole log of each; by object id.
    pub people: Vec<PersonFile>,
    /// How many of its writes have no outcome yet.
    pub in_flight: u64,
}

/// What concerns everybody, for the explanation of one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Background {
    /// All that was last read of groups and assignments.
    pub memberships: MembershipSnapshot,
    /// Where the reading of the users feed stands.
    pub feed: Feed,
    /// When the daemon means to run the next cycle; none if no daemon ever ran.
    pub next_cycle: Option<Timestamp>,
    /// What an administrator has stopped, if anything.
    pub pause: Option<Pause>,
    /// Links whose account is not gone.
    pub managed: u64,
    /// The fingerprint of the policy with which everybody was last planned; none if nobody was.
    pub policy: Option<String>,
}
