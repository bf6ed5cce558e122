//! The filter in the brackets of a PATCH path: `type eq "work" and not (primary eq true)`.

use serde_json::{Map, Value};

use super::super::error::ScimError;
use super::super::schema::Attribute;

/// How many comparisons and parentheses a filter may have: nobody writes more, and the stack stays shallow.
const MAX_TERMS: usize = 64;

/// A parsed filter over the sub-attributes of one element.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ValueFilter {
    /// `attr op value`.
    Compare { attribute: String, operator: Operator, value: Value },
    /// `attr pr`.
    Present(String),
    /// `not (…)`.
    Not(Box<ValueFilter>),
    /// `… and …`.
    And(Box<ValueFilter>, Box<ValueFilter>),
    /// `… or …`.
    Or(Box<ValueFilter>, Box<ValueFilter>),
}

/// The operators that texts and booleans have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
}

impl ValueFilter {
    /// Parses the text between the brackets. Errors: 400 `invalidFilter`.
    pub(super) fn parse(text: &str, attribute: &Attribute) -> Result<Self, ScimError> {
        let mut parser = Parser { rest: text.trim(), attribute, terms_left: MAX_TERMS };
        let filter = parser.any()?;
        if parser.rest.is_empty() { Ok(filter) } else { Err(refused()) }
    }

    /// Whether an element is selected. Texts are compared without case, as no sub-attribute is `caseExact`.
    pub(super) fn selects(&self, element: &Value) -> bool {
        match self {
            Self::Present(name) => !element[name.as_str()].is_null(),
            Self::Not(inner) => !inner.selects(element),
            Self::And(left, right) => left.selects(element) && right.selects(element),
            Self::Or(left, right) => left.selects(element) || right.selects(element),
            Self::Compare { attribute, operator, value } => compare(&element[attribute.as_str()], *operator, value),
        }
    }

    /// The element that the filter describes, if it is made of `eq` and `and` alone.
    pub(super) fn described(&self) -> Option<Map<String, Value>> {
        match self {
            Self::Compare { attribute, operator: Operator::Eq, value } => {
                Some(Map::from_iter([(attribute.clone(), value.clone())]))
            }
            Self::And(left, right) => {
                let mut element = left.described()?;
                element.append(&mut right.described()?);
                Some(element)
            }
            _ => None,
        }
    }
}

fn compare(have: &Value, operator: Operator, want: &Value) -> bool {
    let (Some(have), Some(want)) = (have.as_str(), want.as_str()) else {
        return match operator {
            Operator::Eq => have == want,
            Operator::Ne => have != want,
            Operator::Co | Operator::Sw | Operator::Ew => false,
        };
    };
    let (have, want) = (have.to_lowercase(), want.to_lowercase());
    match operator {
        Operator::Eq => have == want,
        Operator::Ne => have != want,
        Operator::Co => have.contains(&want),
        Operator::Sw => have.starts_with(&want),
        Operator::Ew => have.ends_with(&want),
    }
}

fn refused() -> ScimError {
    ScimError::invalid_filter("the filter in the path is not understood")
}

struct Parser<'a> {
    rest: &'a str,
    attribute: &'a Attribute,
    terms_left: usize,
}

impl<'a> Parser<'a> {
    fn any(&mut self) -> Result<ValueFilter, ScimError> {
        let mut left = self.all()?;
        while self.keyword("or") {
            left = ValueFilter::Or(Box::new(left), Box::new(self.all()?));
        }
        Ok(left)
    }

    fn all(&mut self) -> Result<ValueFilter, ScimError> {
        let mut left = self.term()?;
        while self.keyword("and") {
            left = ValueFilter::And(Box::new(left), Box::new(self.term()?));
        }
        Ok(left)
    }

