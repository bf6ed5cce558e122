//! All that is known of one person and why, for an administrator who asks: from the state alone, by the same decisions as
//! a cycle. Reads nothing and writes nothing; the clock is an argument.

mod account;
mod explanation;
mod hidden;
mod next;
mod person;

pub use account::{AccountView, AttributeView, LogLine};
pub use explanation::{DecisionLine, DriftView, Explanation, Flight, HeldView, RetryView, explain};
pub use hidden::Hidden;
pub use next::{Due, LimitView, NextCycle, Revisit, Will};
pub use person::{ManagerView, PersonView, ScopeView};
