//! The Entra tenant: its directory, what it issued, and the administrator's way in.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use serde_json::Value;

use super::company;
use super::cursor::{Cursor, ListCursor, Tokens};
use super::directory::Directory;
use super::error::GraphError;
use super::job;
use super::render;
use super::seed::{DOMAIN, guid};
use super::switches::GraphSwitches;
use super::tenant_error::TenantError;
use crate::simulator::clock::Time;
use crate::simulator::effect::ExpiredStyle;
use crate::simulator::lock::lock;

/// Who the tenant is and which app may read it.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Identity {
    pub(in crate::simulator) tenant_id: String,
    pub(in crate::simulator) client_id: String,
    pub(in crate::simulator) client_secret: String,
    pub(in crate::simulator) group_id: String,
    /// The Jostle application that people are assigned to.
    pub(in crate::simulator) app_id: String,
    /// The provisioning job of that application.
    pub(in crate::simulator) job_id: String,
}

impl Identity {
    /// The same for the same seed, so that a configuration outlives a restart.
    pub(in crate::simulator) fn new(rng: &mut fastrand::Rng) -> Self {
        // Not from `rng` itself: the people of a seed stay who they are.
        let mut apart = fastrand::Rng::with_seed(rng.clone().u64(..));
        let (app_id, job_id) = (guid(&mut apart), guid(&mut apart));
        Self {
            app_id,
            job_id: format!("Jostle.{}.{}", job_id.replace('-', ""), guid(&mut apart)),
            tenant_id: guid(rng),
            client_id: guid(rng),
            client_secret: format!("sim~{}", guid(rng).replace('-', "")),
            group_id: guid(rng),
        }
    }

    /// Tenants are named by id or by a verified domain.
    pub(super) fn is_named(&self, name: &str) -> bool {
        name.eq_ignore_ascii_case(&self.tenant_id) || name.eq_ignore_ascii_case(DOMAIN)
    }
}

/// An Entra tenant behind Microsoft Graph.
#[derive(Debug)]
pub struct GraphTenant {
    identity: Identity,
    scheme: &'static str,
    directory: Mutex<Directory>,
    switches: Mutex<GraphSwitches>,
    bearers: Mutex<Tokens<Arc<[String]>>>,
    cursors: Mutex<Tokens<Cursor>>,
    lists: Mutex<Tokens<ListCursor>>,
    /// The schema of the provisioning job.
    schema: Mutex<Value>,
    time: Time,
}

impl GraphTenant {
    pub(in crate::simulator) fn new(
        identity: Identity,
        scheme: &'static str,
        users: usize,
        rng: &mut fastrand::Rng,
        time: Time,
    ) -> Result<Self, TenantError> {
        Ok(Self {
            directory: Mutex::new(company::directory(&identity, users, rng, time.text())?),
            identity,
            scheme,
            switches: Mutex::default(),
            bearers: Mutex::default(),
            cursors: Mutex::default(),
            lists: Mutex::default(),
            schema: Mutex::new(job::default_schema()),
            time,
        })
    }

    /// Adds a user with these Graph properties and returns them as [`Self::user`] does.
    pub fn create_user(&self, properties: &Value) -> Result<Value, TenantError> {
        let id: Arc<str> = guid(&mut fastrand::Rng::new()).into();
        let properties = properties.as_object().ok_or(TenantError::NotAnObject)?;
        self.change(&id, |directory| directory.create_user(id.clone(), properties, &self.time.text()))
    }

    /// Sets properties of a live user, null clears; `key` is an id or a user principal name.
    pub fn update_user(&self, key: &str, properties: &Value) -> Result<Value, TenantError> {
        let properties = properties.as_object().ok_or(TenantError::NotAnObject)?;
        let id = self.id_of(key)?;
        self.change(&id, |directory| directory.update_user(&id, properties))
    }

    /// Moves a live user to the recycle bin.
    pub fn delete_user(&self, key: &str) -> Result<Value, TenantError> {
        let id = self.id_of(key)?;
        self.change(&id, |directory| directory.delete(&id, &self.time.text()))
    }

