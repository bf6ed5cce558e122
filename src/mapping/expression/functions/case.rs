//! Upper and lower case as .NET has them: one character for one, so `ß` has no upper case.

use unicode_normalization::char::is_combining_mark;

use super::args::{check_written, filled, map_text, one_of, shown, text};
use super::{Fault, Function, Gives, Known, Parameter, Prepared, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        optional: &[Parameter::Text],
        prepare: |known| filled(known, 1),
        ..Function::new("PCase", "PCase(source, wordSeparators)", &[Parameter::Text], Gives::Text, |args, _| {
            Ok(map_text(args, |source| match text(args, 1).filter(|separators| !separators.is_empty()) {
                Some(separators) => capitalise_after(source, separators),
                None => capitalise_words(source),
            }))
        })
    },
    Function {
        optional: &[Parameter::Text],
        prepare: prepare_case,
        ..Function::new("ToLower", "ToLower(source, culture)", &[Parameter::Text], Gives::Text, |args, _| {
            let culture = culture(args)?;
            Ok(map_text(args, |source| source.chars().map(|c| culture.lower(c)).collect()))
        })
    },
    Function {
        optional: &[Parameter::Text],
        prepare: prepare_case,
        ..Function::new("ToUpper", "ToUpper(source, culture)", &[Parameter::Text], Gives::Text, |args, _| {
            let culture = culture(args)?;
            Ok(map_text(args, |source| source.chars().map(|c| culture.upper(c)).collect()))
        })
    },
];

/// What a culture changes: the case of i.
#[derive(Clone, Copy)]
enum Culture {
    /// .NET's invariant culture, and all that have no rule of their own.
    Invariant,
    /// Turkish and Azeri: i and İ, ı and I are pairs.
    DottedI,
}

impl Culture {
    /// `en`, `en-US`, `az-Latn-AZ`, or the empty text for the invariant culture.
    fn named(name: &str) -> Result<Self, Fault> {
        let mut parts = name.split('-');
        let language = parts.next().unwrap_or_default();
        let is_letters = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
            lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic())
        };
        let is_culture = is_letters(language, 2..=3) && parts.all(|part| is_letters(part, 2..=4));
        match language.to_ascii_lowercase().as_str() {
            "" if name.is_empty() => Ok(Self::Invariant),
            "tr" | "az" if is_culture => Ok(Self::DottedI),
            _ if is_culture => Ok(Self::Invariant),
            _ => Err(format!("has the culture {}; write one like en-US, or leave its place empty", shown(name))),
        }
    }

    fn lower(self, c: char) -> char {
        match (self, c) {
            (Self::DottedI, 'I') => 'ı',
            (Self::DottedI, 'İ') => 'i',
            _ => alone(c, c.to_lowercase()),
        }
    }

    /// The invariant culture leaves ı as it is, as .NET does on every system.
    fn upper(self, c: char) -> char {
        match (self, c) {
            (Self::DottedI, 'i') => 'İ',
            (Self::Invariant, 'ı') => 'ı',
            _ => alone(c, c.to_uppercase()),
        }
    }
}

/// A character in lower case, for comparing without case.
pub(super) fn lower(c: char) -> char {
    Culture::Invariant.lower(c)
}

/// The one character that another turns into; itself where it would be several.
fn alone(c: char, mut changed: impl ExactSizeIterator<Item = char>) -> char {
    if changed.len() == 1 { changed.next().unwrap_or(c) } else { c }
}

fn culture(args: &[Option<Value>]) -> Result<Culture, Fault> {
    Culture::named(text(args, 1).unwrap_or_default())
}

