//! The catalogue of properties of each kind of object (the resource types of Microsoft Graph v1.0).

use super::properties::{Kind, Property, Store};

const fn main(name: &'static str, kind: Kind) -> Property {
    Property { name, kind, store: Store::Main, default: false, roles: &[] }
}

const fn common(name: &'static str, kind: Kind) -> Property {
    Property { name, kind, store: Store::Main, default: true, roles: &[] }
}

const fn read_only(name: &'static str, kind: Kind) -> Property {
    Property { name, kind, store: Store::ReadOnly, default: false, roles: &[] }
}

const fn shown(name: &'static str, kind: Kind) -> Property {
    Property { default: true, ..read_only(name, kind) }
}

const fn elsewhere(name: &'static str, store: Store) -> Property {
    Property { name, kind: Kind::Text(0), store, default: false, roles: &[] }
}

const ID: Property = Property { default: true, ..read_only("id", Text(36)) };

/// "Microsoft Graph permissions reference": the roles that `employeeLeaveDateTime` needs.
const LIFE_CYCLE: &[&str] = &["User-LifeCycleInfo.Read.All", "User-LifeCycleInfo.ReadWrite.All"];

/// "Microsoft Graph permissions reference": the roles that `customSecurityAttributes` needs.
const SECURITY_ATTRIBUTES: &[&str] =
    &["CustomSecAttributeAssignment.Read.All", "CustomSecAttributeAssignment.ReadWrite.All"];

use Kind::{ExtensionAttributes, Flag, OrgData, Text, TextList, Time};

/// "user resource type".
pub(super) static USER_PROPERTIES: &[Property] = &[
    ID,
    common("userPrincipalName", Text(113)),
    common("mail", Text(320)),
    common("givenName", Text(64)),
    common("surname", Text(64)),
    common("displayName", Text(256)),
    common("jobTitle", Text(128)),
    common("officeLocation", Text(128)),
    common("mobilePhone", Text(64)),
    common("businessPhones", TextList(1)),
    common("preferredLanguage", Text(128)),
    main("accountEnabled", Flag),
    main("ageGroup", Text(64)),
    main("city", Text(128)),
    main("companyName", Text(64)),
    main("consentProvidedForMinor", Text(64)),
    main("country", Text(128)),
    main("creationType", Text(64)),
    main("department", Text(64)),
    main("employeeHireDate", Time),
    main("employeeId", Text(16)),
    main("employeeOrgData", OrgData),
    main("employeeType", Text(256)),
    main("externalUserState", Text(64)),
    main("faxNumber", Text(64)),
    main("isResourceAccount", Flag),
    main("legalAgeGroupClassification", Text(64)),
    main("mailNickname", Text(64)),
    main("onPremisesDistinguishedName", Text(1024)),
    main("onPremisesDomainName", Text(256)),
    main("onPremisesExtensionAttributes", ExtensionAttributes),
    main("onPremisesImmutableId", Text(256)),
    main("onPremisesSamAccountName", Text(256)),
    main("onPremisesSecurityIdentifier", Text(256)),
    main("onPremisesSyncEnabled", Flag),
    main("onPremisesUserPrincipalName", Text(256)),
    main("otherMails", TextList(250)),
    main("postalCode", Text(40)),
    main("proxyAddresses", TextList(1000)),
    main("showInAddressList", Flag),
    main("state", Text(128)),
    main("streetAddress", Text(1024)),
    main("usageLocation", Text(2)),
    main("userType", Text(64)),
    read_only("createdDateTime", Time),
    read_only("deletedDateTime", Time),
    read_only("imAddresses", TextList(250)),
    read_only("lastPasswordChangeDateTime", Time),
    read_only("onPremisesLastSyncDateTime", Time),
    read_only("securityIdentifier", Text(256)),
    Property { roles: SECURITY_ATTRIBUTES, ..elsewhere("customSecurityAttributes", Store::NotKept) },
    Property { roles: LIFE_CYCLE, ..main("employeeLeaveDateTime", Time) },
    elsewhere("aboutMe", Store::Outside),
    elsewhere("birthday", Store::Outside),
    elsewhere("cloudLicensing", Store::Outside),
    elsewhere("deviceEnrollmentLimit", Store::Outside),
    elsewhere("hireDate", Store::Outside),
    elsewhere("interests", Store::Outside),
    elsewhere("mailboxSettings", Store::Outside),
    elsewhere("mySite", Store::Outside),
    elsewhere("pastProjects", Store::Outside),
    elsewhere("preferredName", Store::Outside),
    elsewhere("print", Store::Outside),
    elsewhere("responsibilities", Store::Outside),
    elsewhere("schools", Store::Outside),
    elsewhere("signInActivity", Store::Outside),
    elsewhere("skills", Store::Outside),
    elsewhere("assignedLicenses", Store::NotKept),
    elsewhere("assignedPlans", Store::NotKept),
    elsewhere("identities", Store::NotKept),
    elsewhere("licenseAssignmentStates", Store::NotKept),
    elsewhere("manager", Store::Link),
    elsewhere("passwordPolicies", Store::NotKept),
    elsewhere("passwordProfile", Store::NotKept),
    elsewhere("provisionedPlans", Store::NotKept),
];

