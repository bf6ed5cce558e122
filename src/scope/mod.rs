//! Who should have an active Jostle account; each verdict with its reason. Pure.
//!
//! Everybody in the directory who is a person and no guest is in scope. Guests stay out because Graph's raw guest UPN
//! (`alias_domain#EXT#@tenant`) is not the name under which Entra's own job provisioned them: sending it would create
//! a second account.

mod verdict;

pub use verdict::{OutReason, Verdict, judge};
