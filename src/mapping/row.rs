//! One row of the mapping.

use std::fmt;

use crate::model::{Compare, DesiredValue, SourceUser, TargetPath, TargetValue};

/// Where the value of a row comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A Graph attribute, or a member of a complex one (`employeeOrgData.costCenter`).
    Attribute(String),
    /// The same value for everybody.
    Constant(TargetValue),
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

/// One row: a target attribute and how its value comes about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The target attribute.
    pub target: TargetPath,
    /// Where its value comes from.
    pub source: Source,
    /// A person without a value fails, and nothing is sent for them.
    pub required: bool,
    /// When it is written.
    pub when: When,
    /// Sent on create where the source has no value.
    pub default: Option<TargetValue>,
    /// A value that is gone in the source is removed in Jostle; otherwise Jostle keeps it.
    pub clear: bool,
    /// How values are compared; what Jostle says of the attribute.
    pub compare: Compare,
    /// The longest text that Jostle takes, in characters.
    pub max_length: Option<usize>,
}

impl Row {
    /// A row that copies a Graph attribute, with everything else at its default.
    pub fn direct(target: TargetPath, attribute: &str) -> Self {
        Self::new(target, Source::Attribute(attribute.to_owned()))
    }

    /// A row with everything but its source at its default.
    pub fn new(target: TargetPath, source: Source) -> Self {
        Self {
            target,
            source,
            required: false,
            when: When::default(),
            default: None,
            clear: false,
            compare: Compare::default(),
            max_length: None,
        }
    }

    /// The value of the source for one person: white space trimmed off, the first of several, none if empty.
    pub(super) fn source_value(&self, user: &SourceUser) -> Option<TargetValue> {
        match &self.source {
            Source::Attribute(path) => user.value(path).and_then(scalar),
            Source::Constant(value) => Some(value.clone()),
            Source::Active => None,
        }
    }

    pub(super) fn desired(&self, value: Option<TargetValue>, create_only: bool) -> DesiredValue {
        DesiredValue { path: self.target.clone(), value, compare: self.compare, create_only }
    }
}

fn scalar(value: &serde_json::Value) -> Option<TargetValue> {
    use serde_json::Value;
    match value {
        Value::String(text) => {
            Some(text.trim()).filter(|text| !text.is_empty()).map(|text| TargetValue::Text(text.into()))
        }
        Value::Bool(flag) => Some(TargetValue::Flag(*flag)),
        Value::Number(number) => Some(TargetValue::Text(number.to_string())),
        Value::Array(values) => values.iter().find_map(scalar),
        Value::Null | Value::Object(_) => None,
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Attribute(path) => write!(f, "{path} -> {}", self.target),
            Source::Constant(value) => write!(f, "constant {value} -> {}", self.target),
            Source::Active => write!(f, "$active -> {}", self.target),
        }
    }
}
