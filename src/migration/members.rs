//! Lenient reading of JSON: nothing is an error, and what is not known is named.

use serde_json::{Map, Value};

/// The members of an object that nobody reads and that say something, in the order of their names. Annotations of
/// `OData` and empty values say nothing.
pub(super) fn unknown<'v>(object: &'v Map<String, Value>, known: &[&str]) -> Vec<(&'v str, &'v Value)> {
    let mut members: Vec<_> = object
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .filter(|(name, value)| !known.contains(name) && !name.contains('@') && !is_empty(value))
        .collect();
    members.sort_by_key(|(name, _)| *name);
    members
}

/// Null, false, an empty text, list or object.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.iter().all(is_empty),
        Value::Object(members) => members.values().all(is_empty),
        Value::Bool(true) | Value::Number(_) => false,
    }
}

/// The objects of a list member; empty if it is no list. What is in the list and is no object is left out.
pub(super) fn objects<'v>(object: &'v Map<String, Value>, name: &str) -> Vec<&'v Map<String, Value>> {
    object.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object).collect()
}

/// A text member that is not empty; numbers and flags as their text.
pub(super) fn text(object: &Map<String, Value>, name: &str) -> Option<String> {
    match object.get(name)? {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A flag, also as the text that Entra's settings use.
pub(super) fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_says_something_is_unknown() {
        let object = json!({
            "name": "x", "@odata.type": "t", "a@odata.count": 1, "none": null, "off": false, "blank": "",
            "hollow": {"groups": [{}]}, "zeal": 0, "nullFlow": true,
        });
        let members = object.as_object().map(|object| unknown(object, &["name"])).unwrap_or_default();
        assert_eq!(members, [("nullFlow", &json!(true)), ("zeal", &json!(0))]);
    }
}
