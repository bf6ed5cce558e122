//! What an operation does to a list, or to the elements that a filter selects.

use serde_json::{Map, Value};

use super::super::error::ScimError;
use super::super::schema::Attribute;
use super::super::switches::Switches;
use super::super::validate::{clean_single, clean_value};
use super::body::Verb;
use super::path::AttributeTarget;
use super::value_filter::ValueFilter;

type Object = Map<String, Value>;

/// Adds to a list, replaces it, or removes it. Errors: 400.
pub(super) fn apply_to_list(
    object: &mut Object,
    attribute: &Attribute,
    verb: Verb,
    value: &Value,
    switches: &Switches,
) -> Result<(), ScimError> {
    let mut list = if verb == Verb::Add { elements(object, attribute) } else { Vec::new() };
    if verb != Verb::Remove {
        // One value may be given without the list around it.
        let given = if value.is_object() { Value::Array(vec![value.clone()]) } else { value.clone() };
        let clean = clean_value(attribute, &given, &attribute.name, switches)?;
        for element in clean.as_ref().and_then(Value::as_array).into_iter().flatten() {
            if !list.contains(element) {
                list.push(element.clone());
                keep_one_primary(&mut list, element, verb);
            }
        }
    }
    store(object, attribute, list);
    Ok(())
}

/// Changes the selected elements of a list. Errors: 400, `noTarget` if none is selected.
pub(super) fn apply_to_elements(
    object: &mut Object,
    target: &AttributeTarget,
    verb: Verb,
    value: &Value,
    switches: &Switches,
) -> Result<(), ScimError> {
    let mut list = elements(object, target.attribute);
    if verb == Verb::Remove {
        remove_elements(&mut list, target);
    } else {
        let given = given_for_element(target, value, switches)?;
        set_elements(&mut list, target, verb, &given, switches)?;
    }
    store(object, target.attribute, list);
    Ok(())
}

fn selects(target: &AttributeTarget, element: &Value) -> bool {
    target.filter.as_ref().is_none_or(|filter| filter.selects(element))
}

fn remove_elements(list: &mut Vec<Value>, target: &AttributeTarget) {
    let Some(sub) = target.sub else { return list.retain(|element| !selects(target, element)) };
    for element in list.iter_mut().filter(|element| selects(target, element)) {
        element.as_object_mut().and_then(|element| element.remove(&sub.name));
    }
    list.retain(|element| element.as_object().is_some_and(|element| !element.is_empty()));
}

/// The members that an operation gives to each selected element.
fn given_for_element(target: &AttributeTarget, value: &Value, switches: &Switches) -> Result<Object, ScimError> {
    let place = target.place();
    let clean = match target.sub {
        Some(sub) => {
            clean_value(sub, value, &place, switches)?.map(|value| Map::from_iter([(sub.name.clone(), value)]))
        }
        None => clean_single(target.attribute, value, &place, switches)?.and_then(|element| match element {
            Value::Object(members) => Some(members),
            _ => None,
        }),
    };
    clean.ok_or_else(|| ScimError::invalid_value(format!("{place} is given no value")))
}

fn set_elements(
    list: &mut Vec<Value>,
    target: &AttributeTarget,
    verb: Verb,
    given: &Object,
    switches: &Switches,
) -> Result<(), ScimError> {
    let mut selected: Vec<usize> =
        list.iter().enumerate().filter(|(_, element)| selects(target, element)).map(|(at, _)| at).collect();
    if selected.is_empty() {
        selected.push(list.len());
        list.push(described(target, switches)?);
    }
    for at in selected {
        let Some(element) = list.get_mut(at).and_then(Value::as_object_mut) else { continue };
        if verb == Verb::Replace && target.sub.is_none() {
            element.clear();
        }
        element.extend(given.clone());
        let changed = Value::Object(element.clone());
        keep_one_primary(list, &changed, Verb::Add);
    }
    Ok(())
}

/// The element that is made where a filter selects nothing, if the switches allow it.
fn described(target: &AttributeTarget, switches: &Switches) -> Result<Value, ScimError> {
    let no_target = || ScimError::no_target(format!("no element of {} is selected", target.attribute.name));
    if switches.patch_no_target {
        return Err(no_target());
    }
    let members = target.filter.as_ref().and_then(ValueFilter::described).ok_or_else(no_target)?;
    clean_single(target.attribute, &Value::Object(members), &target.attribute.name, switches)?.ok_or_else(no_target)
}

/// A new primary takes the place of the old one (RFC 7644 §3.5.2); within a replaced list two are an error instead.
fn keep_one_primary(list: &mut [Value], added: &Value, verb: Verb) {
    if verb != Verb::Add || added["primary"] != true {
        return;
    }
    for element in list.iter_mut().filter(|element| **element != *added && element["primary"] == true) {
        element["primary"] = Value::Bool(false);
    }
}

fn elements(object: &Object, attribute: &Attribute) -> Vec<Value> {
    object.get(&attribute.name).and_then(Value::as_array).cloned().unwrap_or_default()
}

fn store(object: &mut Object, attribute: &Attribute, list: Vec<Value>) {
    if list.is_empty() {
        object.remove(&attribute.name);
    } else {
        object.insert(attribute.name.clone(), Value::Array(list));
    }
}
