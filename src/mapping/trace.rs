//! How a row came to its value for one person, for people to look at.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

use super::expression::{Moment, Step};
use super::outcome::{Drawn, Outcome};
use super::texts::json_of;
use super::{PersonError, Row, Source};
use crate::model::{REDACTED, SourcePath, Subject, TargetPath, TargetValue};

/// One row and what it did for one person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RowTrace {
    /// The target attribute.
    pub target: TargetPath,
    /// The source, printed.
    pub source: String,
    /// What was read for it: each attribute with its value, null where it has none.
    pub read: BTreeMap<SourcePath, Json>,
    /// The sub-expressions of an expression, innermost first.
    pub steps: Vec<StepTrace>,
    /// What the source gave, before the row's checks; null if nothing.
    pub value: Json,
    /// What becomes of the target.
    #[serde(flatten)]
    pub outcome: RowOutcome,
}

/// One sub-expression.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepTrace {
    /// The sub-expression, printed.
    pub expression: String,
    /// What it gave, or why it gave nothing.
    #[serde(flatten)]
    pub result: StepResult,
}

/// What a sub-expression gave.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepResult {
    /// This value.
    Value(Json),
    /// It fails.
    Error(String),
}

/// What becomes of a target attribute.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum RowOutcome {
    /// The lifecycle decides.
    Lifecycle,
    /// It gets this value.
    Sent {
        /// The value.
        sent: TargetValue,
    },
    /// It gets this value with a new account, and is left alone from then on.
    SentOnCreate {
        /// The value.
        sent: TargetValue,
    },
    /// It loses its value.
    Cleared,
    /// It keeps what it has, because the source has no value.
    Kept,
    /// It is left alone, because the expression says so.
    Ignored,
    /// The person fails: nothing is sent for them; of a row for new accounts alone, no account is created.
    Failed {
        /// What is wrong and what to do.
        problem: String,
    },
}

impl Row {
    /// What the row does for one person, with every step on the way.
    pub(super) fn trace(&self, subject: &Subject<'_>, moment: Moment) -> RowTrace {
        let read = |path: &SourcePath| subject.value(path).map_or(Json::Null, Cow::into_owned);
        let (drawn, steps) = match &self.source {
            Source::Attribute(path) => (Ok(self.of_attribute(subject.value(path))), Vec::new()),
            Source::Constant(value) => (Ok(Drawn::Constant(value.clone())), Vec::new()),
            Source::Active => (Ok(Drawn::Active), Vec::new()),
            Source::Expression(expression) => {
                let (result, steps) = expression.trace(subject, moment.of_row(&self.target));
                (self.of_expression(result), steps)
            }
        };
        let value = drawn.as_ref().map_or(Json::Null, shown);
        let mut trace = RowTrace {
            target: self.target.clone(),
            source: self.source.to_string(),
            read: self.paths().into_iter().map(|path| (path.clone(), read(path))).collect(),
            steps: steps.into_iter().map(StepTrace::from).collect(),
            value,
            outcome: drawn.and_then(|drawn| self.settle(drawn)).into(),
        };
        if self.is_redacted() {
            trace.redact();
        }
        trace
    }
}

fn shown(drawn: &Drawn) -> Json {
    match drawn {
        Drawn::Active | Drawn::Nothing | Drawn::Ignore => Json::Null,
        Drawn::Texts(texts) => texts.to_json(),
        Drawn::Constant(TargetValue::Text(text)) => text.as_str().into(),
        Drawn::Constant(TargetValue::Flag(flag)) => (*flag).into(),
    }
}

impl RowTrace {
    fn redact(&mut self) {
        let hide = |value: &mut Json| {
            if !value.is_null() {
                *value = REDACTED.into();
            }
        };
        self.read.values_mut().for_each(hide);
        hide(&mut self.value);
        for step in &mut self.steps {
            match &mut step.result {
                StepResult::Value(value) => hide(value),
                StepResult::Error(error) => REDACTED.clone_into(error),
            }
        }
        if let RowOutcome::Sent { sent } | RowOutcome::SentOnCreate { sent } = &mut self.outcome {
            *sent = TargetValue::Text(REDACTED.to_owned());
        }
    }
}

impl From<Step> for StepTrace {
    fn from(Step { expression, result }: Step) -> Self {
        let result = match result {
            Ok(value) => StepResult::Value(json_of(&value)),
            Err(error) => StepResult::Error(error.to_string()),
        };
        Self { expression, result }
    }
}

impl From<Result<Outcome, Box<PersonError>>> for RowOutcome {
    fn from(result: Result<Outcome, Box<PersonError>>) -> Self {
        match result {
            Ok(Outcome::Lifecycle) => Self::Lifecycle,
            Ok(Outcome::Sent(sent)) => Self::Sent { sent },
            Ok(Outcome::SentOnCreate(sent)) => Self::SentOnCreate { sent },
            Ok(Outcome::Cleared) => Self::Cleared,
            Ok(Outcome::Kept) => Self::Kept,
            Ok(Outcome::Ignored) => Self::Ignored,
            Err(problem) => Self::Failed { problem: problem.to_string() },
        }
    }
}
