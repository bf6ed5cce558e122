//! What a text of a target attribute looks like.

/// The longest mail address that Jostle takes, in characters (its user template guide, for `userName` and work mail).
const MAIL_LENGTH: usize = 128;

/// What the text of an attribute must look like, and what becomes of several values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Any text; of several values the first is taken.
    #[default]
    Text,
    /// A mail address; of several values the first is taken.
    Mail,
    /// Several values in one text, as Jostle's own files have them: joined with `|`, and a `|` within a value is `\|`.
    Joined,
}

impl Format {
    /// What is wrong with a text, as a fragment that follows its name; none if it has the format.
    pub fn fault(self, text: &str) -> Option<&'static str> {
        match self {
            Self::Text | Self::Joined => None,
            Self::Mail => mail_fault(text),
        }
    }
}

/// Not the grammar of RFC 5321, which takes almost anything: what every mail address of a directory has in common.
fn mail_fault(text: &str) -> Option<&'static str> {
    if text.chars().any(char::is_control) {
        return Some("has a control character");
    }
    if text.chars().any(char::is_whitespace) {
        return Some("has white space within it");
    }
    let Some((local, domain)) = text.split_once('@') else { return Some("has no @") };
    if domain.contains('@') {
        return Some("has more than one @");
    }
    if local.is_empty() || domain.is_empty() {
        return Some("has nothing on one side of the @");
    }
    if !domain.contains('.') || domain.split('.').any(str::is_empty) {
        return Some("has no domain with a dot between names");
    }
    (text.chars().count() > MAIL_LENGTH).then_some("has more than 128 characters")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_address_has_one_at_sign_and_a_domain() {
        let long = format!("{}@x.example", "ä".repeat(118));
        for text in ["a@x.example", "a+b'c@x-y.example", "ä@ö.example", long.as_str()] {
            assert_eq!(Format::Mail.fault(text), None, "{text}");
        }
        let longer = format!("ä{long}");
        for (text, fault) in [
            ("ann", "no @"),
            ("", "no @"),
            ("a@b@x.example", "more than one @"),
            ("@x.example", "nothing on one side"),
            ("a@", "nothing on one side"),
            ("a@example", "no domain with a dot"),
            ("a@.example", "no domain with a dot"),
            ("a@example.", "no domain with a dot"),
            ("a b@x.example", "white space"),
            ("a\u{a0}b@x.example", "white space"),
            ("a\n@x.example", "control character"),
            (longer.as_str(), "more than 128"),
        ] {
            let said = Format::Mail.fault(text).unwrap_or_default();
            assert!(said.contains(fault), "{text}: {said}");
        }
    }

    #[test]
    fn other_texts_may_be_anything() {
        for format in [Format::Text, Format::Joined] {
            assert_eq!(format.fault("any | thing\n"), None);
        }
    }
}
