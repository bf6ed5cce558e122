//! The attribute mapping: which source attribute becomes which target attribute. Pure.

mod check;
mod error;
pub mod expression;
mod lint;
mod moment;
mod outcome;
pub mod pattern;
mod row;
mod table;
mod texts;
mod trace;

pub use error::{PersonError, TableError};
pub use expression::without_diacritics;
pub use lint::{Finding, lint};
pub use moment::moment_of;
pub use row::{OnDrift, Row, Source, When, WhenEmpty};
pub use table::Mapping;
pub use texts::json_of;
pub use trace::{RowOutcome, RowTrace, StepResult, StepTrace};
