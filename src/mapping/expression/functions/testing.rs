//! Calls functions by name, for the tests beside them.

#![expect(clippy::unnecessary_wraps, reason = "an argument may also be an empty place")]
#![expect(clippy::needless_pass_by_value, reason = "tests write their arguments down")]

use super::{Fault, Function, Known, Prepared, TABLES};
pub(super) use crate::mapping::expression::Value;
use crate::mapping::expression::date;

/// An argument or an empty place.
pub(super) type Arg = Option<Value>;

/// A text.
pub(super) fn text(text: &str) -> Arg {
    Some(Value::Text(text.to_owned()))
}

/// A whole number.
pub(super) fn number(number: i64) -> Arg {
    Some(Value::Number(number))
}

/// A date, as Entra reads it.
pub(super) fn date(text: &str) -> Arg {
    Some(Value::Date(date::parse(text).expect("a date")))
}

/// True or false.
pub(super) fn flag(flag: bool) -> Arg {
    Some(Value::Flag(flag))
}

/// A list.
pub(super) fn list<const N: usize>(values: [&str; N]) -> Arg {
    Some(Value::List(values.map(str::to_owned).to_vec()))
}

/// A value that is null.
pub(super) const NULL: Arg = Some(Value::Null);

/// An empty place.
pub(super) const EMPTY: Arg = None;

/// The function of this name.
pub(super) fn function(name: &str) -> &'static Function {
    TABLES.iter().copied().flatten().find(|function| function.name == name).expect("a function of this name")
}

/// What a function gives for arguments that are written down. Null cannot be written, so it counts as computed.
pub(super) fn call<const N: usize>(name: &str, args: [Arg; N]) -> Arg {
    let prepared = prepare(name, &args).unwrap_or_else(|fault| panic!("{name} cannot be prepared: {fault}"));
    Some(run(name, &args, &prepared).unwrap_or_else(|fault| panic!("{name} {fault}")))
}

/// Why arguments that are written down are refused at load.
pub(super) fn refused<const N: usize>(name: &str, args: [Arg; N]) -> Fault {
    prepare(name, &args).expect_err("it should be refused at load")
}

/// Why a function gives nothing for arguments that are known only with a person.
pub(super) fn fault<const N: usize>(name: &str, args: [Arg; N]) -> Fault {
    let known: Vec<_> = args.iter().map(|arg| if arg.is_some() { Known::Computed } else { Known::Absent }).collect();
    let prepared = (function(name).prepare)(&known).expect("nothing is known to be wrong");
    run(name, &args, &prepared).expect_err("it should be a fault of the person")
}

/// As it is prepared when all but null is written down.
pub(super) fn prepare(name: &str, args: &[Arg]) -> Result<Prepared, Fault> {
    let known: Vec<_> = args
        .iter()
        .map(|arg| match arg {
            None => Known::Absent,
            Some(Value::Null) => Known::Computed,
            Some(value) => Known::Literal(value),
        })
        .collect();
    (function(name).prepare)(&known)
}

/// Calls with one value for every parameter, as the evaluator does.
pub(super) fn run(name: &str, args: &[Arg], prepared: &Prepared) -> Result<Value, Fault> {
    let function = function(name);
    let mut args = args.to_vec();
    args.resize(args.len().max(function.parameters.len() + function.optional.len()), None);
    (function.call)(&args, prepared)
}
