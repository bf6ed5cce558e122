//! What an operation does to a user (RFC 7644 §3.5.2.1 to §3.5.2.3).

use serde_json::{Map, Value};

use super::super::error::ScimError;
use super::super::schema::{Attribute, EXTENSION, EXTENSION_SCHEMA, Kind};
use super::super::switches::Switches;
use super::super::validate::{check_whole, clean_members, clean_value};
use super::body::{Operation, Verb};
use super::list::{apply_to_elements, apply_to_list};
use super::path::{AttributeTarget, Target};

type Object = Map<String, Value>;

/// The user after one operation. Errors: 400; then the user that was given stands.
pub(in super::super) fn apply(user: &Object, operation: &Operation, switches: &Switches) -> Result<Object, ScimError> {
    let mut user = user.clone();
    let verb = operation.verb;
    match (&operation.path, &operation.value) {
        (Some(path), value) => apply_at(&mut user, verb, path, value, switches)?,
        (None, Value::Object(members)) => {
            for (path, value) in members.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("schemas")) {
                apply_at(&mut user, verb, path, value, switches)?;
            }
        }
        (None, _) => return Err(ScimError::invalid_value("without a path the value must be an object")),
    }
    check_whole(&user)?;
    Ok(user)
}

fn apply_at(user: &mut Object, verb: Verb, path: &str, value: &Value, switches: &Switches) -> Result<(), ScimError> {
    // Null is the same as unassigned (RFC 7643 §2.5).
    let verb = if value.is_null() { Verb::Remove } else { verb };
    match Target::parse(path, switches)? {
        Target::Nothing => Ok(()),
        Target::Attribute(target) if switches.drops(target.attribute) => Ok(()),
        Target::Attribute(target) if target.in_extension => {
            in_extension(user, |extension| apply_to_attribute(extension, &target, verb, value, switches))
        }
        Target::Attribute(target) => apply_to_attribute(user, &target, verb, value, switches),
        Target::Extension if verb == Verb::Remove => {
            user.remove(EXTENSION);
            Ok(())
        }
        Target::Extension => {
            let mut members = clean_members(&EXTENSION_SCHEMA, value, EXTENSION, switches)?;
            in_extension(user, |extension| {
                extension.append(&mut members);
                Ok(())
            })
        }
    }
}

/// Works on the extension's object, which is there only while it has members.
fn in_extension(user: &mut Object, work: impl FnOnce(&mut Object) -> Result<(), ScimError>) -> Result<(), ScimError> {
    let mut extension = match user.remove(EXTENSION) {
        Some(Value::Object(extension)) => extension,
        _ => Object::new(),
    };
    work(&mut extension)?;
    if !extension.is_empty() {
        user.insert(EXTENSION.to_owned(), Value::Object(extension));
    }
    Ok(())
}

fn apply_to_attribute(
    object: &mut Object,
    target: &AttributeTarget,
    verb: Verb,
    value: &Value,
    switches: &Switches,
) -> Result<(), ScimError> {
    match (target.attribute.multi_valued, target.sub) {
        (true, None) if target.filter.is_none() => apply_to_list(object, target.attribute, verb, value, switches),
        (true, _) => apply_to_elements(object, target, verb, value, switches),
        (false, None) => apply_to_single(object, target.attribute, verb, value, switches),
        (false, Some(sub)) => apply_to_part(object, target, sub, verb, value, switches),
    }
}

fn apply_to_single(
    object: &mut Object,
    attribute: &Attribute,
    verb: Verb,
    value: &Value,
    switches: &Switches,
) -> Result<(), ScimError> {
    if verb == Verb::Remove {
        return remove(object, attribute, &attribute.name);
    }
    let Some(clean) = clean_value(attribute, value, &attribute.name, switches)? else { return Ok(()) };
    match (attribute.kind, object.get_mut(&attribute.name), clean) {
        // Sub-attributes that are not named stay, for add and for replace alike.
        (Kind::Complex, Some(Value::Object(have)), Value::Object(mut clean)) => have.append(&mut clean),
        (_, _, clean) => {
            object.insert(attribute.name.clone(), clean);
        }
    }
    Ok(())
}

fn apply_to_part(
    object: &mut Object,
    target: &AttributeTarget,
    sub: &Attribute,
    verb: Verb,
    value: &Value,
    switches: &Switches,
) -> Result<(), ScimError> {
    let mut whole = match object.remove(&target.attribute.name) {
        Some(Value::Object(whole)) => whole,
        _ => Object::new(),
    };
    if verb == Verb::Remove {
        remove(&mut whole, sub, &target.place())?;
    } else if let Some(clean) = clean_value(sub, value, &target.place(), switches)? {
        whole.insert(sub.name.clone(), clean);
    }
    if !whole.is_empty() {
        object.insert(target.attribute.name.clone(), Value::Object(whole));
    }
    Ok(())
}

fn remove(object: &mut Object, attribute: &Attribute, place: &str) -> Result<(), ScimError> {
    if attribute.required {
        return Err(ScimError::mutability(format!("{place} is required and cannot be removed")));
    }
    object.remove(&attribute.name);
    Ok(())
}
