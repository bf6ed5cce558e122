//! The operators of clauses, in Entra's spelling and in the others that are about.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// An operator of Entra's scoping filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// The same text.
    Equals,
    /// Another text.
    NotEquals,
    /// True.
    IsTrue,
    /// False.
    IsFalse,
    /// No value.
    IsNull,
    /// A value.
    IsNotNull,
    /// A text that a pattern describes.
    RegexMatch,
    /// A text that a pattern does not describe.
    NotRegexMatch,
    /// A greater whole number.
    GreaterThan,
    /// A whole number that is not smaller.
    GreaterThanOrEquals,
    /// A text with this text in it.
    Includes,
    /// A text without this text in it.
    NotIncludes,
    /// A text with this end.
    EndsWith,
    /// A text without this end.
    NotEndsWith,
    /// `&`: one of several texts, which are written with commas or semicolons between them.
    OneOf,
    /// `!&`: none of several texts.
    NotOneOf,
}

/// What an operator asks of one value, whatever its negation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Presence,
    Flag(bool),
    Equal,
    Pattern,
    Greater,
    AtLeast,
    Contains,
    EndsWith,
    OneOf,
}

/// Every operator as Entra's portal writes it.
const NAMES: [(Operator, &str); 16] = [
    (Operator::Equals, "EQUALS"),
    (Operator::NotEquals, "NOT EQUALS"),
    (Operator::IsTrue, "IS TRUE"),
    (Operator::IsFalse, "IS FALSE"),
    (Operator::IsNull, "IS NULL"),
    (Operator::IsNotNull, "IS NOT NULL"),
    (Operator::RegexMatch, "REGEX MATCH"),
    (Operator::NotRegexMatch, "NOT REGEX MATCH"),
    (Operator::GreaterThan, "Greater_Than"),
    (Operator::GreaterThanOrEquals, "Greater_Than_OR_EQUALS"),
    (Operator::Includes, "INCLUDES"),
    (Operator::NotIncludes, "NOT INCLUDES"),
    (Operator::EndsWith, "ENDS_WITH"),
    (Operator::NotEndsWith, "NOT ENDS_WITH"),
    (Operator::OneOf, "&"),
    (Operator::NotOneOf, "!&"),
];

/// A word that is no operator.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("is {0:?}; write one of {names}", names = NAMES.map(|(_, name)| name).join(", "))]
pub struct OperatorError(String);

impl Operator {
    pub(super) fn test(self) -> Test {
        match self {
            Self::Equals | Self::NotEquals => Test::Equal,
            Self::IsTrue => Test::Flag(true),
            Self::IsFalse => Test::Flag(false),
            Self::IsNull | Self::IsNotNull => Test::Presence,
            Self::RegexMatch | Self::NotRegexMatch => Test::Pattern,
            Self::GreaterThan => Test::Greater,
            Self::GreaterThanOrEquals => Test::AtLeast,
            Self::Includes | Self::NotIncludes => Test::Contains,
            Self::EndsWith | Self::NotEndsWith => Test::EndsWith,
            Self::OneOf | Self::NotOneOf => Test::OneOf,
        }
    }

    /// True where nothing of the value may meet the test.
    pub(super) fn is_negated(self) -> bool {
        matches!(
            self,
            Self::NotEquals
                | Self::IsNotNull
                | Self::NotRegexMatch
                | Self::NotIncludes
                | Self::NotEndsWith
                | Self::NotOneOf
        )
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NAMES.iter().find(|(operator, _)| operator == self).map_or("", |(_, name)| name))
    }
}

/// The portal and Graph's `operatorName` differ in case, blanks and underscores.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace() && *c != '_').collect::<String>().to_uppercase()
}

impl FromStr for Operator {
    type Err = OperatorError;

    fn from_str(text: &str) -> Result<Self, OperatorError> {
        let found = NAMES.iter().find(|(_, name)| plain(name) == plain(text));
        found.map(|(operator, _)| *operator).ok_or_else(|| OperatorError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_the_portal_and_of_graph_is_taken() {
        for (text, operator) in [
            ("EQUALS", Operator::Equals),
            ("Not Equals", Operator::NotEquals),
            ("NOT_EQUALS", Operator::NotEquals),
            ("IS NOT NULL", Operator::IsNotNull),
            ("isNotNull", Operator::IsNotNull),
            ("GREATER_THAN", Operator::GreaterThan),
            ("Greater Than or Equals", Operator::GreaterThanOrEquals),
            ("Includes", Operator::Includes),
            ("ENDS WITH", Operator::EndsWith),
            ("not  regex match", Operator::NotRegexMatch),
            (" & ", Operator::OneOf),
            ("!&", Operator::NotOneOf),
        ] {
            assert_eq!(text.parse(), Ok(operator), "{text}");
        }
        for (operator, name) in NAMES {
            assert_eq!((operator.to_string().as_str(), name.parse()), (name, Ok(operator)));
        }
        let error = "IsMemberOf".parse::<Operator>().expect_err("none");
        assert!(error.to_string().starts_with("is \"IsMemberOf\"; write one of EQUALS, NOT EQUALS"), "{error}");
    }
}
