//! Pieces of a text. Positions count characters (Unicode scalar values) from 1.

use super::args::{all_filled, before, check_position, map_text, number, one_of, text, written_number};
use super::{Fault, Function, Gives, Known, Parameter, Prepared, Value};

/// `Append` gives null for a null source and the source for a null suffix.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("Append", "Append(source, suffix)", &[Parameter::Text, Parameter::Text], Gives::Text, |args, _| {
        Ok(map_text(args, |source| format!("{source}{}", text(args, 1).unwrap_or_default())))
    }),
    Function::new("Left", "Left(source, numChars)", &[Parameter::Text, Parameter::Number], Gives::Text, |args, _| {
        Ok(end_of(args, |source, count| source.chars().take(count).collect()))
    }),
    Function::new("Len", "Len(source)", &[Parameter::Text], Gives::Number, |args, _| Ok(Value::Number(len(args)))),
    Function {
        prepare: prepare_mid,
        ..Function::new(
            "Mid",
            "Mid(source, start, length)",
            &[Parameter::Text, Parameter::Number, Parameter::Number],
            Gives::Text,
            |args, _| mid(args),
        )
    },
    Function::new("Right", "Right(source, numChars)", &[Parameter::Text, Parameter::Number], Gives::Text, |args, _| {
        Ok(end_of(args, |source, count| source.chars().skip(source.chars().count().saturating_sub(count)).collect()))
    }),
    Function::new("StripSpaces", "StripSpaces(source)", &[Parameter::Text], Gives::Text, |args, _| {
        Ok(map_text(args, |source| source.replace(' ', "")))
    }),
    Function::new("Trim", "Trim(source)", &[Parameter::Text], Gives::Text, |args, _| {
        Ok(map_text(args, |source| source.trim().to_owned()))
    }),
    Function::new(
        "Word",
        "Word(source, wordNumber, delimiters)",
        &[Parameter::Text, Parameter::Number, Parameter::Text],
        Gives::Text,
        |args, _| Ok(Value::Text(word(args).unwrap_or_default().to_owned())),
    ),
];

/// `Left` and `Right`: the empty text of null, the whole text for a negative number, null for a number that is null.
fn end_of(args: &[Option<Value>], end: impl FnOnce(&str, usize) -> String) -> Value {
    match (text(args, 0), number(args, 1)) {
        (None, _) => Value::Text(String::new()),
        (Some(_), None) => Value::Null,
        (Some(source), Some(count)) => {
            Value::Text(usize::try_from(count).map_or_else(|_| source.to_owned(), |count| end(source, count)))
        }
    }
}

/// 0 for null.
fn len(args: &[Option<Value>]) -> i64 {
    text(args, 0).map_or(0, |source| i64::try_from(source.chars().count()).unwrap_or(i64::MAX))
}