    /// Deletes a user for good, live or from the recycle bin.
    pub fn purge_user(&self, key: &str) -> Result<(), TenantError> {
        let silently = self.switches().purge_hides_membership_removal;
        self.directory().purge(key, silently)
    }

    /// Takes a user out of the recycle bin; `key` is the id or the user principal name that they had.
    pub fn restore_user(&self, key: &str) -> Result<Value, TenantError> {
        let id = self.id_of(key)?;
        self.change(&id, |directory| directory.restore(&id))
    }

    /// A user, live or in the bin: everything that was ever set, with `id` and `lifecycle`: live, deleted or purged.
    pub fn user(&self, key: &str) -> Option<Value> {
        self.directory().any(key).map(render::admin_view)
    }

    /// Every user as [`Self::user`], purged ones too.
    pub fn users(&self) -> Vec<Value> {
        self.directory().users.all().map(render::admin_view).collect()
    }

    /// How the tenant behaves.
    pub fn switches(&self) -> GraphSwitches {
        lock(&self.switches).clone()
    }

    /// Sets how the tenant behaves. The error says which value cannot be.
    pub fn set_switches(&self, switches: GraphSwitches) -> Result<(), String> {
        switches.check()?;
        *lock(&self.switches) = switches;
        Ok(())
    }

    pub(in crate::simulator) fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(super) fn time(&self) -> &Time {
        &self.time
    }

    pub(super) fn scheme(&self) -> &'static str {
        self.scheme
    }

    pub(super) fn directory(&self) -> MutexGuard<'_, Directory> {
        lock(&self.directory)
    }

    /// A new bearer token and its life in seconds.
    pub(super) fn issue_token(&self) -> (String, u64) {
        let switches = self.switches();
        (lock(&self.bearers).issue_bearer(switches.roles.into()), switches.token_seconds)
    }

    /// The application permissions of a request's token; refuses one without a token that is known and alive.
    pub(super) fn authorize(&self, headers: &HeaderMap) -> Result<Arc<[String]>, GraphError> {
        let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
        if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
            return Err(GraphError::unauthorized("Access token is empty."));
        }
        let known = lock(&self.bearers).get(token.trim());
        let (roles, age_seconds) =
            known.ok_or_else(|| GraphError::unauthorized("Access token validation failure. Invalid audience."))?;
        if age_seconds >= self.switches().token_seconds {
            return Err(GraphError::unauthorized("Lifetime validation failed, the token is expired."));
        }
        Ok(roles)
    }

    pub(super) fn issue_cursor(&self, cursor: Cursor) -> String {
        lock(&self.cursors).issue_link(cursor)
    }

    /// A cursor and its age in seconds.
    pub(super) fn cursor(&self, token: &str) -> Option<(Cursor, u64)> {
        lock(&self.cursors).get(token)
    }

    pub(super) fn expire_cursor(&self, token: &str, style: ExpiredStyle) {
        if let Some(cursor) = lock(&self.cursors).get_mut(token) {
            cursor.expired = Some(style);
        }
    }

    pub(super) fn issue_list_cursor(&self, cursor: ListCursor) -> String {
        lock(&self.lists).issue_link(cursor)
    }

    pub(super) fn list_cursor(&self, token: &str) -> Option<ListCursor> {
        lock(&self.lists).get(token).map(|(cursor, _)| cursor)
    }

    pub(super) fn schema(&self) -> MutexGuard<'_, Value> {
        lock(&self.schema)
    }

    fn id_of(&self, key: &str) -> Result<Arc<str>, TenantError> {
        let directory = self.directory();
        directory.any(key).map(|user| user.id.clone()).ok_or_else(|| TenantError::NotFound(key.to_owned()))
    }

    fn change(
        &self,
        id: &str,
        change: impl FnOnce(&mut Directory) -> Result<(), TenantError>,
    ) -> Result<Value, TenantError> {
        let mut directory = self.directory();
        change(&mut directory)?;
        directory.any(id).map(render::admin_view).ok_or_else(|| TenantError::NotFound(id.to_owned()))
    }
}