/// "group resource type"; those outside the main store as "Working with groups in Microsoft Graph" lists them.
pub(super) static GROUP_PROPERTIES: &[Property] = &[
    ID,
    common("displayName", Text(256)),
    common("description", Text(1024)),
    common("groupTypes", TextList(10)),
    common("mail", Text(320)),
    common("mailEnabled", Flag),
    common("mailNickname", Text(64)),
    common("membershipRule", Text(3072)),
    common("onPremisesSyncEnabled", Flag),
    common("securityEnabled", Flag),
    common("visibility", Text(64)),
    shown("createdDateTime", Time),
    shown("deletedDateTime", Time),
    elsewhere("members", Store::Link),
    elsewhere("accessType", Store::Outside),
    elsewhere("allowExternalSenders", Store::Outside),
    elsewhere("autoSubscribeNewMembers", Store::Outside),
    elsewhere("cloudLicensing", Store::Outside),
    elsewhere("hideFromAddressLists", Store::Outside),
    elsewhere("hideFromOutlookClients", Store::Outside),
    elsewhere("isArchived", Store::Outside),
    elsewhere("isSubscribedByMail", Store::Outside),
    elsewhere("membershipRuleProcessingStatus", Store::Outside),
    elsewhere("unseenCount", Store::Outside),
    elsewhere("welcomeMessageEnabled", Store::Outside),
    elsewhere("assignedLicenses", Store::NotKept),
    elsewhere("owners", Store::NotKept),
    elsewhere("proxyAddresses", Store::NotKept),
];

/// "servicePrincipal resource type".
pub(super) static SERVICE_PRINCIPAL_PROPERTIES: &[Property] = &[
    ID,
    shown("accountEnabled", Flag),
    shown("appDisplayName", Text(256)),
    shown("appId", Text(36)),
    shown("appRoleAssignmentRequired", Flag),
    shown("displayName", Text(256)),
    shown("servicePrincipalType", Text(64)),
    elsewhere("appRoles", Store::NotKept),
    elsewhere("tags", Store::NotKept),
];

/// "appRoleAssignment resource type".
pub(super) static ASSIGNMENT_PROPERTIES: &[Property] = &[
    ID,
    shown("appRoleId", Text(36)),
    shown("createdDateTime", Time),
    shown("deletedDateTime", Time),
    shown("principalDisplayName", Text(256)),
    shown("principalId", Text(36)),
    shown("principalType", Text(64)),
    shown("resourceDisplayName", Text(256)),
    shown("resourceId", Text(36)),
];

/// "device resource type".
pub(super) static DEVICE_PROPERTIES: &[Property] =
    &[ID, common("displayName", Text(256)), common("accountEnabled", Flag)];

/// "orgContact resource type".
pub(super) static CONTACT_PROPERTIES: &[Property] = &[ID, common("displayName", Text(256)), common("mail", Text(320))];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        for catalogue in [USER_PROPERTIES, GROUP_PROPERTIES, SERVICE_PRINCIPAL_PROPERTIES, ASSIGNMENT_PROPERTIES] {
            let mut names: Vec<_> = catalogue.iter().map(|property| property.name).collect();
            names.sort_unstable();
            let count = names.len();
            names.dedup();
            assert_eq!(names.len(), count);
        }
    }
}
