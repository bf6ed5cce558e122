//! What can be wrong with an expression that is written correctly: its place, and the number and kinds of arguments.

use super::ast::{Call, Callee, Kind, Node, Signature};
use super::compiled::Place;
use super::convert::{convert, fits};
use super::error::Problem;
use super::functions::{Function, Gives, Known, Parameter, Prepared};
use super::random_string::RandomString;
use super::special::{Form, Special};
use super::value::Value;

/// Checks the whole expression, and makes ready what its functions need.
pub(super) fn check(root: &mut Node, place: Place) -> Result<(), Problem> {
    node(root, place)?;
    if place == Place::Filter && !may_be_condition(root) {
        let gives = "a filter needs what gives True or False: a comparison, And, Or, Not, MemberOf, IsPresent, …";
        return Err(Problem::new(root.at, gives));
    }
    Ok(())
}

fn node(node: &mut Node, place: Place) -> Result<(), Problem> {
    match &mut node.kind {
        Kind::Literal(_) | Kind::Attribute(_) => Ok(()),
        Kind::Compare(comparison) => {
            self::node(&mut comparison.left, place)?;
            self::node(&mut comparison.right, place)
        }
        Kind::Call(call) => self::call(call, node.at, place),
    }
}

fn call(call: &mut Call, at: usize, place: Place) -> Result<(), Problem> {
    let signature = call.callee.signature();
    count(&signature, call.arguments.len()).map_err(|message| Problem::new(at, message))?;
    if let Callee::Special(form) = call.callee {
        stands_right(form, place).map_err(|message| Problem::new(at, message))?;
    }
    for argument in call.arguments.iter_mut().flatten() {
        node(argument, place)?;
    }
    for (argument, parameter) in call.arguments.iter().zip(signature.kinds()) {
        let Some(argument) = argument else { continue };
        kind(argument, parameter)
            .map_err(|reason| Problem::new(argument.at, format!("{} {reason}: {}", signature.name, signature.usage)))?;
    }
    match call.callee {
        Callee::Function(function) => call.prepared = prepare(function, call, at)?,
        Callee::Special(form) => special(form, call, at)?,
    }
    Ok(())
}

fn count(signature: &Signature, written: usize) -> Result<(), String> {
    let Signature { name, usage, .. } = signature;
    let least = signature.parameters.len();
    let most = signature.most();
    if written < least || most.is_some_and(|most| written > most) {
        let takes = match most {
            None => format!("at least {least}"),
            Some(most) if most == least => least.to_string(),
            Some(most) => format!("{least} to {most}"),
        };
        let plural = if least == 1 { "" } else { "s" };
        return Err(format!("{name} takes {takes} argument{plural} and has {written} here: {usage}"));
    }
    Ok(())
}

/// Whether a function may stand in this place.
fn stands_right(form: &Form, place: Place) -> Result<(), String> {
    let name = form.signature.name;
    match (form.special, place) {
        (Special::MemberOf, Place::Row | Place::CreateRow) => {
            Err("MemberOf belongs in a filter; a row knows nothing of groups".to_owned())
        }
        (Special::IgnoreFlow | Special::Redact, Place::Filter) => {
            Err(format!("{name} says something about the attribute of a row, and a filter has none; take it out"))
        }
        (special, Place::Row) if special.needs_moment() => Err(format!(
            "{name} gives another value every time, so that this row would be written in every cycle; \
             set when = \"create\" on it"
        )),
        (special, Place::Filter) if special.needs_moment() => Err(format!(
            "{name} gives another value every time, and a filter must decide the same for the same person; it may stand \
             only in a row with when = \"create\""
        )),
        _ => Ok(()),
    }
}

/// Whether an argument can ever be what the function takes.
fn kind(argument: &Node, parameter: Parameter) -> Result<(), String> {
    if let Kind::Literal(value) = &argument.kind {
        return match convert(value.clone(), parameter)? {
            Value::Null => Err("needs a value here, not an empty text".to_owned()),
            _ => Ok(()),
        };
    }
    if fits(argument.gives(), parameter) {
        return Ok(());
    }
    let needed = if parameter == Parameter::Number { "a whole number" } else { "a date" };
    let given = match argument.gives() {
        Gives::Flag => "true or false",
        Gives::List => "a list",
        Gives::Date => "a date",
        Gives::Number => "a number",
        Gives::Any | Gives::Text => "a text",
    };
    Err(format!("needs {needed} here, and this gives {given}"))
}

fn prepare(function: &Function, call: &Call, at: usize) -> Result<Prepared, Problem> {
    let known: Vec<Known<'_>> = call
        .arguments
        .iter()
        .map(|argument| match argument.as_ref().map(|node| &node.kind) {
            None => Known::Absent,
            Some(Kind::Literal(value)) => Known::Literal(value),
            Some(_) => Known::Computed,
        })
        .collect();
    (function.prepare)(&known).map_err(|fault| Problem::new(at, format!("{} {fault}", function.name)))
}

/// What only the special functions want of their arguments.
fn special(form: &Form, call: &Call, at: usize) -> Result<(), Problem> {
    let Signature { name, usage, .. } = form.signature;
    let count = call.arguments.len();
    if form.special == Special::Switch && count % 2 == 1 {
        return Err(Problem::new(at, format!("Switch has a key without a value or a value without a key: {usage}")));
    }
    for (index, argument) in call.arguments.iter().enumerate() {
        let Some(argument) = argument else {
            if form.special.may_be_empty(index, count) {
                continue;
            }
            return Err(Problem::new(at, format!("{name} needs its argument {}: {usage}", index + 1)));
        };
        if form.special.is_condition(index) && !may_be_condition(argument) {
            let message = format!("{name} needs a condition here, a comparison or what gives True or False: {usage}");
            return Err(Problem::new(argument.at, message));
        }
        if form.special == Special::MemberOf && !is_written_text(argument) {
            return Err(Problem::new(argument.at, "MemberOf needs the name or id of a group here, in quotes"));
        }
    }
    if form.special == Special::RandomString {
        random_string(call).map_err(|fault| Problem::new(at, format!("{name} {fault}: {usage}")))?;
    }
    Ok(())
}

/// Whether it may be true or false; of a text nobody knows what it will say.
fn may_be_condition(node: &Node) -> bool {
    match &node.kind {
        Kind::Literal(Value::Text(text)) => ["true", "false"].iter().any(|flag| flag.eq_ignore_ascii_case(text)),
        Kind::Literal(_) => false,
        _ => !matches!(node.gives(), Gives::Date | Gives::List),
    }
}

fn is_written_text(node: &Node) -> bool {
    matches!(&node.kind, Kind::Literal(Value::Text(text)) if !text.trim().is_empty())
}

/// Checked at load where all of it is written down, as it mostly is.
fn random_string(call: &Call) -> Result<(), String> {
    let mut values = Vec::new();
    for (argument, parameter) in call.arguments.iter().zip(call.callee.signature().kinds()) {
        match argument.as_ref().map(|node| &node.kind) {
            None => values.push(None),
            Some(Kind::Literal(value)) => values.push(Some(convert(value.clone(), parameter)?)),
            Some(_) => return Ok(()),
        }
    }
    RandomString::new(&values).map(drop)
}

#[cfg(test)]
mod tests;
