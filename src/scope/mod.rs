//! Who should have an active account, and why. Pure.
//!
//! Deleted and disabled people never should; everybody else is judged here.

mod clause;
mod dates;
mod examine;
mod filter;
mod judge;
mod memberships;
mod operator;
mod reach;
mod rules;
mod shrunken;
mod verdict;

pub use clause::{Clause, ClauseError, ClauseFailure};
pub use dates::Dates;
pub use examine::{ClauseFinding, Examination, Finding, examine};
pub use filter::Filter;
pub use judge::judge;
pub use memberships::{Assignment, Memberships};
pub use operator::{Operator, OperatorError};
pub use reach::Reach;
pub use rules::{Guests, Rules, Who};
pub use shrunken::{Shrunken, shrunken};
pub use verdict::{InReason, Judgement, OutReason, Undecided, Verdict};

#[cfg(test)]
mod tests;
