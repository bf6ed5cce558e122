//! Lenient reading of JSON: nothing is an error, and what is not known is named.

use serde_json::{Map, Value};

/// An object of JSON.
pub(super) type Object = Map<String, Value>;

/// The members of an object that nobody reads and that say something, in the order of their names. Annotations of
/// `OData` and empty values say nothing.
pub(super) fn unknown<'v>(object: &'v Object, known: &[&str]) -> Vec<(&'v str, &'v Value)> {
    let mut members: Vec<_> = object
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .filter(|(name, value)| !known.contains(name) && !name.contains('@') && !is_empty(value))
        .collect();
    members.sort_by_key(|(name, _)| *name);
    members
}

/// Members that nobody reads, as `name = value`.
pub(super) fn unknown_of(place: &str, object: &Object, known: &[&str]) -> Vec<String> {
    unknown(object, known).into_iter().map(|(name, value)| format!("{place}{name} = {}", shortened(value))).collect()
}

/// Long values are of no use in a report.
pub(super) fn shortened(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
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

/// The elements of a list member; of another one itself, and none of null.
pub(super) fn elements<'v>(object: &'v Object, name: &str) -> Vec<&'v Value> {
    match object.get(name) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(elements)) => elements.iter().collect(),
        Some(value) => vec![value],
    }
}

/// The objects of a list member. What is in the list and is no object is left out.
pub(super) fn objects<'v>(object: &'v Object, name: &str) -> Vec<&'v Object> {
    elements(object, name).into_iter().filter_map(Value::as_object).collect()
}

/// A text member that is not empty; numbers and flags as their text.
pub(super) fn text(object: &Object, name: &str) -> Option<String> {
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
