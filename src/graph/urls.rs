//! The addresses of Graph that are used, and the check that a link stays on its origin.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use super::error::failed;
use crate::connector::{ConnectorError, ErrorKind};
use crate::model::{EntraId, GroupId};

/// All but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The addresses below one Graph root, for one selection.
#[derive(Clone, Debug)]
pub(super) struct Urls {
    root: Url,
    selection: String,
    /// The same without the manager, whom only the feed has in `$select`.
    properties: String,
}

const MANAGER: &str = "manager";
/// Needs a permission of its own ("user resource type").
const LEAVE_DATE: &str = "employeeLeaveDateTime";
/// What is read of a group, in the feed.
const GROUP_FEED: &str = "displayName,members";
/// What is read of a group elsewhere.
const GROUP: &str = "id,displayName";

impl Urls {
    /// Error: `Rejected`, if the root is no http(s) address.
    pub(super) fn new(root: &Url, properties: &[String]) -> Result<Self, ConnectorError> {
        if !matches!(root.scheme(), "http" | "https") {
            return Err(failed(ErrorKind::Rejected, format!("the Graph root {root} is not an https address")));
        }
        let (selection, properties) = (selection(properties, |_| true), selection(properties, |name| name != MANAGER));
        Ok(Self { root: root.clone(), selection, properties })
    }

    /// Whether the manager is selected.
    pub(super) fn names_manager(&self) -> bool {
        self.selection != self.properties
    }

    /// Whether the day on which people leave is selected.
    pub(super) fn names_leave_date(&self) -> bool {
        self.properties.split(',').any(|name| name == LEAVE_DATE)
    }

    /// One person with the day on which they leave, for the probe.
    pub(super) fn leave_date(&self) -> Url {
        self.at("users", &format!("id,{LEAVE_DATE}"), "&$top=1")
    }

    /// What `$select` names, `id` first, the rest sorted.
    pub(super) fn selection(&self) -> &str {
        &self.selection
    }

    /// The scope of a token for this root: the permissions that were consented to.
    pub(super) fn scope(&self) -> String {
        format!("{}/.default", self.root.as_str().trim_end_matches('/'))
    }

    pub(super) fn users_delta(&self) -> Url {
        self.at("users/delta", &self.selection, "")
    }

    /// Answers with nobody and a link: the cheapest request that needs every permission of the feed.
    pub(super) fn users_delta_latest(&self) -> Url {
        self.at("users/delta", &self.selection, "&$deltatoken=latest")
    }

    /// One live user by object id or user principal name. A name that begins with `$` is only understood in quotes
    /// (Graph's "Get user").
    pub(super) fn user(&self, key: &str) -> Url {
        let path = if key.starts_with('$') {
            format!("users('{}')", encoded(&quoted(key)))
        } else {
            format!("users/{}", encoded(key))
        };
        self.at(&path, &self.properties, if self.names_manager() { "&$expand=manager($select=id)" } else { "" })
    }

    pub(super) fn manager(&self, id: &EntraId) -> Url {
        self.at(&format!("users/{}/manager", encoded(id.as_str())), "id", "")
    }

    pub(super) fn users_with_mail(&self, mail: &str) -> Url {
        self.at("users", &self.properties, &filter(&format!("mail eq '{}'", quoted(mail))))
    }

    pub(super) fn deleted_item(&self, id: &EntraId) -> Url {
        self.at(&format!("directory/deletedItems/{}", encoded(id.as_str())), &self.properties, "")
    }

    pub(super) fn deleted_users(&self) -> Url {
        self.at("directory/deletedItems/microsoft.graph.user", &self.properties, "")
    }

    /// The feed of some groups: the only filter that a feed takes.
    pub(super) fn groups_delta(&self, groups: &[GroupId]) -> Url {
        let ids: Vec<String> = groups.iter().map(|id| format!("id eq '{}'", quoted(id.as_str()))).collect();
        self.at("groups/delta", GROUP_FEED, &filter(&ids.join(" or ")))
    }

    /// As [`Self::users_delta_latest`].
    pub(super) fn groups_delta_latest(&self) -> Url {
        self.at("groups/delta", GROUP_FEED, "&$deltatoken=latest")
    }

