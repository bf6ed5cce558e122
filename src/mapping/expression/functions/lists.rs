//! Lists: the values of multi-valued attributes.

use super::args::{all_filled, before, bounded, check_position, check_written, filled, list, number, text};
use super::{Fault, Function, Gives, Known, Parameter, Prepared, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("Count", "Count(attribute)", &[Parameter::List], Gives::Number, |args, _| {
        Ok(Value::Number(i64::try_from(list(args, 0).len()).unwrap_or(i64::MAX)))
    }),
    Function {
        prepare: |known| {
            check_position(known, 1, "index")?;
            all_filled(known)
        },
        ..Function::new(
            "Item",
            "Item(attribute, index)",
            &[Parameter::List, Parameter::Number],
            Gives::Text,
            |args, _| item(args),
        )
    },
    Function {
        rest: Some(Parameter::Any),
        prepare: |known| filled(known, 1),
        ..Function::new(
            "Join",
            "Join(separator, source1, source2, …)",
            &[Parameter::Text, Parameter::Any],
            Gives::Text,
            |args, _| join(args),
        )
    },
    Function::new("RemoveDuplicates", "RemoveDuplicates(attribute)", &[Parameter::List], Gives::List, |args, _| {
        Ok(Value::List(distinct(list(args, 0))))
    }),
    Function {
        prepare: prepare_split,
        ..Function::new(
            "Split",
            "Split(source, delimiter)",
            &[Parameter::Text, Parameter::Text],
            Gives::List,
            |args, _| split(args),
        )
    },
];

/// Null beyond the last value, since there is nothing, and for an index that is null.
fn item(args: &[Option<Value>]) -> Result<Value, Fault> {
    let Some(index) = number(args, 1) else { return Ok(Value::Null) };
    let value = list(args, 0).get(before("index", index)?);
    Ok(value.map_or(Value::Null, |value| Value::Text(value.clone())))
}

/// The values of lists are joined as the others are. What is null or empty is skipped, with its separator, as Entra's
/// `Join(", ", "", [surname], [givenName])` shows. Where all is, there is nothing: null.
fn join(args: &[Option<Value>]) -> Result<Value, Fault> {
    let mut texts = Vec::new();
    for source in args.iter().skip(1).flatten() {
        match source {
            Value::List(values) => texts.extend(values.iter().cloned()),
            _ => texts.push(source.to_string()),
        }
    }
    texts.retain(|text| !text.is_empty());
    if texts.is_empty() {
        return Ok(Value::Null);
    }
    let separator = text(args, 0).unwrap_or_default();
    bounded(texts.iter().map(String::len).sum::<usize>() + separator.len() * (texts.len() - 1))?;
    Ok(Value::Text(texts.join(separator)))
}

/// The first of those that are the same, compared with case.
fn distinct(values: &[String]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    values.iter().filter(|value| seen.insert(value.as_str())).cloned().collect()
}

fn prepare_split(known: &[Known<'_>]) -> Result<Prepared, Fault> {
    check_written(known, 1, |written| delimiter(written).map(|_| ()))?;
    all_filled(known)
}

/// White space around an item is not of it, as Entra's example shows. Empty items stay, so that the others keep their
/// places for `Item`. Null for a null source; a null delimiter is nowhere.
fn split(args: &[Option<Value>]) -> Result<Value, Fault> {
    let Some(source) = text(args, 0) else { return Ok(Value::Null) };
    let items = match text(args, 1) {
        Some(written) => source.split(delimiter(written)?).map(|item| item.trim().to_owned()).collect(),
        None => vec![source.trim().to_owned()],
    };
    Ok(Value::List(items))
}

fn delimiter(delimiter: &str) -> Result<&str, Fault> {
    if delimiter.is_empty() {
        return Err("has an empty delimiter; write the characters that stand between two items".to_owned());
    }
    Ok(delimiter)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{EMPTY, NULL, call, date, fault, flag, list, number, refused, text};

    #[test]
    fn count_counts_values() {
        assert_eq!(call("Count", [list(["a", "a", "b"])]), number(3));
        assert_eq!(call("Count", [list([])]), number(0));
        assert_eq!(call("Count", [NULL]), number(0));
        assert!(refused("Count", [EMPTY]).contains("place 1"));
    }

    #[test]
    fn item_counts_from_one() {
        let values = list(["SMTP:a@x", "smtp:ë@x"]);
        assert_eq!(call("Item", [values.clone(), number(1)]), text("SMTP:a@x"));
        assert_eq!(call("Item", [values.clone(), number(2)]), text("smtp:ë@x"));
        assert_eq!(call("Item", [values.clone(), number(3)]), NULL);
        assert_eq!(call("Item", [values.clone(), number(i64::MAX)]), NULL);
        assert_eq!(call("Item", [list([]), number(1)]), NULL);
        assert_eq!(call("Item", [values, NULL]), NULL);
    }

    #[test]
    fn item_has_no_index_before_one() {
        for index in [0, -1, i64::MIN] {
            assert!(refused("Item", [list(["a"]), number(index)]).contains("the first is 1"));
            assert!(fault("Item", [list(["a"]), number(index)]).contains("the first is 1"));
        }
        assert!(refused("Item", [list(["a"]), text("0")]).contains("index 0"));
    }

    #[test]
    fn join_skips_what_is_empty() {
        let separator = text(", ");
        assert_eq!(call("Join", [separator.clone(), text(""), text("Doe"), text("John")]), text("Doe, John"));
        assert_eq!(call("Join", [separator.clone(), NULL, text("Doe"), EMPTY, list([])]), text("Doe"));
        assert_eq!(call("Join", [separator.clone(), NULL, text("")]), NULL);
        assert_eq!(call("Join", [NULL, text("a"), text("b")]), text("ab"));
        assert_eq!(call("Join", [text(""), text("a"), text("b")]), text("ab"));
        assert!(refused("Join", [EMPTY, text("a")]).contains("place 1"));
    }

    #[test]
    fn join_takes_every_value_of_a_list_and_prints_the_others() {
        let args = [text("·"), list(["a", "", "ë"]), number(1000), flag(true), date("2020-03-16-07:00")];
        assert_eq!(call("Join", args), text("a·ë·1000·True·3/16/2020 7:00:00 AM"));
    }

    #[test]
    fn remove_duplicates_keeps_the_first() {
        assert_eq!(call("RemoveDuplicates", [list(["b", "a", "b", "B"])]), list(["b", "a", "B"]));
        assert_eq!(call("RemoveDuplicates", [list([])]), list([]));
    }

    #[test]
    fn split_is_as_published() {
        let items = list(["PermissionSetOne", "PermissionSetTwo"]);
        assert_eq!(call("Split", [text("PermissionSetOne, PermissionSetTwo"), text(",")]), items);
        assert_eq!(call("Split", [text("a,,b,"), text(",")]), list(["a", "", "b", ""]));
        assert_eq!(call("Split", [text(" ä · b"), text("·")]), list(["ä", "b"]));
        assert_eq!(call("Split", [text("a::b:c"), text("::")]), list(["a", "b:c"]));
        assert_eq!(call("Split", [text("a,b"), NULL]), list(["a,b"]));
        assert_eq!(call("Split", [NULL, text(",")]), NULL);
        assert!(refused("Split", [text("a"), text("")]).contains("empty delimiter"));
        assert!(fault("Split", [text("a"), text("")]).contains("empty delimiter"));
        assert!(refused("Split", [text("a"), EMPTY]).contains("place 2"));
    }
}
