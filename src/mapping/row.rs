//! One row of the mapping.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::expression::Expression;
use crate::model::{Compare, Format, SourcePath, TargetPath, TargetValue};

/// Where the value of a row comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// One attribute of the person or of the manager.
    Attribute(SourcePath),
    /// The same value for everybody.
    Constant(TargetValue),
    /// Entra's expression language.
    Expression(Arc<Expression>),
    /// `$active`: decided by the lifecycle, not by an attribute.
    Active,
}

/// When a row is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// On create, and whenever the value differs.
    #[default]
    Always,
    /// On create only: afterwards the value belongs to Jostle.
    Create,
}

/// What happens where the source has no value. Entra's own job knows the first and the third.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum WhenEmpty {
    /// Jostle keeps what it has.
    #[default]
    Keep,
    /// What Jostle has is removed.
    Clear,
    /// A new account gets this; an account that is there keeps what it has.
    DefaultOnCreate(TargetValue),
    /// This is the value.
    Default(TargetValue),
}

/// What happens where Jostle shows another value than it last did, although nothing was written: somebody changed it there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnDrift {
    /// It is reported, and nothing is written.
    #[default]
    Report,
    /// The next cycle writes the desired value again.
    Repair,
    /// It stands until the value in Entra changes.
    Accept,
}

/// One row: a target attribute and how its value comes about.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The target attribute.
    pub target: TargetPath,
    /// Where its value comes from.
    pub source: Source,
    /// A person without a value fails, and nothing is sent for them.
    pub required: bool,
    /// When it is written.
    pub when: When,
    /// What happens where the source has no value.
    pub empty: WhenEmpty,
    /// What happens where somebody changed the value in Jostle.
    pub drift: OnDrift,
    /// Its value must not be shown, in a plan or a log; it is written as any other.
    pub redact: bool,
    /// The values that may be sent, compared exactly; empty: any. A person with another one fails.
    pub values: Vec<String>,
    /// What is too long is cut instead of failing.
    pub truncate: bool,
    /// How values are compared; what Jostle says of the attribute.
    pub compare: Compare,
    /// What a text must look like; what Jostle says of the attribute.
    pub format: Format,
    /// The longest text that Jostle takes, or the row allows, in characters.
    pub max_length: Option<usize>,
}

impl Row {
    /// A row that copies a property of the person, named as Graph names it, with everything else at its default.
    pub fn direct(target: TargetPath, property: &str) -> Self {
        Self::new(target, Source::Attribute(SourcePath::Own { property: property.to_owned(), member: None }))
    }

    /// A row with everything but its source at its default.
    pub fn new(target: TargetPath, source: Source) -> Self {
        Self {
            target,
            source,
            required: false,
            when: When::default(),
            empty: WhenEmpty::default(),
            drift: OnDrift::default(),
            redact: false,
            values: Vec::new(),
            truncate: false,
            compare: Compare::default(),
            format: Format::default(),
            max_length: None,
        }
    }

    /// The source attributes that it reads.
    pub fn paths(&self) -> BTreeSet<&SourcePath> {
        match &self.source {
            Source::Attribute(path) => BTreeSet::from([path]),
            Source::Expression(expression) => expression.paths(),
            Source::Constant(_) | Source::Active => BTreeSet::new(),
        }
    }

    /// Whether its value must not be shown: the row says so, or its expression has a `Redact`.
    pub fn is_redacted(&self) -> bool {
        self.redact || matches!(&self.source, Source::Expression(expression) if expression.is_redacted())
    }

    /// How a message names where the value comes from.
    pub(super) fn source_name(&self) -> String {
        match &self.source {
            Source::Expression(_) => "the result of its expression".to_owned(),
            source => source.to_string(),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(path) => write!(f, "{path}"),
            Self::Constant(value) => write!(f, "constant {value}"),
            Self::Expression(expression) => write!(f, "{expression}"),
            Self::Active => f.write_str("$active"),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}", self.source, self.target)
    }
}