fn prepare_case(known: &[Known<'_>]) -> Result<Prepared, Fault> {
    check_written(known, 1, Culture::named)?;
    filled(known, 1)
}

/// Upper case for the first character of the text and after each of the separators, lower case for all others.
fn capitalise_after(source: &str, separators: &str) -> String {
    let (mut is_first, is_separator) = (true, one_of(separators));
    let cased = source.chars().map(|c| {
        let cased = if is_first { title(c) } else { Culture::Invariant.lower(c) };
        is_first = is_separator(c);
        cased
    });
    cased.collect()
}

/// As .NET's `ToTitleCase` of the text in lower case: a word starts at a letter, and goes on over letters, marks, digits
/// and apostrophes.
fn capitalise_words(source: &str) -> String {
    let mut is_in_word = false;
    let cased = source.chars().map(|c| {
        let is_letter = c.is_alphabetic() && !is_combining_mark(c);
        let cased = if is_letter && !is_in_word { title(c) } else { Culture::Invariant.lower(c) };
        is_in_word = is_letter || is_in_word && (c == '\'' || c.is_numeric() || is_combining_mark(c));
        cased
    });
    cased.collect()
}

/// Upper case, but for the letters that are two in one.
fn title(c: char) -> char {
    match c {
        'Ǆ' | 'ǅ' | 'ǆ' => 'ǅ',
        'Ǉ' | 'ǈ' | 'ǉ' => 'ǈ',
        'Ǌ' | 'ǋ' | 'ǌ' => 'ǋ',
        'Ǳ' | 'ǲ' | 'ǳ' => 'ǲ',
        _ => Culture::Invariant.upper(c),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{EMPTY, NULL, call, fault, refused, text};

    #[test]
    fn to_lower_and_to_upper_are_as_published() {
        assert_eq!(call("ToLower", [text("John.Smith@contoso.com")]), text("john.smith@contoso.com"));
        assert_eq!(call("ToUpper", [text("john")]), text("JOHN"));
        for name in ["ToLower", "ToUpper"] {
            assert_eq!(call(name, [NULL]), NULL);
            assert!(refused(name, [EMPTY]).contains("place 1"));
        }
    }

    #[test]
    fn a_character_stays_one() {
        assert_eq!(call("ToUpper", [text("straße ﬁ ǆ zoë ά")]), text("STRAßE ﬁ Ǆ ZOË Ά"));
        assert_eq!(call("ToLower", [text("ÅÄÖ ΟΔΟΣ İ")]), text("åäö οδοσ İ"));
        assert_eq!(call("ToUpper", [text("ı")]), text("ı"));
    }

    #[test]
    fn a_culture_changes_the_case_of_i() {
        for culture in ["tr-TR", "tr", "TR-tr", "az", "az-Latn-AZ"] {
            assert_eq!(call("ToLower", [text("Iİ"), text(culture)]), text("ıi"), "{culture}");
            assert_eq!(call("ToUpper", [text("iı"), text(culture)]), text("İI"), "{culture}");
        }
        for culture in ["", "en-US", "lt-LT", "de", "fil-PH"] {
            assert_eq!(call("ToLower", [text("I"), text(culture)]), text("i"), "{culture}");
            assert_eq!(call("ToUpper", [text("i"), text(culture)]), text("I"), "{culture}");
        }
        assert_eq!(call("ToLower", [text("I"), EMPTY]), text("i"));
        assert_eq!(call("ToLower", [text("I"), NULL]), text("i"));
    }

    #[test]
    fn what_is_no_culture_is_refused() {
        for culture in ["english", "e", "tr_TR", "tr-", "-", "en-US-1", "1033"] {
            assert!(refused("ToLower", [text("a"), text(culture)]).contains("like en-US"), "{culture}");
            assert!(fault("ToUpper", [text("a"), text(culture)]).contains("like en-US"), "{culture}");
        }
    }

    #[test]
    fn pcase_is_as_published() {
        assert_eq!(call("PCase", [text("PABLO GONSALVES (SECOND)")]), text("Pablo Gonsalves (Second)"));
        assert_eq!(call("PCase", [text("PINTO-DE'SILVA"), text(" '-")]), text("Pinto-De'Silva"));
        assert_eq!(call("PCase", [text("GREGORY JAMES")]), text("Gregory James"));
        assert_eq!(call("PCase", [NULL]), NULL);
    }

    #[test]
    fn pcase_has_the_words_of_to_title_case() {
        for (source, cased) in [
            ("PINTO-DE'SILVA", "Pinto-De'silva"),
            ("o’neil_smith+co", "O’Neil_Smith+Co"),
            ("1st r2d2", "1St R2d2"),
            ("e\u{301}LAN ÉLAN", "E\u{301}lan Élan"),
            ("ǆENANA ßa", "ǅenana ßa"),
            ("'quoted'", "'Quoted'"),
            ("", ""),
        ] {
            assert_eq!(call("PCase", [text(source)]), text(cased));
            assert_eq!(call("PCase", [text(source), text("")]), text(cased));
            assert_eq!(call("PCase", [text(source), NULL]), text(cased));
        }
    }

    #[test]
    fn pcase_with_separators_has_only_these() {
        assert_eq!(call("PCase", [text("ANNE-MARIE VON (DER) AU"), text(" ")]), text("Anne-marie Von (der) Au"));
        assert_eq!(call("PCase", [text("aßb·élan"), text("·")]), text("Aßb·Élan"));
    }
}
