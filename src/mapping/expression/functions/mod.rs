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
mod pattern;
mod replace;
mod replacement;
#[cfg(test)]
mod testing;
mod text;

use super::Value;

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
    /// can never work. Most functions have [`nothing_to_prepare`].
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

/// For functions that need no preparation.
pub(super) fn nothing_to_prepare(_: &[Known<'_>]) -> Result<Prepared, Fault> {
    Ok(Prepared::Nothing)
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
