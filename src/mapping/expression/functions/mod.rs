//! The functions of the language: one table of names, parameters and implementations.
//!
//! A function here gets values and gives a value. What needs the person, another order of evaluation or the moment of
//! evaluation stands in the evaluator.

mod args;
mod case;
mod dates;
mod diacritics;
mod encode;
mod find;
mod format;
mod kinds;
mod lists;
mod numbers;
mod replace;
mod replacement;
#[cfg(test)]
mod testing;
mod text;

pub use diacritics::without_diacritics;

use super::Value;
pub(super) use args::{bounded, shown};

/// Every function of this kind, a table a file.
const TABLES: &[&[Function]] = &[
    case::FUNCTIONS,
    dates::FUNCTIONS,
    diacritics::FUNCTIONS,
    encode::FUNCTIONS,
    find::FUNCTIONS,
    format::FUNCTIONS,
    kinds::FUNCTIONS,
    lists::FUNCTIONS,
    numbers::FUNCTIONS,
    replace::FUNCTIONS,
    text::FUNCTIONS,
];

/// What went wrong within one function: a lower-case fragment that names the offending value, without the function.
pub(super) type Fault = String;

/// A parameter of a function: what the value must be, or be turned into, before the function sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parameter {
    /// Any value, null too.
    Any,
    /// A text: flags, numbers and dates are printed, of a list the first value is taken; null stays null.
    Text,
    /// A whole number, or a text that is one.
    Number,
    /// A date, or a text that is one.
    Date,
    /// A list; a single value is a list of one, null the empty list.
    List,
}

/// What a function gives, as far as that is known before it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gives {
    /// Depends on the arguments.
    Any,
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// True or false.
    Flag,
    /// A date.
    Date,
    /// A list.
    List,
}

/// An argument as it is known at load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Known<'a> {
    /// Left out, or an empty place.
    Absent,
    /// Written down.
    Literal(&'a Value),
    /// Known only with a person.
    Computed,
}

/// What was made ready at load, so that no evaluation does it again.
#[derive(Clone, Debug)]
pub(super) enum Prepared {
    /// Nothing needs to be.
    Nothing,
    /// How `Replace` replaces, with its regular expression.
    Replace(Box<replace::Mode>),
    /// The formats of `FormatDateTime`.
    DateFormats(Box<format::Formats>),
}

/// A function that is no more than its values.
#[derive(Debug)]
pub(super) struct Function {
    /// The name, in Entra's spelling.
    pub(super) name: &'static str,
    /// How it is written: `Left(source, numChars)`.
    pub(super) usage: &'static str,
    /// The parameters that must be written, if only as an empty place.
    pub(super) parameters: &'static [Parameter],
    /// The parameters that may be left out at the end.
    pub(super) optional: &'static [Parameter],
    /// Further parameters of this kind, any number.
    pub(super) rest: Option<Parameter>,
    /// What it gives.
    pub(super) gives: Gives,
    /// Called once at load with what is known of the arguments, one for each that is written: makes ready, and finds what
    /// can never work. Most functions only need all their places filled.
    pub(super) prepare: fn(&[Known<'_>]) -> Result<Prepared, Fault>,
    /// The implementation. Gets one value for each of `parameters`, `optional` and what was written of `rest`, converted to
    /// its [`Parameter`]; what was left out or is an empty place is `None`. A null argument is `Some(Value::Null)`.
    pub(super) call: fn(&[Option<Value>], &Prepared) -> Result<Value, Fault>,
}

impl Function {
    /// A function all of whose places must be filled, and that nothing is made ready for.
    const fn new(
        name: &'static str,
        usage: &'static str,
        parameters: &'static [Parameter],
        gives: Gives,
        call: fn(&[Option<Value>], &Prepared) -> Result<Value, Fault>,
    ) -> Self {
        Self { name, usage, parameters, optional: &[], rest: None, gives, prepare: args::all_filled, call }
    }
}

fn all() -> impl Iterator<Item = &'static Function> {
    TABLES.iter().copied().flatten()
}

/// The function of this name, in Entra's spelling.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    all().find(|function| function.name == name)
}

