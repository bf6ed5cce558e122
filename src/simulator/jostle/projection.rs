//! `attributes` and `excludedAttributes` (RFC 7644 §3.9).

use serde_json::{Map, Value};

use super::error::ScimError;
use super::schema::{CORE, EXTENSION};

/// Shown whatever is asked for (RFC 7643 §3.1, §7 `returned: always`).
const ALWAYS: [&str; 2] = ["id", "schemas"];

/// Which attributes an answer shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Projection {
    /// All of them.
    #[default]
    Everything,
    /// These alone.
    Only(Vec<Name>),
    /// All but these.
    Without(Vec<Name>),
}

/// A name in a projection: an attribute, or a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// The member of the resource; for the extension its URN.
    attribute: String,
    /// The member of that member.
    part: Option<String>,
}

impl Name {
    fn parse(text: &str) -> Self {
        let after = |urn: &str| {
            let (start, rest) = text.split_at_checked(urn.len())?;
            start.eq_ignore_ascii_case(urn).then_some(rest)
        };
        if let Some(rest) = after(EXTENSION) {
            return Self { attribute: EXTENSION.to_owned(), part: rest.strip_prefix(':').map(str::to_owned) };
        }
        let plain = after(CORE).and_then(|rest| rest.strip_prefix(':')).unwrap_or(text);
        match plain.split_once('.') {
            Some((attribute, part)) => Self { attribute: attribute.to_owned(), part: Some(part.to_owned()) },
            None => Self { attribute: plain.to_owned(), part: None },
        }
    }

    fn means(&self, attribute: &str) -> bool {
        self.attribute.eq_ignore_ascii_case(attribute)
    }
}

impl Projection {
    /// Reads both lists. Errors: 400 `invalidValue` if both have names, as they exclude each other.
    pub(super) fn new(only: Vec<String>, without: Vec<String>) -> Result<Self, ScimError> {
        let names = |texts: Vec<String>| -> Vec<Name> {
            texts.iter().filter(|text| !text.is_empty()).map(|text| Name::parse(text)).collect()
        };
        let (only, without) = (names(only), names(without));
        match (only.is_empty(), without.is_empty()) {
            (true, true) => Ok(Self::Everything),
            (false, true) => Ok(Self::Only(only)),
            (true, false) => Ok(Self::Without(without)),
            (false, false) => Err(ScimError::invalid_value("attributes and excludedAttributes exclude each other")),
        }
    }

    /// The resource as it is shown.
    pub(super) fn apply(&self, mut resource: Map<String, Value>) -> Map<String, Value> {
        let (names, keep) = match self {
            Self::Everything => return resource,
            Self::Only(names) => (names, true),
            Self::Without(names) => (names, false),
        };
        resource.retain(|attribute, value| {
            if ALWAYS.contains(&attribute.as_str()) {
                return true;
            }
            let meant: Vec<&Name> = names.iter().filter(|name| name.means(attribute)).collect();
            if meant.is_empty() {
                return !keep;
            }
            if meant.iter().any(|name| name.part.is_none()) {
                return keep;
            }
            cut(value, &meant, keep);
            true
        });
        resource
    }
}

/// Keeps or drops the named parts of a complex value, or of each element of a list.
fn cut(value: &mut Value, names: &[&Name], keep: bool) {
    let is_meant =
        |member: &str| names.iter().any(|name| name.part.as_deref().is_some_and(|n| n.eq_ignore_ascii_case(member)));
    match value {
        Value::Object(members) => members.retain(|member, _| is_meant(member) == keep),
        Value::Array(elements) => elements.iter_mut().for_each(|element| cut(element, names, keep)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use serde_json::json;

    use super::*;

    fn shown(only: &[&str], without: &[&str]) -> Value {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let user = json!({"id": "1", "schemas": [CORE], "userName": "a", "emails": [{"type": "work", "value": "a"}],
            EXTENSION: {"LoginType": "SSO", "JoinDate": "2026-01-01"}});
        let Value::Object(user) = user else { return Value::Null };
        Value::Object(Projection::new(owned(only), owned(without)).unwrap().apply(user))
    }

    #[test]
    fn names_are_meant_in_every_form() {
        let id = json!({"id": "1", "schemas": [CORE]});
        let with = |name: &str, value: Value| {
            let mut whole = id.clone();
            whole[name] = value;
            whole
        };
        assert_eq!(shown(&["USERNAME"], &[]), with("userName", json!("a")));
        assert_eq!(shown(&["emails.value"], &[]), with("emails", json!([{"value": "a"}])));
        let login = format!("{EXTENSION}:loginType");
        assert_eq!(shown(&[&login], &[]), with(EXTENSION, json!({"LoginType": "SSO"})));
        assert_eq!(shown(&["nope"], &[]), id);
        let title = shown(&[], &["userName", "id", EXTENSION, "emails.type"]);
        assert_eq!(title, with("emails", json!([{"value": "a"}])));
    }

    #[test]
    fn both_lists_at_once_are_refused() {
        assert!(Projection::new(vec!["a".to_owned()], vec!["b".to_owned()]).is_err());
    }
}
