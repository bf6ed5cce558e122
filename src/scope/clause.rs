//! One clause of a filter: an attribute, an operator, a value ("Scoping users or groups to be provisioned with scoping
//! filters", Microsoft Entra).
//!
//! Texts are compared with case. An attribute without a value makes every clause false but IS NULL, the negated ones
//! too. What Entra cannot do works: of several values one that matches is enough, and for a negated operator none may.

use std::fmt;

use thiserror::Error;

use super::operator::{Operator, Test};
use crate::mapping::expression::Value;
use crate::mapping::pattern::{Endless, Pattern};
use crate::model::{SourcePath, Subject};

/// A clause, checked and made ready.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    attribute: SourcePath,
    operator: Operator,
    operand: Operand,
}

/// What an attribute is compared with.
#[derive(Clone, Debug)]
enum Operand {
    Nothing,
    Text(String),
    Number(i128),
    List(Vec<String>),
    Pattern { text: String, anchored: bool, pattern: Pattern },
}

/// A compiled pattern is what its text says.
impl PartialEq for Operand {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nothing, Self::Nothing) => true,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Pattern { text: a, anchored: x, .. }, Self::Pattern { text: b, anchored: y, .. }) => {
                (a, x) == (b, y)
            }
            _ => false,
        }
    }
}

/// A clause that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ClauseError {
    /// The operator compares with a value.
    #[error("{0} needs a value to compare with; add it")]
    MissingValue(Operator),
    /// The operator compares with nothing.
    #[error("{0} compares with nothing; take the value out")]
    NeedlessValue(Operator),
    /// Only whole numbers can be greater.
    #[error("is {value:?}; {operator} takes a whole number")]
    NotWhole {
        /// The operator.
        operator: Operator,
        /// What was written.
        value: String,
    },
    /// A pattern that is none.
    #[error("is a regular expression that {0}")]
    Pattern(String),
    /// Only a pattern can be anchored.
    #[error("belongs to REGEX MATCH and NOT REGEX MATCH, not to {0}; take it out")]
    MisplacedAnchored(Operator),
}

/// Why a clause is neither true nor false for one person.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{attribute}: the pattern {pattern:?} {endless}; write it without nested repetitions")]
pub struct ClauseFailure {
    attribute: String,
    pattern: String,
    endless: Endless,
}

impl Clause {
    /// Checks a clause. A pattern must match the whole value unless `anchored` is false: Entra leaves that open, but
    /// its examples (`([1-9][0-9])` as "any number between 10 and 99") mean the whole value.
    pub fn new(
        attribute: SourcePath,
        operator: Operator,
        value: Option<&str>,
        anchored: Option<bool>,
    ) -> Result<Self, ClauseError> {
        if anchored.is_some() && operator.test() != Test::Pattern {
            return Err(ClauseError::MisplacedAnchored(operator));
        }
        let operand = operand(operator, value, anchored.unwrap_or(true))?;
        Ok(Self { attribute, operator, operand })
    }

    /// The attribute.
    pub fn attribute(&self) -> &SourcePath {
        &self.attribute
    }

    /// The operator.
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// What it compares with, as it was written; none where there is nothing to compare with.
    pub fn value(&self) -> Option<String> {
        match &self.operand {
            Operand::Nothing => None,
            Operand::Text(text) | Operand::Pattern { text, .. } => Some(text.clone()),
            Operand::Number(number) => Some(number.to_string()),
            Operand::List(values) => Some(values.join(", ")),
        }
    }

    /// The values that the person has; empty if none.
    pub(super) fn values_of(&self, subject: &Subject<'_>) -> Vec<Value> {
        let Some(json) = subject.value(&self.attribute) else { return Vec::new() };
        match Value::of_json(&json) {
            Value::List(values) => values.into_iter().map(Value::Text).collect(),
            value if value.is_empty() => Vec::new(),
            value => vec![value],
        }
    }

    /// Whether it is true for a person.
    pub(super) fn holds(&self, subject: &Subject<'_>) -> Result<bool, ClauseFailure> {
        let values = self.values_of(subject);
        if self.operator.test() == Test::Presence {
            return Ok(values.is_empty() != self.operator.is_negated());
        }
        if values.is_empty() {
            return Ok(false);
        }
        for value in &values {
            if self.matches(value)? {
                return Ok(!self.operator.is_negated());
            }
        }
        Ok(self.operator.is_negated())
    }

    fn matches(&self, value: &Value) -> Result<bool, ClauseFailure> {
        let text = value.to_string();
        Ok(match (self.operator.test(), &self.operand) {
            (Test::Flag(wanted), _) => text.eq_ignore_ascii_case(if wanted { "true" } else { "false" }),
            (Test::Equal, Operand::Text(operand)) => match value {
                Value::Flag(_) => text.eq_ignore_ascii_case(operand),
                _ => text == *operand,
            },
            (Test::Contains, Operand::Text(operand)) => text.contains(operand),
            (Test::EndsWith, Operand::Text(operand)) => text.ends_with(operand),
            (Test::Greater, Operand::Number(operand)) => whole(&text).is_some_and(|number| number > *operand),
            (Test::AtLeast, Operand::Number(operand)) => whole(&text).is_some_and(|number| number >= *operand),
            (Test::OneOf, Operand::List(operands)) => operands.contains(&text),
            (Test::Pattern, Operand::Pattern { text: written, pattern, .. }) => {
                let (attribute, written) = (&self.attribute, written.clone());
                let gave_up = |endless| ClauseFailure { attribute: attribute.to_string(), pattern: written, endless };
                pattern.is_match(&text).map_err(gave_up)?
            }
            _ => false,
        })
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.attribute, self.operator)?;
        self.value().map_or(Ok(()), |value| write!(f, " {value:?}"))
    }
}

fn operand(operator: Operator, value: Option<&str>, anchored: bool) -> Result<Operand, ClauseError> {
    let test = operator.test();
    let value = match (test, value) {
        (Test::Presence | Test::Flag(_), None) => return Ok(Operand::Nothing),
        (Test::Presence | Test::Flag(_), Some(_)) => return Err(ClauseError::NeedlessValue(operator)),
        (_, None) => return Err(ClauseError::MissingValue(operator)),
        (_, Some(value)) => value,
    };
    Ok(match test {
        Test::Greater | Test::AtLeast => {
            let not_whole = || ClauseError::NotWhole { operator, value: value.to_owned() };
            Operand::Number(whole(value).ok_or_else(not_whole)?)
        }
        Test::OneOf => Operand::List(
            value.split([',', ';']).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect(),
        ),
        Test::Pattern => pattern(value, anchored)?,
        _ => Operand::Text(value.to_owned()),
    })
}

fn pattern(text: &str, anchored: bool) -> Result<Operand, ClauseError> {
    let pattern = if anchored { Pattern::whole(text) } else { Pattern::new(text) };
    let pattern = pattern.map_err(ClauseError::Pattern)?;
    Ok(Operand::Pattern { text: text.to_owned(), anchored, pattern })
}

/// Entra compares whole numbers only, and employee numbers can be long.
fn whole(text: &str) -> Option<i128> {
    text.trim().parse().ok()
}