    fn term(&mut self) -> Result<ValueFilter, ScimError> {
        self.terms_left = self.terms_left.checked_sub(1).ok_or_else(refused)?;
        let negated = self.keyword("not");
        if self.symbol('(') {
            let inner = self.any()?;
            return match self.symbol(')') {
                true if negated => Ok(ValueFilter::Not(Box::new(inner))),
                true => Ok(inner),
                false => Err(refused()),
            };
        }
        if negated { Err(refused()) } else { self.comparison() }
    }

    fn comparison(&mut self) -> Result<ValueFilter, ScimError> {
        let name = self.word();
        let attribute = self.attribute.sub(name).ok_or_else(refused)?.name.clone();
        let operator = match self.word().to_ascii_lowercase().as_str() {
            "pr" => return Ok(ValueFilter::Present(attribute)),
            "eq" => Operator::Eq,
            "ne" => Operator::Ne,
            "co" => Operator::Co,
            "sw" => Operator::Sw,
            "ew" => Operator::Ew,
            _ => return Err(refused()),
        };
        Ok(ValueFilter::Compare { attribute, operator, value: self.literal()? })
    }

    /// A JSON literal: a quoted text, or a word such as `true`.
    fn literal(&mut self) -> Result<Value, ScimError> {
        if !self.rest.starts_with('"') {
            return serde_json::from_str(self.word()).map_err(|_| refused());
        }
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter::<Value>();
        let value = values.next().and_then(Result::ok).ok_or_else(refused)?;
        let used = values.byte_offset();
        self.rest = self.rest.get(used..).unwrap_or_default().trim_start();
        Ok(value)
    }

    fn word(&mut self) -> &'a str {
        let end = self.rest.find([' ', '(', ')']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        word
    }

    fn symbol(&mut self, symbol: char) -> bool {
        self.rest.strip_prefix(symbol).map(|rest| self.rest = rest.trim_start()).is_some()
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let end = self.rest.find([' ', '(']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        let found = word.eq_ignore_ascii_case(keyword) && !rest.is_empty();
        if found {
            self.rest = rest.trim_start();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use serde_json::json;

    use super::super::super::schema::CORE_SCHEMA;
    use super::*;

    fn filter(text: &str) -> Result<ValueFilter, ScimError> {
        ValueFilter::parse(text, CORE_SCHEMA.attribute("emails").unwrap())
    }

    #[test]
    fn every_form_selects_what_it_says() {
        let element = json!({"type": "work", "value": "Anna@x.example", "primary": true});
        for (text, selected) in [
            (r#"type eq "WORK""#, true),
            (r#"TYPE EQ "personal""#, false),
            (r#"type ne "personal""#, true),
            (r#"value co "x.ex""#, true),
            (r#"value sw "anna" and value ew ".example""#, true),
            ("primary eq true", true),
            ("primary pr", true),
            (r"not (primary eq true)", false),
            (r#"type eq "personal" or primary eq true"#, true),
            (r#"type eq "personal" or type eq "work" and primary eq false"#, false),
            (r#"(type eq "personal" or type eq "work") and primary eq true"#, true),
        ] {
            assert_eq!(filter(text).unwrap().selects(&element), selected, "{text}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        let deep = format!("{}type pr{}", "(".repeat(20_000), ")".repeat(20_000));
        for text in ["", "type", "type eq", "type eq work", "type gt \"a\"", "nope eq \"a\"", "(type pr", "not type pr"]
        {
            assert!(filter(text).is_err(), "{text}");
        }
        assert!(filter(&deep).is_err());
        assert!(filter(&vec!["type pr"; 20_000].join(" and ")).is_err());
        assert!(filter(r#"type eq "work" rubbish"#).is_err());
    }

    #[test]
    fn only_equalities_describe_an_element() {
        let described = filter(r#"type eq "work" and primary eq true"#).unwrap().described();
        assert_eq!(described.map(Value::Object), Some(json!({"type": "work", "primary": true})));
        assert_eq!(filter(r#"type ne "work""#).unwrap().described(), None);
    }
}
