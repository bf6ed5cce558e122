//! `$filter`, as far as the calls here support it: `property eq 'text'`, several joined by `or`.

use super::error::GraphError;

/// One comparison for equality.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Equals {
    pub(super) property: String,
    pub(super) value: String,
}

/// Reads comparisons joined by `or`. Anything else is an unsupported query, an open quote a broken one.
pub(super) fn equalities(filter: &str) -> Result<Vec<Equals>, GraphError> {
    let mut found = Vec::new();
    let mut rest = filter.trim();
    loop {
        let (property, after) = word(rest)?;
        let (operator, after) = word(after)?;
        if operator != "eq" {
            return Err(GraphError::unsupported_query());
        }
        let (value, after) = literal(after)?;
        found.push(Equals { property: property.to_owned(), value });
        if after.trim().is_empty() {
            return Ok(found);
        }
        let (join, after) = word(after)?;
        if join != "or" || !after.starts_with(' ') {
            return Err(GraphError::unsupported_query());
        }
        rest = after;
    }
}

/// The text in a quoted literal at the beginning, doubled quotes made single, and what follows it.
pub(super) fn literal(text: &str) -> Result<(String, &str), GraphError> {
    let text = text.trim_start();
    let mut rest = text.strip_prefix('\'').ok_or_else(GraphError::unsupported_query)?;
    let mut value = String::new();
    while let Some((part, after)) = rest.split_once('\'') {
        value.push_str(part);
        match after.strip_prefix('\'') {
            Some(after_pair) => {
                value.push('\'');
                rest = after_pair;
            }
            None => return Ok((value, after)),
        }
    }
    Err(GraphError::bad_request("There is an unterminated literal in the filter clause."))
}

fn word(text: &str) -> Result<(&str, &str), GraphError> {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    match text.split_at(end) {
        ("", "") => Err(GraphError::bad_request("Invalid filter clause.")),
        ("", _) => Err(GraphError::unsupported_query()),
        split => Ok(split),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use super::*;

    #[test]
    fn quotes_are_doubled_inside_literals() {
        let found = equalities("mail eq 'o''neil@x.example'").unwrap();
        assert_eq!(found, [Equals { property: "mail".to_owned(), value: "o'neil@x.example".to_owned() }]);
    }

    #[test]
    fn several_are_joined_by_or() {
        let found = equalities("id eq 'a' or id eq 'b' or id eq ''").unwrap();
        assert_eq!(found.iter().map(|equals| equals.value.as_str()).collect::<Vec<_>>(), ["a", "b", ""]);
    }

    #[test]
    fn everything_else_is_refused() {
        for (filter, code) in [
            ("mail eq 'o'neil@x.example'", "Request_UnsupportedQuery"),
            ("mail eq 'open", "BadRequest"),
            ("mail eq", "Request_UnsupportedQuery"),
            ("", "BadRequest"),
            ("mail ne 'a'", "Request_UnsupportedQuery"),
            ("id eq 'a' and id eq 'b'", "Request_UnsupportedQuery"),
            ("accountEnabled eq true", "Request_UnsupportedQuery"),
            ("startsWith(mail,'a')", "Request_UnsupportedQuery"),
            ("id eq 'a' or", "Request_UnsupportedQuery"),
        ] {
            assert_eq!(equalities(filter).unwrap_err().code, code, "{filter}");
        }
    }
}
