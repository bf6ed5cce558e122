//! SCIM attribute paths, as a mapping row names its target (RFC 7644 §3.5.2, figure 1).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::TargetValue;

/// Where a value stands in a SCIM user. Only the four forms that Entra's own mappings use.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TargetPath {
    /// `userName`
    Simple(String),
    /// `name.givenName`
    Sub {
        /// The complex attribute: `name`.
        attribute: String,
        /// Its sub-attribute: `givenName`.
        sub: String,
    },
    /// `emails[type eq "work"].value`
    Typed {
        /// The multi-valued attribute: `emails`.
        attribute: String,
        /// The `type` of the element: `work`.
        kind: String,
        /// The sub-attribute: `value`.
        sub: String,
    },
    /// `urn:ietf:params:scim:schemas:extension:jostle:2.0:User:JoinDate`
    Extension {
        /// The schema: everything before the last colon.
        schema: String,
        /// The attribute: everything behind it.
        attribute: String,
    },
}

/// A text that is not one of the four forms of a target path.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{0:?} is not a SCIM path; write attribute, attribute.sub, attribute[type eq \"kind\"].sub or urn:…:User:attribute"
)]
pub struct PathError(String);

impl TargetPath {
    /// The path of `userName`, the only attribute by which Jostle can be searched.
    pub fn user_name() -> Self {
        Self::Simple("userName".into())
    }

    /// The path of the e-mail address at work.
    pub fn work_email() -> Self {
        Self::Typed { attribute: "emails".into(), kind: "work".into(), sub: "value".into() }
    }

    /// Whether this is `userName`, in the spelling that Jostle publishes.
    pub fn is_user_name(&self) -> bool {
        matches!(self, Self::Simple(attribute) if attribute == "userName")
    }

    /// Whether this is the address that Jostle writes to: `emails[type eq "work"].value`.
    pub fn is_work_email(&self) -> bool {
        matches!(self, Self::Typed { attribute, kind, sub }
            if attribute == "emails" && kind.eq_ignore_ascii_case("work") && sub == "value")
    }

    /// The path of `active`.
    pub fn active() -> Self {
        Self::Simple("active".into())
    }

    /// Whether this is `active`.
    pub fn is_active(&self) -> bool {
        matches!(self, Self::Simple(attribute) if attribute == "active")
    }

    /// The value at this path in a SCIM resource; nulls, empty texts and absent elements are no value.
    /// Attribute names are compared without case (RFC 7643 §2.1); a number is read as its text.
    pub fn read(&self, resource: &Value) -> Option<TargetValue> {
        match self {
            Self::Simple(attribute) => scalar(member(resource, attribute)?),
            Self::Sub { attribute, sub } => scalar(member(member(resource, attribute)?, sub)?),
            Self::Typed { attribute, kind, sub } => {
                let elements = member(resource, attribute)?.as_array()?;
                let wanted = |element: &&Value| {
                    member(element, "type").and_then(Value::as_str).is_some_and(|t| t.eq_ignore_ascii_case(kind))
                };
                elements.iter().filter(wanted).find_map(|element| scalar(member(element, sub)?))
            }
            Self::Extension { schema, attribute } => scalar(member(member(resource, schema)?, attribute)?),
        }
    }
}

fn member<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    let object = object.as_object()?;
    object.get(name).or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

fn scalar(value: &Value) -> Option<TargetValue> {
    match value {
        Value::Bool(flag) => Some(TargetValue::Flag(*flag)),
        Value::String(text) if !text.is_empty() => Some(TargetValue::Text(text.clone())),
        Value::Number(number) => Some(TargetValue::Text(number.to_string())),
        _ => None,
    }
}

impl fmt::Display for TargetPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Simple(attribute) => f.write_str(attribute),
            Self::Sub { attribute, sub } => write!(f, "{attribute}.{sub}"),
            Self::Typed { attribute, kind, sub } => write!(f, "{attribute}[type eq \"{kind}\"].{sub}"),
            Self::Extension { schema, attribute } => write!(f, "{schema}:{attribute}"),
        }
    }
}

