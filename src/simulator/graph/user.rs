//! One user: state, properties with the USN of their latest change, and what may be set.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};
use thiserror::Error;

use super::properties::{self, Property, Store};

/// An object id.
pub(super) type Id = Arc<str>;

/// Why the directory refuses what an administrator asks for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TenantError {
    /// No user has this id or user principal name.
    #[error("the Entra tenant has no user {0}")]
    NotFound(String),
    /// The body is no JSON object.
    #[error("an Entra user is a JSON object of Graph properties")]
    NotAnObject,
    /// A user cannot be without it.
    #[error("an Entra user needs {0}")]
    Missing(&'static str),
    /// Users have no such property.
    #[error("an Entra user has no property {0}, or none that this simulator keeps")]
    UnknownProperty(String),
    /// The service sets it.
    #[error("the property {0} is set by Entra itself")]
    ReadOnly(&'static str),
    /// The value is not allowed.
    #[error("the property {0} {1}")]
    Value(&'static str, String),
    /// Another live user has it.
    #[error("another Entra user has the userPrincipalName {0}")]
    NameTaken(String),
    /// Only a user in the recycle bin can be restored.
    #[error("the Entra user {0} is not in the recycle bin")]
    NotInBin(String),
}

/// Where a user is in their life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Live,
    InBin,
    Purged,
}

/// A property that was set at some time; null where it was cleared.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) value: Value,
    pub(super) usn: u64,
}

/// One user.
#[derive(Debug)]
pub(super) struct User {
    pub(super) id: Id,
    pub(super) properties: BTreeMap<&'static str, Stored>,
    pub(super) state: State,
    /// When they were created, deleted, restored or purged last.
    pub(super) life_usn: u64,
    /// Where they stand in the log.
    pub(super) usn: u64,
}

impl User {
    /// The value of a property; none if it was never set or was cleared.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.properties.get(name).and_then(|stored| stored.value.as_str())
    }

    /// The user principal name that Graph shows: in the bin the id, without dashes, stands before it.
    pub(super) fn shown_name(&self) -> String {
        let name = self.text("userPrincipalName").unwrap_or_default();
        match self.state {
            State::Live => name.to_owned(),
            State::InBin | State::Purged => format!("{}{name}", self.id.replace('-', "")),
        }
    }
}

/// The current time as Graph writes it.
pub(super) fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Names and ids are compared without regard to case.
pub(super) fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// Values to be set, checked; complex ones completed by the old value.
pub(super) fn accept(
    old: &BTreeMap<&'static str, Stored>,
    values: &Map<String, Value>,
) -> Result<BTreeMap<&'static str, Value>, TenantError> {
    values.iter().map(|(name, value)| accept_one(old, name, value)).collect()
}

fn accept_one(
    old: &BTreeMap<&'static str, Stored>,
    name: &str,
    value: &Value,
) -> Result<(&'static str, Value), TenantError> {
    let property: &Property = properties::find(name).ok_or_else(|| TenantError::UnknownProperty(name.to_owned()))?;
    match property.store {
        Store::Main => {}
        Store::ReadOnly => return Err(TenantError::ReadOnly(property.name)),
        _ => return Err(TenantError::UnknownProperty(name.to_owned())),
    }
    let old = old.get(name).map(|stored| &stored.value);
    let value = property.accept(old, value).map_err(|problem| TenantError::Value(property.name, problem))?;
    Ok((property.name, value))
}

/// Whether setting a value changes anything: clearing what was never set does not.
pub(super) fn is_news(old: Option<&Stored>, new: &Value) -> bool {
    match old {
        Some(stored) => stored.value != *new,
        None => !new.is_null() && new.as_array().is_none_or(|values| !values.is_empty()),
    }
}

/// "user resource type", userPrincipalName: the characters that are allowed.
pub(super) fn check_name(name: &str) -> Result<(), TenantError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "'.-_!#^~".contains(c);
    match name.split_once('@') {
        Some((alias, domain))
            if !alias.is_empty() && !domain.is_empty() && alias.chars().chain(domain.chars()).all(allowed) =>
        {
            Ok(())
        }
        _ => Err(TenantError::Value(
            "userPrincipalName",
            "must be alias@domain in A-Z a-z 0-9 ' . - _ ! # ^ ~".to_owned(),
        )),
    }
}
