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
            Source::Expression(expression) => {
                self.of_expression(expression.evaluate(subject, moment.of_row(&self.target)))
            }
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
        Some(DesiredValue {
            path: &self.target,
            value,
            compare: self.compare,
            create_only,
            redacted: self.is_redacted(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::expression::{Expression, Place};
    use crate::model::{EntraId, Presence, SourceUser};
    use jiff::Timestamp;
    use serde_json::{Value, json};

    fn row(text: &str) -> Row {
        let expression = Expression::parse(text, Place::Row).unwrap_or_else(|error| panic!("{error}"));
        Row::new("title".parse().expect("a path"), Source::Expression(expression.into()))
    }

    fn outcome(row: &Row) -> Result<Outcome, Box<PersonError>> {
        let attributes = json!({
            "userPrincipalName": "ann@x.example", "givenName": "Ann", "jobTitle": null, "otherMails": ["a|b", " c "],
        });
        let Value::Object(attributes) = attributes else { unreachable!("an object") };
        let user = SourceUser { id: EntraId::new("1"), presence: Presence::Live, attributes };
        let moment = Moment { now: Timestamp::UNIX_EPOCH, seed: 1 };
        row.outcome(&Subject::alone(&user), moment)
    }

    fn sent(text: &str) -> Outcome {
        Outcome::Sent(TargetValue::Text(text.to_owned()))
    }

    #[test]
    fn what_an_expression_gives_is_a_text_without_blanks_around_it() {
        for (text, expected) in [
            ("Append([givenName], \" \")", "Ann"),
            ("InStr([givenName], \"n\")", "2"),
            ("IsPresent([givenName])", "True"),
            ("[otherMails]", "a|b"),
            ("Split(\"x,y\", \",\")", "x"),
        ] {
            assert_eq!(outcome(&row(text)), Ok(sent(expected)), "{text}");
        }
        let joins = Row { format: Format::Joined, ..row("[otherMails]") };
        assert_eq!(outcome(&joins), Ok(sent("a\\|b|c")));
    }

    #[test]
    fn an_empty_result_is_no_value() {
        for text in ["[jobTitle]", "Left([givenName], 0)", "Append(\" \", [jobTitle])"] {
            assert_eq!(outcome(&row(text)), Ok(Outcome::Kept), "{text}");
            let clear = Row { empty: WhenEmpty::Clear, ..row(text) };
            assert_eq!(outcome(&clear), Ok(Outcome::Cleared), "{text}");
            let default = Row { empty: WhenEmpty::Default(TargetValue::Text("None".to_owned())), ..row(text) };
            assert_eq!(outcome(&default), Ok(sent("None")), "{text}");
        }
    }

    #[test]
    fn what_is_to_be_ignored_is_left_alone_whatever_the_row_says_of_nothing() {
        let ignoring = || row("IgnoreFlowIfNullOrEmpty([jobTitle])");
        let text = || TargetValue::Text("None".to_owned());
        for empty in [WhenEmpty::Keep, WhenEmpty::Clear, WhenEmpty::DefaultOnCreate(text()), WhenEmpty::Default(text())]
        {
            assert_eq!(outcome(&Row { empty, ..ignoring() }), Ok(Outcome::Ignored));
        }
        let required = outcome(&Row { required: true, ..ignoring() });
        let Err(error) = required else { panic!("{required:?}") };
        assert!(matches!(*error, PersonError::NoResult { .. }), "{error}");
    }

    #[test]
    fn an_expression_that_fails_is_the_persons_failure_and_shows_nothing_that_is_redacted() {
        let Err(error) = outcome(&row("CDate([givenName])")) else { panic!("Ann is no date") };
        assert!(error.to_string().starts_with("title has an expression that fails: CDate "), "{error}");
        let Err(error) = outcome(&row("Redact(CDate([givenName]))")) else { panic!("Ann is no date") };
        assert!(!error.to_string().contains("Ann"), "{error}");
    }
}
