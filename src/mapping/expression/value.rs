//! Values while an expression is evaluated, and how each turns into the others.

use std::fmt;

use jiff::civil::DateTime;

use super::date;

/// One value. Entra knows text, a list of texts and nothing; the others are what its functions mean by a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing: never set, cleared, or empty (Entra treats an empty text of the source as null).
    Null,
    /// True or false; prints `True` or `False`, as Entra does.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A moment, as a clock in UTC shows it, of the years 1 to 9999, as .NET has them; a `Timestamp` ends a day before
    /// 12/31/9999, which is how many systems write "never". Prints `M/d/yyyy h:mm:ss tt`, as Entra does.
    Date(DateTime),
    /// A text; may be empty where a function made it so.
    Text(String),
    /// The values of a multi-valued attribute, in Graph's order.
    List(Vec<String>),
}

impl Value {
    /// A JSON value of the source: numbers without a fraction are numbers, other numbers their text, objects nothing.
    pub fn of_json(value: &serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match value {
            Json::Null | Json::Object(_) => Self::Null,
            Json::Bool(flag) => Self::Flag(*flag),
            Json::Number(number) => number.as_i64().map_or_else(|| Self::Text(number.to_string()), Self::Number),
            Json::String(text) if text.is_empty() => Self::Null,
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(values) => Self::List(
                values.iter().map(Self::of_json).filter(|value| !value.is_empty()).map(|v| v.to_string()).collect(),
            ),
        }
    }

    /// Null, an empty text or an empty list.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::List(values) => values.is_empty(),
            Self::Flag(_) | Self::Number(_) | Self::Date(_) => false,
        }
    }

    /// What kind of value it is, for messages: `a text`, `nothing`, …
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Flag(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Date(_) => "a date",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
        }
    }
}

/// The text that a target attribute gets. Of a list it is the first value, of nothing the empty text.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Flag(true) => f.write_str("True"),
            Self::Flag(false) => f.write_str("False"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Date(at) => f.write_str(&date::print(*at)),
            Self::Text(text) => f.write_str(text),
            Self::List(values) => f.write_str(values.first().map_or("", String::as_str)),
        }
    }
}
