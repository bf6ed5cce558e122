//! An account as Jostle stores it.

use serde_json::Value;

use super::values::BADGE;

/// Names and addresses are compared without regard to case.
pub(in crate::rehearsal) fn fold(text: &str) -> String {
    text.to_lowercase()
}

pub(super) fn is_mail(target: &str) -> bool {
    target == "userName" || target.starts_with("emails[")
}

/// Whether two values of an attribute are the same.
pub(in crate::rehearsal) fn same(target: &str, one: &str, other: &str) -> bool {
    if is_mail(target) { fold(one) == fold(other) } else { one == other }
}

pub(in crate::rehearsal) fn user_name_of(account: &Value) -> String {
    account["userName"].as_str().map(fold).unwrap_or_default()
}

pub(in crate::rehearsal) fn badge_of(account: &Value) -> Option<&str> {
    account[BADGE].as_str().filter(|badge| !badge.is_empty())
}

pub(in crate::rehearsal) fn is_active(account: &Value) -> bool {
    account["active"] != false
}

/// The text that an account has at a target of the mapping; an empty one is none.
pub(in crate::rehearsal) fn value_at(account: &Value, target: &str) -> Option<String> {
    let value = if let Some((attribute, rest)) = target.split_once('[') {
        let kind = rest.split('"').nth(1)?;
        &account[attribute].as_array()?.iter().find(|element| element["type"] == kind)?["value"]
    } else if target.starts_with("urn:") {
        let (schema, attribute) = target.rsplit_once(':')?;
        &account[schema][attribute]
    } else if let Some((attribute, sub)) = target.split_once('.') {
        &account[attribute][sub]
    } else {
        &account[target]
    };
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}
