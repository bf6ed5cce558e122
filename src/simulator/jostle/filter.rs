//! The one filter that Jostle is known to have: `userName eq "…"`.

use super::error::ScimError;

/// The `userName` that a filter asks for. Attribute and operator are written in any case, the value is a JSON string
/// (RFC 7644 §3.4.2.2). Errors: 400 `invalidFilter` for anything else.
pub(super) fn user_name_asked_for(filter: &str) -> Result<String, ScimError> {
    let refused = || ScimError::invalid_filter("the only filter is userName eq \"…\"");
    let (attribute, rest) = filter.trim().split_once(' ').ok_or_else(refused)?;
    let (operator, value) = rest.trim_start().split_once(' ').ok_or_else(refused)?;
    if !attribute.eq_ignore_ascii_case("userName") || !operator.eq_ignore_ascii_case("eq") {
        return Err(refused());
    }
    serde_json::from_str(value).map_err(|_| refused())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::*;

    #[test]
    fn the_value_is_a_json_string() {
        for (filter, name) in [
            (r#"userName eq "o'brien@x.example""#, "o'brien@x.example"),
            (r#"USERNAME EQ "a b""#, "a b"),
            (r#"userName eq "say \"hi\" \\ there""#, r#"say "hi" \ there"#),
            (r#"userName eq "j\u00f6rg""#, "jörg"),
            (r#"userName eq "x and userName eq y""#, "x and userName eq y"),
        ] {
            assert_eq!(user_name_asked_for(filter).unwrap(), name, "{filter}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for filter in [
            "",
            "userName",
            "userName eq",
            "userName eq x",
            "userName eq true",
            r#"userName ne "x""#,
            r#"externalId eq "x""#,
            r#"userName eq "x" or userName eq "y""#,
            r#"userName eq "x"#,
        ] {
            assert!(user_name_asked_for(filter).is_err(), "{filter}");
        }
    }
}
