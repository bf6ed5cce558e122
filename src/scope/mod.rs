//! Who should have an active account, and why. Pure.
//!
//! Deleted and disabled people never should; everybody else is judged here.

mod memberships;
mod reach;
mod verdict;

pub use memberships::{Assignment, Memberships};
pub use reach::Reach;
pub use verdict::{OutReason, Verdict, judge};
