//! The texts of a source value: what becomes of JSON and of an expression's result on the way to a target.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::expression::Value;

/// The texts of one source value, white space trimmed off, none of them empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Texts {
    /// One, or the first of several.
    One(String),
    /// All of a list.
    Several(Vec<String>),
}

impl Texts {
    /// The texts of a value of the source; of a list all, or the first.
    pub(super) fn of_json(value: Cow<'_, Json>, all: bool) -> Option<Self> {
        match value {
            Cow::Owned(Json::String(text)) => trimmed(text).map(Self::One),
            value => match value.as_ref() {
                Json::Array(values) if all => Self::several(values.iter().filter_map(text_of)),
                value => text_of(value).map(Self::One),
            },
        }
    }

    /// The texts of what an expression gave; of a list all, or the first.
    pub(super) fn of_value(value: Value, all: bool) -> Option<Self> {
        match value {
            Value::Null => None,
            Value::Text(text) => trimmed(text).map(Self::One),
            Value::List(values) => {
                let mut texts = values.into_iter().filter_map(trimmed);
                if all { Self::several(texts) } else { texts.next().map(Self::One) }
            }
            value => trimmed(value.to_string()).map(Self::One),
        }
    }

    fn several(texts: impl Iterator<Item = String>) -> Option<Self> {
        let texts: Vec<_> = texts.collect();
        (!texts.is_empty()).then_some(Self::Several(texts))
    }

    /// Each of them.
    pub(super) fn each(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Several(texts) => texts,
        }
    }

    /// As JSON, for people to look at.
    pub(super) fn to_json(&self) -> Json {
        match self {
            Self::One(text) => text.as_str().into(),
            Self::Several(texts) => texts.as_slice().into(),
        }
    }
}

/// The one text of a value; flags as Entra prints them, of a list the first.
fn text_of(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned),
        Json::Bool(flag) => Some(Value::Flag(*flag).to_string()),
        Json::Number(number) => Some(number.to_string()),
        Json::Array(values) => values.iter().find_map(text_of),
        Json::Null | Json::Object(_) => None,
    }
}

/// The same text without white space around it, and without a second allocation where there is none.
fn trimmed(text: String) -> Option<String> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return None;
    }
    if trimmed.len() == text.len() { Some(text) } else { Some(trimmed.to_owned()) }
}

/// What an expression gave as JSON: dates as Entra prints them, of nothing null.
pub fn json_of(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Flag(flag) => Json::Bool(*flag),
        Value::Number(number) => (*number).into(),
        Value::Date(_) | Value::Text(_) => value.to_string().into(),
        Value::List(values) => values.as_slice().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn one(text: &str) -> Texts {
        Texts::One(text.to_owned())
    }

    fn several(texts: &[&str]) -> Texts {
        Texts::Several(texts.iter().map(|&text| text.to_owned()).collect())
    }

    #[test]
    fn a_value_of_the_source_and_of_an_expression_give_the_same_texts() {
        for (json, first, all) in [
            (json!(null), None, None),
            (json!(""), None, None),
            (json!("  "), None, None),
            (json!(" a\u{a0}"), Some(one("a")), Some(one("a"))),
            (json!(true), Some(one("True")), Some(one("True"))),
            (json!(false), Some(one("False")), Some(one("False"))),
            (json!(7), Some(one("7")), Some(one("7"))),
            (json!(7.5), Some(one("7.5")), Some(one("7.5"))),
            (json!([]), None, None),
            (json!(["", null, " b ", "c|d"]), Some(one("b")), Some(several(&["b", "c|d"]))),
            (json!({"a": "b"}), None, None),
        ] {
            assert_eq!(Texts::of_json(Cow::Borrowed(&json), false), first, "{json}");
            assert_eq!(Texts::of_json(Cow::Borrowed(&json), true), all, "{json}");
            assert_eq!(Texts::of_json(Cow::Owned(json.clone()), true), all, "{json}");
            assert_eq!(Texts::of_value(Value::of_json(&json), false), first, "{json}");
            assert_eq!(Texts::of_value(Value::of_json(&json), true), all, "{json}");
        }
    }
}