impl FromStr for TargetPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        parse(text.trim()).ok_or_else(|| PathError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<TargetPath> {
    if text.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("urn:")) {
        let (schema, attribute) = text.rsplit_once(':')?;
        let well_formed = schema.split(':').count() > 2 && schema.split(':').all(|part| !part.is_empty());
        return (well_formed && is_name(attribute))
            .then(|| TargetPath::Extension { schema: schema.to_owned(), attribute: attribute.to_owned() });
    }
    if let Some((attribute, rest)) = text.split_once('[') {
        let (filter, sub) = rest.split_once("].")?;
        let kind = type_filter(filter)?;
        return (is_name(attribute) && is_name(sub)).then(|| TargetPath::Typed {
            attribute: attribute.to_owned(),
            kind: kind.to_owned(),
            sub: sub.to_owned(),
        });
    }
    match text.split_once('.') {
        Some((attribute, sub)) => (is_name(attribute) && is_name(sub))
            .then(|| TargetPath::Sub { attribute: attribute.to_owned(), sub: sub.to_owned() }),
        None => is_name(text).then(|| TargetPath::Simple(text.to_owned())),
    }
}

/// `type eq "work"` → `work`
fn type_filter(filter: &str) -> Option<&str> {
    let mut words = filter.splitn(3, ' ');
    let (attribute, operator, value) = (words.next()?, words.next()?, words.next()?);
    let kind = value.trim().strip_prefix('"')?.strip_suffix('"')?;
    (attribute.eq_ignore_ascii_case("type") && operator.eq_ignore_ascii_case("eq") && is_name(kind)).then_some(kind)
}

/// RFC 7643 §2.1: a letter or `$`, then letters, digits, `-`, `_`.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '$')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '$'))
}

impl TryFrom<String> for TargetPath {
    type Error = PathError;

    fn try_from(text: String) -> Result<Self, PathError> {
        text.parse()
    }
}

impl From<TargetPath> for String {
    fn from(path: TargetPath) -> Self {
        path.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn path(text: &str) -> TargetPath {
        text.parse().expect("a valid path")
    }

    #[test]
    fn reads_every_form_out_of_a_resource() {
        let resource = json!({
            "username": "a@x", "active": false, "name": {"givenName": "Ann", "familyName": ""},
            "emails": [{"type": "home"}, {"type": "Work", "value": "a@x"}],
            "urn:ietf:params:scim:schemas:extension:jostle:2.0:User": {"JoinDate": "2024-01-02", "Locations": null}
        });
        let read = |text: &str| path(text).read(&resource).map(|value| value.to_string());
        assert_eq!(read("userName").as_deref(), Some("\"a@x\""));
        assert_eq!(read("active").as_deref(), Some("false"));
        assert_eq!(read("name.givenName").as_deref(), Some("\"Ann\""));
        assert_eq!(read("name.familyName"), None);
        assert_eq!(read("emails[type eq \"work\"].value").as_deref(), Some("\"a@x\""));
        assert_eq!(read("emails[type eq \"home\"].value"), None);
        assert_eq!(
            read("urn:ietf:params:scim:schemas:extension:jostle:2.0:User:JoinDate").as_deref(),
            Some("\"2024-01-02\"")
        );
        assert_eq!(read("urn:ietf:params:scim:schemas:extension:jostle:2.0:User:Locations"), None);
    }

    #[test]
    fn refuses_what_is_not_a_path() {
        for text in
            ["", "a b", "emails[0].value", "emails[type eq work].value", "emails[type eq \"work\"]", "urn:x", "a.b.c"]
        {
            assert!(text.parse::<TargetPath>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_path_prints_as_it_parses(
            a in "[a-zA-Z][a-zA-Z0-9]{0,8}", b in "[a-zA-Z][a-zA-Z0-9]{0,8}", k in "[a-z]{1,8}", form in 0..4
        ) {
            let text = match form {
                0 => a,
                1 => format!("{a}.{b}"),
                2 => format!("{a}[type eq \"{k}\"].{b}"),
                _ => format!("urn:{k}:2.0:User:{a}"),
            };
            prop_assert_eq!(path(&text).to_string(), text);
        }
    }
}
