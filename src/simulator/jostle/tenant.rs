//! A Jostle tenant: its key, its users, its switches; and what an administrator can do beside the API.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::journal::{Author, JostleWrite};
use super::operations::State;
use super::request::bears;
use super::schema::{CORE, EXTENSION};
use super::store::Store;
use super::validate::{clean_user, complete};
use crate::simulator::clock::Time;

/// A tenant that many connections share. Every method is one step that nobody sees half done.
pub struct JostleTenant {
    api_key: String,
    state: Mutex<State>,
}

impl std::fmt::Debug for JostleTenant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JostleTenant").finish_non_exhaustive()
    }
}

impl JostleTenant {
    /// An empty tenant with the default switches, whose only valid key this is.
    pub fn new(api_key: &str) -> Self {
        Self::at(Time::default(), api_key)
    }

    /// The same by another clock.
    pub(in crate::simulator) fn at(time: Time, api_key: &str) -> Self {
        let base_url = "http://localhost".to_owned();
        let state = State { base_url, store: Store::new(time), ..State::default() };
        Self { api_key: api_key.to_owned(), state: Mutex::new(state) }
    }

    /// Says where the tenant is served, such as `https://127.0.0.1:8443/scim2`: the scheme of every address in
    /// answers, and the whole of it where no request says more.
    pub fn set_base_url(&self, url: &str) {
        url.trim_end_matches('/').clone_into(&mut self.state().base_url);
    }

    /// Every user as the API would show it, the oldest first.
    pub fn users_json(&self) -> Vec<Value> {
        let state = self.state();
        state.store.users().map(|user| Value::Object(user.resource(&state.base_url, &state.switches))).collect()
    }

    /// An administrator adds a user, who counts as having signed in; nobody is mailed. `schemas` may be left out, and
    /// an `id` is kept if it is free. Returns the resource. Errors: what the API would say, also of a taken `userName`.
    pub fn insert(&self, mut resource: Value) -> Result<Value, String> {
        if let Some(object) = resource.as_object_mut() {
            object.entry("schemas").or_insert_with(|| json!([CORE, EXTENSION]));
        }
        let mut state = self.state();
        let mut attributes = clean_user(&resource, &state.switches).map_err(|error| error.to_string())?;
        complete(&mut attributes).map_err(|error| error.to_string())?;
        let id =
            state.add(Author::Administrator, attributes, resource["id"].as_str()).map_err(|error| error.to_string())?;
        let user = state.user(&id).map_err(|error| error.to_string())?;
        Ok(Value::Object(user.resource(&state.base_url, &state.switches)))
    }

    /// An administrator edits a user: each member of `changes` replaces the attribute of this name, null clears it.
    /// Returns the resource. Errors: what the API would say.
    pub fn update(&self, id: &str, changes: &Value) -> Result<Value, String> {
        let mut state = self.state();
        let id = state.edit(id, changes).map_err(|error| error.to_string())?;
        let user = state.user(&id).map_err(|error| error.to_string())?;
        Ok(Value::Object(user.resource(&state.base_url, &state.switches)))
    }

    /// An administrator deletes a user for good; false if there is none with this id.
    pub fn remove(&self, id: &str) -> bool {
        self.state().remove(Author::Administrator, id, false)
    }

    /// All switches by name.
    pub fn switches(&self) -> Value {
        Value::Object(self.state().switches.to_map())
    }

    /// Turns the named switches and leaves the others. Errors: an unknown name (with the known ones) or value; then
    /// nothing is turned.
    pub fn set_switches(&self, changes: Value) -> Result<(), String> {
        let mut state = self.state();
        state.switches = state.switches.merged(changes)?;
        Ok(())
    }

    /// The mails that Jostle would have sent, in order: `kind` (`invitation`, `user_name_changed`,
    /// `work_email_changed`, `login_type_changed`), the user's `id`, and `to`. That each is sent is an assumption.
    pub fn mails(&self) -> Vec<Value> {
        self.state().mails.clone()
    }

    /// The writes that the tenant carried out since the start or the last clearing, oldest first; the last 10,000.
    pub fn journal(&self) -> Vec<JostleWrite> {
        self.state().journal.all()
    }

    /// Forgets the writes so far.
    pub fn clear_journal(&self) {
        self.state().journal.clear();
    }

    /// Whether a request carries the key.
    pub(super) fn admits(&self, headers: &axum::http::HeaderMap) -> bool {
        bears(headers, &self.api_key)
    }

    /// The state, for one step.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::*;

    fn user(name: &str) -> Value {
        json!({"userName": name, "name": {"givenName": "A", "familyName": "B"}})
    }

    #[test]
    fn an_administrator_adds_and_deletes_users() {
        let tenant = JostleTenant::new("key");
        tenant.set_base_url("https://jostle.example/scim2/");
        let anna = tenant.insert(user("anna@x.example")).unwrap();
        assert_eq!(anna["active"], true);
        let id = anna["id"].as_str().unwrap();
        assert_eq!(anna["meta"]["location"], format!("https://jostle.example/scim2/Users/{id}"));
        assert!(tenant.insert(user("ANNA@x.example")).unwrap_err().contains("userName"));
        tenant.insert(user("bert@x.example")).unwrap();
        let names: Vec<Value> = tenant.users_json().iter().map(|user| user["userName"].clone()).collect();
        assert_eq!(names, ["anna@x.example", "bert@x.example"]);
        assert!(tenant.remove(id));
        assert!(!tenant.remove(id));
        assert!(tenant.insert(user("anna@x.example")).is_ok());
        assert!(tenant.mails().is_empty());
    }

    #[test]
    fn switches_are_turned_one_by_one_or_not_at_all() {
        let tenant = JostleTenant::new("key");
        tenant.set_switches(json!({"page_cap": 7})).unwrap();
        assert_eq!(tenant.switches()["page_cap"], 7);
        let unknown = tenant.set_switches(json!({"page_cap": 9, "page_cup": 8})).unwrap_err();
        assert!(unknown.contains("page_cup") && unknown.contains("soft_delete"), "{unknown}");
        let value = tenant.set_switches(json!({"duplicate_status": 418})).unwrap_err();
        assert!(value.contains("duplicate_status"), "{value}");
        assert!(tenant.set_switches(json!([])).is_err());
        assert_eq!(tenant.switches()["page_cap"], 7);
    }
}
