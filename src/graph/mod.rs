//! The edge to Microsoft Graph: tokens, the feeds of users and groups, assignments, single look-ups.
//!
//! Invariants: the token goes to the configured origin and nowhere else; links are opaque and sent as they came; a
//! page that is not what the protocol allows is an error and never "nobody"; only Graph's own "does not exist" makes
//! a person absent, never just any 404.

mod assignments;
mod check;
mod client;
mod credentials;
mod delta;
mod error;
#[cfg(test)]
mod fake;
mod feed;
mod groups;
mod job;
mod list;
mod lookup;
mod settings;
mod source;
mod token;
mod untracked;
mod urls;
mod wire;

pub use check::CheckStep;
pub use job::JobError;
pub use settings::GraphSettings;
pub use source::GraphSource;
pub use untracked::UNTRACKED_PROPERTIES;
