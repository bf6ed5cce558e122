//! Whether and where one text is in another.

use std::borrow::Cow;

use super::args::{before, check_position, check_written, filled, number, shown, text};
use super::case::lower;
use super::{Fault, Function, Gives, Known, Parameter, Prepared, Value};

/// `Contains`, `StartsWith` and `EndsWith` compare with case; nothing contains nothing, so they are false for a null.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("Contains", "Contains(source, find)", TWO_TEXTS, Gives::Flag, |args, _| {
        Ok(both(args, |source, find| source.contains(find)))
    }),
    Function::new("EndsWith", "EndsWith(source, find)", TWO_TEXTS, Gives::Flag, |args, _| {
        Ok(both(args, |source, find| source.ends_with(find)))
    }),
    Function {
        optional: &[Parameter::Number, Parameter::Text],
        prepare: prepare_in_str,
        ..Function::new("InStr", "InStr(value, find, start, compareType)", TWO_TEXTS, Gives::Number, |args, _| {
            in_str(args)
        })
    },
    Function::new("StartsWith", "StartsWith(source, find)", TWO_TEXTS, Gives::Flag, |args, _| {
        Ok(both(args, |source, find| source.starts_with(find)))
    }),
];

const TWO_TEXTS: &[Parameter] = &[Parameter::Text, Parameter::Text];

fn both(args: &[Option<Value>], is_so: impl FnOnce(&str, &str) -> bool) -> Value {
    Value::Flag(text(args, 0).zip(text(args, 1)).is_some_and(|(source, find)| is_so(source, find)))
}

/// How `InStr` compares, as Visual Basic names it.
#[derive(Clone, Copy)]
enum Compare {
    Binary,
    Text,
}

impl Compare {
    fn named(name: &str) -> Result<Self, Fault> {
        match name {
            "vbBinaryCompare" | "0" => Ok(Self::Binary),
            "vbTextCompare" | "1" => Ok(Self::Text),
            _ => Err(format!("has the compareType {}; use vbBinaryCompare or vbTextCompare", shown(name))),
        }
    }

    /// The text as it is compared; it has as many characters as before.
    fn folded(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Binary => Cow::Borrowed(text),
            Self::Text => text.chars().map(lower).collect(),
        }
    }
}

fn prepare_in_str(known: &[Known<'_>]) -> Result<Prepared, Fault> {
    check_written(known, 3, Compare::named)?;
    check_position(known, 2, "start")?;
    filled(known, 2)
}

/// The place of the first occurrence, counted from 1; 0 where there is none, and for a null, since Entra publishes no
/// other. Compares with case unless `vbTextCompare` says otherwise, as Visual Basic does.
fn in_str(args: &[Option<Value>]) -> Result<Value, Fault> {
    let compare = text(args, 3).map_or(Ok(Compare::Binary), Compare::named)?;
    let skipped = before("start", number(args, 2).unwrap_or(1))?;
    let place = text(args, 0).zip(text(args, 1)).and_then(|(value, find)| place(value, find, skipped, compare));
    Ok(Value::Number(place.and_then(|place| i64::try_from(place).ok()).unwrap_or(0)))
}

fn place(value: &str, find: &str, skipped: usize, compare: Compare) -> Option<usize> {
    let (value, find) = (compare.folded(value), compare.folded(find));
    let ends = value.char_indices().map(|(at, _)| at).chain([value.len()]);
    let from = ends.clone().nth(skipped)?;
    let place = from + value[from..].find(find.as_ref())?;
    Some(ends.take_while(|at| *at <= place).count())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{EMPTY, NULL, call, fault, flag, number, refused, text};

    #[test]
    fn in_str_is_as_published() {
        assert_eq!(call("InStr", [text("The quick brown fox"), text("quick")]), number(5));
        assert_eq!(call("InStr", [text("repEated"), text("e"), number(3), text("vbBinaryCompare")]), number(7));
        assert_eq!(call("InStr", [text("repEated"), text("e"), number(3), text("vbTextCompare")]), number(4));
        assert_eq!(call("InStr", [text("repEated"), text("e"), EMPTY, number(1)]), number(2));
    }

    #[test]
    fn in_str_compares_with_case_unless_told_otherwise() {
        assert_eq!(call("InStr", [text("ÄRGER"), text("ä")]), number(0));
        assert_eq!(call("InStr", [text("İÄRGER"), text("ä"), number(1), text("vbTextCompare")]), number(2));
        assert_eq!(call("InStr", [text("🙂🙂x"), text("x")]), number(3));
    }

    #[test]
    fn in_str_gives_zero_where_there_is_nothing() {
        assert_eq!(call("InStr", [text("abc"), text("d")]), number(0));
        assert_eq!(call("InStr", [text("abc"), text("abcd")]), number(0));
        assert_eq!(call("InStr", [text("abc"), text("a"), number(2)]), number(0));
        assert_eq!(call("InStr", [text("abc"), text("a"), number(i64::MAX)]), number(0));
        assert_eq!(call("InStr", [NULL, text("a")]), number(0));
        assert_eq!(call("InStr", [text("abc"), NULL]), number(0));
        assert_eq!(call("InStr", [text("abc"), text("b"), NULL, NULL]), number(2));
        assert_eq!(call("InStr", [text("abc"), text(""), number(2)]), number(2));
    }

    #[test]
    fn in_str_refuses_what_can_never_work() {
        assert!(refused("InStr", [text("abc"), text("a"), number(0)]).contains("start 0"));
        assert!(refused("InStr", [text("abc"), text("a"), EMPTY, text("vbtextcompare")]).contains("vbTextCompare"));
        assert!(refused("InStr", [text("abc"), EMPTY]).contains("place 2"));
        assert!(fault("InStr", [text("abc"), text("a"), number(i64::MIN)]).contains("the first is 1"));
        assert!(fault("InStr", [text("abc"), text("a"), EMPTY, text("2")]).contains("compareType \"2\""));
    }

    #[test]
    fn contains_starts_with_and_ends_with_compare_with_case() {
        for (name, find) in [("Contains", "ön"), ("StartsWith", "Jö"), ("EndsWith", "ns")] {
            assert_eq!(call(name, [text("Jöns"), text(find)]), flag(true), "{name}");
            assert_eq!(call(name, [text("Jöns"), text("")]), flag(true), "{name}");
            assert_eq!(call(name, [text("JÖNS"), text(find)]), flag(false), "{name}");
            assert_eq!(call(name, [NULL, text(find)]), flag(false), "{name}");
            assert_eq!(call(name, [text("Jöns"), NULL]), flag(false), "{name}");
            assert!(refused(name, [text("Jöns"), EMPTY]).contains("place 2"), "{name}");
        }
    }
}
