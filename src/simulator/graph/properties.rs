//! Properties of directory objects: kinds, lengths, where they live, and which values are allowed.

use serde_json::{Map, Value};

/// What a property holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text of at most so many characters.
    Text(usize),
    /// A boolean.
    Flag,
    /// A list of texts, at most so many.
    TextList(usize),
    /// A point in time, RFC 3339.
    Time,
    /// `onPremisesExtensionAttributes`: `extensionAttribute1` to `15`, the unset ones explicit nulls.
    ExtensionAttributes,
    /// `employeeOrgData`: `division` and `costCenter`.
    OrgData,
}

/// Where a property lives, which decides whether a collection request can select it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Store {
    /// In the directory; tracked.
    Main,
    /// In the directory, never written by an administrator.
    ReadOnly,
    /// In another store: 501 on collections ("Users overview", properties stored outside the main data store).
    Outside,
    /// Real, but not kept by this simulator: 501 rather than an answer that would be wrong.
    NotKept,
    /// A relationship that the delta feed tracks; no property anywhere else.
    Link,
}

/// One property of an object.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) store: Store,
    /// Returned when nothing is selected.
    pub(super) default: bool,
    /// Application permissions of which one is needed beyond that of the call; none for most.
    pub(super) roles: &'static [&'static str],
}

impl Property {
    /// What a look-up shows where nothing was ever set.
    pub(super) fn unset(&self) -> Value {
        match self.kind {
            Kind::TextList(_) => Value::Array(Vec::new()),
            Kind::ExtensionAttributes => members(self.kind, &Map::new()),
            _ => Value::Null,
        }
    }

    /// The value as it is kept; `old` is completed by the members that a complex value names. The error says what is
    /// wrong with it.
    pub(super) fn accept(&self, old: Option<&Value>, value: &Value) -> Result<Value, String> {
        match (self.kind, value) {
            (Kind::TextList(_), Value::Null) => Err("must be a list, [] to empty it".to_owned()),
            (Kind::Flag, Value::Null) if self.name == "accountEnabled" => Err("must be true or false".to_owned()),
            (Kind::Text(_), Value::Null) if matches!(self.name, "userPrincipalName" | "displayName") => {
                Err("cannot be cleared".to_owned())
            }
            (_, Value::Null) | (Kind::Flag, Value::Bool(_)) => Ok(value.clone()),
            (Kind::Text(longest), Value::String(text)) => check_text(text, longest).map(|()| value.clone()),
            (Kind::Time, Value::String(text)) => {
                text.parse::<jiff::Timestamp>().map(|_| value.clone()).map_err(|_| "must be a time in RFC 3339".into())
            }
            (Kind::TextList(most), Value::Array(values)) => check_list(values, most).map(|()| value.clone()),
            (Kind::ExtensionAttributes | Kind::OrgData, Value::Object(new)) => self.merge(old, new),
            _ => Err("has a value of another type".to_owned()),
        }
    }

    fn merge(&self, old: Option<&Value>, new: &Map<String, Value>) -> Result<Value, String> {
        let mut merged = old.and_then(Value::as_object).cloned().unwrap_or_default();
        for (name, value) in new {
            if !member_names(self.kind).contains(name) {
                return Err(format!("has no member {name}"));
            }
            match value {
                Value::Null => {}
                Value::String(text) => check_text(text, 1024)?,
                _ => return Err(format!("has a member {name} that is no text")),
            }
            merged.insert(name.clone(), value.clone());
        }
        Ok(members(self.kind, &merged))
    }
}

fn member_names(kind: Kind) -> Vec<String> {
    match kind {
        Kind::ExtensionAttributes => (1..=15).map(|number| format!("extensionAttribute{number}")).collect(),
        Kind::OrgData => vec!["division".to_owned(), "costCenter".to_owned()],
        _ => Vec::new(),
    }
}

/// A complex value with every member, the unset ones as null.
fn members(kind: Kind, set: &Map<String, Value>) -> Value {
    let complete = member_names(kind).into_iter().map(|name| {
        let value = set.get(&name).cloned().unwrap_or_default();
        (name, value)
    });
    Value::Object(complete.collect())
}

fn check_text(text: &str, longest: usize) -> Result<(), String> {
    match text.chars().count() {
        0 => Err("must not be empty; null clears it".to_owned()),
        length if length > longest => Err(format!("is {length} characters long, and {longest} are allowed")),
        _ => Ok(()),
    }
}

fn check_list(values: &[Value], most: usize) -> Result<(), String> {
    if values.len() > most {
        return Err(format!("has {} values, and {most} are allowed", values.len()));
    }
    values.iter().try_for_each(|value| match value.as_str() {
        Some(text) => check_text(text, 1024),
        None => Err("must hold texts only".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use serde_json::json;

    use super::super::entity::Entity;
    use super::*;

    fn find(name: &str) -> Option<&'static Property> {
        Entity::User.find(name)
    }

    #[test]
    fn extension_attributes_are_always_complete() {
        let property = find("onPremisesExtensionAttributes").unwrap();
        let first = property.accept(None, &json!({"extensionAttribute1": "a"})).unwrap();
        let second = property.accept(Some(&first), &json!({"extensionAttribute2": "b"})).unwrap();
        assert_eq!(second.as_object().unwrap().len(), 15);
        assert_eq!((&second["extensionAttribute1"], &second["extensionAttribute2"]), (&json!("a"), &json!("b")));
        assert!(property.accept(None, &json!({"extensionAttribute16": "a"})).is_err());
    }

    #[test]
    fn values_of_another_type_or_length_are_refused() {
        for (name, value) in [
            ("surname", json!(7)),
            ("surname", json!("")),
            ("surname", json!("x".repeat(65))),
            ("businessPhones", json!(["1", "2"])),
            ("businessPhones", json!(null)),
            ("accountEnabled", json!("true")),
            ("accountEnabled", json!(null)),
            ("displayName", json!(null)),
            ("employeeHireDate", json!("yesterday")),
        ] {
            assert!(find(name).unwrap().accept(None, &value).is_err(), "{name} {value}");
        }
    }
}
