//! The attribute mapping: which source attribute becomes which target attribute. Pure.

pub mod expression;
mod row;
mod table;

pub use row::{Row, Source, When};
pub use table::{Mapping, PersonError, TableError};
