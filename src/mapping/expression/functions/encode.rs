//! A text as the characters of its bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::args::map_text;
use super::{Function, Gives, Parameter};

/// Null for null.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("ConvertToBase64", "ConvertToBase64(source)", &[Parameter::Text], Gives::Text, |args, _| {
        Ok(map_text(args, |source| STANDARD.encode(utf_16(source))))
    }),
    Function::new("ConvertToUTF8Hex", "ConvertToUTF8Hex(source)", &[Parameter::Text], Gives::Text, |args, _| {
        Ok(map_text(args, hex))
    }),
];

/// What .NET calls Unicode: UTF-16, the low byte first.
fn utf_16(source: &str) -> Vec<u8> {
    source.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn hex(source: &str) -> String {
    let digits = source.bytes().flat_map(|byte| [byte >> 4, byte & 0xF]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).map(|digit| digit.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{EMPTY, NULL, call, refused, text};

    #[test]
    fn both_are_as_published() {
        let hello = text("Hello world!");
        assert_eq!(call("ConvertToBase64", [hello.clone()]), text("SABlAGwAbABvACAAdwBvAHIAbABkACEA"));
        assert_eq!(call("ConvertToUTF8Hex", [hello]), text("48656C6C6F20776F726C6421"));
    }

    #[test]
    fn all_of_unicode_is_encoded() {
        assert_eq!(call("ConvertToUTF8Hex", [text("ë🙂\n")]), text("C3ABF09F99820A"));
        assert_eq!(call("ConvertToBase64", [text("🙂")]), text("PdhC3g=="));
        assert_eq!(call("ConvertToBase64", [text("")]), text(""));
    }

    #[test]
    fn null_stays_null_and_a_source_must_be_there() {
        for name in ["ConvertToBase64", "ConvertToUTF8Hex"] {
            assert_eq!(call(name, [NULL]), NULL);
            assert!(refused(name, [EMPTY]).contains("place 1"));
        }
    }
}
