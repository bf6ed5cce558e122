//! What a row's source becomes: keys of the mapping file, or the reason why it cannot be brought along.

use crate::mapping::expression::{Expression, Place};
use crate::model::SourcePath;

use super::job::EntraSource;

/// Why a source attribute cannot be read, as a fragment that follows its name; none if it can.
pub type WrongSource<'a> = &'a dyn Fn(&SourcePath) -> Option<String>;

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
pub(super) fn origin(source: &EntraSource, place: Place, wrong_source: WrongSource<'_>) -> Result<Origin, String> {
    match source {
        EntraSource::None => Err("it has no source in Entra either".to_owned()),
        EntraSource::Unreadable(why) => Err(why.clone()),
        EntraSource::Constant(text) if text.trim().is_empty() => {
            Err("its constant is empty, and an empty value cannot be sent".to_owned())
        }
        EntraSource::Constant(text) => Ok(Origin::Constant(text.clone())),
        EntraSource::Function(text) => computed(text, place, wrong_source),
        // A text with other characters is an expression in the place of a name.
        EntraSource::Attribute(name) if name.contains(['(', '[', '"']) => computed(name, place, wrong_source),
        EntraSource::Attribute(name) => attribute(name, place, wrong_source),
    }
}

fn attribute(name: &str, place: Place, wrong_source: WrongSource<'_>) -> Result<Origin, String> {
    let path = readable(name, wrong_source)?;
    // Computed by the scope, not an attribute that a row could copy.
    if path == SourcePath::IsSoftDeleted {
        return computed("[IsSoftDeleted]", place, wrong_source);
    }
    let entras = (path.to_string() != name).then(|| name.to_owned());
    Ok(Origin::Source { path, entras })
}

/// The path of a source attribute. Error: why it cannot be read.
pub(super) fn readable(name: &str, wrong_source: WrongSource<'_>) -> Result<SourcePath, String> {
    if let Some((_, why)) = NOT_READABLE.iter().find(|(unreadable, _)| *unreadable == name) {
        return Err(format!("{name} cannot be read: {why}"));
    }
    let path: SourcePath = name.parse().map_err(|error: crate::model::SourcePathError| error.to_string())?;
    wrong_source(&path).map_or(Ok(path), |why| Err(format!("the source {why}")))
}

fn computed(text: &str, place: Place, wrong_source: WrongSource<'_>) -> Result<Origin, String> {
    let unusable = |why: String| format!("the expression cannot be used: {why}");
    let expression = Expression::parse(text, place).map_err(|error| unusable(error.message))?;
    let wrong = expression.paths().into_iter().find_map(|path| Some((path, wrong_source(path)?)));
    match wrong {
        Some((path, why)) => Err(unusable(format!("it reads [{path}], which {why}"))),
        None => Ok(Origin::Expression(text.to_owned())),
    }
}
