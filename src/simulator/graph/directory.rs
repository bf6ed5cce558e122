//! The directory: users live, in the recycle bin or purged, beside the groups and everything else.
//!
//! Links are in `links`; groups, applications, assignments and other objects in `objects`.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};

use super::entity::Entity;
use super::object::{Id, Object, State, accept, check_name, fold, is_news};
use super::shelf::Shelf;
use super::tenant_error::TenantError;

/// All objects, those of each feed with a log of their own.
#[derive(Debug, Default)]
pub(super) struct Directory {
    pub(super) users: Shelf,
    pub(super) groups: Shelf,
    /// Service principals, devices and contacts.
    pub(super) others: Shelf,
    pub(super) assignments: Shelf,
    names: HashMap<String, Id>,
}

impl Directory {
    /// Where objects of a kind are kept.
    pub(super) fn shelf(&self, entity: Entity) -> &Shelf {
        match entity {
            Entity::User => &self.users,
            Entity::Group => &self.groups,
            Entity::Assignment => &self.assignments,
            _ => &self.others,
        }
    }

    /// Adds a user.
    pub(super) fn create_user(
        &mut self,
        id: Id,
        values: &Map<String, Value>,
        created: &str,
    ) -> Result<(), TenantError> {
        for name in ["userPrincipalName", "displayName"] {
            if !values.contains_key(name) {
                return Err(TenantError::Missing(name));
            }
        }
        let mut accepted = accept(Entity::User, &BTreeMap::new(), values)?;
        accepted.retain(|_, value| is_news(None, value));
        accepted.entry("accountEnabled").or_insert(Value::Bool(true));
        accepted.entry("userType").or_insert_with(|| json!("Member"));
        accepted.insert("createdDateTime", json!(created));
        self.claim_name(&id, accepted.get("userPrincipalName"))?;
        self.users.add(Entity::User, id, accepted);
        Ok(())
    }

    /// Sets and clears (null) properties; what is equal to the old value leaves no trace.
    pub(super) fn update_user(&mut self, key: &str, values: &Map<String, Value>) -> Result<(), TenantError> {
        let user = self.live(key).ok_or_else(|| TenantError::NotFound(key.to_owned()))?;
        let id = user.id.clone();
        let accepted = changes(user, values)?;
        let old_name = fold(user.text("userPrincipalName").unwrap_or_default());
        if let Some(name) = accepted.get("userPrincipalName") {
            self.claim_name(&id, Some(name))?;
            if name.as_str().map(fold).as_ref() != Some(&old_name) {
                self.names.remove(&old_name);
            }
        }
        self.users.set(&id, accepted);
        Ok(())
    }

    /// Moves a live user to the recycle bin, at this time. Their reports have no manager from then on; memberships and assignments stay.
    pub(super) fn delete(&mut self, key: &str, time: &str) -> Result<(), TenantError> {
        let user = self.live(key).ok_or_else(|| TenantError::NotFound(key.to_owned()))?;
        let (id, name) = (user.id.clone(), fold(user.text("userPrincipalName").unwrap_or_default()));
        self.names.remove(&name);
        self.users.move_to_bin(&id, time);
        self.leave_reports(&id);
        Ok(())
    }

    /// Removes a user for good, from the bin or live, and with them all that leads to them; `silently` leaves no trace
    /// of their memberships.
    pub(super) fn purge(&mut self, key: &str, silently: bool) -> Result<(), TenantError> {
        let user = self.any(key).ok_or_else(|| TenantError::NotFound(key.to_owned()))?;
        let id = user.id.clone();
        if user.is_live() {
            let name = fold(user.text("userPrincipalName").unwrap_or_default());
            self.names.remove(&name);
        }
        self.users.purge(&id);
        self.forget(&id, silently);
        Ok(())
    }

    /// Takes a user out of the recycle bin.
    pub(super) fn restore(&mut self, key: &str) -> Result<(), TenantError> {
        let user = self.any(key).ok_or_else(|| TenantError::NotFound(key.to_owned()))?;
        if user.state != State::InBin {
            return Err(TenantError::NotInBin(key.to_owned()));
        }
        let id = user.id.clone();
        let name = user.properties.get("userPrincipalName").map(|stored| stored.value.clone());
        self.claim_name(&id, name.as_ref())?;
        self.users.take_from_bin(&id);
        Ok(())
    }

    /// A live user by id or user principal name.
    pub(super) fn live(&self, key: &str) -> Option<&Object> {
        let by_name = || self.names.get(&fold(key)).and_then(|id| self.users.get(id));
        self.users.get(&fold(key)).filter(|user| user.is_live()).or_else(by_name)
    }

    /// A user in the recycle bin by id.
    pub(super) fn in_bin(&self, id: &str) -> Option<&Object> {
        self.users.get(&fold(id)).filter(|user| user.state == State::InBin)
    }

    /// A live user as [`Self::live`], or else one in the bin by id or the name that they had; the one deleted last.
    pub(super) fn any(&self, key: &str) -> Option<&Object> {
        let had_name = |user: &&Object| user.text("userPrincipalName").is_some_and(|name| fold(name) == fold(key));
        self.live(key)
            .or_else(|| self.in_bin(key))
            .or_else(|| self.users.bin_after(None).filter(had_name).max_by_key(|user| user.life_usn))
    }

