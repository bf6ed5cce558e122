//! `mapping eval`: what one expression gives for one person.

use serde::Serialize;
use serde_json::Value as Json;

use super::person::Person;
use crate::cli::args::EvalArgs;
use crate::cli::exit::Failure;
use crate::cli::{Exit, Run, output, wrap};
use crate::config;
use crate::mapping::expression::{Expression, ExpressionError, Flow, Place};
use crate::mapping::json_of;
use crate::model::REDACTED;

/// What the expression gave.
#[derive(Serialize)]
struct Answer {
    user: String,
    expression: String,
    kind: &'static str,
    value: Json,
}

pub(super) fn eval(run: &Run, options: &EvalArgs) -> Result<Exit, Failure> {
    let expression = match parse(&options.expression) {
        Ok(expression) => expression,
        Err(error) => {
            output::complain(&format!("the expression cannot be used: {error}"));
            return Ok(Exit::Usage);
        }
    };
    let person = Person::find(&options.user, || Ok(config::load_snapshot(&run.config)?))?;
    let (kind, value) = match expression.evaluate(&person.subject(), person.moment()) {
        Ok(Flow::Ignore) => ("the attribute is left alone", Json::Null),
        Ok(Flow::Value(value)) if expression.is_redacted() => (value.kind(), REDACTED.into()),
        Ok(Flow::Value(value)) => (value.kind(), json_of(&value)),
        Err(error) => {
            output::complain(&format!("the expression fails for {}: {error}", person.name()));
            return Ok(Exit::SomeFailed);
        }
    };
    let answer = Answer { user: person.name().to_owned(), expression: expression.to_string(), kind, value };
    output::print(run.json, &answer, || describe(&answer))?;
    Ok(Exit::Success)
}

/// Functions of rows and of filters are all allowed here, so the expression only has to be good in one of the places.
fn parse(text: &str) -> Result<Expression, ExpressionError> {
    let in_row = match Expression::parse(text, Place::CreateRow) {
        Ok(expression) => return Ok(expression),
        Err(error) => error,
    };
    // Where both fail, the one that was understood further says more.
    Expression::parse(text, Place::Filter)
        .map_err(|in_filter| if in_filter.at > in_row.at { in_filter } else { in_row })
}

fn describe(answer: &Answer) -> String {
    let mut out = String::new();
    wrap::field(&mut out, "value  ", &wrap::value(&answer.value));
    wrap::field(&mut out, "kind   ", answer.kind);
    out
}
