//! What a row's source becomes: keys of the mapping file, or the reason why it cannot be brought along.

use crate::mapping::expression::Place;
use crate::model::SourcePath;

use super::job::EntraSource;

/// What the rest of the program says of expressions and source attributes.
#[derive(Clone, Copy)]
pub struct Checks<'a> {
    /// What is wrong with the text of an expression at a place.
    pub expression: &'a dyn Fn(&str, Place) -> Result<(), String>,
    /// Why a source attribute cannot be read.
    pub source: &'a dyn Fn(&SourcePath) -> Result<(), String>,
}

/// The key of a row that says where its value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// `source`, with Entra's name for it where Graph has another.
    Source { path: SourcePath, entras: Option<String> },
    /// `constant`
    Constant(String),
    /// `expression`
    Expression(String),
}

impl Origin {
    /// The key and its text.
    pub(super) fn key(&self) -> (&'static str, String) {
        match self {
            Self::Source { path, .. } => ("source", path.to_string()),
            Self::Constant(text) => ("constant", text.clone()),
            Self::Expression(text) => ("expression", text.clone()),
        }
    }
}

/// Attributes of Entra's provisioning that Graph does not give as values of a user.
const NOT_READABLE: [(&str, &str); 4] = [
    (
        "appRoleAssignments",
        "app roles are assignments and no attribute; write a constant, or an expression with MemberOf",
    ),
    ("alternativeSecurityIds", "Graph does not show it"),
    ("netId", "Graph does not show it"),
    ("passwordProfile", "nobody can read a password"),
];

/// The origin that does what the source does in Entra. Error: why there is none.
pub(super) fn origin(source: &EntraSource, place: Place, checks: &Checks<'_>) -> Result<Origin, String> {
    match source {
        EntraSource::None => Err("it has no source in Entra either".to_owned()),
        EntraSource::Unreadable(why) => Err(why.clone()),
        EntraSource::Constant(text) if text.trim().is_empty() => {
            Err("its constant is empty, and an empty value cannot be sent".to_owned())
        }
        EntraSource::Constant(text) => Ok(Origin::Constant(text.clone())),
        EntraSource::Function(text) => computed(text, place, checks),
        // A text with other characters is an expression in the place of a name.
        EntraSource::Attribute(name) if name.contains(['(', '[', '"']) => computed(name, place, checks),
        EntraSource::Attribute(name) => attribute(name, place, checks),
    }
}

fn attribute(name: &str, place: Place, checks: &Checks<'_>) -> Result<Origin, String> {
    let path = readable(name, checks)?;
    // Computed by the scope, not an attribute that a row could copy.
    if path == SourcePath::IsSoftDeleted {
        return computed("[IsSoftDeleted]", place, checks);
    }
    let entras = (path.to_string() != name).then(|| name.to_owned());
    Ok(Origin::Source { path, entras })
}

/// The path of a source attribute. Error: why it cannot be read.
pub(super) fn readable(name: &str, checks: &Checks<'_>) -> Result<SourcePath, String> {
    if let Some((_, why)) = NOT_READABLE.iter().find(|(unreadable, _)| *unreadable == name) {
        return Err(format!("{name} cannot be read: {why}"));
    }
    let path: SourcePath = name.parse().map_err(|error: crate::model::SourcePathError| error.to_string())?;
    (checks.source)(&path).map_err(|why| format!("the source {why}"))?;
    Ok(path)
}

fn computed(text: &str, place: Place, checks: &Checks<'_>) -> Result<Origin, String> {
    match (checks.expression)(text, place) {
        Ok(()) => Ok(Origin::Expression(text.to_owned())),
        Err(why) => Err(format!("the expression cannot be used: {why}")),
    }
}
