//! PATCH paths: `attr`, `attr.sub`, `attr[filter]`, `attr[filter].sub`, each with or without a URN before it.

use super::super::choices::UnknownAttributes;
use super::super::error::ScimError;
use super::super::schema::{Attribute, CORE, CORE_SCHEMA, EXTENSION, EXTENSION_SCHEMA, SERVER_OWNED, Schema};
use super::super::switches::Switches;
use super::value_filter::ValueFilter;

/// What a path points to.
#[derive(Debug)]
pub(super) enum Target {
    /// The extension as a whole.
    Extension,
    /// An attribute of the core user, or of the extension.
    Attribute(AttributeTarget),
    /// An attribute that this tenant does not have, and ignores.
    Nothing,
}

/// An attribute, or a part of it.
#[derive(Debug)]
pub(super) struct AttributeTarget {
    /// Whether the attribute is one of the extension.
    pub(super) in_extension: bool,
    /// Which.
    pub(super) attribute: &'static Attribute,
    /// Which elements of a list; none is all of them.
    pub(super) filter: Option<ValueFilter>,
    /// Which part of a complex value; none is the whole value.
    pub(super) sub: Option<&'static Attribute>,
}

impl AttributeTarget {
    /// The name for limits and messages, such as `emails.value`.
    pub(super) fn place(&self) -> String {
        match self.sub {
            Some(sub) => format!("{}.{}", self.attribute.name, sub.name),
            None => self.attribute.name.clone(),
        }
    }
}

impl Target {
    /// Parses a path. Errors: 400 `invalidPath`, `invalidFilter`, or `mutability` for what the server owns.
    pub(super) fn parse(path: &str, switches: &Switches) -> Result<Self, ScimError> {
        let path = path.trim();
        if path.eq_ignore_ascii_case(EXTENSION) {
            return Ok(Self::Extension);
        }
        let parsed = match after_urn(path, EXTENSION) {
            Some(rest) => attribute_target(&EXTENSION_SCHEMA, true, rest, switches)?,
            None => attribute_target(&CORE_SCHEMA, false, after_urn(path, CORE).unwrap_or(path), switches)?,
        };
        match (parsed, switches.unknown_attributes) {
            (Some(target), _) => Ok(Self::Attribute(target)),
            (None, UnknownAttributes::Ignore) => Ok(Self::Nothing),
            (None, UnknownAttributes::Reject) => Err(ScimError::invalid_path(format!("no attribute {path}"))),
        }
    }
}

/// What follows `urn:` in a path; URNs are compared without case.
fn after_urn<'a>(path: &'a str, urn: &str) -> Option<&'a str> {
    let (start, rest) = path.split_at_checked(urn.len())?;
    if start.eq_ignore_ascii_case(urn) { rest.strip_prefix(':') } else { None }
}

/// The target within one schema; none if the schema has no such attribute.
fn attribute_target(
    schema: &'static Schema,
    in_extension: bool,
    path: &str,
    switches: &Switches,
) -> Result<Option<AttributeTarget>, ScimError> {
    let parts = split(path)?;
    if !in_extension && SERVER_OWNED.iter().any(|owned| parts.attribute.eq_ignore_ascii_case(owned)) {
        return Err(ScimError::mutability(format!("{} is written by the server alone", parts.attribute)));
    }
    let Some(attribute) = schema.attribute(parts.attribute).filter(|attribute| !switches.lacks(attribute)) else {
        return Ok(None);
    };
    let filter = match parts.filter {
        Some(_) if !attribute.multi_valued => {
            return Err(ScimError::invalid_path(format!("{} is no list", attribute.name)));
        }
        Some(filter) => Some(ValueFilter::parse(filter, attribute)?),
        None => None,
    };
    let sub = match parts.sub {
        None => None,
        Some(name) => match attribute.sub(name) {
            Some(sub) => Some(sub),
            None => return Ok(None),
        },
    };
    Ok(Some(AttributeTarget { in_extension, attribute, filter, sub }))
}

struct Parts<'a> {
    attribute: &'a str,
    filter: Option<&'a str>,
    sub: Option<&'a str>,
}

fn split(path: &str) -> Result<Parts<'_>, ScimError> {
    let refused = || ScimError::invalid_path("the path is not understood");
    let Some((attribute, rest)) = path.split_once('[') else {
        return Ok(match path.split_once('.') {
            Some((attribute, sub)) => Parts { attribute, filter: None, sub: Some(sub) },
            None => Parts { attribute: path, filter: None, sub: None },
        });
    };
    let end = closing_bracket(rest).ok_or_else(refused)?;
    let (filter, after) = rest.split_at(end);
    let sub = match after.strip_prefix(']') {
        Some("") => None,
        Some(after) => Some(after.strip_prefix('.').ok_or_else(refused)?),
        None => return Err(refused()),
    };
    Ok(Parts { attribute, filter: Some(filter), sub })
}

/// Where the bracket closes: the first `]` that is not within a quoted text.
fn closing_bracket(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ']' if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests may")]
    use super::*;

    fn place(path: &str) -> String {
        match Target::parse(path, &Switches::default()).unwrap() {
            Target::Attribute(target) => target.place(),
            other => panic!("{path} is {other:?}"),
        }
    }

    #[test]
    fn every_form_of_a_path_is_read() {
        for (path, expected) in [
            ("userName", "userName"),
            ("USERNAME", "userName"),
            ("name.familyName", "name.familyName"),
            (r#"emails[type eq "work"]"#, "emails"),
            (r#"emails[type eq "work"].value"#, "emails.value"),
            (r#"emails[value eq "a]\"b"].value"#, "emails.value"),
            ("urn:ietf:params:scim:schemas:core:2.0:User:title", "title"),
            (r#"URN:ietf:params:scim:schemas:core:2.0:user:emails[type eq "work"].value"#, "emails.value"),
            ("urn:ietf:params:scim:schemas:extension:jostle:2.0:User:loginType", "LoginType"),
        ] {
            assert_eq!(place(path), expected, "{path}");
        }
        assert!(matches!(Target::parse(EXTENSION, &Switches::default()), Ok(Target::Extension)));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for path in [
            "",
            "nope",
            "name.nope",
            "name.familyName.more",
            "userName[type eq \"x\"]",
            "emails[type eq \"work\"",
            "emails[type eq \"work\"]value",
            "urn:ietf:params:scim:schemas:extension:jostle:2.0:User.LoginType",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "id",
            "meta.created",
        ] {
            assert!(Target::parse(path, &Switches::default()).is_err(), "{path}");
        }
    }
}
