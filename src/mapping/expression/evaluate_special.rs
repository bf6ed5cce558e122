//! What the special functions do.

use jiff::tz::Offset;

use super::Value;
use super::ast::{Call, Node};
use super::chance::Chance;
use super::compare::equal;
use super::convert::truth;
use super::evaluate::{Evaluation, Stop, failed};
use super::random_string::RandomString;
use super::special::{Form, Special};

impl Evaluation<'_, '_> {
    /// Evaluates what is needed and no more.
    pub(super) fn special(&mut self, form: &Form, call: &Call) -> Result<Value, Stop> {
        let name = form.signature.name;
        let arguments = call.arguments.as_slice();
        match form.special {
            Special::Iif => {
                let chosen = if self.truth(name, argument(arguments, 0))? { 1 } else { 2 };
                self.or_null(argument(arguments, chosen))
            }
            Special::Switch => self.switch(arguments),
            Special::Coalesce => self.coalesce(arguments),
            Special::IgnoreFlow => {
                let value = self.or_null(argument(arguments, 0))?;
                if value.is_empty() { Err(Stop::Ignore) } else { Ok(value) }
            }
            Special::Redact => self.hidden(argument(arguments, 0)),
            Special::And => self.first_to_be(false, name, arguments).map(|found| Value::Flag(!found)),
            Special::Or => self.first_to_be(true, name, arguments).map(Value::Flag),
            // As in Entra, what is not true is turned into True, whatever it is; a number is not, not even 1.
            Special::Not => {
                let value = self.or_null(argument(arguments, 0))?;
                let is_true = !matches!(value, Value::Number(_)) && truth(&value).unwrap_or(false);
                Ok(Value::Flag(!is_true))
            }
            Special::MemberOf => self.member_of(arguments),
            Special::Guid => Ok(Value::Text(self.chance(call).guid())),
            Special::RandomString => {
                let values = self.arguments(call)?;
                let random = RandomString::new(&values).map_err(|problem| failed(name, problem))?;
                Ok(Value::Text(random.give(&mut self.chance(call))))
            }
            Special::Now => Ok(Value::Date(Offset::UTC.to_datetime(self.moment.now))),
        }
    }

    fn or_null(&mut self, node: Option<&Node>) -> Result<Value, Stop> {
        node.map_or(Ok(Value::Null), |node| self.value(node))
    }

    fn truth(&mut self, name: &str, node: Option<&Node>) -> Result<bool, Stop> {
        let value = self.or_null(node)?;
        truth(&value).map_err(|problem| failed(name, problem))
    }

