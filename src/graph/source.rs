//! Graph as the source of people, groups and assignments.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::GraphSettings;
use super::assignments::ServicePrincipal;
use super::client::GraphClient;
use super::credentials::Own;
use super::error::{Purpose, USERS, USERS_WHO_LEAVE};
use super::token::{TokenRequest, Tokens};
use super::urls::Urls;
use crate::connector::{ConnectorError, GroupPage, Page, Position, SourceReader};
use crate::http::HttpClient;
use crate::model::{EntraId, GroupId, GroupLabel, Principal, SourceUser};

/// Reads people, groups and assignments from Microsoft Graph.
#[derive(Clone, Debug)]
pub struct GraphSource {
    pub(super) client: GraphClient,
    pub(super) urls: Urls,
    pub(super) selection: String,
    pub(super) service_principal: Arc<ServicePrincipal>,
    pub(super) own: Own,
}

impl GraphSource {
    /// Token requests go through a client apart from `http`, with the same settings: they are not counted, and the
    /// throttling of one service does not hold the other. Error: `Rejected`, if an address is no web address.
    pub fn new(settings: &GraphSettings, http: HttpClient) -> Result<Self, ConnectorError> {
        let urls = Urls::new(&settings.graph_root, &settings.properties)?;
        let tokens = Tokens::new(TokenRequest::new(settings, urls.scope(), http.apart())?);
        // Positions belong to a tenant too: with another one everybody is read anew.
        let selection = format!("{} of {} at {}", urls.selection(), settings.tenant_id, settings.graph_root);
        let client = GraphClient { http, tokens: Arc::new(tokens) };
        Ok(Self { client, urls, selection, service_principal: Arc::default(), own: Own::new(settings) })
    }

    /// What a request is for that selects attributes of people.
    pub(super) fn about_users(&self, what: &'static str) -> Purpose {
        let permission = if self.urls.names_leave_date() { USERS_WHO_LEAVE } else { USERS };
        Purpose { what, permission }
    }

    /// The same source for what a person waits for: it shares tokens, pace and everything else, and its requests go
    /// before all those that only wait for their turn.
    #[must_use]
    pub fn urgent(&self) -> Self {
        Self { client: self.client.urgent(), ..self.clone() }
    }
}

impl SourceReader for GraphSource {
    fn selection(&self) -> &str {
        &self.selection
    }

    async fn read_page(&self, from: &Position) -> Result<Page, ConnectorError> {
        self.page(from).await
    }

    async fn user(&self, id: &EntraId) -> Result<Option<SourceUser>, ConnectorError> {
        self.user_by_id(id).await
    }

    async fn find(&self, key: &str) -> Result<Option<SourceUser>, ConnectorError> {
        self.find_live(key).await
    }

    async fn find_deleted(&self, key: &str) -> Result<Option<SourceUser>, ConnectorError> {
        self.find_in_bin(key).await
    }

    fn reads_managers(&self) -> bool {
        self.urls.names_manager()
    }

    async fn manager(&self, id: &EntraId) -> Result<Option<EntraId>, ConnectorError> {
        self.manager_of(id).await
    }

    async fn groups_page(&self, groups: &[GroupId], from: &Position) -> Result<GroupPage, ConnectorError> {
        self.page_of_groups(groups, from).await
    }

    async fn groups_named(&self, name: &str) -> Result<Vec<GroupLabel>, ConnectorError> {
        self.all_groups_named(name).await
    }

    async fn group(&self, id: &GroupId) -> Result<Option<GroupLabel>, ConnectorError> {
        self.group_by_id(id).await
    }

    async fn members(&self, group: &GroupId) -> Result<BTreeSet<Principal>, ConnectorError> {
        self.members_of(group).await
    }

    async fn assigned(&self, app_id: &str) -> Result<BTreeSet<Principal>, ConnectorError> {
        self.all_assigned(app_id).await
    }

    async fn credentials_end(&self, now: Timestamp) -> Result<Option<Timestamp>, ConnectorError> {
        self.secret_ends_if_permitted(now).await
    }

    fn requests(&self) -> u64 {
        self.client.http.requests()
    }

    fn throttled_until(&self) -> Option<Timestamp> {
        self.client.http.throttled_until().max(self.client.tokens.throttled_until())
    }
}

#[cfg(test)]
mod tests {
    use super::super::fake::source;
    use super::*;

    #[test]
    fn a_position_belongs_to_a_tenant_and_to_a_cloud() {
        let here = source("https://graph.example");
        assert_eq!(here.selection(), source("https://graph.example").selection());
        assert_ne!(here.selection(), source("https://graph.other.example").selection());
        assert!(here.selection().contains("tenant"), "{}", here.selection());
    }
}
