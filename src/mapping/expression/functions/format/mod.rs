//! `FormatDateTime`: a date from one of .NET's formats into another, in the invariant culture.

mod function;
mod names;
mod pieces;
mod read;
mod styles;
mod write;

pub(super) use function::{FUNCTIONS, Formats};
