//! The kinds of directory object that the tenant has, with the names that Graph gives them.

use super::catalogue::{
    ASSIGNMENT_PROPERTIES, CONTACT_PROPERTIES, DEVICE_PROPERTIES, GROUP_PROPERTIES, SERVICE_PRINCIPAL_PROPERTIES,
    USER_PROPERTIES,
};
use super::properties::{Property, Store};

/// A kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entity {
    User,
    Group,
    ServicePrincipal,
    Device,
    OrgContact,
    Assignment,
    /// One of several kinds.
    DirectoryObject,
}

impl Entity {
    /// The type's name in `microsoft.graph`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::ServicePrincipal => "servicePrincipal",
            Self::Device => "device",
            Self::OrgContact => "orgContact",
            Self::Assignment => "appRoleAssignment",
            Self::DirectoryObject => "directoryObject",
        }
    }

    /// The name of the collection.
    pub(super) fn set(self) -> &'static str {
        match self {
            Self::User => "users",
            Self::Group => "groups",
            Self::ServicePrincipal => "servicePrincipals",
            Self::Device => "devices",
            Self::OrgContact => "contacts",
            Self::Assignment => "appRoleAssignments",
            Self::DirectoryObject => "directoryObjects",
        }
    }

    /// `@odata.type`.
    pub(super) fn odata_type(self) -> String {
        format!("#microsoft.graph.{}", self.name())
    }

    /// What `principalType` says; none for what no app role can be given to.
    pub(super) fn principal_type(self) -> Option<&'static str> {
        match self {
            Self::User => Some("User"),
            Self::Group => Some("Group"),
            Self::ServicePrincipal => Some("ServicePrincipal"),
            _ => None,
        }
    }

    /// The relationship that the delta feed tracks.
    pub(super) fn link(self) -> Option<&'static Property> {
        self.properties().iter().find(|property| property.store == Store::Link)
    }

    /// The property with this name, exactly as Graph spells it. Among objects of several kinds it may be that of a user
    /// or of a group.
    pub(super) fn find(self, name: &str) -> Option<&'static Property> {
        match self {
            Self::DirectoryObject => Self::User.find(name).or_else(|| Self::Group.find(name)),
            _ => self.properties().iter().find(|property| property.name == name),
        }
    }

    /// The properties that are returned when nothing is selected.
    pub(super) fn defaults(self) -> impl Iterator<Item = &'static Property> {
        self.properties().iter().filter(|property| property.default)
    }

    fn properties(self) -> &'static [Property] {
        match self {
            Self::User => USER_PROPERTIES,
            Self::Group => GROUP_PROPERTIES,
            Self::ServicePrincipal => SERVICE_PRINCIPAL_PROPERTIES,
            Self::Device => DEVICE_PROPERTIES,
            Self::OrgContact => CONTACT_PROPERTIES,
            Self::Assignment => ASSIGNMENT_PROPERTIES,
            Self::DirectoryObject => &[],
        }
    }
}