    fn claim_name(&mut self, id: &Id, name: Option<&Value>) -> Result<(), TenantError> {
        let name = name.and_then(Value::as_str).ok_or(TenantError::Missing("userPrincipalName"))?;
        check_name(name)?;
        match self.names.get(&fold(name)) {
            Some(owner) if owner != id => Err(TenantError::NameTaken(name.to_owned())),
            _ => {
                self.names.insert(fold(name), id.clone());
                Ok(())
            }
        }
    }
}

/// What of the given values is allowed and new.
pub(super) fn changes(
    object: &Object,
    values: &Map<String, Value>,
) -> Result<BTreeMap<&'static str, Value>, TenantError> {
    let mut accepted = accept(object.entity, &object.properties, values)?;
    accepted.retain(|name, value| is_news(object.properties.get(name), value));
    Ok(accepted)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use super::*;

    const LATER: &str = "2020-02-02T00:00:00Z";

    fn person(name: &str) -> Map<String, Value> {
        let value = json!({"userPrincipalName": name, "displayName": "A B", "jobTitle": "Clerk"});
        value.as_object().unwrap().clone()
    }

    fn directory() -> Directory {
        let mut directory = Directory::default();
        directory.create_user("a-1".into(), &person("a@x.example"), "2020-01-01T00:00:00Z").unwrap();
        directory.create_user("b-2".into(), &person("b@x.example"), "2020-01-01T00:00:00Z").unwrap();
        directory
    }

    fn set(directory: &mut Directory, key: &str, values: &Value) -> Result<(), TenantError> {
        directory.update_user(key, values.as_object().unwrap())
    }

    #[test]
    fn a_user_stands_in_the_log_once_at_the_latest_change() {
        let mut directory = directory();
        set(&mut directory, "a@x.example", &json!({"jobTitle": "Chief"})).unwrap();
        let order: Vec<_> = directory.users.changed_after(0).map(|(usn, user)| (usn, &*user.id)).collect();
        assert_eq!(order, [(2, "b-2"), (3, "a-1")]);
    }

    #[test]
    fn equal_values_leave_no_trace() {
        let mut directory = directory();
        set(&mut directory, "a-1", &json!({"jobTitle": "Clerk", "surname": null, "businessPhones": []})).unwrap();
        assert_eq!(directory.users.usn(), 2);
    }

    #[test]
    fn names_are_unique_among_the_living_only() {
        let mut directory = directory();
        let taken = set(&mut directory, "b-2", &json!({"userPrincipalName": "A@X.example"}));
        assert_eq!(taken, Err(TenantError::NameTaken("A@X.example".to_owned())));
        directory.delete("a-1", LATER).unwrap();
        set(&mut directory, "b-2", &json!({"userPrincipalName": "a@x.example"})).unwrap();
        assert_eq!(directory.restore("a-1"), Err(TenantError::NameTaken("a@x.example".to_owned())));
        assert!(directory.live("b@x.example").is_none());
    }

    #[test]
    fn a_change_of_case_alone_keeps_the_name() {
        let mut directory = directory();
        set(&mut directory, "a-1", &json!({"userPrincipalName": "A@x.example"})).unwrap();
        assert_eq!(directory.live("a@X.example").unwrap().shown_name(), "A@x.example");
    }

    #[test]
    fn the_bin_mangles_the_name_and_restoring_gives_it_back() {
        let mut directory = directory();
        directory.delete("a@x.example", LATER).unwrap();
        assert!(directory.live("a@x.example").is_none());
        assert_eq!(directory.in_bin("a-1").unwrap().shown_name(), "a1a@x.example");
        directory.restore("a@x.example").unwrap();
        assert_eq!(directory.live("a@x.example").unwrap().shown_name(), "a@x.example");
        assert_eq!(directory.restore("a-1"), Err(TenantError::NotInBin("a-1".to_owned())));
    }

    #[test]
    fn a_purged_user_is_gone_but_stays_in_the_log() {
        let mut directory = directory();
        directory.delete("a-1", LATER).unwrap();
        directory.purge("a-1", false).unwrap();
        assert_eq!(directory.purge("a-1", false), Err(TenantError::NotFound("a-1".to_owned())));
        assert_eq!(directory.users.changed_after(3).map(|(_, user)| user.state).collect::<Vec<_>>(), [State::Purged]);
    }

    #[test]
    fn the_services_own_properties_and_unknown_ones_are_refused() {
        let mut directory = directory();
        assert_eq!(set(&mut directory, "a-1", &json!({"id": "c"})), Err(TenantError::ReadOnly("id")));
        let unknown = Err(TenantError::UnknownProperty("shoeSize".to_owned()));
        assert_eq!(set(&mut directory, "a-1", &json!({"shoeSize": "44"})), unknown);
        assert!(set(&mut directory, "a-1", &json!({"userPrincipalName": "jürgen@x.example"})).is_err());
    }
}
