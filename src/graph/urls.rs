//! The addresses of Graph that are used, and the check that a link stays on its origin.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use super::error::failed;
use crate::connector::{ConnectorError, ErrorKind};
use crate::model::EntraId;

/// All but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The addresses below one Graph root, for one selection.
#[derive(Debug)]
pub(super) struct Urls {
    root: Url,
    selection: String,
}

impl Urls {
    /// Error: `Rejected`, if the root is no http(s) address.
    pub(super) fn new(root: &Url, properties: &[String]) -> Result<Self, ConnectorError> {
        if !matches!(root.scheme(), "http" | "https") {
            return Err(failed(ErrorKind::Rejected, format!("the Graph root {root} is not an https address")));
        }
        Ok(Self { root: root.clone(), selection: selection(properties) })
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
        self.at("users/delta", "")
    }

    /// Answers with nobody and a link: the cheapest request that needs every permission of the feed.
    pub(super) fn users_delta_latest(&self) -> Url {
        self.at("users/delta", "&$deltatoken=latest")
    }

    /// One live user by object id or user principal name. A name that begins with `$` is only understood in quotes
    /// (Graph's "Get user").
    pub(super) fn user(&self, key: &str) -> Url {
        let path = if key.starts_with('$') {
            format!("users('{}')", encoded(&key.replace('\'', "''")))
        } else {
            format!("users/{}", encoded(key))
        };
        self.at(&path, "")
    }

    pub(super) fn users_with_mail(&self, mail: &str) -> Url {
        let filter = format!("mail eq '{}'", mail.replace('\'', "''"));
        self.at("users", &format!("&$filter={}", encoded(&filter)))
    }

    pub(super) fn deleted_item(&self, id: &EntraId) -> Url {
        self.at(&format!("directory/deletedItems/{}", encoded(id.as_str())), "")
    }

    pub(super) fn deleted_users(&self) -> Url {
        self.at("directory/deletedItems/microsoft.graph.user", "")
    }

    /// A link of the service as an address. Error: `Protocol`, if it leaves the configured origin, so that no token
    /// follows it there.
    pub(super) fn own(&self, link: &str) -> Result<Url, ConnectorError> {
        let url = Url::parse(link)
            .map_err(|_| failed(ErrorKind::Protocol, "a link of the users feed is not an address".to_owned()))?;
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

    fn at(&self, path: &str, options: &str) -> Url {
        let mut url = self.root.clone();
        url.set_path(&format!("{}/v1.0/{path}", self.root.path().trim_end_matches('/')));
        url.set_query(Some(&format!("$select={}{options}", self.selection)));
        url
    }
}

fn selection(properties: &[String]) -> String {
    let mut names: Vec<String> = properties.iter().map(|name| encoded(name.trim())).collect();
    names.retain(|name| !name.is_empty() && name != "id");
    names.sort();
    names.dedup();
    names.insert(0, "id".to_owned());
    names.join(",")
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
