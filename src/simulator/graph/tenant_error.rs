//! Why the tenant refuses what an administrator asks for.

use thiserror::Error;

/// Why the directory refuses what an administrator asks for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TenantError {
    /// No user has this id or user principal name.
    #[error("the Entra tenant has no user {0}")]
    NotFound(String),
    /// No group has this id.
    #[error("the Entra tenant has no group {0}")]
    NoGroup(String),
    /// Nothing that could be a member, a manager or assigned has this id.
    #[error("the Entra tenant has no user, group or other object {0}")]
    NoObject(String),
    /// The group has no such direct member.
    #[error("the Entra group {0} has no direct member {1}")]
    NotAMember(String, String),
    /// No assignment has this id.
    #[error("the Entra tenant has no assignment {0}")]
    NoAssignment(String),
    /// A principal has each app role once.
    #[error("{0} has this app role already")]
    Assigned(String),
    /// The body is no JSON object.
    #[error("an Entra object is a JSON object of Graph properties")]
    NotAnObject,
    /// An object cannot be without it.
    #[error("an Entra object of this kind needs {0}")]
    Missing(&'static str),
    /// Objects of this kind have no such property.
    #[error("an Entra object of this kind has no property {0}, or none that this simulator keeps")]
    UnknownProperty(String),
    /// The service sets it.
    #[error("the property {0} is set by Entra itself")]
    ReadOnly(&'static str),
    /// The value is not allowed.
    #[error("the property {0} {1}")]
    Value(&'static str, String),
    /// Another live user has it.
    #[error("another Entra user has the userPrincipalName {0}")]
    NameTaken(String),
    /// Only an object in the recycle bin can be restored.
    #[error("the Entra object {0} is not in the recycle bin")]
    NotInBin(String),
}
