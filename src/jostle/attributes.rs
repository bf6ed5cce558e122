//! The 37 attributes of Jostle's provisioning API, as Microsoft's tutorial "Configure Jostle for automatic user
//! provisioning" lists them (April 2026). Spellings that the tutorial prints as labels (`ExternalIdentifier`,
//! `Nickname`) are those of RFC 7643. The enterprise extension is not among them: Jostle takes no manager and no
//! department.

use crate::model::{Compare, Format, TargetPath};

/// What is known of one attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The path, in the spelling to use.
    pub path: &'static str,
    /// How two values are compared.
    pub compare: Compare,
    /// The most characters that Jostle takes, by its user template guide; none if unknown.
    pub max_length: Option<usize>,
    /// What a text must look like, and what becomes of several values.
    pub format: Format,
    /// A change makes Jostle send mail to the person.
    pub loud: bool,
    /// Why a mapping to it does harm, or may, in one sentence.
    pub trap: Option<&'static str>,
}

/// Every published attribute.
pub fn all() -> &'static [Attribute] {
    ATTRIBUTES
}

/// The published attribute of a path; names are compared without case (RFC 7643 §2.1).
pub fn published(path: &TargetPath) -> Option<&'static Attribute> {
    let path = path.to_string();
    ATTRIBUTES.iter().find(|attribute| attribute.path.eq_ignore_ascii_case(&path))
}

/// The published path that a text most likely means: the same name without its schema or parent, or nearly the same.
pub fn suggest(text: &str) -> Option<&'static str> {
    let text = text.trim().to_ascii_lowercase();
    let near = |attribute: &'static Attribute| {
        let distance = names(attribute.path).into_iter().map(|name| strsim::levenshtein(&name, &text)).min()?;
        Some((distance, attribute.path))
    };
    let (distance, path) = ATTRIBUTES.iter().filter_map(near).min_by_key(|(distance, _)| *distance)?;
    (distance <= (text.chars().count() / 4).min(3)).then_some(path)
}

/// The names, in lower case, by which somebody may mean a path: the whole, the last part, the attribute of an element
/// and its type.
fn names(path: &str) -> Vec<String> {
    let path = path.to_ascii_lowercase();
    let mut names = match path.split_once('[') {
        Some((attribute, rest)) => vec![attribute.to_owned(), rest.split('"').nth(1).unwrap_or_default().to_owned()],
        None => path.rsplit([':', '.']).next().map(str::to_owned).into_iter().collect(),
    };
    names.push(path);
    names
}

macro_rules! jostle {
    ($name:literal) => {
        concat!("urn:ietf:params:scim:schemas:extension:jostle:2.0:User:", $name)
    };
}

const fn attribute(path: &'static str) -> Attribute {
    Attribute { path, compare: Compare::Exact, max_length: None, format: Format::Text, loud: false, trap: None }
}

const fn mail(path: &'static str) -> Attribute {
    Attribute { compare: Compare::Folded, format: Format::Mail, ..attribute(path) }
}

const fn trapped(path: &'static str, trap: &'static str) -> Attribute {
    Attribute { trap: Some(trap), ..attribute(path) }
}

/// A person can have several of these, and Jostle's own files join them ("User data extract").
const fn joined(path: &'static str, trap: &'static str) -> Attribute {
    Attribute { format: Format::Joined, ..trapped(path, trap) }
}