    pub(super) fn group(&self, id: &GroupId) -> Url {
        self.at(&format!("groups/{}", encoded(id.as_str())), GROUP, "")
    }

    /// Without a cast, so that every member says its kind.
    pub(super) fn members(&self, id: &GroupId) -> Url {
        self.at(&format!("groups/{}/members", encoded(id.as_str())), "id", "&$top=999")
    }

    pub(super) fn groups_named(&self, name: &str) -> Url {
        self.at("groups", GROUP, &filter(&format!("displayName eq '{}'", quoted(name))))
    }

    pub(super) fn service_principal(&self, app_id: &str) -> Url {
        self.at(&format!("servicePrincipals(appId='{}')", encoded(&quoted(app_id))), "id,appId", "")
    }

    pub(super) fn application(&self, client_id: &str) -> Url {
        self.at(&format!("applications(appId='{}')", encoded(&quoted(client_id))), "id,passwordCredentials", "")
    }

    /// 999 is the largest page that Graph gives.
    pub(super) fn assigned_to(&self, service_principal: &str) -> Url {
        let path = format!("servicePrincipals/{}/appRoleAssignedTo", encoded(service_principal));
        self.at(&path, "id,principalId,principalType", "&$top=999")
    }

    /// A link of the service as an address. Error: `Protocol`, if it leaves the configured origin, so that no token
    /// follows it there.
    pub(super) fn own(&self, link: &str) -> Result<Url, ConnectorError> {
        let url = Url::parse(link).map_err(|_| failed(ErrorKind::Protocol, "a link of Graph is not an address"))?;
        if url.origin() == self.root.origin() && url.username().is_empty() && url.password().is_none() {
            return Ok(url);
        }
        let (host, own) = (url.host_str().unwrap_or("none"), self.root.host_str().unwrap_or("none"));
        Err(failed(
            ErrorKind::Protocol,
            format!(
                "a link points to another host than the configured {own} ({host}, port or scheme included), so it is not followed"
            ),
        ))
    }

    /// Something of the synchronization of an enterprise application by its object id.
    pub(super) fn synchronization(&self, application: &str, rest: &str) -> Url {
        self.below(&format!("servicePrincipals/{}/synchronization/{rest}", encoded(application)))
    }

    pub(super) fn synchronization_schema(&self, application: &str, job: &str) -> Url {
        self.synchronization(application, &format!("jobs/{}/schema", encoded(job)))
    }

    fn at(&self, path: &str, select: &str, options: &str) -> Url {
        let mut url = self.below(path);
        url.set_query(Some(&format!("$select={select}{options}")));
        url
    }

    fn below(&self, path: &str) -> Url {
        let mut url = self.root.clone();
        url.set_path(&format!("{}/v1.0/{path}", self.root.path().trim_end_matches('/')));
        url
    }
}

/// `id` first, the rest sorted.
fn selection(properties: &[String], is_meant: impl Fn(&str) -> bool) -> String {
    let mut names: Vec<String> = properties.iter().map(|name| encoded(name.trim())).collect();
    names.retain(|name| !name.is_empty() && name != "id" && is_meant(name));
    names.sort();
    names.dedup();
    names.insert(0, "id".to_owned());
    names.join(",")
}

fn filter(condition: &str) -> String {
    format!("&$filter={}", encoded(condition))
}

