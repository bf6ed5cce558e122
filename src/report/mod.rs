//! The report: what the state shows of a period, as one page of HTML that needs nothing from elsewhere.
//!
//! Rows are counted one by one and forgotten, so that a page takes no more memory for a million of them. No I/O and no
//! clock: whoever gathers the facts says when that was.

mod chart;
mod cycles;
mod distribution;
mod facts;
mod page;
mod period;
mod section;
mod tally;
mod words;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use cycles::CycleTally;
pub use distribution::Distribution;
pub use facts::{DriftLine, Facts, HoldLines};
pub use page::{is_report, page};
pub use period::Period;
pub use tally::Tally;
