//! From what a client sent to what is stored: canonical names, right types, limits, required attributes.

use serde_json::{Map, Value};

use super::choices::{Clearing, Normalise, UnknownAttributes};
use super::error::ScimError;
use super::schema::{Attribute, CORE, CORE_SCHEMA, EXTENSION, EXTENSION_SCHEMA, Kind, SERVER_OWNED, Schema};
use super::switches::Switches;

/// The longest texts in characters, from Jostle's template guide for user imports; that the API has them too is an
/// assumption.
const LIMITS: [(&str, usize); 4] =
    [("userName", 128), ("name.givenName", 30), ("name.familyName", 40), ("emails.value", 128)];

/// The attributes of a user as they are stored, from the body of a POST or PUT. What the server owns is ignored
/// (RFC 7644 §3.3). Errors: 400.
pub(super) fn clean_user(body: &Value, switches: &Switches) -> Result<Map<String, Value>, ScimError> {
    let body = body.as_object().ok_or_else(|| ScimError::invalid_syntax("a user is a JSON object"))?;
    check_schemas(member(body, "schemas"), switches)?;
    let mut core = Map::new();
    let mut user = Map::new();
    for (name, value) in body {
        if name.eq_ignore_ascii_case(EXTENSION) {
            let extension = clean_members(&EXTENSION_SCHEMA, value, EXTENSION, switches)?;
            if !extension.is_empty() {
                user.insert(EXTENSION.to_owned(), Value::Object(extension));
            }
        } else if !SERVER_OWNED.iter().any(|owned| name.eq_ignore_ascii_case(owned)) {
            core.insert(name.clone(), value.clone());
        }
    }
    user.append(&mut clean_members(&CORE_SCHEMA, &Value::Object(core), CORE, switches)?);
    Ok(user)
}

/// Makes a user whole: `active` is true if nothing is said. Errors: 400, as [`check_whole`].
pub(super) fn complete(user: &mut Map<String, Value>) -> Result<(), ScimError> {
    user.entry("active").or_insert(Value::Bool(true));
    check_whole(user)
}

/// A member of an object by its name in any case (RFC 7643 §2.1).
pub(super) fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn check_schemas(schemas: Option<&Value>, switches: &Switches) -> Result<(), ScimError> {
    let listed: Vec<&str> = schemas.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    if !listed.iter().any(|urn| urn.eq_ignore_ascii_case(CORE)) {
        return Err(ScimError::invalid_syntax(format!("schemas must list {CORE}")));
    }
    let unknown = listed.iter().find(|urn| ![CORE, EXTENSION].iter().any(|known| urn.eq_ignore_ascii_case(known)));
    match unknown {
        Some(urn) if switches.unknown_attributes == UnknownAttributes::Reject => {
            Err(ScimError::invalid_syntax(format!("{urn} is no schema of this tenant")))
        }
        _ => Ok(()),
    }
}

/// The members of an object by the attributes of a schema.
pub(super) fn clean_members(
    schema: &Schema,
    value: &Value,
    place: &str,
    switches: &Switches,
) -> Result<Map<String, Value>, ScimError> {
    let object = as_object(value, place)?;
    let mut clean = Map::new();
    for (name, value) in object {
        match schema.attribute(name).filter(|attribute| !switches.lacks(attribute)) {
            // Some clients repeat `schemas` within the extension.
            None if name.eq_ignore_ascii_case("schemas") => {}
            None => refuse_unknown(place, name, switches)?,
            Some(attribute) if switches.drops(attribute) => {}
            Some(attribute) => {
                if let Some(value) = clean_value(attribute, value, &attribute.name, switches)? {
                    clean.insert(attribute.name.clone(), value);
                }
            }
        }
    }
    Ok(clean)
}

fn as_object<'a>(value: &'a Value, place: &str) -> Result<&'a Map<String, Value>, ScimError> {
    value.as_object().ok_or_else(|| ScimError::invalid_value(format!("{place} must be an object")))
}

fn refuse_unknown(place: &str, name: &str, switches: &Switches) -> Result<(), ScimError> {
    match switches.unknown_attributes {
        UnknownAttributes::Ignore => Ok(()),
        UnknownAttributes::Reject => Err(ScimError::invalid_syntax(format!("{place} has no attribute {name}"))),
    }
}

/// The value of one attribute; none if it is unassigned: null or an empty list (RFC 7643 §2.5).
pub(super) fn clean_value(
    attribute: &Attribute,
    value: &Value,
    place: &str,
    switches: &Switches,
) -> Result<Option<Value>, ScimError> {
    if value.is_null() {
        return Ok(None);
    }
    if !attribute.multi_valued {
        return clean_single(attribute, value, place, switches);
    }
    let elements = value.as_array().ok_or_else(|| ScimError::invalid_value(format!("{place} must be a list")))?;
    let mut clean = Vec::with_capacity(elements.len());
    for element in elements.iter().filter(|element| !element.is_null()) {
        clean.extend(clean_single(attribute, element, place, switches)?);
    }
    Ok((!clean.is_empty()).then_some(Value::Array(clean)))
}

