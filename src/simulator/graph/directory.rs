//! The directory: users live, in the recycle bin or purged, and the change log that the delta feed reads.
//!
//! Every write has an update sequence number (USN). A user stands in the log once, at their latest USN, so reading on
//! from a USN meets everybody who changed since, and a page costs no more than the entries it passes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

use serde_json::{Map, Value, json};

use super::user::{Id, State, Stored, TenantError, User, accept, check_name, fold, is_news, now};

/// All users and the log.
#[derive(Debug, Default)]
pub(super) struct Directory {
    usn: u64,
    users: BTreeMap<Id, User>,
    log: BTreeMap<u64, Id>,
    names: HashMap<String, Id>,
    bin: BTreeSet<Id>,
}

impl Directory {
    /// The USN of the latest write.
    pub(super) fn usn(&self) -> u64 {
        self.usn
    }

    /// Adds a user.
    pub(super) fn create(&mut self, id: Id, values: &Map<String, Value>, created: &str) -> Result<(), TenantError> {
        for name in ["userPrincipalName", "displayName"] {
            if !values.contains_key(name) {
                return Err(TenantError::Missing(name));
            }
        }
        let mut accepted = accept(&BTreeMap::new(), values)?;
        accepted.retain(|_, value| is_news(None, value));
        accepted.entry("accountEnabled").or_insert(Value::Bool(true));
        accepted.entry("userType").or_insert_with(|| json!("Member"));
        accepted.insert("createdDateTime", json!(created));
        self.claim_name(&id, accepted.get("userPrincipalName"))?;
        self.usn += 1;
        let usn = self.usn;
        let properties = accepted.into_iter().map(|(name, value)| (name, Stored { value, usn })).collect();
        self.log.insert(usn, id.clone());
        self.users.insert(id.clone(), User { id, properties, state: State::Live, life_usn: usn, usn });
        Ok(())
    }

    /// Sets and clears (null) properties; what is equal to the old value leaves no trace.
    pub(super) fn update(&mut self, key: &str, values: &Map<String, Value>) -> Result<(), TenantError> {
        let user = self.live(key).ok_or_else(|| TenantError::NotFound(key.to_owned()))?;
        let id = user.id.clone();
        let mut accepted = accept(&user.properties, values)?;
        accepted.retain(|name, value| is_news(user.properties.get(name), value));
        if accepted.is_empty() {
            return Ok(());
        }
        let old_name = fold(user.text("userPrincipalName").unwrap_or_default());
        if let Some(name) = accepted.get("userPrincipalName") {
            self.claim_name(&id, Some(name))?;
            if name.as_str().map(fold).as_ref() != Some(&old_name) {
                self.names.remove(&old_name);
            }
        }
        self.touch(&id, |user, usn| {
            user.properties.extend(accepted.into_iter().map(|(name, value)| (name, Stored { value, usn })));
        });
        Ok(())
    }

    /// Moves a live user to the recycle bin.
    pub(super) fn delete(&mut self, key: &str) -> Result<(), TenantError> {
        let user = self.live(key).ok_or_else(|| TenantError::NotFound(key.to_owned()))?;
        let (id, name) = (user.id.clone(), fold(user.text("userPrincipalName").unwrap_or_default()));
        self.names.remove(&name);
        self.bin.insert(id.clone());
        self.touch(&id, |user, usn| {
            (user.state, user.life_usn) = (State::InBin, usn);
            user.properties.insert("deletedDateTime", Stored { value: json!(now()), usn });
        });
        Ok(())
    }

    /// Removes a user for good, from the bin or live.
    pub(super) fn purge(&mut self, key: &str) -> Result<(), TenantError> {
        let user = self.any(key).ok_or_else(|| TenantError::NotFound(key.to_owned()))?;
        let (id, state) = (user.id.clone(), user.state);
        if state == State::Live {
            let name = fold(user.text("userPrincipalName").unwrap_or_default());
            self.names.remove(&name);
        }
        self.bin.remove(&id);
        self.touch(&id, |user, usn| {
            (user.state, user.life_usn) = (State::Purged, usn);
            user.properties.clear();
        });
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
        self.bin.remove(&id);
        self.touch(&id, |user, usn| {
            (user.state, user.life_usn) = (State::Live, usn);
            user.properties.remove("deletedDateTime");
        });
        Ok(())
    }

    /// A live user by id or user principal name.
    pub(super) fn live(&self, key: &str) -> Option<&User> {
        let by_name = || self.names.get(&fold(key)).and_then(|id| self.users.get(id));
        self.users.get(fold(key).as_str()).filter(|user| user.state == State::Live).or_else(by_name)
    }

    /// A user in the recycle bin by id.
    pub(super) fn in_bin(&self, id: &str) -> Option<&User> {
        self.users.get(fold(id).as_str()).filter(|user| user.state == State::InBin)
    }

