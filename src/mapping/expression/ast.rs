//! An expression as a tree.

use std::iter;

use super::Value;
use super::functions::{Function, Gives, Parameter, Prepared};
use super::special::{Form, Special};
use crate::model::SourcePath;

/// One sub-expression. Two are equal if they print the same, wherever they stand.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// Where it begins, as a byte offset into the text.
    pub(super) at: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A text or a number.
    Literal(Value),
    Attribute(SourcePath),
    Call(Call),
    Compare(Box<Comparison>),
}

#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) callee: Callee,
    /// None is an empty place.
    pub(super) arguments: Vec<Option<Node>>,
    pub(super) prepared: Prepared,
    /// Which call of the expression it is, so that two calls of `Guid` differ.
    pub(super) ordinal: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Comparison {
    pub(super) left: Node,
    pub(super) operator: Operator,
    pub(super) right: Node,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Operator {
    /// The longer ones first, so that the first that a text begins with is the one that is meant.
    pub(super) const ALL: [Self; 6] =
        [Self::NotEqual, Self::GreaterOrEqual, Self::LessOrEqual, Self::Equal, Self::Greater, Self::Less];

    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
        }
    }
}

/// What a call calls.
#[derive(Clone, Copy, Debug)]
pub(super) enum Callee {
    Function(&'static Function),
    Special(&'static Form),
}

/// How a function is written and what it gives.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signature {
    pub(super) name: &'static str,
    pub(super) usage: &'static str,
    pub(super) parameters: &'static [Parameter],
    pub(super) optional: &'static [Parameter],
    pub(super) rest: Option<Parameter>,
    pub(super) gives: Gives,
}

impl Callee {
    pub(super) fn signature(self) -> Signature {
        match self {
            Self::Special(form) => form.signature,
            Self::Function(&Function { name, usage, parameters, optional, rest, gives, prepare: _, call: _ }) => {
                Signature { name, usage, parameters, optional, rest, gives }
            }
        }
    }

    fn is(self, special: Special) -> bool {
        matches!(self, Self::Special(form) if form.special == special)
    }
}

impl Signature {
    /// What stands for each argument, as far as any may be written.
    pub(super) fn kinds(&self) -> impl Iterator<Item = Parameter> {
        let fixed = self.parameters.iter().chain(self.optional).copied();
        fixed.chain(iter::repeat(self.rest).map_while(|rest| rest))
    }

    /// How many arguments may be written at most, if there is a limit.
    pub(super) fn most(&self) -> Option<usize> {
        self.rest.is_none().then_some(self.parameters.len() + self.optional.len())
    }
}

impl Node {
    /// What it gives, as far as that is known without a person.
    pub(super) fn gives(&self) -> Gives {
        match &self.kind {
            Kind::Call(call) => call.callee.signature().gives,
            Kind::Compare(_) => Gives::Flag,
            Kind::Literal(Value::Number(_)) => Gives::Number,
            Kind::Literal(_) => Gives::Text,
            Kind::Attribute(_) => Gives::Any,
        }
    }

    /// Itself and everything below it.
    pub(super) fn visit<'n>(&'n self, each: &mut impl FnMut(&'n Self)) {
        each(self);
        match &self.kind {
            Kind::Literal(_) | Kind::Attribute(_) => {}
            Kind::Call(call) => call.arguments.iter().flatten().for_each(|argument| argument.visit(each)),
            Kind::Compare(comparison) => {
                comparison.left.visit(each);
                comparison.right.visit(each);
            }
        }
    }

    /// Whether a call of this form stands in it.
    pub(super) fn contains(&self, special: Special) -> bool {
        let mut found = false;
        self.visit(&mut |node| found |= matches!(&node.kind, Kind::Call(call) if call.callee.is(special)));
        found
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl PartialEq for Call {
    fn eq(&self, other: &Self) -> bool {
        self.callee.signature().name == other.callee.signature().name && self.arguments == other.arguments
    }
}
