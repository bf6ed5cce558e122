//! Evaluates an expression for one person.

use super::Value;
use super::ast::{Call, Callee, Kind, Node};
use super::compare::compare;
use super::compiled::{Moment, Step};
use super::convert::convert;
use super::error::EvaluationError;
use super::functions::{Fault, Function, bounded};
use super::special::Special;
use crate::model::{REDACTED, SourcePath, Subject};

/// Why there is no value.
#[derive(Debug, PartialEq)]
pub(super) enum Stop {
    /// `IgnoreFlowIfNullOrEmpty` found nothing.
    Ignore,
    Failed(EvaluationError),
}

/// One evaluation.
pub(super) struct Evaluation<'e, 's> {
    pub(super) subject: &'e Subject<'s>,
    pub(super) moment: Moment,
    /// What every sub-expression gave, where somebody wants to know.
    steps: Option<Vec<Step>>,
    /// Within `Redact`.
    pub(super) is_hidden: bool,
    /// Whether the reason for the end is already in the steps.
    has_stopped: bool,
}

impl<'e, 's> Evaluation<'e, 's> {
    pub(super) fn new(subject: &'e Subject<'s>, moment: Moment, is_traced: bool) -> Self {
        let steps = is_traced.then(Vec::new);
        Self { subject, moment, steps, is_hidden: false, has_stopped: false }
    }

    pub(super) fn into_steps(self) -> Vec<Step> {
        self.steps.unwrap_or_default()
    }

    /// What a sub-expression gives.
    pub(super) fn value(&mut self, node: &Node) -> Result<Value, Stop> {
        let mut outcome = match &node.kind {
            Kind::Literal(value) => return Ok(value.clone()),
            Kind::Attribute(path) => self.attribute(path),
            Kind::Call(call) => self.call(call),
            Kind::Compare(comparison) => {
                let (left, right) = (self.value(&comparison.left)?, self.value(&comparison.right)?);
                let held = compare(&left, comparison.operator, &right);
                held.map(Value::Flag).map_err(|problem| failed(comparison.operator.symbol(), problem))
            }
        };
        if !self.has_stopped {
            self.note(node, &mut outcome);
        }
        outcome
    }

    fn attribute(&self, path: &SourcePath) -> Result<Value, Stop> {
        let value = self.subject.value(path).map_or(Value::Null, |value| Value::of_json(&value));
        limited(value).map_err(|problem| failed(&format!("[{path}]"), problem))
    }

    fn call(&mut self, call: &Call) -> Result<Value, Stop> {
        let value = match call.callee {
            Callee::Function(function) => self.function(function, call)?,
            Callee::Special(form) => self.special(form, call)?,
        };
        limited(value).map_err(|problem| failed(call.callee.signature().name, problem))
    }

    fn function(&mut self, function: &Function, call: &Call) -> Result<Value, Stop> {
        let mut values = self.arguments(call)?;
        let places = function.parameters.len() + function.optional.len();
        values.resize(values.len().max(places), None);
        (function.call)(&values, &call.prepared).map_err(|problem| failed(function.name, problem))
    }

    /// The values of all arguments, as the function takes them.
    pub(super) fn arguments(&mut self, call: &Call) -> Result<Vec<Option<Value>>, Stop> {
        let signature = call.callee.signature();
        let mut values = Vec::with_capacity(call.arguments.len());
        for (argument, parameter) in call.arguments.iter().zip(signature.kinds()) {
            values.push(match argument {
                None => None,
                Some(node) => {
                    let value = self.value(node)?;
                    Some(convert(value, parameter).map_err(|problem| failed(signature.name, problem))?)
                }
            });
        }
        Ok(values)
    }

    /// Keeps what a sub-expression gave, and nothing of what `Redact` hides.
    fn note(&mut self, node: &Node, outcome: &mut Result<Value, Stop>) {
        self.has_stopped = outcome.is_err();
        let must_look = self.steps.is_some() || self.has_stopped;
        let is_hidden = must_look && (self.is_hidden || node.contains(Special::Redact));
        if let (true, Err(Stop::Failed(error))) = (is_hidden, &mut *outcome) {
            "cannot work with a value that Redact hides".clone_into(&mut error.problem);
        }
        let Some(steps) = &mut self.steps else { return };
        let result = match outcome {
            Ok(value) if is_hidden && !value.is_empty() => Ok(Value::Text(REDACTED.to_owned())),
            Ok(value) => Ok(value.clone()),
            Err(Stop::Ignore) => Ok(Value::Null),
            Err(Stop::Failed(error)) => Err(error.clone()),
        };
        steps.push(Step { expression: node.to_string(), result });
    }
}

/// The same value, unless it is too long for any function to be given.
fn limited(value: Value) -> Result<Value, Fault> {
    let length = match &value {
        Value::Text(text) => text.len(),
        Value::List(values) => values.iter().map(String::len).sum(),
        _ => 0,
    };
    bounded(length).map(|()| value)
}

/// A failure within a function or an operator.
pub(super) fn failed(function: &str, problem: String) -> Stop {
    Stop::Failed(EvaluationError { function: function.to_owned(), problem })
}

#[cfg(test)]
mod tests {
    use super::super::{Expression, Flow, Place};
    use super::*;
    use crate::model::{EntraId, Presence, SourceUser};
    use serde_json::json;

