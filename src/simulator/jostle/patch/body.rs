//! The body of a PATCH: a list of operations.

use serde_json::{Map, Value};

use super::super::error::ScimError;
use super::super::switches::Switches;
use super::super::validate::member;

const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    /// Adds to a list, sets anything else.
    Add,
    /// Replaces a list, sets anything else.
    Replace,
    /// Unassigns.
    Remove,
}

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Operation {
    pub(super) verb: Verb,
    pub(super) path: Option<String>,
    /// Null for a `remove`.
    pub(super) value: Value,
}

/// The operations of a body, in their order. Errors: 400.
pub(in super::super) fn operations(body: &Value, switches: &Switches) -> Result<Vec<Operation>, ScimError> {
    let body = body.as_object().ok_or_else(|| ScimError::invalid_syntax("a PATCH body is a JSON object"))?;
    let schemas = member(body, "schemas").and_then(Value::as_array);
    let is_patch = |urn: &Value| urn.as_str().is_some_and(|urn| urn.eq_ignore_ascii_case(PATCH_OP));
    if !schemas.into_iter().flatten().any(is_patch) {
        return Err(ScimError::invalid_syntax(format!("schemas must list {PATCH_OP}")));
    }
    match member(body, "Operations").and_then(Value::as_array) {
        Some(list) if !list.is_empty() => list.iter().map(|operation| parse(operation, switches)).collect(),
        _ => Err(ScimError::invalid_syntax("Operations must be a list with at least one operation")),
    }
}

fn parse(operation: &Value, switches: &Switches) -> Result<Operation, ScimError> {
    let object = operation.as_object().ok_or_else(|| ScimError::invalid_syntax("an operation is a JSON object"))?;
    let verb = verb(object, switches)?;
    let path = match member(object, "path") {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) => Some(path.clone()),
        Some(_) => return Err(ScimError::invalid_path("path must be a text")),
    };
    let value = match (verb, member(object, "value")) {
        (Verb::Remove, _) if path.is_none() => return Err(ScimError::no_target("remove needs a path")),
        (Verb::Remove, _) => Value::Null,
        (_, Some(value)) => value.clone(),
        (_, None) => return Err(ScimError::invalid_value("add and replace need a value")),
    };
    if path.is_none() && switches.reject_pathless_ops {
        return Err(ScimError::invalid_path("an operation needs a path"));
    }
    Ok(Operation { verb, path, value })
}

fn verb(object: &Map<String, Value>, switches: &Switches) -> Result<Verb, ScimError> {
    let op = member(object, "op").and_then(Value::as_str).unwrap_or_default();
    let lower = if switches.reject_capital_ops { op.to_owned() } else { op.to_ascii_lowercase() };
    match lower.as_str() {
        "add" => Ok(Verb::Add),
        "replace" => Ok(Verb::Replace),
        "remove" => Ok(Verb::Remove),
        _ => Err(ScimError::invalid_syntax("op must be add, replace or remove")),
    }
}
