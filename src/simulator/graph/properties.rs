//! The catalogue of user properties ("user resource type", Microsoft Graph v1.0): kinds, lengths, and where they live.

use serde_json::{Map, Value};

/// What a property holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text of at most so many characters.
    Text(usize),
    /// A boolean.
    Flag,
    /// A list of texts, at most so many.
    TextList(usize),
    /// A point in time, RFC 3339.
    Time,
    /// `onPremisesExtensionAttributes`: `extensionAttribute1` to `15`, the unset ones explicit nulls.
    ExtensionAttributes,
    /// `employeeOrgData`: `division` and `costCenter`.
    OrgData,
}

/// Where a property lives, which decides whether a collection request can select it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Store {
    /// In the directory; tracked.
    Main,
    /// In the directory, never written by an administrator.
    ReadOnly,
    /// In the directory, for a permission beyond `User.Read.All`.
    Restricted,
    /// In another store: 501 on collections ("Users overview", properties stored outside the main data store).
    Outside,
    /// Real, but not kept by this simulator: 501 rather than an answer that would be wrong.
    NotKept,
}

/// One property of a user.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) store: Store,
    /// Returned when nothing is selected.
    pub(super) default: bool,
}

const fn main(name: &'static str, kind: Kind) -> Property {
    Property { name, kind, store: Store::Main, default: false }
}

const fn common(name: &'static str, kind: Kind) -> Property {
    Property { name, kind, store: Store::Main, default: true }
}

const fn read_only(name: &'static str, kind: Kind) -> Property {
    Property { name, kind, store: Store::ReadOnly, default: false }
}

const fn elsewhere(name: &'static str, store: Store) -> Property {
    Property { name, kind: Kind::Text(0), store, default: false }
}

use Kind::{ExtensionAttributes, Flag, OrgData, Text, TextList, Time};

static PROPERTIES: &[Property] = &[
    Property { name: "id", kind: Text(36), store: Store::ReadOnly, default: true },
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
    elsewhere("customSecurityAttributes", Store::Restricted),
    elsewhere("employeeLeaveDateTime", Store::Restricted),
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
    elsewhere("manager", Store::NotKept),
    elsewhere("passwordPolicies", Store::NotKept),
    elsewhere("passwordProfile", Store::NotKept),
    elsewhere("provisionedPlans", Store::NotKept),
];

/// The property with this name, exactly as Graph spells it.
pub(super) fn find(name: &str) -> Option<&'static Property> {
    PROPERTIES.iter().find(|property| property.name == name)
}

/// The properties that are returned when nothing is selected.
pub(super) fn defaults() -> impl Iterator<Item = &'static Property> {
    PROPERTIES.iter().filter(|property| property.default)
}

impl Property {
    /// What a look-up shows where nothing was ever set.
    pub(super) fn unset(&self) -> Value {
        match self.kind {
            Kind::TextList(_) => Value::Array(Vec::new()),
            Kind::ExtensionAttributes => members(self.kind, &Map::new()),
            _ => Value::Null,
        }
    }

    /// The value as it is kept; `old` is completed by the members that a complex value names. The error says what is
    /// wrong with it.
    pub(super) fn accept(&self, old: Option<&Value>, value: &Value) -> Result<Value, String> {
        match (self.kind, value) {
            (Kind::TextList(_), Value::Null) => Err("must be a list, [] to empty it".to_owned()),
            (Kind::Flag, Value::Null) if self.name == "accountEnabled" => Err("must be true or false".to_owned()),
            (Kind::Text(_), Value::Null) if matches!(self.name, "userPrincipalName" | "displayName") => {
                Err("cannot be cleared".to_owned())
            }
            (_, Value::Null) | (Kind::Flag, Value::Bool(_)) => Ok(value.clone()),
            (Kind::Text(longest), Value::String(text)) => check_text(text, longest).map(|()| value.clone()),
            (Kind::Time, Value::String(text)) => {
                text.parse::<jiff::Timestamp>().map(|_| value.clone()).map_err(|_| "must be a time in RFC 3339".into())
            }
            (Kind::TextList(most), Value::Array(values)) => check_list(values, most).map(|()| value.clone()),
            (Kind::ExtensionAttributes | Kind::OrgData, Value::Object(new)) => self.merge(old, new),
            _ => Err("has a value of another type".to_owned()),
        }
    }

    fn merge(&self, old: Option<&Value>, new: &Map<String, Value>) -> Result<Value, String> {
        let mut merged = old.and_then(Value::as_object).cloned().unwrap_or_default();
        for (name, value) in new {
            if !member_names(self.kind).contains(name) {
                return Err(format!("has no member {name}"));
            }
            match value {
                Value::Null => {}
                Value::String(text) => check_text(text, 1024)?,
                _ => return Err(format!("has a member {name} that is no text")),
            }
            merged.insert(name.clone(), value.clone());
        }
        Ok(members(self.kind, &merged))
    }
}

fn member_names(kind: Kind) -> Vec<String> {
    match kind {
        Kind::ExtensionAttributes => (1..=15).map(|number| format!("extensionAttribute{number}")).collect(),
        Kind::OrgData => vec!["division".to_owned(), "costCenter".to_owned()],
        _ => Vec::new(),
    }
}

/// A complex value with every member, the unset ones as null.
fn members(kind: Kind, set: &Map<String, Value>) -> Value {
    let complete = member_names(kind).into_iter().map(|name| {
        let value = set.get(&name).cloned().unwrap_or_default();
        (name, value)
    });
    Value::Object(complete.collect())
}

fn check_text(text: &str, longest: usize) -> Result<(), String> {
    match text.chars().count() {
        0 => Err("must not be empty; null clears it".to_owned()),
        length if length > longest => Err(format!("is {length} characters long, and {longest} are allowed")),
        _ => Ok(()),
    }
}

fn check_list(values: &[Value], most: usize) -> Result<(), String> {
    if values.len() > most {
        return Err(format!("has {} values, and {most} are allowed", values.len()));
    }
    values.iter().try_for_each(|value| match value.as_str() {
        Some(text) => check_text(text, 1024),
        None => Err("must hold texts only".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = PROPERTIES.iter().map(|property| property.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn extension_attributes_are_always_complete() {
        let property = find("onPremisesExtensionAttributes").unwrap();
        let first = property.accept(None, &json!({"extensionAttribute1": "a"})).unwrap();
        let second = property.accept(Some(&first), &json!({"extensionAttribute2": "b"})).unwrap();
        assert_eq!(second.as_object().unwrap().len(), 15);
        assert_eq!((&second["extensionAttribute1"], &second["extensionAttribute2"]), (&json!("a"), &json!("b")));
        assert!(property.accept(None, &json!({"extensionAttribute16": "a"})).is_err());
    }

    #[test]
    fn values_of_another_type_or_length_are_refused() {
        for (name, value) in [
            ("surname", json!(7)),
            ("surname", json!("")),
            ("surname", json!("x".repeat(65))),
            ("businessPhones", json!(["1", "2"])),
            ("businessPhones", json!(null)),
            ("accountEnabled", json!("true")),
            ("accountEnabled", json!(null)),
            ("displayName", json!(null)),
            ("employeeHireDate", json!("yesterday")),
        ] {
            assert!(find(name).unwrap().accept(None, &value).is_err(), "{name} {value}");
        }
    }
}