    fn ann() -> SourceUser {
        let serde_json::Value::Object(attributes) = json!({"mail": "ann@x.example", "state": "QLD", "ssn": "123-45", "long": "x".repeat(40_000),
                "endless": "x".repeat(65_537)})
        else {
            unreachable!("an object")
        };
        SourceUser { id: EntraId::new("A1"), presence: Presence::Live, attributes }
    }

    /// Every step in a line, and what came of it.
    fn trace(text: &str) -> String {
        let expression = Expression::parse(text, Place::Row).unwrap_or_else(|error| panic!("{error}"));
        let moment = Moment { now: jiff::Timestamp::UNIX_EPOCH, seed: 1 };
        let (ann, boss) = (ann(), ann());
        let subject = Subject { manager: Some(&boss), ..Subject::alone(&ann) };
        let (outcome, steps) = expression.trace(&subject, moment);
        assert_eq!(outcome, expression.evaluate(&subject, moment));
        let line = |step: Step| match step.result {
            Ok(value) => format!("{} => {value:?}", step.expression),
            Err(error) => format!("{} => {error}", step.expression),
        };
        let last = match outcome {
            Ok(Flow::Value(value)) => format!("{value:?}"),
            Ok(Flow::Ignore) => "ignored".to_owned(),
            Err(error) => error.to_string(),
        };
        steps.into_iter().map(line).chain([last]).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_trace_has_every_step_from_the_inside_out() {
        insta::assert_snapshot!(trace(r#"Append(Left([manager.mail], 3), IIF([state] <> "NSW", [state], [mail]))"#), @r#"
        [manager.mail] => Text("ann@x.example")
        Left([manager.mail], 3) => Text("ann")
        [state] => Text("QLD")
        [state] <> "NSW" => Flag(true)
        [state] => Text("QLD")
        IIF([state] <> "NSW", [state], [mail]) => Text("QLD")
        Append(Left([manager.mail], 3), IIF([state] <> "NSW", [state], [mail])) => Text("annQLD")
        Text("annQLD")
        "#);
        insta::assert_snapshot!(trace("[mail]"), @r#"
        [mail] => Text("ann@x.example")
        Text("ann@x.example")
        "#);
        insta::assert_snapshot!(trace(r#""constant""#), @r#"Text("constant")"#);
    }

    #[test]
    fn a_trace_ends_with_what_failed() {
        insta::assert_snapshot!(trace(r#"Append("x", Left([mail], [state]))"#), @r#"
        [mail] => Text("ann@x.example")
        [state] => Text("QLD")
        Left([mail], [state]) => Left needs a whole number, not "QLD"
        Left needs a whole number, not "QLD"
        "#);
        insta::assert_snapshot!(trace(r#"Append("x", IgnoreFlowIfNullOrEmpty([surname]))"#), @r#"
        [surname] => Null
        IgnoreFlowIfNullOrEmpty([surname]) => Null
        ignored
        "#);
    }

    #[test]
    fn what_redact_hides_is_in_no_step_and_no_message() {
        insta::assert_snapshot!(trace(r#"IIF([state] = "QLD", Append(Redact(Left([ssn], 3)), "x"), "none")"#), @r#"
        [state] => Text("QLD")
        [state] = "QLD" => Flag(true)
        [ssn] => Text("[Redact]")
        Left([ssn], 3) => Text("[Redact]")
        Redact(Left([ssn], 3)) => Text("[Redact]")
        Append(Redact(Left([ssn], 3)), "x") => Text("[Redact]")
        IIF([state] = "QLD", Append(Redact(Left([ssn], 3)), "x"), "none") => Text("[Redact]")
        Text("123x")
        "#);
        insta::assert_snapshot!(trace(r#"Append(Redact(Left([mail], [ssn])), "x")"#), @r#"
        [mail] => Text("[Redact]")
        [ssn] => Text("[Redact]")
        Left([mail], [ssn]) => Left cannot work with a value that Redact hides
        Left cannot work with a value that Redact hides
        "#);
        insta::assert_snapshot!(trace("Left([mail], Redact([ssn]))"), @r#"
        [mail] => Text("ann@x.example")
        [ssn] => Text("[Redact]")
        Redact([ssn]) => Text("[Redact]")
        Left([mail], Redact([ssn])) => Left cannot work with a value that Redact hides
        Left cannot work with a value that Redact hides
        "#);
        insta::assert_snapshot!(trace("Redact([surname])"), @r#"
        [surname] => Null
        Redact([surname]) => Null
        Null
        "#);
        insta::assert_snapshot!(trace("Append(Left([mail], [state]), Redact([ssn]))"), @r#"
        [mail] => Text("ann@x.example")
        [state] => Text("QLD")
        Left([mail], [state]) => Left needs a whole number, not "QLD"
        Left needs a whole number, not "QLD"
        "#);
    }

    #[test]
    fn a_text_without_end_is_stopped() {
        insta::assert_snapshot!(trace("Left(Append([long], [long]), 1)").replace(&"x".repeat(40_000), "x…"), @r#"
        [long] => Text("x…")
        [long] => Text("x…")
        Append([long], [long]) => Append gives a text of more than 65536 bytes
        Append gives a text of more than 65536 bytes
        "#);
        insta::assert_snapshot!(trace("Left([endless], 1)"), @"
        [endless] => [endless] gives a text of more than 65536 bytes
        [endless] gives a text of more than 65536 bytes
        ");
    }
}
