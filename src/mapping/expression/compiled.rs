//! An expression that was parsed and checked: what rows and filters hold.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;

use super::Value;
use super::ast::{Call, Callee, Kind, Node};
use super::check::check;
use super::convert::truth;
use super::error::{EvaluationError, ExpressionError, Problem};
use super::evaluate::{Evaluation, Stop};
use super::parser;
use super::special::Special;
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

/// One sub-expression and what it gave, innermost first.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The sub-expression, printed.
    pub expression: String,
    /// What it gave.
    pub result: Result<Value, EvaluationError>,
}

/// Characters that Entra takes (known-issues); what is longer could not be taken from there or back.
const MAX_CHARACTERS: usize = 10_000;

/// A parsed and checked expression. Prints in its canonical form, which parses to the same expression. Two are equal if
/// they print the same; an administrator's blanks change nothing.
#[derive(Clone)]
pub struct Expression {
    text: String,
    root: Node,
    is_redacted: bool,
}

impl Expression {
    /// Parses and checks an expression: syntax, names, number and types of arguments, regular expressions, limits.
    pub fn parse(text: &str, place: Place) -> Result<Self, ExpressionError> {
        let root = compiled(text, place).map_err(|problem| problem.within(text))?;
        Ok(Self { text: root.to_string(), is_redacted: root.contains(Special::Redact), root })
    }

    /// The source attributes that it reads.
    pub fn paths(&self) -> BTreeSet<&SourcePath> {
        let mut paths = BTreeSet::new();
        self.root.visit(&mut |node| {
            if let Kind::Attribute(path) = &node.kind {
                paths.insert(path);
            }
        });
        paths
    }

    /// The groups that it names in `MemberOf`, by name or id.
    pub fn groups(&self) -> BTreeSet<&str> {
        let mut groups = BTreeSet::new();
        self.root.visit(&mut |node| {
            if let Kind::Call(call) = &node.kind {
                groups.extend(groups_of(call));
            }
        });
        groups
    }

    /// Whether its value must not be shown (`Redact`).
    pub fn is_redacted(&self) -> bool {
        self.is_redacted
    }

    /// What it gives for one person.
    pub fn evaluate(&self, subject: &Subject<'_>, moment: Moment) -> Result<Flow, EvaluationError> {
        flow(Evaluation::new(subject, moment, false).value(&self.root))
    }

    /// As [`Self::evaluate`], with what every sub-expression gave, as far as it was evaluated. What `Redact` hides is
    /// shown as `[Redact]`.
    pub fn trace(&self, subject: &Subject<'_>, moment: Moment) -> (Result<Flow, EvaluationError>, Vec<Step>) {
        let mut evaluation = Evaluation::new(subject, moment, true);
        let outcome = evaluation.value(&self.root);
        (flow(outcome), evaluation.into_steps())
    }

    /// Whether a filter lets one person pass: `True` and numbers that are not zero do; nothing does not. A text that says
    /// neither is an error, so that nobody loses an account over a filter that means something else.
    pub fn test(&self, subject: &Subject<'_>, moment: Moment) -> Result<bool, EvaluationError> {
        match self.evaluate(subject, moment)? {
            Flow::Value(value) => {
                truth(&value).map_err(|problem| EvaluationError { function: "the filter".to_owned(), problem })
            }
            Flow::Ignore => Ok(false),
        }
    }
}

fn compiled(text: &str, place: Place) -> Result<Node, Problem> {
    if let Some((at, _)) = text.char_indices().nth(MAX_CHARACTERS) {
        let length = text.chars().count();
        let message = format!("the expression has {length} characters; {MAX_CHARACTERS} are allowed, as in Entra");
        return Err(Problem::new(at, message));
    }
    let mut root = parser::parse(text)?;
    check(&mut root, place)?;
    Ok(root)
}

fn flow(outcome: Result<Value, Stop>) -> Result<Flow, EvaluationError> {
    match outcome {
        Ok(value) => Ok(Flow::Value(value)),
        Err(Stop::Ignore) => Ok(Flow::Ignore),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// What is written in one call of `MemberOf`.
fn groups_of(call: &Call) -> impl Iterator<Item = &str> {
    let names_groups = matches!(call.callee, Callee::Special(form) if form.special == Special::MemberOf);
    call.arguments.iter().flatten().filter(move |_| names_groups).filter_map(|argument| match &argument.kind {
        Kind::Literal(Value::Text(text)) => Some(text.trim()),
        _ => None,
    })
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Expression {}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expression").field(&self.text).finish()
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EntraId, Presence, SourceUser};
    use serde_json::json;

    fn parse(text: &str, place: Place) -> Expression {
        Expression::parse(text, place).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn names_what_it_reads() {
        let text =
            r#"And(MemberOf("Sales", " Ops "), Not(MemberOf("0A-1b")), [mobile] = [manager.mail], [mobile] <> "Ops2")"#;
        let filter = parse(text, Place::Filter);
        assert_eq!(filter.groups().into_iter().collect::<Vec<_>>(), ["0A-1b", "Ops", "Sales"]);
        let paths: Vec<String> = filter.paths().into_iter().map(ToString::to_string).collect();
        assert_eq!(paths, ["mobilePhone", "manager.mail"]);
        assert!(!filter.is_redacted());
        assert!(parse("Redact([mail])", Place::Row).is_redacted());
        assert!(parse(r#"Append("x", Redact([mail]))"#, Place::Row).is_redacted());
    }

    #[test]
    fn blanks_and_other_spellings_change_nothing() {
        let (one, same) = (parse("Left([mobile],&HF)", Place::Row), parse(" Left( [mobilePhone], 15 )", Place::Row));
        assert_eq!(one, same);
        assert_eq!(format!("{one:?}"), format!("{same:?}"));
        assert_eq!(format!("{one:?}"), r#"Expression("Left([mobilePhone], 15)")"#);
        assert_eq!(one.to_string(), "Left([mobilePhone], 15)");
        assert_ne!(one, parse("Left([mobile], 16)", Place::Row));
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        let of = |length: usize| format!("\"{}\"", "ä".repeat(length - 2));
        assert!(Expression::parse(&of(MAX_CHARACTERS), Place::Row).is_ok());
        let error = Expression::parse(&of(MAX_CHARACTERS + 1), Place::Row).expect_err("too long");
        assert_eq!(error.message, "the expression has 10001 characters; 10000 are allowed, as in Entra");
        assert_eq!(error.text.get(error.at..), Some("\""));
    }

    #[test]
    fn a_filter_lets_pass_what_is_true() {
        let serde_json::Value::Object(attributes) =
            json!({"accountEnabled": true, "isGuest": false, "one": 1, "zero": 0, "text": "True", "city": "Wien"})
        else {
            unreachable!("an object")
        };
        let ann = SourceUser { id: EntraId::new("A1"), presence: Presence::Live, attributes };
        let moment = Moment { now: Timestamp::UNIX_EPOCH, seed: 1 };
        let test = |text: &str| parse(text, Place::Filter).test(&Subject::alone(&ann), moment);
        for (text, expected) in [
            ("[accountEnabled]", true),
            ("[isGuest]", false),
            ("[one]", true),
            ("[zero]", false),
            ("[text]", true),
            ("[surname]", false),
            (r#"[city] = "Wien""#, true),
        ] {
            assert_eq!(test(text), Ok(expected), "{text}");
        }
        let error = test("[city]").expect_err("neither");
        assert_eq!(error.to_string(), r#"the filter needs True or False, not "Wien""#);
    }
}
