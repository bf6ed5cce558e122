//! Entra's expression language: parsed and checked once, evaluated for one person at a time. Pure.

mod compiled;
mod date;
mod functions;
mod value;

pub use compiled::{EvaluationError, Expression, ExpressionError, Flow, Moment, Place, Step};
pub use value::Value;
