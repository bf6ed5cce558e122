//! What kind of value there is, and the turning of one kind into another.

use super::args::{any, map_text, shown};
use super::{Fault, Function, Gives, Parameter, Value};

/// The four that start with `Is` answer for null as for every value; the others give null for it.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("CBool", "CBool(expression)", &[Parameter::Any], Gives::Flag, |args, _| c_bool(any(args, 0))),
    // The evaluator has made the text already.
    Function::new("CStr", "CStr(value)", &[Parameter::Text], Gives::Text, |args, _| Ok(map_text(args, str::to_owned))),
    Function::new("IsNull", "IsNull(expression)", &[Parameter::Any], Gives::Flag, |args, _| {
        Ok(Value::Flag(*any(args, 0) == Value::Null))
    }),
    Function::new("IsNullOrEmpty", "IsNullOrEmpty(expression)", &[Parameter::Any], Gives::Flag, |args, _| {
        Ok(Value::Flag(any(args, 0).is_empty()))
    }),
    Function::new("IsPresent", "IsPresent(expression)", &[Parameter::Any], Gives::Flag, |args, _| {
        Ok(Value::Flag(!any(args, 0).is_empty()))
    }),
    Function::new("IsString", "IsString(expression)", &[Parameter::Any], Gives::Flag, |args, _| {
        Ok(Value::Flag(matches!(any(args, 0), Value::Text(_))))
    }),
];

/// True and false are written in any case; a number is true unless it is zero. Nothing is neither: an account must not
/// be switched off because an attribute is missing.
fn c_bool(value: &Value) -> Result<Value, Fault> {
    match value {
        Value::Flag(_) => Ok(value.clone()),
        Value::Number(number) => Ok(Value::Flag(*number != 0)),
        Value::Text(_) | Value::List(_) if !value.is_empty() => flag_of(value.to_string().trim()),
        Value::Null | Value::Text(_) | Value::List(_) => Ok(Value::Null),
        Value::Date(_) => Err("has a date, which is neither true nor false".to_owned()),
    }
}

fn flag_of(text: &str) -> Result<Value, Fault> {
    if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
        return Ok(Value::Flag(text.eq_ignore_ascii_case("true")));
    }
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    let number = number.ok_or_else(|| format!("has {}, which is neither true nor false nor a number", shown(text)))?;
    Ok(Value::Flag(number != 0.0))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{EMPTY, NULL, call, date, fault, flag, list, number, refused, text};

    #[test]
    fn cbool_is_true_for_what_is_true_or_not_zero() {
        for (value, is_true) in [
            (flag(true), true),
            (flag(false), false),
            (number(-1), true),
            (number(0), false),
            (text("TRUE"), true),
            (text("false"), false),
            (text(" 1 "), true),
            (text("0"), false),
            (text("0.5"), true),
            (list(["True", "False"]), true),
        ] {
            assert_eq!(call("CBool", [value.clone()]), flag(is_true), "{value:?}");
        }
    }

    #[test]
    fn cbool_of_nothing_is_nothing() {
        for value in [NULL, text(""), list([])] {
            assert_eq!(call("CBool", [value]), NULL);
        }
        assert!(refused("CBool", [EMPTY]).contains("place 1"));
    }

    #[test]
    fn cbool_of_anything_else_is_a_fault() {
        for value in [text("yes"), text("NaN"), text("inf"), text("ÿ"), date("2020-01-01")] {
            assert!(fault("CBool", [value.clone()]).contains("neither true nor false"), "{value:?}");
        }
    }

    #[test]
    fn cstr_gives_the_text() {
        assert_eq!(call("CStr", [text("cn=Joe,dc=contoso,dc=com")]), text("cn=Joe,dc=contoso,dc=com"));
        assert_eq!(call("CStr", [NULL]), NULL);
    }

    #[test]
    fn only_what_is_absent_is_null_but_what_is_empty_is_not_present() {
        for (value, is_null, is_present) in [
            (NULL, true, false),
            (text(""), false, false),
            (list([]), false, false),
            (text("ë"), false, true),
            (number(0), false, true),
            (flag(false), false, true),
            (list(["a"]), false, true),
            (date("2020-01-01"), false, true),
        ] {
            assert_eq!(call("IsNull", [value.clone()]), flag(is_null), "{value:?}");
            assert_eq!(call("IsPresent", [value.clone()]), flag(is_present), "{value:?}");
            assert_eq!(call("IsNullOrEmpty", [value.clone()]), flag(!is_present), "{value:?}");
        }
        for name in ["IsNull", "IsPresent", "IsNullOrEmpty", "IsString"] {
            assert!(refused(name, [EMPTY]).contains("place 1"));
        }
    }

    #[test]
    fn only_a_text_is_a_string() {
        for (value, is_string) in
            [(text("1"), true), (text(""), true), (NULL, false), (number(1), false), (list(["a"]), false)]
        {
            assert_eq!(call("IsString", [value.clone()]), flag(is_string), "{value:?}");
        }
    }
}
