//! What the verbs do to the tenant. Everything is checked here; `handlers` only speaks HTTP.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::error::ScimError;
use super::journal::{Author, Journal};
use super::patch;
use super::schema::{CORE, EXTENSION};
use super::store::{Record, Store};
use super::switches::Switches;
use super::validate::{clean_user, complete};

/// The state of a tenant.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Scheme, authority and path under which the core serves the tenant.
    pub(super) base_url: String,
    /// The assumptions.
    pub(super) switches: Switches,
    /// The users.
    pub(super) store: Store,
    /// The mails that Jostle would have sent, in order.
    pub(super) mails: Vec<Value>,
    /// What was written, in order.
    pub(super) journal: Journal,
}

impl State {
    /// The user with this id. Errors: 404, or what the switches say.
    pub(super) fn user(&self, id: &str) -> Result<&Record, ScimError> {
        self.store.by_id(id).ok_or_else(|| ScimError::unknown_id(&self.switches))
    }

    /// POST: adds a user and invites it. Errors: 400; a taken name.
    pub(super) fn create(&mut self, body: &Value) -> Result<String, ScimError> {
        let mut attributes = clean_user(body, &self.switches)?;
        complete(&mut attributes)?;
        let id = self.add(Author::Api, attributes, None)?;
        let user = self.user(&id)?;
        if self.switches.invite_on_create && user.attributes.get("active") == Some(&Value::Bool(true)) {
            let mail = mail("invitation", user);
            self.mails.push(mail);
        }
        Ok(id)
    }

    /// Adds a user; an administrator's have signed in. Errors: a taken name.
    pub(super) fn add(
        &mut self,
        by: Author,
        attributes: Map<String, Value>,
        wished_id: Option<&str>,
    ) -> Result<String, ScimError> {
        if self.store.holds_name(text(&attributes, "userName"), None, &self.switches) {
            return Err(ScimError::duplicate(&self.switches));
        }
        let id = self.store.add(attributes, wished_id, by == Author::Administrator, &self.switches);
        self.journal.note(by, "POST", &id, None, self.shown(&id));
        Ok(id)
    }

    /// PUT: gives a user the attributes of the body, and returns the id. Errors: 404; 400; a taken name.
    pub(super) fn replace(&mut self, id: &str, body: &Value) -> Result<String, ScimError> {
        let old = &self.user(id)?.attributes;
        let mut attributes = if self.switches.put_keeps_omitted { old.clone() } else { Map::new() };
        for (name, value) in clean_user(body, &self.switches)? {
            match (attributes.get_mut(&name), value) {
                (Some(Value::Object(have)), Value::Object(mut given)) => have.append(&mut given),
                (_, value) => {
                    attributes.insert(name, value);
                }
            }
        }
        complete(&mut attributes)?;
        self.commit(Author::Api, "PUT", id, attributes)
    }

    /// An administrator gives some attributes other values; null clears. Errors: 404; 400; a taken name.
    pub(super) fn edit(&mut self, id: &str, changes: &Value) -> Result<String, ScimError> {
        let mut attributes = self.user(id)?.attributes.clone();
        let mut body = changes.clone();
        if let Some(members) = body.as_object_mut() {
            attributes.retain(|name, _| !members.keys().any(|changed| changed.eq_ignore_ascii_case(name)));
            members.insert("schemas".to_owned(), json!([CORE, EXTENSION]));
        }
        attributes.append(&mut clean_user(&body, &self.switches)?);
        complete(&mut attributes)?;
        self.commit(Author::Administrator, "PATCH", id, attributes)
    }

    /// PATCH: carries out the operations, and returns the id. Errors: 404; 501; 400; a taken name.
    pub(super) fn patch(&mut self, id: &str, body: &Value) -> Result<String, ScimError> {
        let mut attributes = self.user(id)?.attributes.clone();
        if !self.switches.spc_patch_supported {
            return Err(ScimError::new(StatusCode::NOT_IMPLEMENTED, "PATCH is not supported"));
        }
        for operation in patch::operations(body, &self.switches)? {
            match patch::apply(&attributes, &operation, &self.switches) {
                Ok(changed) => attributes = changed,
                Err(error) => {
                    if self.switches.patch_non_atomic && attributes != self.user(id)?.attributes {
                        self.commit(Author::Api, "PATCH", id, attributes)?;
                    }
                    return Err(error);
                }
            }
        }
        self.commit(Author::Api, "PATCH", id, attributes)
    }

    /// DELETE. Errors: 404; 403 where a user must be inactive first.
    pub(super) fn delete(&mut self, id: &str) -> Result<(), ScimError> {
        let active = self.user(id)?.shows_active(&self.switches);
        if self.switches.delete_needs_inactive && active {
            return Err(ScimError::new(StatusCode::FORBIDDEN, "only an inactive user can be deleted"));
        }
        self.remove(Author::Api, id, self.switches.soft_delete);
        Ok(())
    }

    /// Deletes a user; false if there is none. The name stays taken if it is to be reserved.
    pub(super) fn remove(&mut self, by: Author, id: &str, reserve_name: bool) -> bool {
        let before = self.shown(id);
        let removed = self.store.remove(id, reserve_name);
        if removed {
            self.journal.note(by, "DELETE", id, before, None);
        }
        removed
    }

    /// A user as the API shows it.
    fn shown(&self, id: &str) -> Option<Value> {
        self.store.by_id(id).map(|user| Value::Object(user.resource(&self.base_url, &self.switches)))
    }

    /// Stores changed attributes, with the mails that follow.
    fn commit(
        &mut self,
        by: Author,
        method: &str,
        id: &str,
        attributes: Map<String, Value>,
    ) -> Result<String, ScimError> {
        let old = self.user(id)?.attributes.clone();
        let name = text(&attributes, "userName");
        if name != text(&old, "userName") {
            if self.switches.rename_refused && by == Author::Api {
                return Err(ScimError::mutability("userName cannot be changed"));
            }
            if self.store.holds_name(name, Some(id), &self.switches) {
                return Err(ScimError::duplicate(&self.switches));
            }
        }
        let (old_id, before) = (id, self.shown(id));
        let id = self.store.replace(id, attributes, &self.switches).ok_or_else(ScimError::no_such_user)?;
        self.journal.note(by, method, old_id, before, self.shown(&id));
        let user = self.user(&id)?;
        let login = |attributes: &Map<String, Value>| attributes.get(EXTENSION).map(|all| all["LoginType"].clone());
        let changed = [
            ("user_name_changed", text(&old, "userName") != user.user_name()),
            ("work_email_changed", work_email(&old) != work_email(&user.attributes)),
            ("login_type_changed", login(&old) != login(&user.attributes)),
        ];
        let mails: Vec<Value> =
            changed.iter().filter(|(_, changed)| *changed).map(|(kind, _)| mail(kind, user)).collect();
        self.mails.extend(mails);
        Ok(id)
    }
}

fn text<'a>(attributes: &'a Map<String, Value>, name: &str) -> &'a str {
    attributes.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn work_email(attributes: &Map<String, Value>) -> Option<&str> {
    let emails = attributes.get("emails").and_then(Value::as_array)?;
    emails.iter().find(|email| email["type"] == "work").and_then(|email| email["value"].as_str())
}

fn mail(kind: &str, user: &Record) -> Value {
    let to = work_email(&user.attributes).unwrap_or_else(|| user.user_name());
    json!({ "kind": kind, "id": user.id, "to": to })
}