    /// A live user as [`Self::live`], or else one in the bin by id or the name that they had; the one deleted last.
    pub(super) fn any(&self, key: &str) -> Option<&User> {
        let had_name = |user: &&User| user.text("userPrincipalName").is_some_and(|name| fold(name) == fold(key));
        self.live(key)
            .or_else(|| self.in_bin(key))
            .or_else(|| self.bin_after(None).filter(had_name).max_by_key(|user| user.life_usn))
    }

    /// Everybody, purged users included, by id.
    pub(super) fn all(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    /// Live users by id, beginning after one.
    pub(super) fn live_after(&self, after: Option<&str>) -> impl Iterator<Item = &User> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.users
            .range::<str, _>((start, Bound::Unbounded))
            .map(|(_, user)| user)
            .filter(|user| user.state == State::Live)
    }

    /// Users in the recycle bin by id, beginning after one.
    pub(super) fn bin_after(&self, after: Option<&str>) -> impl Iterator<Item = &User> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.bin.range::<str, _>((start, Bound::Unbounded)).filter_map(|id| self.users.get(id))
    }

    /// Users in the order of their latest change, those after a USN, each with the USN where they stand.
    pub(super) fn changed_after(&self, usn: u64) -> impl Iterator<Item = (u64, &User)> {
        self.log
            .range((Bound::Excluded(usn), Bound::Unbounded))
            .filter_map(|(usn, id)| Some((*usn, self.users.get(id)?)))
    }

    /// Users up to a USN, the latest change first.
    pub(super) fn changed_until(&self, usn: u64) -> impl Iterator<Item = &User> {
        self.log.range(..=usn).rev().filter_map(|(_, id)| self.users.get(id))
    }

    fn touch(&mut self, id: &str, change: impl FnOnce(&mut User, u64)) {
        let Some(user) = self.users.get_mut(id) else { return };
        self.usn += 1;
        self.log.remove(&user.usn);
        self.log.insert(self.usn, user.id.clone());
        user.usn = self.usn;
        change(user, self.usn);
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use super::*;

    fn person(name: &str) -> Map<String, Value> {
        let value = json!({"userPrincipalName": name, "displayName": "A B", "jobTitle": "Clerk"});
        value.as_object().unwrap().clone()
    }

    fn directory() -> Directory {
        let mut directory = Directory::default();
        directory.create("a-1".into(), &person("a@x.example"), "2020-01-01T00:00:00Z").unwrap();
        directory.create("b-2".into(), &person("b@x.example"), "2020-01-01T00:00:00Z").unwrap();
        directory
    }

    fn set(directory: &mut Directory, key: &str, values: &Value) -> Result<(), TenantError> {
        directory.update(key, values.as_object().unwrap())
    }

    #[test]
    fn a_user_stands_in_the_log_once_at_the_latest_change() {
        let mut directory = directory();
        set(&mut directory, "a@x.example", &json!({"jobTitle": "Chief"})).unwrap();
        let order: Vec<_> = directory.changed_after(0).map(|(usn, user)| (usn, &*user.id)).collect();
        assert_eq!(order, [(2, "b-2"), (3, "a-1")]);
    }

    #[test]
    fn equal_values_leave_no_trace() {
        let mut directory = directory();
        set(&mut directory, "a-1", &json!({"jobTitle": "Clerk", "surname": null, "businessPhones": []})).unwrap();
        assert_eq!(directory.usn(), 2);
    }

    #[test]
    fn names_are_unique_among_the_living_only() {
        let mut directory = directory();
        let taken = set(&mut directory, "b-2", &json!({"userPrincipalName": "A@X.example"}));
        assert_eq!(taken, Err(TenantError::NameTaken("A@X.example".to_owned())));
        directory.delete("a-1").unwrap();
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
        directory.delete("a@x.example").unwrap();
        assert!(directory.live("a@x.example").is_none());
        assert_eq!(directory.in_bin("a-1").unwrap().shown_name(), "a1a@x.example");
        directory.restore("a@x.example").unwrap();
        assert_eq!(directory.live("a@x.example").unwrap().shown_name(), "a@x.example");
        assert_eq!(directory.restore("a-1"), Err(TenantError::NotInBin("a-1".to_owned())));
    }

    #[test]
    fn a_purged_user_is_gone_but_stays_in_the_log() {
        let mut directory = directory();
        directory.delete("a-1").unwrap();
        directory.purge("a-1").unwrap();
        assert_eq!(directory.purge("a-1"), Err(TenantError::NotFound("a-1".to_owned())));
        assert_eq!(directory.changed_after(3).map(|(_, user)| user.state).collect::<Vec<_>>(), [State::Purged]);
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