fn prepare_mid(known: &[Known<'_>]) -> Result<Prepared, Fault> {
    check_position(known, 1, "start")?;
    if let Some(length) = written_number(known, 2) {
        taken(length)?;
    }
    all_filled(known)
}

/// Null for any argument that is null.
fn mid(args: &[Option<Value>]) -> Result<Value, Fault> {
    let (Some(source), Some(start), Some(length)) = (text(args, 0), number(args, 1), number(args, 2)) else {
        return Ok(Value::Null);
    };
    Ok(Value::Text(source.chars().skip(before("start", start)?).take(taken(length)?).collect()))
}

fn taken(length: i64) -> Result<usize, Fault> {
    usize::try_from(length).map_err(|_| format!("has the length {length}; use 0 or more"))
}

/// Delimiters that follow one another separate once, so that no word is empty.
fn word(args: &[Option<Value>]) -> Option<&str> {
    let delimiters = text(args, 2).unwrap_or_default();
    let before = usize::try_from(number(args, 1)?.checked_sub(1)?).ok()?;
    text(args, 0)?.split(one_of(delimiters)).filter(|word| !word.is_empty()).nth(before)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::{NULL, call, fault, number, refused, text};

    #[test]
    fn append_puts_a_suffix_behind() {
        let name = text("John.Doe@contoso.com");
        assert_eq!(call("Append", [name.clone(), text(".test")]), text("John.Doe@contoso.com.test"));
        assert_eq!(call("Append", [name.clone(), NULL]), name);
        assert_eq!(call("Append", [NULL, text(".test")]), NULL);
        assert!(refused("Append", [text("a"), None]).contains("place 2"));
    }

    #[test]
    fn left_is_as_published() {
        assert_eq!(call("Left", [text("John Doe"), number(3)]), text("Joh"));
        assert_eq!(call("Left", [text("John Doe"), number(0)]), text(""));
        assert_eq!(call("Left", [text("John Doe"), number(-1)]), text("John Doe"));
        assert_eq!(call("Left", [text("John"), number(i64::MAX)]), text("John"));
        assert_eq!(call("Left", [NULL, number(3)]), text(""));
        assert_eq!(call("Left", [text("John"), NULL]), NULL);
        assert_eq!(call("Left", [text("Zoë🙂x"), number(4)]), text("Zoë🙂"));
        assert!(refused("Left", [text("John"), None]).contains("place 2"));
    }

    #[test]
    fn right_is_left_from_the_other_end() {
        assert_eq!(call("Right", [text("John Doe"), number(3)]), text("Doe"));
        assert_eq!(call("Right", [text("John Doe"), number(0)]), text(""));
        assert_eq!(call("Right", [text("John Doe"), number(-1)]), text("John Doe"));
        assert_eq!(call("Right", [text("🙂ë"), number(9)]), text("🙂ë"));
        assert_eq!(call("Right", [NULL, number(3)]), text(""));
    }

    #[test]
    fn mid_counts_from_one_and_is_clipped() {
        assert_eq!(call("Mid", [text("John"), number(1), number(3)]), text("Joh"));
        assert_eq!(call("Mid", [text("Doe"), number(1), number(5)]), text("Doe"));
        assert_eq!(call("Mid", [text("Zoë🙂x"), number(3), number(2)]), text("ë🙂"));
        assert_eq!(call("Mid", [text("Doe"), number(4), number(1)]), text(""));
        assert_eq!(call("Mid", [text("Doe"), number(i64::MAX), number(i64::MAX)]), text(""));
        assert_eq!(call("Mid", [text("Doe"), number(2), number(0)]), text(""));
        assert_eq!(call("Mid", [NULL, number(1), number(1)]), NULL);
        assert_eq!(call("Mid", [text("Doe"), NULL, number(1)]), NULL);
    }

    #[test]
    fn mid_refuses_what_is_before_the_text() {
        assert!(refused("Mid", [text("Doe"), number(0), number(1)]).contains("start 0"));
        assert!(refused("Mid", [text("Doe"), number(1), number(-1)]).contains("length -1"));
        assert!(fault("Mid", [text("Doe"), number(i64::MIN), number(1)]).contains("the first is 1"));
        assert!(fault("Mid", [text("Doe"), number(1), number(-1)]).contains("length -1"));
    }

    #[test]
    fn len_counts_characters() {
        assert_eq!(call("Len", [text("Zoë🙂")]), number(4));
        assert_eq!(call("Len", [text("")]), number(0));
        assert_eq!(call("Len", [NULL]), number(0));
    }

    #[test]
    fn strip_spaces_takes_out_spaces_only() {
        assert_eq!(call("StripSpaces", [text(" a b\u{a0}c\t ")]), text("ab\u{a0}c\t"));
        assert_eq!(call("StripSpaces", [NULL]), NULL);
    }

    #[test]
    fn trim_takes_white_space_from_the_ends() {
        assert_eq!(call("Trim", [text("\u{a0} a b\t\n")]), text("a b"));
        assert_eq!(call("Trim", [NULL]), NULL);
    }

    #[test]
    fn word_is_as_published() {
        assert_eq!(call("Word", [text("The quick brown fox"), number(3), text(" ")]), text("brown"));
        assert_eq!(call("Word", [text("This,string!has&many separators"), number(3), text(",!&#")]), text("has"));
        assert_eq!(call("Word", [text("a  b"), number(2), text(" ")]), text("b"));
        assert_eq!(call("Word", [text("a·b"), number(2), text("·")]), text("b"));
        assert_eq!(call("Word", [text("a b"), number(1), text(",")]), text("a b"));
        for (source, place) in [(text("a b"), 0), (text("a b"), 3), (text("a b"), i64::MIN), (text("  "), 1), (NULL, 1)]
        {
            assert_eq!(call("Word", [source, number(place), text(" ")]), text(""));
        }
        assert_eq!(call("Word", [text("a b"), NULL, text(" ")]), text(""));
        assert_eq!(call("Word", [text("a b"), number(1), NULL]), text("a b"));
    }

    proptest! {
        #[test]
        fn a_text_is_its_left_and_its_rest(source in "\\PC{0,12}", count in 0..14_i64) {
            let left = call("Left", [text(&source), number(count)]);
            let length = call("Len", [text(&source)]);
            let rest = source.chars().count().saturating_sub(usize::try_from(count).unwrap());
            let right = call("Right", [text(&source), number(i64::try_from(rest).unwrap())]);
            prop_assert_eq!(&call("Mid", [text(&source), number(1), number(count)]), &left);
            prop_assert_eq!(&call("Mid", [text(&source), number(count + 1), length]), &right);
            prop_assert_eq!(call("Append", [left, right]), text(&source));
        }
    }
}
