//! The state: one `SQLite` file with the snapshot of people and groups, the links, the retries, the intents in flight, the
//! cycles, the provisioning log and what is paused (design §5).
//!
//! One thread writes ([`Store`]); a job is answered only after its transaction is on disk. Commands beside a running
//! daemon read with a [`Reader`], which cannot write. One process at a time holds the [`Lock`].

mod alerts;
mod backup;
mod choices;
mod clock;
mod columns;
mod drift;
mod error;
mod feed;
mod handle;
mod history;
mod holds;
mod home;
mod inline;
mod intents;
mod links;
mod lock;
mod look_up;
mod managers;
mod memberships;
mod merge;
mod noticed;
mod page;
mod pauses;
mod people;
mod reader;
mod records;
mod rejections;
mod report;
mod retries;
mod schema;
mod shadow;
mod sides;
mod status;
mod survey;
mod types;
mod unchanged;
mod unmanaged;
mod watches;
mod work;
mod writer;

#[cfg(test)]
mod durability_test;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod model_test;

pub use choices::{ChoiceView, Chosen};
pub use drift::{Deleted, KnownDrift, Orphan, ReadBack, Reconciliation};
pub use error::StoreError;
pub use handle::Store;
pub use history::{
    Act, Asked, AuditEntry, DecidedBy, History, HistoryQuery, HistoryRow, LEAST_KEPT, LoggedOperation, NotPurged,
    Purged, Records, Retention, Trimmed, Way,
};
pub use holds::{
    DecidedOn, Decision, DecisionView, GuardRecord, HeldPerson, HoldId, HoldIdError, HoldView, Raised, ToHold,
};
pub use inline::{Destiny, Fate};
pub use lock::{Lock, LockError};
pub use pauses::{Pause, Stops};
pub use reader::Reader;
pub use records::{
    Background, ByHand, CycleEnd, CycleFile, CycleId, CycleKind, CycleProgress, CycleView, GroupFeeds, Intent,
    IntentId, LinkChange, LogEntry, LogQuery, LookUp, Matched, Outcome, PersonFile, Settled, Status, Waiting,
};
pub use rejections::{HoldChange, Rejection};
pub use report::Found;
pub use retries::Forgiven;
pub use shadow::{ShadowMemory, ShadowRound};
pub use sides::{Quarantine, Throttled};
pub use survey::{Survey, SurveyChange};
pub use types::{
    DueQuery, Feed, GroupFeed, MembershipCommit, OpenRound, PageCommit, PageOutcome, PersonRecord, Retry, RetryChange,
    RoundKind,
};
pub use unmanaged::Listing;
