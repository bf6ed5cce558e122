//! Groups, applications and other objects of the directory: making and unmaking them, and who is assigned to what.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::directory::{Directory, changes};
use super::entity::Entity;
use super::object::{Id, Object, State, accept, fold, is_news};
use super::tenant_error::TenantError;

/// The app role of who is assigned without one ("appRoleAssignment resource type").
const DEFAULT_ACCESS: &str = "00000000-0000-0000-0000-000000000000";

impl Directory {
    /// Adds a group: of the kind for security, unless the values say otherwise.
    pub(super) fn create_group(
        &mut self,
        id: Id,
        values: &Map<String, Value>,
        created: &str,
    ) -> Result<(), TenantError> {
        let mut accepted = named(Entity::Group, values)?;
        accepted.entry("groupTypes").or_insert_with(|| json!([]));
        accepted.entry("mailEnabled").or_insert(Value::Bool(false));
        accepted.entry("securityEnabled").or_insert(Value::Bool(true));
        accepted.insert("createdDateTime", json!(created));
        self.groups.add(Entity::Group, id, accepted);
        Ok(())
    }

    /// Sets and clears (null) properties of a live group.
    pub(super) fn update_group(&mut self, id: &str, values: &Map<String, Value>) -> Result<(), TenantError> {
        let group = self.group(id)?;
        let (id, accepted) = (group.id.clone(), changes(group, values)?);
        self.groups.set(&id, accepted);
        Ok(())
    }

    /// Moves a live group to the recycle bin, at this time; it keeps its members, its memberships and its assignments.
    pub(super) fn delete_group(&mut self, id: &str, time: &str) -> Result<(), TenantError> {
        let id = self.group(id)?.id.clone();
        self.groups.move_to_bin(&id, time);
        Ok(())
    }

    /// Takes a group out of the recycle bin.
    pub(super) fn restore_group(&mut self, id: &str) -> Result<(), TenantError> {
        let group = self.groups.get(&fold(id)).ok_or_else(|| TenantError::NoGroup(id.to_owned()))?;
        if group.state != State::InBin {
            return Err(TenantError::NotInBin(id.to_owned()));
        }
        let id = group.id.clone();
        self.groups.take_from_bin(&id);
        Ok(())
    }

    /// Removes a group for good, from the bin or live, and with it all that leads to it.
    pub(super) fn purge_group(&mut self, id: &str, silently: bool) -> Result<(), TenantError> {
        let group = self.groups.get(&fold(id)).filter(|group| group.state != State::Purged);
        let id = group.map(|group| group.id.clone()).ok_or_else(|| TenantError::NoGroup(id.to_owned()))?;
        self.groups.purge(&id);
        self.forget(&id, silently);
        Ok(())
    }

    /// A live group by id.
    pub(super) fn group(&self, id: &str) -> Result<&Object, TenantError> {
        let group = self.groups.get(&fold(id)).filter(|group| group.is_live());
        group.ok_or_else(|| TenantError::NoGroup(id.to_owned()))
    }

    /// Adds a device or a contact.
    pub(super) fn create_other(
        &mut self,
        entity: Entity,
        id: Id,
        values: &Map<String, Value>,
    ) -> Result<(), TenantError> {
        let accepted = named(entity, values)?;
        self.others.add(entity, id, accepted);
        Ok(())
    }

    /// Adds the service principal of an application that demands an assignment.
    pub(super) fn create_service_principal(&mut self, id: Id, app_id: &str, name: &str) {
        let values = BTreeMap::from([
            ("accountEnabled", json!(true)),
            ("appDisplayName", json!(name)),
            ("appId", json!(app_id)),
            ("appRoleAssignmentRequired", json!(true)),
            ("displayName", json!(name)),
            ("servicePrincipalType", json!("Application")),
        ]);
        self.others.add(Entity::ServicePrincipal, id, values);
    }

    /// Service principals by id, beginning after one.
    pub(super) fn service_principals(&self, after: Option<&str>) -> impl Iterator<Item = &Object> {
        self.others.live_after(after).filter(|object| object.entity == Entity::ServicePrincipal)
    }

    /// The service principal of an application.
    pub(super) fn service_principal_of(&self, app_id: &str) -> Option<&Object> {
        self.service_principals(None)
            .find(|object| object.text("appId").is_some_and(|id| id.eq_ignore_ascii_case(app_id)))
    }

    /// Gives a principal an app role, default access if none is named. The name of the principal is kept as it is then.
    pub(super) fn assign(
        &mut self,
        id: Id,
        app_id: &str,
        principal: &str,
        role: Option<&str>,
        created: &str,
    ) -> Result<(), TenantError> {
        let resource = self.service_principal_of(app_id).ok_or_else(|| TenantError::NoObject(app_id.to_owned()))?;
        let found = self.principal(principal)?;
        let cannot = || TenantError::Value("principalType", "must be user, group or service principal".to_owned());
        let principal_type = found.entity.principal_type().ok_or_else(cannot)?;
        let values = BTreeMap::from([
            ("appRoleId", json!(role.unwrap_or(DEFAULT_ACCESS))),
            ("createdDateTime", json!(created)),
            ("principalDisplayName", json!(found.text("displayName"))),
            ("principalId", json!(&*found.id)),
            ("principalType", json!(principal_type)),
            ("resourceDisplayName", json!(resource.text("displayName"))),
            ("resourceId", json!(&*resource.id)),
        ]);
        let same = |one: &Object| {
            ["appRoleId", "principalId", "resourceId"].iter().all(|name| one.text(name) == values[name].as_str())
        };
        if self.assignments.all().any(same) {
            return Err(TenantError::Assigned(principal.to_owned()));
        }
        self.assignments.add(Entity::Assignment, id, values);
        Ok(())
    }

    /// Takes an assignment away.
    pub(super) fn unassign(&mut self, id: &str) -> Result<(), TenantError> {
        self.assignments.remove(id).map(drop).ok_or_else(|| TenantError::NoAssignment(id.to_owned()))
    }

    /// Takes everything away that a principal was assigned to.
    pub(super) fn revoke_all(&mut self, principal: &str) {
        let of_principal = |one: &&Object| one.text("principalId") == Some(principal);
        let ids: Vec<Id> = self.assignments.all().filter(of_principal).map(|one| one.id.clone()).collect();
        for id in ids {
            self.assignments.remove(&id);
        }
    }
}

/// Values of a new object that must have a name.
fn named(entity: Entity, values: &Map<String, Value>) -> Result<BTreeMap<&'static str, Value>, TenantError> {
    if !values.contains_key("displayName") {
        return Err(TenantError::Missing("displayName"));
    }
    let mut accepted = accept(entity, &BTreeMap::new(), values)?;
    accepted.retain(|_, value| is_news(None, value));
    Ok(accepted)
}
