//! Plain values that every layer shares: ids, the source user, target paths and values, changes, links.
//!
//! Pure: no I/O, no clock, no randomness. Everything here can be compared, printed and stored.

mod account;
mod change;
mod desired;
mod id;
mod link;
mod operation;
mod path;
mod source;
mod value;

pub use account::{Account, NewAccount};
pub use change::Change;
pub use desired::{Compare, DesiredUser, DesiredValue};
pub use id::{EntraId, TargetId, fold};
pub use link::{Link, LinkOrigin};
pub use operation::Operation;
pub use path::{PathError, TargetPath};
pub use source::{Attributes, Presence, SourceChange, SourceUser};
pub use value::{TargetValue, Values};