const ATTRIBUTES: &[Attribute] = &[
    Attribute { max_length: Some(128), loud: true, ..mail("userName") },
    attribute("active"),
    Attribute { max_length: Some(30), ..attribute("name.givenName") },
    Attribute { max_length: Some(40), ..attribute("name.familyName") },
    Attribute { max_length: Some(128), loud: true, ..mail("emails[type eq \"work\"].value") },
    mail("emails[type eq \"personal\"].value"),
    mail("emails[type eq \"alternate1\"].value"),
    mail("emails[type eq \"alternate2\"].value"),
    attribute(jostle!("alternateEmail1Label")),
    attribute(jostle!("alternateEmail2Label")),
    attribute("displayName"),
    trapped(
        "externalId",
        "Jostle calls an import by employee number \"import by external ID\", so this is probably the employee number: \
         any other value in it would break such imports",
    ),
    attribute("title"),
    trapped("nickName", "the nickname is shown in the place of the first name, and people set their own"),
    trapped(
        "userType",
        "Entra's user types are Member and Guest, Jostle's are Regular, Semi-Restricted, Restricted and Shared: a copy \
         could change what people may see",
    ),
    trapped(
        "BirthDate",
        "a birth date is sensitive, and neither its format nor its schema is published: see what /Schemas says",
    ),
    trapped(jostle!("CustomBadge"), "a person has one badge at most, so this replaces one that was given in Jostle"),
    joined(
        jostle!("CustomFilterCategory"),
        "a person can have several and they decide who sees what: one text may replace them all, and an unknown one may \
         become a new category",
    ),
    trapped(jostle!("CustomProfile"), "the value must be one of the list that an administrator made in Jostle"),
    trapped(jostle!("JoinDate"), "the format is not published; YYYY-MM-DD is a guess: try one person first"),
    joined(
        jostle!("Locations"),
        "a person can have several and they decide who sees what: one text may replace them all, and an unknown one may \
         become a new location",
    ),
    trapped(
        jostle!("LoginType"),
        "Jostle mails a new invitation to everybody whose login type changes, and the accepted values are not published",
    ),
    attribute(jostle!("PersonalPronouns")),
    attribute(jostle!("Address1Country")),
    attribute(jostle!("Address1Locality")),
    attribute(jostle!("Address1PostalCode")),
    attribute(jostle!("Address1StreetAddress")),
    attribute(jostle!("Address1Region")),
    attribute(jostle!("Address2Country")),
    attribute(jostle!("Address2Locality")),
    attribute(jostle!("Address2PostalCode")),
    attribute(jostle!("Address2StreetAddress")),
    attribute(jostle!("Address2Region")),
    attribute("phoneNumbers[type eq \"workofficephone\"].value"),
    attribute("phoneNumbers[type eq \"homephone\"].value"),
    attribute("phoneNumbers[type eq \"workmobilephone\"].value"),
    attribute("phoneNumbers[type eq \"personalmobilephone\"].value"),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn there_are_37_attributes_and_each_is_a_path_of_its_own() {
        let paths: BTreeSet<String> = all().iter().map(|attribute| attribute.path.to_ascii_lowercase()).collect();
        assert_eq!((all().len(), paths.len()), (37, 37));
        for attribute in all() {
            let path: TargetPath = attribute.path.parse().unwrap();
            assert_eq!(path.to_string(), attribute.path);
            assert_eq!(published(&path), Some(attribute));
        }
    }

    #[test]
    fn the_extension_is_that_of_the_schema() {
        let schema: Value = serde_json::from_str(include_str!("jostle-extension-schema.json")).unwrap();
        let id = schema["id"].as_str().unwrap();
        let of_schema: BTreeSet<String> = schema["attributes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|attribute| format!("{id}:{}", attribute["name"].as_str().unwrap()))
            .collect();
        let of_table: BTreeSet<String> =
            all().iter().map(|attribute| attribute.path.to_owned()).filter(|path| path.starts_with("urn:")).collect();
        assert_eq!(of_table.len(), 19);
        assert_eq!(of_table, of_schema);
    }

    #[test]
    fn what_mails_people_and_what_has_a_limit() {
        let loud: Vec<_> = all().iter().filter(|attribute| attribute.loud).map(|attribute| attribute.path).collect();
        assert_eq!(loud, ["userName", "emails[type eq \"work\"].value"]);
        let limited: Vec<_> = all().iter().filter_map(|attribute| attribute.max_length).collect();
        assert_eq!(limited, [128, 30, 40, 128]);
        for attribute in all() {
            assert_eq!(attribute.compare == Compare::Folded, attribute.format == Format::Mail, "{}", attribute.path);
        }
        let of = |format: Format| all().iter().filter(move |attribute| attribute.format == format).count();
        assert_eq!((of(Format::Mail), of(Format::Joined)), (5, 2));
    }

    #[test]
    fn a_path_is_known_in_any_case_and_unknown_in_another_schema() {
        let known = |text: &str| published(&text.parse().unwrap()).map(|attribute| attribute.path);
        assert_eq!(known("EMAILS[type eq \"WORK\"].value"), Some("emails[type eq \"work\"].value"));
        assert!(published(&"externalid".parse().unwrap()).unwrap().trap.unwrap().contains("employee number"));
        assert_eq!(known("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"), None);
        assert_eq!(known("JoinDate"), None);
    }

    #[test]
    fn a_near_miss_has_a_suggestion_and_another_name_none() {
        for (text, meant) in [
            ("username", "userName"),
            ("usrName", "userName"),
            ("givenName", "name.givenName"),
            ("name.giveName", "name.givenName"),
            ("email", "emails[type eq \"work\"].value"),
            ("emails[type eq \"wrok\"].value", "emails[type eq \"work\"].value"),
            ("homePhone", "phoneNumbers[type eq \"homephone\"].value"),
            ("JoinDate", "urn:ietf:params:scim:schemas:extension:jostle:2.0:User:JoinDate"),
            (
                "urn:ietf:params:scim:schemas:extension:jostle:2.0:User:Location",
                "urn:ietf:params:scim:schemas:extension:jostle:2.0:User:Locations",
            ),
        ] {
            assert_eq!(suggest(text), Some(meant), "{text}");
        }
        for text in ["", "x", "department", "manager", "costCenter"] {
            assert_eq!(suggest(text), None, "{text}");
        }
    }
}
