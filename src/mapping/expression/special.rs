//! The functions that are more than their values: they need the person, another order of evaluation, the moment, or say
//! something about the row.

use super::ast::Signature;
use super::functions::{Gives, Parameter};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Special {
    Iif,
    Switch,
    Coalesce,
    IgnoreFlow,
    Redact,
    And,
    Or,
    Not,
    MemberOf,
    Guid,
    RandomString,
    Now,
}

impl Special {
    /// Whether it gives another value at every moment.
    pub(super) fn needs_moment(self) -> bool {
        matches!(self, Self::Guid | Self::RandomString | Self::Now)
    }

    /// Whether this argument is read as true or false.
    pub(super) fn is_condition(self, index: usize) -> bool {
        match self {
            Self::Iif => index == 0,
            Self::And | Self::Or => true,
            _ => false,
        }
    }

    /// Whether this argument, of so many, may be an empty place.
    pub(super) fn may_be_empty(self, index: usize, count: usize) -> bool {
        match self {
            // The default and the values; a key is written, if only as "".
            Self::Switch => index % 2 == 1,
            Self::Coalesce => index + 1 == count,
            Self::RandomString => index == 5,
            _ => false,
        }
    }
}

/// One of these functions, and how it is written.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) special: Special,
    pub(super) signature: Signature,
}

pub(super) fn find(name: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.signature.name == name)
}

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FORMS.iter().map(|form| form.signature.name)
}

const ANY: Parameter = Parameter::Any;
const NUMBER: Parameter = Parameter::Number;

static FORMS: [Form; 12] = [
    Form {
        special: Special::Iif,
        signature: fixed("IIF", "IIF(condition, valueIfTrue, valueIfFalse)", &[ANY; 3], Gives::Any),
    },
    Form {
        special: Special::Switch,
        signature: open("Switch", "Switch(source, defaultValue, key1, value1, key2, value2, …)", &[ANY; 4], Gives::Any),
    },
    Form {
        special: Special::Coalesce,
        signature: open("Coalesce", "Coalesce(source1, source2, …, defaultValue)", &[ANY; 2], Gives::Any),
    },
    Form {
        special: Special::IgnoreFlow,
        signature: fixed("IgnoreFlowIfNullOrEmpty", "IgnoreFlowIfNullOrEmpty(expression)", &[ANY], Gives::Any),
    },
    Form { special: Special::Redact, signature: fixed("Redact", "Redact(value)", &[ANY], Gives::Any) },
    Form { special: Special::And, signature: open("And", "And(condition1, condition2, …)", &[ANY; 2], Gives::Flag) },
    Form { special: Special::Or, signature: open("Or", "Or(condition1, condition2, …)", &[ANY; 2], Gives::Flag) },
    Form { special: Special::Not, signature: fixed("Not", "Not(source)", &[ANY], Gives::Flag) },
    Form {
        special: Special::MemberOf,
        signature: open("MemberOf", "MemberOf(\"name or id of a group\", …)", &[ANY], Gives::Flag),
    },
    Form { special: Special::Guid, signature: fixed("Guid", "Guid()", &[], Gives::Text) },
    Form {
        special: Special::RandomString,
        signature: Signature {
            optional: &[Parameter::Text],
            ..fixed(
                "RandomString",
                "RandomString(length, minimumNumbers, minimumSpecialCharacters, minimumCapital, minimumLowerCase, \
                 charactersToAvoid)",
                &[NUMBER; 5],
                Gives::Text,
            )
        },
    },
    Form { special: Special::Now, signature: fixed("Now", "Now()", &[], Gives::Date) },
];

/// One that takes just these arguments.
const fn fixed(name: &'static str, usage: &'static str, parameters: &'static [Parameter], gives: Gives) -> Signature {
    Signature { name, usage, parameters, optional: &[], rest: None, gives }
}

/// One that takes these arguments and any number of further ones.
const fn open(name: &'static str, usage: &'static str, parameters: &'static [Parameter], gives: Gives) -> Signature {
    Signature { rest: Some(ANY), ..fixed(name, usage, parameters, gives) }
}