/// One value of an attribute, or one element of a list; none if nothing is left of it.
pub(super) fn clean_single(
    attribute: &Attribute,
    value: &Value,
    place: &str,
    switches: &Switches,
) -> Result<Option<Value>, ScimError> {
    match attribute.kind {
        Kind::String => clean_text(attribute, value, place, switches).map(|text| Some(Value::String(text))),
        Kind::Boolean => clean_flag(value, place, switches).map(|flag| Some(Value::Bool(flag))),
        Kind::Complex => {
            let mut clean = Map::new();
            for (name, value) in as_object(value, place)? {
                let Some(sub) = attribute.sub(name) else {
                    refuse_unknown(place, name, switches)?;
                    continue;
                };
                if let Some(value) = clean_value(sub, value, &format!("{place}.{}", sub.name), switches)? {
                    clean.insert(sub.name.clone(), value);
                }
            }
            Ok((!clean.is_empty()).then_some(Value::Object(clean)))
        }
    }
}

fn clean_flag(value: &Value, place: &str, switches: &Switches) -> Result<bool, ScimError> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if !switches.boolean_active_only && text.eq_ignore_ascii_case("true") => Ok(true),
        Value::String(text) if !switches.boolean_active_only && text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(ScimError::invalid_value(format!("{place} must be true or false"))),
    }
}

fn clean_text(attribute: &Attribute, value: &Value, place: &str, switches: &Switches) -> Result<String, ScimError> {
    let sent = value.as_str().ok_or_else(|| ScimError::invalid_value(format!("{place} must be a text")))?;
    let text = limited(normalised(sent, place, switches), place, switches)?;
    if !text.is_empty() {
        check_vocabulary(attribute, &text, place, switches)?;
    } else if switches.clearing == Clearing::Remove || attribute.required {
        return Err(ScimError::invalid_value(format!("{place} is empty; use remove to clear a value")));
    }
    Ok(text)
}

fn limited(text: String, place: &str, switches: &Switches) -> Result<String, ScimError> {
    let limit = LIMITS.iter().find(|(limited, _)| *limited == place && switches.limits_lengths);
    match limit {
        Some((_, limit)) if text.chars().count() > *limit => {
            if !switches.truncates_long_names {
                return Err(ScimError::invalid_value(format!("{place} is longer than {limit} characters")));
            }
            Ok(text.chars().take(*limit).collect())
        }
        _ => Ok(text),
    }
}

fn check_vocabulary(attribute: &Attribute, text: &str, place: &str, switches: &Switches) -> Result<(), ScimError> {
    let refuse = |why: String| Err(ScimError::invalid_value(format!("{place} {why}")));
    let canonical = &attribute.canonical_values;
    if switches.canonical_types_only && !canonical.is_empty() && !listed(canonical, text) {
        return refuse(format!("is none of {}", canonical.join(", ")));
    }
    if switches.accepts(attribute).is_some_and(|accepted| !listed(accepted, text)) {
        return refuse("is not a value that this tenant has".to_owned());
    }
    if switches.iso_dates_only && attribute.name == "JoinDate" && !is_iso_date(text) {
        return refuse("must be a date as YYYY-MM-DD".to_owned());
    }
    Ok(())
}

/// Whether a text is a date alone: the parser would take a time after it too.
fn is_iso_date(text: &str) -> bool {
    text.len() == "YYYY-MM-DD".len() && text.parse::<jiff::civil::Date>().is_ok()
}

fn listed(values: &[String], text: &str) -> bool {
    values.iter().any(|value| value.eq_ignore_ascii_case(text))
}

fn normalised(text: &str, place: &str, switches: &Switches) -> String {
    match switches.normalise {
        Normalise::TrimLowercaseEmail if place == "emails.value" => text.trim().to_lowercase(),
        Normalise::TrimLowercaseEmail => text.trim().to_owned(),
        Normalise::FormatPhones if place == "phoneNumbers.value" => formatted(text),
        Normalise::None | Normalise::FormatPhones => text.to_owned(),
        Normalise::Lowercase => text.to_lowercase(),
    }
}

/// `+49 30 12345` as `+4930-1234-5`: groups of four from the left, whatever was sent.
fn formatted(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let groups: Vec<String> = digits.chunks(4).map(|group| group.iter().collect()).collect();
    let plus = if number.trim_start().starts_with('+') { "+" } else { "" };
    format!("{plus}{}", groups.join("-"))
}

/// What must hold of a whole user: every required attribute has a value, and one element of a list is primary at most
/// (RFC 7643 §2.4).
pub(super) fn check_whole(user: &Map<String, Value>) -> Result<(), ScimError> {
    for attribute in &CORE_SCHEMA.attributes {
        let value = user.get(&attribute.name);
        if attribute.required && value.is_none() {
            return Err(ScimError::invalid_value(format!("{} is required", attribute.name)));
        }
        let Some(value) = value else { continue };
        if attribute.multi_valued {
            let elements = value.as_array().into_iter().flatten();
            if elements.filter(|element| element["primary"] == true).count() > 1 {
                return Err(ScimError::invalid_value(format!("{} has more than one primary", attribute.name)));
            }
        } else if let Some(sub) = attribute.sub_attributes.iter().find(|sub| sub.required && value[&sub.name].is_null())
        {
            return Err(ScimError::invalid_value(format!("{}.{} is required", attribute.name, sub.name)));
        }
    }
    Ok(())
}
