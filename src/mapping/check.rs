//! What a value must pass before it may be sent: the list of the row, the format and the length of the attribute.

use super::texts::Texts;
use super::{PersonError, Row};
use crate::model::{Format, TargetValue};

/// Values of a list that a message names; longer lists stand in the mapping for everybody to read.
const NAMED: usize = 12;

impl Row {
    /// The value that may be sent, or why it may not.
    pub(super) fn checked(&self, texts: Texts) -> Result<TargetValue, Box<PersonError>> {
        if let Some(stranger) = texts.each().iter().find(|text| !self.allows(text)) {
            return Err(Box::new(self.not_allowed(stranger)));
        }
        let text = match texts {
            _ if self.format == Format::Joined => joined(&texts),
            Texts::One(text) => text,
            Texts::Several(texts) => texts.into_iter().next().unwrap_or_default(),
        };
        if let Some(fault) = self.format.fault(&text) {
            return Err(Box::new(PersonError::NotMail {
                target: self.target.clone(),
                source_name: self.source_name(),
                length: text.chars().count(),
                fault,
            }));
        }
        self.shortened(text).map(TargetValue::Text)
    }

    fn allows(&self, text: &str) -> bool {
        self.values.is_empty() || self.values.iter().any(|value| value == text)
    }

    fn not_allowed(&self, stranger: &str) -> PersonError {
        let named: Vec<_> = self.values.iter().take(NAMED).map(|value| format!("{value:?}")).collect();
        let more = self.values.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        PersonError::NotAllowed {
            target: self.target.clone(),
            source_name: self.source_name(),
            value: if self.is_redacted() { "another, which is redacted".to_owned() } else { format!("{stranger:?}") },
            allowed: format!("{}{more}", named.join(", ")),
        }
    }

    fn shortened(&self, text: String) -> Result<String, Box<PersonError>> {
        let Some(limit) = self.max_length else { return Ok(text) };
        // A character is at least one byte long, so most texts need no counting.
        let cut = if text.len() <= limit { None } else { text.char_indices().nth(limit).map(|(at, _)| at) };
        match cut {
            None => Ok(text),
            Some(at) if self.truncate => Ok(text[..at].trim_end().to_owned()),
            Some(_) => Err(Box::new(PersonError::TooLong {
                target: self.target.clone(),
                source_name: self.source_name(),
                limit,
                length: text.chars().count(),
            })),
        }
    }
}

/// The values in one text, as Jostle's extract files have them ("User data extract").
fn joined(texts: &Texts) -> String {
    let escaped: Vec<_> = texts.each().iter().map(|text| text.replace('|', "\\|")).collect();
    escaped.join("|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row() -> Row {
        Row::direct("title".parse().expect("a path"), "jobTitle")
    }

    fn one(text: &str) -> Texts {
        Texts::One(text.to_owned())
    }

    fn several(texts: &[&str]) -> Texts {
        Texts::Several(texts.iter().map(|&text| text.to_owned()).collect())
    }

    fn sent(row: &Row, texts: Texts) -> Result<String, String> {
        let value = row.checked(texts).map_err(|error| error.to_string())?;
        Ok(value.as_text().unwrap_or_default().to_owned())
    }

    #[test]
    fn lengths_are_counted_in_characters_and_what_is_too_long_is_cut_where_the_row_says_so() {
        let strict = Row { max_length: Some(4), ..row() };
        assert_eq!(sent(&strict, one("äöüß")).as_deref(), Ok("äöüß"));
        let said = sent(&strict, one("äöüßé")).expect_err("too long");
        assert_eq!(said, "title takes 4 characters, and jobTitle has 5: shorten it in Entra");
        let lenient = Row { truncate: true, ..strict };
        assert_eq!(sent(&lenient, one("äöüßé")).as_deref(), Ok("äöüß"));
        assert_eq!(sent(&lenient, one("äöü é")).as_deref(), Ok("äöü"), "no white space at the end");
    }

    #[test]
    fn a_value_that_is_not_in_the_list_is_named_with_the_list() {
        let listed = Row { values: vec!["Oslo".to_owned(), "Rome".to_owned()], ..row() };
        assert_eq!(sent(&listed, one("Rome")).as_deref(), Ok("Rome"));
        let said = sent(&listed, one("rome")).expect_err("not in the list");
        assert!(said.starts_with("title takes only \"Oslo\", \"Rome\", and jobTitle is \"rome\": "), "{said}");
        let long = Row { values: (0..14).map(|number| number.to_string()).collect(), ..row() };
        let said = sent(&long, one("x")).expect_err("not in the list");
        assert!(said.contains("\"11\" and 2 more, and jobTitle"), "{said}");
    }

    #[test]
    fn several_values_are_joined_where_jostle_joins_and_checked_one_by_one() {
        let joins = Row { format: Format::Joined, ..row() };
        assert_eq!(sent(&joins, several(&["Oslo", "R|D", "Rome"])).as_deref(), Ok("Oslo|R\\|D|Rome"));
        assert_eq!(sent(&joins, one("R|D")).as_deref(), Ok("R\\|D"), "one text is one value");
        let listed = Row { values: vec!["Oslo".to_owned(), "R|D".to_owned()], ..joins };
        assert_eq!(sent(&listed, several(&["R|D", "Oslo"])).as_deref(), Ok("R\\|D|Oslo"));
        let said = sent(&listed, several(&["Oslo", "Rome"])).expect_err("not in the list");
        assert!(said.contains("is \"Rome\""), "{said}");
    }

    #[test]
    fn what_is_no_mail_address_is_not_shown() {
        let mail = Row { format: Format::Mail, ..row() };
        assert_eq!(sent(&mail, one("a@x.example")).as_deref(), Ok("a@x.example"));
        let said = sent(&mail, one("Ann's secret")).expect_err("no address");
        assert_eq!(
            said,
            "title takes a mail address, and jobTitle (12 characters) has white space within it: correct it in Entra"
        );
    }

    proptest! {
        #[test]
        fn what_passes_never_exceeds_its_limit(
            text in "\\PC{1,40}", limit in 1..20_usize, truncate: bool, joins: bool, more in "\\PC{1,9}"
        ) {
            let format = if joins { Format::Joined } else { Format::Text };
            let row = Row { max_length: Some(limit), truncate, format, ..row() };
            for texts in [Texts::One(text.clone()), Texts::Several(vec![text.clone(), more.clone()])] {
                match row.checked(texts) {
                    Ok(value) => prop_assert!(value.as_text().is_some_and(|text| text.chars().count() <= limit)),
                    Err(_) => prop_assert!(!truncate),
                }
            }
        }
    }
}
