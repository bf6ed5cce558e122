//! What is wrong, how bad it is, and what an administrator can do about it: judged from the state and the time alone, so
//! that `status`, a monitor and whatever else asks are told the same.

mod finding;
mod judge;
mod people;
mod rules;
mod sides;
#[cfg(test)]
mod tests;

pub use finding::{Cause, Finding, Health, Level};
pub use judge::{Grounds, Room, judge};
pub use rules::Rules;