/// As it stands between the quotes of an `OData` text.
fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::*;
    use proptest::prelude::*;

    fn urls(root: &str) -> Urls {
        let properties = ["mail", "userPrincipalName", "id", "mail"].map(str::to_owned);
        Urls::new(&Url::parse(root).unwrap(), &properties).unwrap()
    }

    #[test]
    fn addresses_are_built_below_the_root() {
        for root in ["https://graph.example", "https://graph.example/"] {
            let urls = urls(root);
            let select = "$select=id,mail,userPrincipalName";
            assert_eq!(urls.scope(), "https://graph.example/.default");
            assert_eq!(urls.users_delta().as_str(), format!("https://graph.example/v1.0/users/delta?{select}"));
            assert_eq!(
                urls.users_delta_latest().as_str(),
                format!("https://graph.example/v1.0/users/delta?{select}&$deltatoken=latest")
            );
            assert_eq!(
                urls.users_with_mail("o'neil+1@x").as_str(),
                format!("https://graph.example/v1.0/users?{select}&$filter=mail%20eq%20%27o%27%27neil%2B1%40x%27")
            );
        }
        assert_eq!(urls("http://127.0.0.1:9/graph/").users_delta().path(), "/graph/v1.0/users/delta");
    }

    #[test]
    fn groups_and_assignments_have_addresses_of_their_own() {
        let urls = urls("https://graph.example");
        let shown = |url: Url| url.as_str().trim_start_matches("https://graph.example/v1.0/").to_owned();
        let ids = ["a", "b"].map(GroupId::new);
        assert_eq!(
            shown(urls.groups_delta(&ids)),
            "groups/delta?$select=displayName,members&$filter=id%20eq%20%27a%27%20or%20id%20eq%20%27b%27"
        );
        assert_eq!(
            shown(urls.groups_named("R&D 'x'")),
            "groups?$select=id,displayName&$filter=displayName%20eq%20%27R%26D%20%27%27x%27%27%27"
        );
        assert_eq!(shown(urls.service_principal("a-b")), "servicePrincipals(appId='a-b')?$select=id,appId");
        assert_eq!(
            shown(urls.assigned_to("s")),
            "servicePrincipals/s/appRoleAssignedTo?$select=id,principalId,principalType&$top=999"
        );
    }

    #[test]
    fn only_the_feed_selects_the_manager() {
        let properties = ["manager", "mail"].map(str::to_owned);
        let urls = Urls::new(&Url::parse("https://graph.example").unwrap(), &properties).unwrap();
        let query = |url: Url| url.query().unwrap_or_default().to_owned();
        assert_eq!(query(urls.users_delta()), "$select=id,mail,manager");
        assert_eq!(query(urls.user("a")), "$select=id,mail&$expand=manager($select=id)");
        for url in [urls.deleted_users(), urls.deleted_item(&EntraId::new("a"))] {
            assert_eq!(query(url), "$select=id,mail");
        }
    }

    #[test]
    fn keys_are_encoded_as_graph_wants_them() {
        let path = |key: &str| urls("https://graph.example").user(key).path().to_owned();
        assert_eq!(path("o'neil#EXT#@x"), "/v1.0/users/o%27neil%23EXT%23%40x");
        assert_eq!(path("a/../b?c%20@x"), "/v1.0/users/a%2F..%2Fb%3Fc%2520%40x");
        assert_eq!(path("$o'neil@x"), "/v1.0/users('%24o%27%27neil%40x')");
    }

    #[test]
    fn only_links_of_the_configured_origin_are_followed() {
        let urls = urls("https://graph.example");
        assert!(urls.own("https://graph.example/v1.0/users/delta?$skiptoken=x").is_ok());
        assert!(urls.own("https://GRAPH.example:443/v1.0").is_ok());
        for link in [
            "https://evil.example/v1.0/users/delta?$skiptoken=x",
            "http://graph.example/v1.0",
            "https://graph.example:444/v1.0",
            "https://graph.example@evil.example/",
            "https://user@graph.example/v1.0",
            "https://graph.example.evil.example/",
            "/v1.0/users/delta",
            "",
        ] {
            assert_eq!(urls.own(link).unwrap_err().kind, ErrorKind::Protocol, "{link}");
        }
    }

    #[test]
    fn a_root_that_is_no_web_address_is_refused() {
        assert!(Urls::new(&Url::parse("mailto:a@x").unwrap(), &[]).is_err());
    }

    proptest! {
        /// What RFC 3986 allows in a query, but for the apostrophe, which becomes the equal `%27`.
        #[test]
        fn links_are_sent_as_they_came(token in "[A-Za-z0-9._~!$&()*+,;=:@/?%-]{0,200}") {
            let link = format!("https://graph.example/v1.0/users/delta()?$deltatoken={token}");
            let own = urls("https://graph.example").own(&link).unwrap();
            prop_assert_eq!(own.as_str(), link);
        }
    }
}
