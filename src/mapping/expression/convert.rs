//! Turns a value into what a function takes, or a condition needs.

use jiff::civil::DateTime;

use super::Value;
use super::date;
use super::functions::{Fault, Gives, Parameter, shown as quoted};

/// A value as this parameter takes it. What is empty is null for a number and a date, and the empty list.
pub(super) fn convert(value: Value, to: Parameter) -> Result<Value, Fault> {
    match to {
        Parameter::Any => Ok(value),
        Parameter::Text if matches!(value, Value::Null | Value::Text(_)) => Ok(value),
        Parameter::Text => Ok(Value::Text(value.to_string())),
        Parameter::List => Ok(Value::List(match value {
            Value::List(values) => values,
            value if value.is_empty() => Vec::new(),
            value => vec![value.to_string()],
        })),
        Parameter::Number | Parameter::Date if value.is_empty() => Ok(Value::Null),
        Parameter::Number => {
            number(&value).map(Value::Number).ok_or_else(|| format!("needs a whole number, not {}", shown(&value)))
        }
        Parameter::Date => {
            moment(&value).map(Value::Date).ok_or_else(|| format!("needs a date, not {}", shown(&value)))
        }
    }
}

/// Whether what a function gives can ever be taken. Of a text nobody knows what it will say.
pub(super) fn fits(gives: Gives, to: Parameter) -> bool {
    match to {
        Parameter::Any | Parameter::Text | Parameter::List => true,
        Parameter::Number => matches!(gives, Gives::Any | Gives::Text | Gives::Number),
        Parameter::Date => matches!(gives, Gives::Any | Gives::Text | Gives::Date),
    }
}

/// Whether a value is true. Null and what is empty is false, as a flag that was never set.
pub(super) fn truth(value: &Value) -> Result<bool, Fault> {
    match value {
        Value::Flag(flag) => Ok(*flag),
        value if value.is_empty() => Ok(false),
        value => {
            let text = value.to_string();
            match number(value) {
                Some(number) => Ok(number != 0),
                None if text.eq_ignore_ascii_case("true") => Ok(true),
                None if text.eq_ignore_ascii_case("false") => Ok(false),
                None => Err(format!("needs True or False, not {}", shown(value))),
            }
        }
    }
}

/// A number, or a text that is a whole one.
pub(super) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A date, or a text that is one.
pub(super) fn moment(value: &Value) -> Option<DateTime> {
    match value {
        Value::Date(at) => Some(*at),
        Value::Text(text) => date::parse(text),
        _ => None,
    }
}

/// A value for a message: what it says in quotes, or what it is.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null | Value::Flag(_) => value.kind().to_owned(),
        Value::List(values) => format!("a list of {}", values.len()),
        value => quoted(&value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn list(values: &[&str]) -> Value {
        Value::List(values.iter().map(|value| (*value).to_owned()).collect())
    }

    fn date() -> Value {
        Value::Date("2020-03-16T07:00:00".parse().expect("a date"))
    }

    #[test]
    fn every_kind_of_value_becomes_what_the_parameter_takes() {
        use Parameter::{Any, Date, List, Number, Text};
        for (value, to, expected) in [
            (Value::Null, Any, Ok(Value::Null)),
            (list(&["a"]), Any, Ok(list(&["a"]))),
            (Value::Null, Text, Ok(Value::Null)),
            (Value::Flag(true), Text, Ok(text("True"))),
            (Value::Number(-7), Text, Ok(text("-7"))),
            (date(), Text, Ok(text("3/16/2020 7:00:00 AM"))),
            (list(&["a", "b"]), Text, Ok(text("a"))),
            (list(&[]), Text, Ok(text(""))),
            (Value::Null, Number, Ok(Value::Null)),
            (text(""), Number, Ok(Value::Null)),
            (text(" 12 "), Number, Ok(Value::Number(12))),
            (text("1.5"), Number, Err("needs a whole number, not \"1.5\"")),
            (Value::Flag(true), Number, Err("needs a whole number, not true or false")),
            (list(&["1"]), Number, Err("needs a whole number, not a list of 1")),
            (date(), Number, Err("needs a whole number, not \"3/16/2020 7:00:00 AM\"")),
            (text("2020-03-16T07:00:00Z"), Date, Ok(date())),
            (date(), Date, Ok(date())),
            (Value::Null, Date, Ok(Value::Null)),
            (Value::Number(5), Date, Err("needs a date, not \"5\"")),
            (text("soon"), Date, Err("needs a date, not \"soon\"")),
            (Value::Null, List, Ok(list(&[]))),
            (text(""), List, Ok(list(&[]))),
            (Value::Number(5), List, Ok(list(&["5"]))),
            (list(&["a", "b"]), List, Ok(list(&["a", "b"]))),
        ] {
            let shown = format!("{value:?} to {to:?}");
            assert_eq!(convert(value, to), expected.map_err(str::to_owned), "{shown}");
        }
    }

    #[test]
    fn true_is_what_says_so_and_nothing_is_false() {
        for value in [Value::Flag(true), text("True"), text("true"), text("1"), Value::Number(-1), list(&["True", "x"])]
        {
            assert_eq!(truth(&value), Ok(true), "{value:?}");
        }
        for value in [Value::Flag(false), text("False"), text("0"), Value::Number(0), Value::Null, text(""), list(&[])]
        {
            assert_eq!(truth(&value), Ok(false), "{value:?}");
        }
        assert_eq!(truth(&text("yes")), Err("needs True or False, not \"yes\"".to_owned()));
        assert!(truth(&date()).is_err());
    }

    #[test]
    fn a_long_value_is_shortened_by_characters() {
        assert_eq!(shown(&text(&"ä".repeat(40))), format!("{:?}", "ä".repeat(40)));
        assert_eq!(shown(&text(&"ä".repeat(41))), format!("\"{}\"…", "ä".repeat(40)));
        assert_eq!(shown(&text("a\n\"b\"")), r#""a\n\"b\"""#);
    }
}
