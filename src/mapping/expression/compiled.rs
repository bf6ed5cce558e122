//! An expression that was parsed and checked: what rows and filters hold.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use thiserror::Error;

use super::Value;
use crate::model::{SourcePath, Subject};

/// What an expression may use, by where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A row that is written whenever its value differs: the same person must always give the same value.
    Row,
    /// A row with `when = "create"`: `Guid`, `RandomString` and `Now` are allowed too.
    CreateRow,
    /// A filter: `MemberOf` is allowed, and the result is true or false.
    Filter,
}

/// What an evaluation gets beside the person, so that it has no clock and no randomness of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The time for `Now`.
    pub now: Timestamp,
    /// For `Guid` and `RandomString`; the same seed gives the same values.
    pub seed: u64,
}

/// What an expression gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Flow {
    /// This value; [`Value::Null`] is subject to the row's default and null handling.
    Value(Value),
    /// `IgnoreFlowIfNullOrEmpty`: the attribute is left alone, whatever the row says of null.
    Ignore,
}

/// An expression that cannot be used. Prints the reason, then the expression with a caret under the place.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ExpressionError {
    /// What is wrong and what to do, one lower-case fragment.
    pub message: String,
    /// The expression as it was written.
    pub text: String,
    /// Where, as a byte offset into the text, on a character boundary.
    pub at: usize,
}

/// Why an expression gives nothing for one person.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{function} {problem}")]
pub struct EvaluationError {
    /// The function, in Entra's spelling, or the operator.
    pub function: String,
    /// What is wrong with which value.
    pub problem: String,
}

/// One sub-expression and what it gave, innermost first.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The sub-expression, printed.
    pub expression: String,
    /// What it gave.
    pub result: Result<Value, EvaluationError>,
}

/// A parsed and checked expression. Prints in its canonical form, which parses to the same expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    text: String,
}

impl Expression {
    /// Parses and checks an expression: syntax, names, number and types of arguments, regular expressions, limits.
    pub fn parse(text: &str, _place: Place) -> Result<Self, ExpressionError> {
        Err(ExpressionError { message: "expressions are not supported yet".to_owned(), text: text.to_owned(), at: 0 })
    }

    /// The source attributes that it reads.
    pub fn paths(&self) -> BTreeSet<&SourcePath> {
        BTreeSet::new()
    }

    /// The groups that it names in `MemberOf`, by name or id.
    pub fn groups(&self) -> BTreeSet<&str> {
        BTreeSet::new()
    }

    /// Whether its value must not be shown (`Redact`).
    pub fn is_redacted(&self) -> bool {
        false
    }

    /// What it gives for one person.
    pub fn evaluate(&self, _subject: &Subject<'_>, _moment: Moment) -> Result<Flow, EvaluationError> {
        Ok(Flow::Value(Value::Null))
    }

    /// As [`Self::evaluate`], with what every sub-expression gave.
    pub fn trace(&self, subject: &Subject<'_>, moment: Moment) -> (Result<Flow, EvaluationError>, Vec<Step>) {
        (self.evaluate(subject, moment), Vec::new())
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
