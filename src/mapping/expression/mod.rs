//! Entra's expression language: parsed and checked once, evaluated for one person at a time. Pure.

mod ast;
mod chance;
mod check;
mod compare;
mod compiled;
mod convert;
mod date;
mod error;
mod evaluate;
mod evaluate_special;
mod functions;
mod lexer;
mod names;
mod parser;
mod print;
mod random_string;
mod special;
mod value;

pub use compiled::{Expression, Flow, Moment, Place, Step};
pub use error::{EvaluationError, ExpressionError};
pub use functions::without_diacritics;
pub use value::Value;
