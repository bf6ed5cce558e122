//! One object of the directory: state, properties and links with the USN of their latest change, and what may be set.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::entity::Entity;
use super::properties::{Property, Store};
use super::tenant_error::TenantError;

/// An object id.
pub(super) type Id = Arc<str>;

/// Where an object is in its life.
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

/// A relationship to another object, present or gone.
#[derive(Debug)]
pub(super) struct Link {
    /// What it leads to.
    pub(super) entity: Entity,
    pub(super) present: bool,
    /// When it came or went last.
    pub(super) usn: u64,
}

/// One object.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) entity: Entity,
    pub(super) id: Id,
    pub(super) properties: BTreeMap<&'static str, Stored>,
    /// Members of a group, the manager of a user; those that are gone too.
    pub(super) links: BTreeMap<Id, Link>,
    /// The latest USN of a link.
    pub(super) links_usn: u64,
    pub(super) state: State,
    /// When it was created, deleted, restored or purged last.
    pub(super) life_usn: u64,
    /// Where it stands in the log.
    pub(super) usn: u64,
}

impl Object {
    /// The value of a property; none if it was never set or was cleared.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.properties.get(name).and_then(|stored| stored.value.as_str())
    }

    /// The ids that its links lead to now, each with what is there.
    pub(super) fn linked(&self) -> impl Iterator<Item = (&Id, Entity)> {
        self.links.iter().filter(|(_, link)| link.present).map(|(id, link)| (id, link.entity))
    }

    /// Whether a link leads there now.
    pub(super) fn is_linked(&self, id: &str) -> bool {
        self.links.get(id).is_some_and(|link| link.present)
    }

    /// Makes or ends a link.
    pub(super) fn set_link(&mut self, id: Id, entity: Entity, present: bool, usn: u64) {
        self.links.insert(id, Link { entity, present, usn });
        self.links_usn = usn;
    }

    /// Whether Graph lists it.
    pub(super) fn is_live(&self) -> bool {
        self.state == State::Live
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

/// Names and ids are compared without regard to case.
pub(super) fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// Values to be set, checked; complex ones completed by the old value.
pub(super) fn accept(
    entity: Entity,
    old: &BTreeMap<&'static str, Stored>,
    values: &Map<String, Value>,
) -> Result<BTreeMap<&'static str, Value>, TenantError> {
    values.iter().map(|(name, value)| accept_one(entity, old, name, value)).collect()
}

fn accept_one(
    entity: Entity,
    old: &BTreeMap<&'static str, Stored>,
    name: &str,
    value: &Value,
) -> Result<(&'static str, Value), TenantError> {
    let property: &Property = entity.find(name).ok_or_else(|| TenantError::UnknownProperty(name.to_owned()))?;
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