    /// Whether any of these conditions is so. Stops at the first.
    fn first_to_be(&mut self, wanted: bool, name: &str, arguments: &[Option<Node>]) -> Result<bool, Stop> {
        for node in arguments {
            if self.truth(name, node.as_ref())? == wanted {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn switch(&mut self, arguments: &[Option<Node>]) -> Result<Value, Stop> {
        let source = self.or_null(argument(arguments, 0))?;
        for pair in arguments.chunks(2).skip(1) {
            let key = self.or_null(argument(pair, 0))?;
            if equal(&source, &key) {
                return self.or_null(argument(pair, 1));
            }
        }
        self.or_null(argument(arguments, 1))
    }

    /// The first that is not empty, or else the last.
    fn coalesce(&mut self, arguments: &[Option<Node>]) -> Result<Value, Stop> {
        let mut last = Value::Null;
        for node in arguments {
            last = self.or_null(node.as_ref())?;
            if !last.is_empty() {
                break;
            }
        }
        Ok(last)
    }

    fn hidden(&mut self, node: Option<&Node>) -> Result<Value, Stop> {
        let outer = std::mem::replace(&mut self.is_hidden, true);
        let value = self.or_null(node);
        self.is_hidden = outer;
        value
    }

    fn member_of(&mut self, arguments: &[Option<Node>]) -> Result<Value, Stop> {
        for node in arguments {
            let wanted = self.or_null(node.as_ref())?.to_string();
            if self.subject.groups.iter().any(|group| group.is_meant_by(wanted.trim())) {
                return Ok(Value::Flag(true));
            }
        }
        Ok(Value::Flag(false))
    }

    fn chance(&self, call: &Call) -> Chance {
        Chance::new(self.moment.seed, call.ordinal)
    }
}

fn argument(arguments: &[Option<Node>], index: usize) -> Option<&Node> {
    arguments.get(index).and_then(Option::as_ref)
}

#[cfg(test)]
mod tests {
    use super::super::{EvaluationError, Expression, Flow, Moment, Place};
    use super::*;
    use crate::model::{EntraId, GroupId, GroupLabel, Presence, SourceUser, Subject};
    use serde_json::json;
    use std::sync::Arc;

    fn moment(seed: u64) -> Moment {
        Moment { now: "2021-07-02T15:33:38Z".parse().expect("a time"), seed }
    }

    fn ann() -> SourceUser {
        let serde_json::Value::Object(attributes) = json!({
            "mail": "ann@x.example", "country": "US", "state": "QLD", "city": "", "accountEnabled": true,
            "isGuest": false, "level": "5", "proxyAddresses": ["a", "b"], "nickname": "True"
        }) else {
            unreachable!("an object")
        };
        SourceUser { id: EntraId::new("A1"), presence: Presence::Live, attributes }
    }

    fn flow(place: Place, text: &str) -> Result<Flow, EvaluationError> {
        let expression = Expression::parse(text, place).unwrap_or_else(|error| panic!("{error}"));
        expression.evaluate(&Subject::alone(&ann()), moment(1))
    }

    /// What a row gives: `-` for nothing, the text otherwise, or what went wrong.
    fn gives(text: &str) -> String {
        match flow(Place::CreateRow, text) {
            Ok(Flow::Ignore) => "ignored".to_owned(),
            Ok(Flow::Value(Value::Null)) => "-".to_owned(),
            Ok(Flow::Value(value)) => value.to_string(),
            Err(error) => error.to_string(),
        }
    }

    fn all_give(cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            assert_eq!(gives(text), *expected, "{text}");
        }
    }

    #[test]
    fn iif_works_on_what_was_never_set() {
        all_give(&[
            (r#"IIF([country] = "US", [mail], "x")"#, "ann@x.example"),
            (r#"IIF([surname] = "", "none", "some")"#, "none"),
            (r#"IIF(IsNullOrEmpty([city]), "none", "some")"#, "none"),
            (r#"IIF([surname], "a", "b")"#, "b"),
            (r#"IIF([accountEnabled], "a", "b")"#, "a"),
            (r#"IIF([nickname], "a", "b")"#, "a"),
            (r#"IIF([isGuest], "a", "b")"#, "b"),
            (r#"IIF([country] = "US", [surname], "b")"#, "-"),
            (r#"IIF([mail], "a", "b")"#, r#"IIF needs True or False, not "ann@x.example""#),
            // The other branch is not looked at.
            (r#"IIF([country] = "US", "a", Left("x", [mail]))"#, "a"),
        ]);
    }

    #[test]
    fn switch_takes_the_first_equal_key_or_the_default() {
        all_give(&[
            (r#"Switch([state], "Sydney", "NSW", "Sydney", "QLD", "Brisbane")"#, "Brisbane"),
            (r#"Switch([state], "Sydney", "qld", "Brisbane")"#, "Sydney"),
            (r#"Switch([state], , "NSW", "Sydney")"#, "-"),
            (r#"Switch([state], "Sydney", "QLD", )"#, "-"),
            (r#"Switch([surname], "Other", "", "None")"#, "None"),
            (r#"Switch([city], "Other", "", "None")"#, "None"),
            (r#"Switch([state], "Other", "", "None")"#, "Other"),
            (r#"Switch([accountEnabled], "no", "True", "yes")"#, "yes"),
            (r#"Switch([level], "no", 5, "yes")"#, "yes"),
            (r#"Switch([proxyAddresses], "no", "a", "yes")"#, "yes"),
            (r#"Switch(IsNullOrEmpty([state]), [state], "True", "none")"#, "QLD"),
            (r#"Switch([state], Left("x", [mail]), "QLD", "a", "NSW", Left("x", [mail]))"#, "a"),
            (r#"Switch(Left("x", [mail]), "a", "b", "c")"#, r#"Left needs a whole number, not "ann@x.example""#),
        ]);
    }

    #[test]
    fn coalesce_takes_the_first_that_is_there() {
        all_give(&[
            ("Coalesce([surname], [city], [mail], [state])", "ann@x.example"),
            (r#"Coalesce([surname], "none")"#, "none"),
            (r#"Coalesce([surname], "")"#, ""),
            ("Coalesce([surname], )", "-"),
            ("Coalesce([surname], [city])", "-"),
            (r#"Coalesce([isGuest], "x")"#, "False"),
            (r#"Coalesce([mail], Left("x", [mail]))"#, "ann@x.example"),
        ]);
        assert_eq!(
            flow(Place::Row, "Coalesce([proxyAddresses], [mail])"),
            Ok(Flow::Value(Value::List(vec!["a".into(), "b".into()])))
        );
    }

    #[test]
    fn ignore_flow_leaves_the_attribute_alone_wherever_it_stands() {
        all_give(&[
            ("IgnoreFlowIfNullOrEmpty([surname])", "ignored"),
            (r#"IgnoreFlowIfNullOrEmpty("")"#, "ignored"),
            ("IgnoreFlowIfNullOrEmpty([mail])", "ann@x.example"),
            (r#"Append("x", IgnoreFlowIfNullOrEmpty([city]))"#, "ignored"),
            (r#"Append("x", IgnoreFlowIfNullOrEmpty([state]))"#, "xQLD"),
            (r#"IIF([state] = "QLD", "a", IgnoreFlowIfNullOrEmpty([city]))"#, "a"),
            ("IgnoreFlowIfNullOrEmpty([isGuest])", "False"),
        ]);
    }

    #[test]
    fn and_or_and_not() {
        let fails = r#"Left("x", [mail])"#;
        all_give(&[
            (r#"And([accountEnabled], [state] = "QLD", "True")"#, "True"),
            ("And([accountEnabled], [surname])", "False"),
            ("Or([surname], [isGuest])", "False"),
            ("Or([surname], [isGuest], [level])", "True"),
            (&format!("And([isGuest], {fails})"), "False"),
            (&format!("Or([accountEnabled], {fails})"), "True"),
            (&format!("Or([isGuest], {fails})"), r#"Left needs a whole number, not "ann@x.example""#),
            ("And([state], [isGuest])", r#"And needs True or False, not "QLD""#),
            ("Or([isGuest], [state])", r#"Or needs True or False, not "QLD""#),
            (r#"Not("True")"#, "False"),
            ("Not([accountEnabled])", "False"),
            ("Not([isGuest])", "True"),
            ("Not([surname])", "True"),
            ("Not([state])", "True"),
            ("Not(1)", "True"),
            (r#"Not([state] = "QLD")"#, "False"),
        ]);
    }

    #[test]
    fn member_of_takes_a_name_in_any_case_or_an_id() {
        let label = |id: &str, name: &str| Arc::new(GroupLabel { id: GroupId::new(id), name: name.to_owned() });
        let groups = [label("0a-1b", "Sales"), label("2c-3d", "Éclair")];
        let ann = ann();
        let subject = Subject { groups: &groups, ..Subject::alone(&ann) };
        for (text, expected) in [
            (r#"MemberOf("sales")"#, true),
            (r#"MemberOf(" 0A-1B ")"#, true),
            (r#"MemberOf("Sale")"#, false),
            (r#"MemberOf("Other", "Éclair")"#, true),
            (r#"MemberOf("Other", "More")"#, false),
            (r#"And(Not(MemberOf("Other")), MemberOf("Sales"))"#, true),
        ] {
            let filter = Expression::parse(text, Place::Filter).expect(text);
            assert_eq!(filter.test(&subject, moment(1)), Ok(expected), "{text}");
            assert_eq!(filter.test(&Subject::alone(&ann), moment(1)), Ok(false), "without groups: {text}");
        }
    }

    #[test]
    fn what_the_moment_gives_depends_on_nothing_else() {
        assert_eq!(gives("Now()"), "7/2/2021 3:33:38 PM");
        let text = r#"Append(Append(Guid(), "|"), Append(Guid(), RandomString(12, 2, 2, 2, 2)))"#;
        assert_eq!(gives(text), gives(text));
        assert_eq!(gives(text), gives(&text.replace(", ", ",")));
        let both = gives(r#"Append(Append(Guid(), "|"), Guid())"#);
        let (first, second) = both.split_once('|').expect("two");
        assert_ne!(first, second);
        let expression = Expression::parse("Guid()", Place::CreateRow).expect("an expression");
        let with = |seed| expression.evaluate(&Subject::alone(&ann()), moment(seed));
        assert_ne!(with(1), with(2));
    }

    #[test]
    fn a_random_string_tells_what_it_cannot_use() {
        all_give(&[
            ("RandomString([surname], 0, 0, 0, 0)", "RandomString needs a number, and got nothing"),
            ("RandomString([mail], 0, 0, 0, 0)", r#"RandomString needs a whole number, not "ann@x.example""#),
            ("RandomString([level], 2, 2, 2, 2)", "RandomString cannot put 8 characters into 5"),
        ]);
        assert_eq!(gives("RandomString([level], 1, 1, 1, 1, [surname])").len(), 5);
    }
}
