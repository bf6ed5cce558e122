//! The plan: what is to be done, as data. Pure: decided from complete inputs, the clock among them.

mod breaker;
mod decide;
mod diff;
mod display;
mod doubt;
mod drift;
mod file;
mod guard;
mod identity;
mod limits;
mod member;
mod moved;
mod operation;
mod policy;
mod reason;
mod resemble;
mod retry;
mod shadow;
mod stale;
mod standing;
mod undo;
mod whole;

pub use breaker::{Breaker, QuarantineRules, Trip};
pub use decide::{Decided, Decision, Hit, LookFor, Matching, Person, Situation, decide, end_of_life};
pub use diff::differences;
pub use doubt::{is_made_from, shown};
pub use drift::{Drifted, drifted, shown_values};
pub use file::{FileError, HeldBy, PlanEntry, PlanFile, Tenants};
pub use guard::{APPROVAL_LIFETIME, Ledger, ask_whose, class_of, guard, is_rejected, is_removal, is_same};
pub use identity::{Doubtful, FirstContact, Identity, Namesake, first_contact};
pub use limits::{Bound, FirstCycle, Limit, Limits};
pub use moved::{moved_in_jostle, moved_under_plan};
pub use operation::{Counts, Failed, Held, Plan, PlannedOperation, Skipped};
pub use policy::{Actions, Delete, OutOfScope, Policy, Protected};
pub use reason::{PersonFailure, Reason, SkipReason};
pub use resemble::resembles;
pub use retry::{Pace, next_attempt, pause};
pub use shadow::{Compared, Fate, as_shown, carry_on, differences_in, fate, is_doubtful};
pub use stale::stale;
pub use standing::{Standing, standing};
pub use undo::{Afterwards, LoggedWrite, NotUndone, Reversal, Undo, WrittenPerson, afterwards, reversal};
pub use whole::{operations_from_text, operations_to_text};

#[cfg(test)]
mod tests;
