//! Where a value of the source stands: the name of a Graph property, or what Entra's provisioning calls it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A source attribute, as a row, an expression or a filter names it. Case-sensitive, as Graph's names are.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum SourcePath {
    /// `mail`, `employeeOrgData.costCenter`
    Own {
        /// The Graph property.
        property: String,
        /// A member of it, if it is a complex one.
        member: Option<String>,
    },
    /// `manager.mail`, `manager.employeeOrgData.costCenter`
    Manager {
        /// The Graph property of the manager.
        property: String,
        /// A member of it, if it is a complex one.
        member: Option<String>,
    },
    /// `id`, Entra's `objectId`
    Id,
    /// Entra's computed `IsSoftDeleted`: unassigned, filtered out, deleted or disabled.
    IsSoftDeleted,
    /// Entra's `originalUserPrincipalName`: a guest's name with `#EXT#`, as Graph has it.
    OriginalUserPrincipalName,
}

/// A text that names no source attribute.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SourcePathError {
    /// Not a name, or too many dots.
    #[error("{0:?} is no source attribute; write the name of a Graph property, property.member, or manager.property")]
    Malformed(String),
    /// The manager is a person, not a value.
    #[error("manager is a person and has no text of its own; write manager.mail or manager.displayName")]
    BareManager,
}

/// Names of Entra's provisioning schema ("User provisioning attributes") that Graph spells otherwise.
const ALIASES: [(&str, &str); 7] = [
    ("mobile", "mobilePhone"),
    ("telephoneNumber", "businessPhones"),
    ("facsimileTelephoneNumber", "faxNumber"),
    ("physicalDeliveryOfficeName", "officeLocation"),
    ("dirSyncEnabled", "onPremisesSyncEnabled"),
    ("sipProxyAddress", "imAddresses"),
    ("immutableId", "onPremisesImmutableId"),
];

impl SourcePath {
    /// The Graph property that must be read for it, of the person or of the manager; none for what is computed.
    pub fn property(&self) -> Option<&str> {
        match self {
            Self::Own { property, .. } | Self::Manager { property, .. } => Some(property),
            Self::OriginalUserPrincipalName => Some("userPrincipalName"),
            Self::Id | Self::IsSoftDeleted => None,
        }
    }

    /// Whether it is the manager's.
    pub fn is_managers(&self) -> bool {
        matches!(self, Self::Manager { .. })
    }
}

impl FromStr for SourcePath {
    type Err = SourcePathError;

    fn from_str(text: &str) -> Result<Self, SourcePathError> {
        let malformed = || SourcePathError::Malformed(text.to_owned());
        match text {
            "id" | "objectId" => return Ok(Self::Id),
            "IsSoftDeleted" | "isSoftDeleted" => return Ok(Self::IsSoftDeleted),
            "originalUserPrincipalName" => return Ok(Self::OriginalUserPrincipalName),
            "manager" => return Err(SourcePathError::BareManager),
            _ => {}
        }
        let (managers, rest) = text.strip_prefix("manager.").map_or((false, text), |rest| (true, rest));
        let (property, member) = parts(rest).ok_or_else(malformed)?;
        Ok(if managers { Self::Manager { property, member } } else { Self::Own { property, member } })
    }
}

/// The property and its member in Graph's spelling.
fn parts(text: &str) -> Option<(String, Option<String>)> {
    if let Some((property, member)) = text.split_once('.') {
        return (is_name(property) && is_name(member)).then(|| (property.to_owned(), Some(member.to_owned())));
    }
    let number = text.strip_prefix("extensionAttribute").and_then(|number| number.parse::<u8>().ok());
    if number.is_some_and(|number| (1..=15).contains(&number)) {
        return Some(("onPremisesExtensionAttributes".to_owned(), Some(text.to_owned())));
    }
    let graphs = ALIASES.iter().find(|(alias, _)| *alias == text).map_or(text, |(_, name)| name);
    is_name(text).then(|| (graphs.to_owned(), None))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

impl fmt::Display for SourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (prefix, property, member) = match self {
            Self::Id => return f.write_str("id"),
            Self::IsSoftDeleted => return f.write_str("IsSoftDeleted"),
            Self::OriginalUserPrincipalName => return f.write_str("originalUserPrincipalName"),
            Self::Own { property, member } => ("", property, member),
            Self::Manager { property, member } => ("manager.", property, member),
        };
        write!(f, "{prefix}{property}")?;
        member.as_ref().map_or(Ok(()), |member| write!(f, ".{member}"))
    }
}

impl TryFrom<String> for SourcePath {
    type Error = SourcePathError;

    fn try_from(text: String) -> Result<Self, SourcePathError> {
        text.parse()
    }
}

impl From<SourcePath> for String {
    fn from(path: SourcePath) -> Self {
        path.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entras_names_become_graphs_and_print_so_that_they_parse_again() {
        for (text, canonical) in [
            ("mail", "mail"),
            ("objectId", "id"),
            ("mobile", "mobilePhone"),
            ("telephoneNumber", "businessPhones"),
            ("extensionAttribute15", "onPremisesExtensionAttributes.extensionAttribute15"),
            ("employeeOrgData.costCenter", "employeeOrgData.costCenter"),
            ("manager.mail", "manager.mail"),
            ("manager.extensionAttribute1", "manager.onPremisesExtensionAttributes.extensionAttribute1"),
            ("extension_0a_badge", "extension_0a_badge"),
            ("isSoftDeleted", "IsSoftDeleted"),
            ("originalUserPrincipalName", "originalUserPrincipalName"),
        ] {
            let path: SourcePath = text.parse().expect("a source path");
            assert_eq!(path.to_string(), canonical);
            assert_eq!(canonical.parse(), Ok(path));
        }
        assert_eq!("extensionAttribute16".parse::<SourcePath>().expect("a name").to_string(), "extensionAttribute16");
    }

    #[test]
    fn refuses_what_names_nothing() {
        for text in ["", "a b", "a.b.c", "manager.a.b.c", ".a", "a.", "1a", "$active"] {
            assert_eq!(text.parse::<SourcePath>(), Err(SourcePathError::Malformed(text.to_owned())), "{text}");
        }
        assert_eq!("manager".parse::<SourcePath>(), Err(SourcePathError::BareManager));
    }
}
