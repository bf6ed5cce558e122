//! The plan: what is to be done, as data. Pure: decided from complete inputs, the clock among them.

mod decide;
mod diff;
mod display;
mod guard;
mod member;
mod operation;
mod policy;
mod reason;
mod retry;

pub use decide::{Decided, Decision, Hit, Matching, Person, Situation, decide};
pub use guard::guard;
pub use operation::{Counts, Failed, Held, Plan, PlannedOperation, Skipped};
pub use policy::{Actions, Delete, Limits, OutOfScope, Policy, Protected};
pub use reason::{PersonFailure, Reason, SkipReason};
pub use retry::{Pace, next_attempt};

#[cfg(test)]
mod tests;
