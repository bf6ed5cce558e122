//! The administrator's way in to groups, managers, assignments and the provisioning job.

use serde_json::{Map, Value};

use super::company::assignment_id;
use super::directory::Directory;
use super::entity::Entity;
use super::object::Id;
use super::render;
use super::seed::guid;
use super::tenant::GraphTenant;
use super::tenant_error::TenantError;

impl GraphTenant {
    /// Adds a group with these Graph properties, of which `displayName` is needed, and returns it as [`Self::group`]
    /// does.
    pub fn create_group(&self, properties: &Value) -> Result<Value, TenantError> {
        let (id, properties) = (new_id(), object(properties)?);
        self.change_group(&id, |directory| directory.create_group(id.clone(), properties, &self.time().text()))
    }

    /// Sets properties of a live group, null clears.
    pub fn update_group(&self, id: &str, properties: &Value) -> Result<Value, TenantError> {
        let properties = object(properties)?;
        self.change_group(id, |directory| directory.update_group(id, properties))
    }

    /// Moves a live group to the recycle bin.
    pub fn delete_group(&self, id: &str) -> Result<Value, TenantError> {
        self.change_group(id, |directory| directory.delete_group(id, &self.time().text()))
    }

    /// Takes a group out of the recycle bin.
    pub fn restore_group(&self, id: &str) -> Result<Value, TenantError> {
        self.change_group(id, |directory| directory.restore_group(id))
    }

    /// Deletes a group for good, live or from the recycle bin.
    pub fn purge_group(&self, id: &str) -> Result<(), TenantError> {
        let silently = self.switches().purge_hides_membership_removal;
        self.directory().purge_group(id, silently)
    }

    /// A group in whatever state: everything that was ever set, with `id`, `lifecycle` and the ids of its direct
    /// `members`, those in the recycle bin too.
    pub fn group(&self, id: &str) -> Option<Value> {
        self.directory().groups.get(&id.to_lowercase()).map(render::admin_view)
    }

    /// Every group as [`Self::group`], purged ones too.
    pub fn groups(&self) -> Vec<Value> {
        self.directory().groups.all().map(render::admin_view).collect()
    }

    /// Makes a user, a group or another object a direct member; `principal` is an id or a user principal name.
    pub fn add_member(&self, group: &str, principal: &str) -> Result<(), TenantError> {
        self.directory().add_member(group, principal)
    }

    /// Ends a direct membership.
    pub fn remove_member(&self, group: &str, principal: &str) -> Result<(), TenantError> {
        self.directory().remove_member(group, principal)
    }

    /// Makes these the direct members and nobody else, as one change.
    pub fn set_members(&self, group: &str, principals: &[String]) -> Result<Value, TenantError> {
        self.change_group(group, |directory| directory.set_members(group, principals))
    }

    /// Gives a live user a manager, who is a user or a contact, or none.
    pub fn set_manager(&self, user: &str, manager: Option<&str>) -> Result<(), TenantError> {
        self.directory().set_manager(user, manager)
    }

    /// Adds a device or a contact: `@odata.type` is `#microsoft.graph.device` or `#microsoft.graph.orgContact`, and
    /// `displayName` is needed. Returns what was given, with its `id`.
    pub fn create_object(&self, properties: &Value) -> Result<Value, TenantError> {
        let mut properties = object(properties)?.clone();
        let wanted = properties.remove("@odata.type").ok_or(TenantError::Missing("@odata.type"))?;
        let known = [Entity::Device, Entity::OrgContact];
        let entity = known.into_iter().find(|entity| wanted.as_str() == Some(&entity.odata_type()));
        let entity = entity.ok_or_else(|| {
            TenantError::Value(
                "@odata.type",
                "must be #microsoft.graph.device or #microsoft.graph.orgContact".to_owned(),
            )
        })?;
        let id = new_id();
        let mut directory = self.directory();
        directory.create_other(entity, id.clone(), &properties)?;
        directory.principal(&id).map(render::admin_view)
    }

    /// Removes a device or a contact for good.
    pub fn delete_object(&self, id: &str) -> Result<(), TenantError> {
        self.directory().remove_other(id)
    }

    /// Assigns a user, a group or a service principal to the Jostle application, with default access unless an app role
    /// is named; returns the assignment as Graph shows it.
    pub fn assign(&self, principal: &str, app_role: Option<&str>) -> Result<Value, TenantError> {
        let id = assignment_id(&mut fastrand::Rng::new());
        let mut directory = self.directory();
        directory.assign(id.clone(), &self.identity().app_id, principal, app_role, &self.time().text())?;
        directory.assignments.get(&id).map(render::admin_view).ok_or(TenantError::NoAssignment(id.to_string()))
    }

    /// Takes an assignment away.
    pub fn unassign(&self, assignment: &str) -> Result<(), TenantError> {
        self.directory().unassign(assignment)
    }

    /// Every assignment, with Graph's properties.
    pub fn assignments(&self) -> Vec<Value> {
        self.directory().assignments.all().map(render::admin_view).collect()
    }

    /// The schema of the provisioning job.
    pub fn provisioning_schema(&self) -> Value {
        self.schema().clone()
    }

    /// Gives the provisioning job another schema, which must have `synchronizationRules`; nothing else of it is checked.
    pub fn set_provisioning_schema(&self, schema: Value) -> Result<(), TenantError> {
        if !object(&schema)?.get("synchronizationRules").is_some_and(Value::is_array) {
            return Err(TenantError::Missing("synchronizationRules"));
        }
        *self.schema() = schema;
        Ok(())
    }

    fn change_group(
        &self,
        id: &str,
        change: impl FnOnce(&mut Directory) -> Result<(), TenantError>,
    ) -> Result<Value, TenantError> {
        change(&mut self.directory())?;
        self.group(id).ok_or_else(|| TenantError::NoGroup(id.to_owned()))
    }
}

fn new_id() -> Id {
    guid(&mut fastrand::Rng::new()).into()
}

fn object(value: &Value) -> Result<&Map<String, Value>, TenantError> {
    value.as_object().ok_or(TenantError::NotAnObject)
}
