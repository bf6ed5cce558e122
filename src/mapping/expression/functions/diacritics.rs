//! `NormalizeDiacritics`: letters without their accents, by Entra's table.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::args::map_text;
use super::{Function, Gives, Parameter};

/// Null for null.
pub(super) const FUNCTIONS: &[Function] = &[Function::new(
    "NormalizeDiacritics",
    "NormalizeDiacritics(source)",
    &[Parameter::Text],
    Gives::Text,
    |args, _| Ok(map_text(args, without_diacritics)),
)];

/// What each of the letters becomes ("Reference for writing expressions for attribute mappings in Microsoft Entra ID").
/// Their upper case becomes its upper case.
const LETTERS: [(&str, &str); 17] = [
    ("a", "ä à â ã å á ą ă ā ā́ ā̀ ā̂ ā̃ ǟ ā̈ ǡ a̱ å̄"),
    ("ae", "æ ǣ"),
    ("c", "ç č ć c̄ c̱"),
    ("d", "ď d̄ ḏ"),
    ("e", "ë è é ê ę ě ė ē ḗ ḕ ē̂ ē̃ ê̄ e̱ ë̄ e̊̄"),
    ("g", "ğ ḡ g̱"),
    ("i", "ï î ì í ı ī ī́ ī̀ ī̂ ī̃ i̱"),
    ("l", "ľ ł l̄ ḹ ḻ"),
    ("n", "ñ ń ň n̄ ṉ"),
    ("o", "ö ò ő õ ô ó ō ṓ ṑ ō̂ ō̃ ȫ ō̈ ǭ ȭ ȱ o̱"),
    ("oe", "ø ø̄ œ̄"),
    ("r", "ř r̄ ṟ ṝ"),
    ("s", "š ś ș ş s̄ s̱"),
    ("t", "ť ț t̄ ṯ"),
    ("u", "ü ù û ú ů ű ū ū́ ū̀ ū̂ ū̃ u̇̄ ǖ ṻ ṳ̄ u̱"),
    ("y", "ÿ ý ȳ ȳ́ ȳ̀ ȳ̃ y̱"),
    ("z", "ź ž ż z̄ ẕ"),
];

/// The letters whose other case is not in the table.
const ONE_CASE: [(&str, &str); 3] = [("I", "İ"), ("ss", "ß"), ("SS", "ẞ")];

/// Every letter, decomposed, with what it becomes.
static PLAIN: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let mut plain = HashMap::new();
    let mut put = |letter: &str, becomes: String| plain.insert(letter.nfd().collect(), becomes);
    for (becomes, letters) in LETTERS {
        for letter in letters.split(' ') {
            put(letter, becomes.to_owned());
            put(&letter.to_uppercase(), becomes.to_uppercase());
        }
    }
    for (becomes, letter) in ONE_CASE {
        put(letter, becomes.to_owned());
    }
    plain
});

/// A text without its accents, by Entra's table. A letter with all its marks is in the table or stays as it is, however it is composed.
pub fn without_diacritics(source: &str) -> String {
    let mut normalised = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let marks = &rest[first.len_utf8()..];
        let end = rest.len() - marks.trim_start_matches(is_combining_mark).len();
        let (letter, after) = rest.split_at(end);
        let plain = if letter.is_ascii() { None } else { PLAIN.get(&letter.nfd().collect::<String>()) };
        normalised.push_str(plain.map_or(letter, String::as_str));
        rest = after;
    }
    normalised
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization as _;

    use super::super::testing::{EMPTY, NULL, call, refused, text};
    use super::{LETTERS, without_diacritics};

    #[test]
    fn zoe_is_as_published() {
        assert_eq!(call("NormalizeDiacritics", [text("Zoë")]), text("Zoe"));
        assert_eq!(call("NormalizeDiacritics", [NULL]), NULL);
        assert!(refused("NormalizeDiacritics", [EMPTY]).contains("place 1"));
    }

    #[test]
    fn every_letter_of_the_table_is_normalised_composed_or_not_in_both_cases() {
        for (becomes, letters) in LETTERS {
            for letter in letters.split(' ') {
                let (upper, becomes_upper) = (letter.to_uppercase(), becomes.to_uppercase());
                for (letter, becomes) in [(letter, becomes), (&upper, &becomes_upper)] {
                    assert_eq!(without_diacritics(&letter.nfc().collect::<String>()), becomes, "{letter}");
                    assert_eq!(without_diacritics(&letter.nfd().collect::<String>()), becomes, "{letter}");
                }
            }
        }
    }

    #[test]
    fn names_are_normalised() {
        for (name, plain) in [
            ("Müller-Groß", "Muller-Gross"),
            ("GROẞ", "GROSS"),
            ("Łukasz Żółć", "Lukasz Zolc"),
            ("Sørensen ÆRØ", "Soerensen AEROE"),
            ("İpek Işık", "Ipek Isik"),
            ("Ş\u{327}", "Ş\u{327}"),
            ("Strӧm 李 🙂", "Strӧm 李 🙂"),
        ] {
            assert_eq!(without_diacritics(name), plain);
        }
    }

    #[test]
    fn what_is_not_in_the_table_stays() {
        for name in ["đ", "œ", "Œ", "ạ", "ä\u{323}", "\u{301}", "ά", "ķ", "Đặng"] {
            assert_eq!(without_diacritics(name), name);
        }
    }

    proptest! {
        #[test]
        fn twice_is_once_and_ascii_stays(source in "\\PC{0,20}", ascii in "[ -~]{0,20}") {
            let once = without_diacritics(&source);
            prop_assert_eq!(&without_diacritics(&once), &once);
            prop_assert_eq!(without_diacritics(&ascii), ascii);
        }
    }
}