/// The names of all of them.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    all().map(|function| function.name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::DateTime;
    use proptest::prelude::*;

    use super::super::date::of_second;
    use super::testing::{prepare, run};
    use super::*;

    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![
            "\\PC{0,12}",
            "[a-zA-Z ,.;'_-]{0,12}",
            Just(String::new()),
            prop::sample::select(vec!["d", "ww", "yyyy-MM-dd", "tr-TR", "vbTextCompare", "(?<a>b)*", "a", "None"])
                .prop_map(str::to_owned),
        ]
    }

    fn any_number() -> impl Strategy<Value = i64> {
        prop_oneof![any::<i64>(), -3..20_i64, Just(i64::MAX), Just(i64::MIN)]
    }

    /// A date of the years 1 to 9999.
    fn any_date() -> impl Strategy<Value = DateTime> {
        let (first, last) = (-62_135_596_800_i64, 253_402_300_799_i64);
        let moment = prop_oneof![4 => first..=last, 1 => Just(first), 1 => Just(last)];
        (moment, 0..1_000_000_000_i32).prop_map(|(second, nanosecond)| of_second(second, nanosecond).expect("a date"))
    }

    /// What the evaluator may give for a parameter, an empty place too.
    fn argument(parameter: Parameter) -> BoxedStrategy<Option<Value>> {
        let text = any_text().prop_map(Value::Text).boxed();
        let number = any_number().prop_map(Value::Number).boxed();
        let date = any_date().prop_map(Value::Date).boxed();
        let list = prop::collection::vec(any_text(), 0..4).prop_map(Value::List).boxed();
        let null = Just(Value::Null).boxed();
        let value = match parameter {
            Parameter::Text => prop_oneof![4 => text, 1 => null].boxed(),
            Parameter::Number => prop_oneof![4 => number, 1 => null].boxed(),
            Parameter::Date => prop_oneof![4 => date, 1 => null].boxed(),
            Parameter::List => list,
            Parameter::Any => prop_oneof![text, number, date, list, null, any::<bool>().prop_map(Value::Flag)].boxed(),
        };
        prop_oneof![6 => value.prop_map(Some), 1 => Just(None)].boxed()
    }

    fn call() -> impl Strategy<Value = (&'static Function, Vec<Option<Value>>)> {
        prop::sample::select(all().collect::<Vec<_>>()).prop_flat_map(|function| {
            let rest = function.rest.iter().cycle().take(2);
            let parameters = function.parameters.iter().chain(function.optional).chain(rest);
            (Just(function), parameters.map(|parameter| argument(*parameter)).collect::<Vec<_>>())
        })
    }

    /// Whether a value is what a function says it gives; it may always give null.
    fn is_given(gives: Gives, value: &Value) -> bool {
        match gives {
            Gives::Any => true,
            Gives::Text => matches!(value, Value::Text(_) | Value::Null),
            Gives::Number => matches!(value, Value::Number(_) | Value::Null),
            Gives::Flag => matches!(value, Value::Flag(_) | Value::Null),
            Gives::Date => matches!(value, Value::Date(_) | Value::Null),
            Gives::List => matches!(value, Value::List(_) | Value::Null),
        }
    }

    #[test]
    fn every_name_is_there_once_and_starts_its_usage() {
        let names: BTreeSet<_> = all().map(|function| function.name).collect();
        assert_eq!(names.len(), all().count());
        for function in all() {
            assert!(function.usage.starts_with(&format!("{}(", function.name)), "{}", function.name);
        }
    }

    #[test]
    fn entras_ordinary_functions_are_all_there() {
        for name in [
            "Append BitAnd CBool CDate ConvertToBase64 ConvertToUTF8Hex Count CStr DateAdd DateDiff DateFromNum",
            "FormatDateTime InStr IsNull IsNullOrEmpty IsPresent IsString Item Join Left Mid NormalizeDiacritics",
            "NumFromDate PCase RemoveDuplicates Replace Split StripSpaces ToLower ToUpper Word",
            "Contains EndsWith Len Right StartsWith Trim",
        ]
        .iter()
        .flat_map(|names| names.split(' '))
        {
            assert_eq!(all().filter(|function| function.name == name).count(), 1, "{name}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn no_arguments_of_the_right_kind_make_a_function_panic((function, args) in call()) {
            let known: Vec<_> = args.iter().map(|_| Known::Computed).collect();
            for prepared in [prepare(function.name, &args), (function.prepare)(&known)] {
                if let Ok(value) = prepared.and_then(|prepared| run(function.name, &args, &prepared)) {
                    prop_assert!(is_given(function.gives, &value), "{} gave {value:?}", function.name);
                }
            }
        }
    }
}
