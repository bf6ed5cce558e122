//! Plain values that every layer shares: ids, the source user, target paths and values, changes, links.
//!
//! Pure: no I/O, no clock, no randomness. Everything here can be compared, printed and stored.

mod account;
mod change;
mod choice;
mod desired;
mod difference;
mod drift;
mod format;
mod group;
mod held;
mod hold_class;
mod id;
mod link;
mod near;
mod operation;
mod path;
mod source;
mod source_path;
mod subject;
mod unmanaged;
mod value;
mod watch;
mod whole;

pub use account::{Account, NewAccount};
pub use change::{Change, REDACTED};
pub use choice::MatchChoice;
pub use desired::{Compare, DesiredUser, DesiredValue};
pub use difference::{Agreed, Aspect, Difference, KnownDifference};
pub use drift::{Drift, Treatment};
pub use format::Format;
pub use group::{Group, GroupLabel, MembershipSnapshot, Principal};
pub use held::{HeldOperation, Verdict};
pub use hold_class::HoldClass;
pub use id::{EntraId, GroupId, TargetId, fold, is_object_id};
pub use link::{Link, LinkOrigin};
pub use near::near;
pub use operation::Operation;
pub use path::{PathError, TargetPath};
pub use source::{Attributes, Presence, SourceChange, SourceUser};
pub use source_path::{SourcePath, SourcePathError};
pub use subject::Subject;
pub use unmanaged::{Names, Unmanaged};
pub use value::{TargetValue, Values};
pub use watch::Watch;
pub use whole::Whole;
