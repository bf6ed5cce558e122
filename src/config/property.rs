//! Which properties of Graph's user can be the source of a row ("user resource type", Microsoft Graph v1.0).

use super::table::near;
use crate::graph::UNTRACKED_PROPERTIES;

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

/// What is wrong with a source, and what to do; none if Graph may have it.
pub(super) fn wrong(source: &str) -> Option<String> {
    if source.starts_with('$') {
        return Some(format!("is {source:?}; the only source of this kind is \"$active\""));
    }
    let (name, member) = source.split_once('.').map_or((source, None), |(name, member)| (name, Some(member)));
    if !is_name(name) || !member.is_none_or(is_name) {
        return Some(format!("is {source:?}; write the name of a Graph property, or property.member"));
    }
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
        return Some(format!("is {name}, whose changes users/delta never shows; map {instead}"));
    }
    if PERMISSION.contains(&name) {
        return Some(format!("is {name}, which needs a permission of its own and would fail every read; map another"));
    }
    NO_TEXT.contains(&name).then(|| format!("is {name}, which has no text that could be sent; map another property"))
}

/// Graph's names are compared with case, so `jobtitle` would fail every read.
fn misspelt(name: &str) -> Option<String> {
    let complex = COMPLEX.iter().map(|(name, _)| *name);
    let names: Vec<_> =
        KNOWN.into_iter().chain(UNTRACKED_PROPERTIES).chain(PERMISSION).chain(NO_TEXT).chain(complex).collect();
    near(name, &names).map(|meant| format!("is {name:?}, which Graph does not have; did you mean {meant}?"))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
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
            "somethingThatGraphGotLater",
        ] {
            assert_eq!(wrong(source), None, "{source}");
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
            ("mail&$top=1", "name of a Graph property"),
        ] {
            assert!(wrong(source).unwrap().contains(reason), "{source}: {:?}", wrong(source));
        }
    }
}
