//! The Entra tenant: its directory, what it issued, and the administrator's way in.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cursor::{Cursor, ListCursor, Tokens};
use super::directory::Directory;
use super::error::GraphError;
use super::render;
use super::seed::{self, guid};
use super::user::{TenantError, now};
use crate::simulator::effect::ExpiredStyle;
use crate::simulator::lock::lock;

/// Application permissions that allow reading all users ("Microsoft Graph permissions reference").
const READING_ROLES: [&str; 4] =
    ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];

/// How the tenant behaves; every field may be set while it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphSwitches {
    /// People on a page of `users/delta`, 1 to 200.
    pub page_size: usize,
    /// Application permissions that a token carries from the moment it is issued.
    pub roles: Vec<String>,
    /// Life of a bearer token in seconds, also of those that were issued before.
    pub token_seconds: u64,
    /// Life of a deltaLink in seconds; seven days for directory objects.
    pub delta_token_seconds: u64,
    /// Life of a nextLink in seconds.
    pub page_token_seconds: u64,
    /// Deleted and purged users occur as `@removed` in a baseline too.
    pub tombstones_in_baseline: bool,
}

impl Default for GraphSwitches {
    fn default() -> Self {
        Self {
            page_size: 100,
            roles: vec!["User.Read.All".to_owned()],
            token_seconds: 3599,
            delta_token_seconds: 7 * 24 * 60 * 60,
            page_token_seconds: 60 * 60,
            tombstones_in_baseline: true,
        }
    }
}

/// Who the tenant is and which app may read it.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Identity {
    pub(in crate::simulator) tenant_id: String,
    pub(in crate::simulator) client_id: String,
    pub(in crate::simulator) client_secret: String,
    pub(in crate::simulator) group_id: String,
}

impl Identity {
    /// The same for the same seed, so that a configuration outlives a restart.
    pub(in crate::simulator) fn new(rng: &mut fastrand::Rng) -> Self {
        Self {
            tenant_id: guid(rng),
            client_id: guid(rng),
            client_secret: format!("sim~{}", guid(rng).replace('-', "")),
            group_id: guid(rng),
        }
    }

    /// Tenants are named by id or by a verified domain.
    pub(super) fn is_named(&self, name: &str) -> bool {
        name.eq_ignore_ascii_case(&self.tenant_id) || name.eq_ignore_ascii_case(seed::DOMAIN)
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
}

impl GraphTenant {
    pub(in crate::simulator) fn new(
        identity: Identity,
        scheme: &'static str,
        users: usize,
        rng: &mut fastrand::Rng,
    ) -> Result<Self, TenantError> {
        Ok(Self {
            identity,
            scheme,
            directory: Mutex::new(seed::directory(users, rng)?),
            switches: Mutex::default(),
            bearers: Mutex::default(),
            cursors: Mutex::default(),
            lists: Mutex::default(),
        })
    }

    /// Adds a user with these Graph properties and returns them as [`Self::user`] does.
    pub fn create_user(&self, properties: &Value) -> Result<Value, TenantError> {
        let id: Arc<str> = guid(&mut fastrand::Rng::new()).into();
        let properties = properties.as_object().ok_or(TenantError::NotAnObject)?;
        self.change(&id, |directory| directory.create(id.clone(), properties, &now()))
    }

    /// Sets properties of a live user, null clears; `key` is an id or a user principal name.
    pub fn update_user(&self, key: &str, properties: &Value) -> Result<Value, TenantError> {
        let properties = properties.as_object().ok_or(TenantError::NotAnObject)?;
        let id = self.id_of(key)?;
        self.change(&id, |directory| directory.update(&id, properties))
    }

    /// Moves a live user to the recycle bin.
    pub fn delete_user(&self, key: &str) -> Result<Value, TenantError> {
        let id = self.id_of(key)?;
        self.change(&id, |directory| directory.delete(&id))
    }

    /// Deletes a user for good, live or from the recycle bin.
    pub fn purge_user(&self, key: &str) -> Result<(), TenantError> {
        self.directory().purge(key)
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
        self.directory().all().map(render::admin_view).collect()
    }

    /// How the tenant behaves.
    pub fn switches(&self) -> GraphSwitches {
        lock(&self.switches).clone()
    }

    /// Sets how the tenant behaves. The error says which value cannot be.
    pub fn set_switches(&self, switches: GraphSwitches) -> Result<(), String> {
        if !(1..=200).contains(&switches.page_size) {
            return Err(format!("page_size is {}; it must be 1 to 200", switches.page_size));
        }
        *lock(&self.switches) = switches;
        Ok(())
    }

    pub(in crate::simulator) fn identity(&self) -> &Identity {
        &self.identity
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

    /// Refuses a request without a token that is known, alive and allowed to read users.
    pub(super) fn authorize(&self, headers: &HeaderMap) -> Result<(), GraphError> {
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
        if roles.iter().any(|role| READING_ROLES.contains(&role.as_str())) {
            Ok(())
        } else {
            Err(GraphError::forbidden())
        }
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
