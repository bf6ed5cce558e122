//! Deterministic rehearsals: the engine with its real edges and its real store between two simulated tenants, in
//! virtual time, with one seed that decides everything.
//!
//! A [`Scenario`] is a company and a list of events: changes in both tenants, faults, kills, passing time. [`play()`]
//! carries it out, lets the faults stop, and checks the [`Rule`]s against an oracle that knows the truth of both tenants
//! and shares no code with the product's mapping, scope and plan.

mod allowance;
mod check;
mod choosing;
mod company;
mod event;
mod evidence;
mod finale;
mod foretold;
mod fortune;
mod generate;
mod many;
mod office;
mod oracle;
#[cfg(test)]
mod plan_test;
mod play;
mod player;
mod policy;
mod program;
mod rules;
mod runs;
mod scenario;
#[cfg(test)]
mod shadow_test;
mod shrink;
mod stage;
mod tenants;
#[cfg(test)]
mod undo_test;
mod undoing;
mod watch;
mod wire;
mod word;

pub use allowance::{Allowance, Allowed, Ceiling};
pub use company::{Company, Empty, Formula, From, MappedRow, Rulebook, Somebody, Team, Whom};
pub use event::{Change, Event, Moment};
pub use many::{Go, Seeds, Summary, play_caught, play_many};
pub use play::{Played, play};
pub use rules::{Rule, Violation};
pub use scenario::Scenario;
pub use shrink::shrink;
pub use word::{Choice, Of, Word};
