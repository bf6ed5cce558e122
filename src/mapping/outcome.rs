//! What a row gives for one person.

use std::borrow::Cow;

use super::expression::{EvaluationError, Flow, Moment};
use super::texts::Texts;
use super::{PersonError, Row, Source, When, WhenEmpty};
use crate::model::{DesiredValue, Format, Subject, TargetValue};

/// What a source gave, before anything was checked.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Drawn {
    /// `$active`, which is not for the mapping to decide.
    Active,
    /// No value.
    Nothing,
    /// The attribute is to be left alone.
    Ignore,
    /// These texts.
    Texts(Texts),
    /// The constant, which was checked when the mapping was read.
    Constant(TargetValue),
}

/// What is to become of the target.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    /// The lifecycle decides.
    Lifecycle,
    /// It gets this value.
    Sent(TargetValue),
    /// It gets this value with a new account, and is left alone from then on.
    SentOnCreate(TargetValue),
    /// It loses its value.
    Cleared,
    /// It keeps what it has, because the source has no value.
    Kept,
    /// It is left alone, because the expression says so.
    Ignored,
}

impl Row {
    /// What becomes of the target for one person.
    pub(super) fn outcome(&self, subject: &Subject<'_>, moment: Moment) -> Result<Outcome, Box<PersonError>> {
        self.settle(self.draw(subject, moment)?)
    }

    fn draw(&self, subject: &Subject<'_>, moment: Moment) -> Result<Drawn, Box<PersonError>> {
        match &self.source {
            Source::Attribute(path) => Ok(self.of_attribute(subject.value(path))),
            Source::Constant(value) => Ok(Drawn::Constant(value.clone())),
            Source::Expression(expression) => self.of_expression(expression.evaluate(subject, moment)),
            Source::Active => Ok(Drawn::Active),
        }
    }

    pub(super) fn of_attribute(&self, value: Option<Cow<'_, serde_json::Value>>) -> Drawn {
        value.and_then(|value| Texts::of_json(value, self.joins())).map_or(Drawn::Nothing, Drawn::Texts)
    }

    pub(super) fn of_expression(&self, result: Result<Flow, EvaluationError>) -> Result<Drawn, Box<PersonError>> {
        match result {
            Ok(Flow::Ignore) => Ok(Drawn::Ignore),
            Ok(Flow::Value(value)) => Ok(Texts::of_value(value, self.joins()).map_or(Drawn::Nothing, Drawn::Texts)),
            Err(EvaluationError { function, problem }) => {
                let problem = if self.is_redacted() { "fails on a value that is redacted".to_owned() } else { problem };
                Err(Box::new(PersonError::Expression { target: self.target.clone(), function, problem }))
            }
        }
    }

    fn joins(&self) -> bool {
        self.format == Format::Joined
    }

    /// From what the source gave to what becomes of the target.
    pub(super) fn settle(&self, drawn: Drawn) -> Result<Outcome, Box<PersonError>> {
        let value = match drawn {
            Drawn::Active => return Ok(Outcome::Lifecycle),
            Drawn::Constant(value) => value,
            Drawn::Texts(texts) => self.checked(texts)?,
            Drawn::Nothing | Drawn::Ignore if self.must_have_value() => return Err(Box::new(self.missing())),
            Drawn::Ignore => return Ok(Outcome::Ignored),
            Drawn::Nothing => match &self.empty {
                WhenEmpty::Keep => return Ok(Outcome::Kept),
                WhenEmpty::Clear => return Ok(Outcome::Cleared),
                WhenEmpty::DefaultOnCreate(default) => return Ok(Outcome::SentOnCreate(default.clone())),
                WhenEmpty::Default(default) => default.clone(),
            },
        };
        Ok(match self.when {
            When::Always => Outcome::Sent(value),
            When::Create => Outcome::SentOnCreate(value),
        })
    }

    /// Whoever has no `userName` cannot be matched, whatever the row says.
    fn must_have_value(&self) -> bool {
        let has_default = matches!(self.empty, WhenEmpty::DefaultOnCreate(_) | WhenEmpty::Default(_));
        self.target.is_user_name() || self.required && !has_default
    }

    fn missing(&self) -> PersonError {
        let target = self.target.clone();
        match &self.source {
            Source::Expression(_) => PersonError::NoResult { target },
            source => PersonError::MissingRequired { target, source_name: source.to_string() },
        }
    }

    /// The desired value of an outcome; none where the target is left alone.
    pub(super) fn desired(&self, outcome: Outcome) -> Option<DesiredValue<'_>> {
        let (value, create_only) = match outcome {
            Outcome::Lifecycle | Outcome::Kept | Outcome::Ignored => return None,
            Outcome::Sent(value) => (Some(value), false),
            Outcome::SentOnCreate(value) => (Some(value), true),
            Outcome::Cleared => (None, false),
        };
        Some(DesiredValue { path: &self.target, value, compare: self.compare, create_only })
    }
}
