//! Which properties of Graph's user can be the source of a row ("user resource type", Microsoft Graph v1.0).

use crate::graph::UNTRACKED_PROPERTIES;
use crate::model::{SourcePath, SourcePathError, near};

/// Tracked, but selecting one needs a permission of its own, without which the whole read is refused.
const PERMISSION: [&str; 2] = ["customSecurityAttributes", "employeeLeaveDateTime"];

/// Other objects, and lists of objects: nothing that could be one text.
const NO_TEXT: [&str; 5] = ["assignedLicenses", "assignedPlans", "identities", "manager", "provisionedPlans"];

/// Properties with members, which alone have a text.
const COMPLEX: [(&str, &str); 2] =
    [("employeeOrgData", "costCenter"), ("onPremisesExtensionAttributes", "extensionAttribute1")];

/// What is usually mapped. Others are let through: Graph's metadata grows, and refuses what it does not know.
const KNOWN: [&str; 35] = [
    "accountEnabled",
    "businessPhones",
    "city",
    "companyName",
    "country",
    "createdDateTime",
    "department",
    "displayName",
    "employeeHireDate",
    "employeeId",
    "employeeType",
    "externalUserState",
    "faxNumber",
    "givenName",
    "id",
    "imAddresses",
    "jobTitle",
    "mail",
    "mailNickname",
    "mobilePhone",
    "officeLocation",
    "onPremisesDomainName",
    "onPremisesImmutableId",
    "onPremisesSamAccountName",
    "onPremisesUserPrincipalName",
    "otherMails",
    "postalCode",
    "preferredLanguage",
    "proxyAddresses",
    "state",
    "streetAddress",
    "surname",
    "usageLocation",
    "userPrincipalName",
    "userType",
];

/// The path of a source, or what is wrong with it and what to do.
pub(super) fn read(source: &str) -> Result<SourcePath, String> {
    if source.starts_with('$') {
        return Err(format!("is {source:?}; the only source of this kind is \"$active\""));
    }
    let path = source.parse().map_err(|error: SourcePathError| match error {
        SourcePathError::Malformed(_) => {
            format!("is {source:?}; write the name of a Graph property, property.member, or manager.property")
        }
        SourcePathError::BareManager => "is a person and has no text of its own; write manager.mail".to_owned(),
    })?;
    wrong(&path).map_or(Ok(path), Err)
}

/// What is wrong with a path, and what to do; none if Graph may have it. Of the manager it is the same as of the person.
pub fn wrong(path: &SourcePath) -> Option<String> {
    let (SourcePath::Own { property: name, member } | SourcePath::Manager { property: name, member }) = path else {
        return None;
    };
    let (name, member) = (name.as_str(), member.as_deref());
    if let Some(reason) = refused(name) {
        return Some(reason);
    }
    match (COMPLEX.iter().find(|(complex, _)| *complex == name), member) {
        (Some((_, example)), None) => Some(format!("has members and no text of its own; write {name}.{example}")),
        (None, Some(_)) if KNOWN.contains(&name) => Some(format!("names a member, and {name} has none; write {name}")),
        (None, _) if !KNOWN.contains(&name) && !name.starts_with("extension_") => misspelt(name),
        _ => None,
    }
}

fn refused(name: &str) -> Option<String> {
    if UNTRACKED_PROPERTIES.contains(&name) {
        let instead = match name {
            "hireDate" => "employeeHireDate instead",
            "preferredName" => "displayName instead",
            _ => "another property, for example an extension attribute",
        };
        return Some(format!("is {name}, whose changes users/delta never shows; use {instead}"));
    }
    if PERMISSION.contains(&name) {
        return Some(format!("is {name}, which needs a permission of its own and would fail every read; use another"));
    }
    if name.starts_with("extensionAttribute") {
        return Some(format!("is {name}; Graph has extensionAttribute1 to extensionAttribute15"));
    }
    NO_TEXT.contains(&name).then(|| format!("is {name}, which is no text; use another property"))
}

/// Graph's names are compared with case, so `jobtitle` would fail every read.
fn misspelt(name: &str) -> Option<String> {
    let complex = COMPLEX.iter().map(|(name, _)| *name);
    let names = KNOWN.into_iter().chain(UNTRACKED_PROPERTIES).chain(PERMISSION).chain(NO_TEXT).chain(complex);
    near(name, names).map(|meant| format!("is {name:?}, which Graph does not have; did you mean {meant}?"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::*;

    #[test]
    fn what_delta_shows_can_be_mapped() {
        for source in [
            "surname",
            "employeeOrgData.costCenter",
            "onPremisesExtensionAttributes.extensionAttribute15",
            "extension_0123456789abcdef0123456789abcdef_badge",
            "extensionAttribute3",
            "objectId",
            "mobile",
            "manager.mail",
            "manager.employeeOrgData.costCenter",
            "somethingThatGraphGotLater",
        ] {
            assert!(read(source).is_ok(), "{source}: {:?}", read(source));
        }
    }

    #[test]
    fn what_delta_does_not_show_or_has_no_text_cannot() {
        for (source, reason) in [
            ("signInActivity", "never shows"),
            ("signInActivity.lastSignInDateTime", "never shows"),
            ("hireDate", "employeeHireDate"),
            ("employeeLeaveDateTime", "permission"),
            ("manager", "no text"),
            ("employeeOrgData", "employeeOrgData.costCenter"),
            ("surname.first", "has none"),
            ("jobtitle", "did you mean jobTitle?"),
            ("usrPrincipalName", "did you mean userPrincipalName?"),
            ("$now", "$active"),
            ("a,b", "name of a Graph property"),
            ("a.b.c", "name of a Graph property"),
            ("manager.jobtitle", "did you mean jobTitle?"),
            ("manager.manager", "no text"),
            ("manager.signInActivity", "never shows"),
            ("manager.employeeOrgData", "employeeOrgData.costCenter"),
            ("extensionAttribute16", "extensionAttribute1 to"),
            ("customSecurityAttributes.a", "permission"),
            ("mail&$top=1", "name of a Graph property"),
        ] {
            let said = read(source).unwrap_err();
            assert!(said.contains(reason), "{source}: {said}");
        }
    }
}
