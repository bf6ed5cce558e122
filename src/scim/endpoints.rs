//! The URLs of the API, and the id that a URL names. All are built from the base URL: a link in an answer is never
//! followed, so the key cannot leave for another host.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;
use url::Url;

use crate::model::TargetId;

/// Everything but RFC 3986's unreserved characters: `+` above all, which some servers read as a space.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The base URL and what lies below it.
#[derive(Clone, Debug)]
pub(super) struct Endpoints {
    base: Url,
}

impl Endpoints {
    pub(super) fn new(base_url: &Url) -> Self {
        let mut base = base_url.clone();
        base.set_query(None);
        base.set_fragment(None);
        Self { base }
    }

    pub(super) fn service_provider_config(&self) -> Url {
        self.below("ServiceProviderConfig")
    }

    pub(super) fn schemas(&self) -> Url {
        self.below("Schemas")
    }

    pub(super) fn users(&self) -> Url {
        self.below("Users")
    }

    /// The URL of one account; none for an id that no URL can name, since `.` and `..` are resolved even if encoded.
    pub(super) fn user(&self, id: &TargetId) -> Option<Url> {
        is_id(id.as_str()).then(|| self.below(&format!("Users/{}", encode(id.as_str()))))
    }

    /// The only filter that Jostle is known to support. A SCIM string is a JSON string (RFC 7644 §3.4.2.2), and
    /// non-ASCII goes in as it is: some servers do not know the `\u` escapes.
    pub(super) fn user_name(&self, user_name: &str) -> Url {
        let filter = format!("userName eq {}", Value::from(user_name));
        self.query(&format!("filter={}", encode(&filter)))
    }

    /// The same from a later hit on.
    pub(super) fn user_name_from(&self, user_name: &str, start_index: usize) -> Url {
        let mut url = self.user_name(user_name);
        url.query_pairs_mut().append_pair("startIndex", &start_index.to_string());
        url
    }

    /// One page of the list of all accounts.
    pub(super) fn page(&self, start_index: usize, count: usize) -> Url {
        self.query(&format!("startIndex={start_index}&count={count}"))
    }

    fn query(&self, query: &str) -> Url {
        let mut url = self.users();
        url.set_query(Some(query));
        url
    }

    fn below(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        url
    }
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The id in a `Location` or `meta.location`, absolute or relative: what stands behind the last `/Users/`.
pub(super) fn id_in_location(location: &str) -> Option<TargetId> {
    const USERS: &str = "/users/";
    let path = location.split(['?', '#']).next()?;
    let start = path.to_ascii_lowercase().rfind(USERS)? + USERS.len();
    let id = percent_decode_str(path.get(start..)?.trim_end_matches('/')).decode_utf8().ok()?;
    is_id(&id).then(|| TargetId::new(id))
}

/// Whether a text can be the id of an account. `undefined` and `null` are what a careless server prints for none.
pub(super) fn is_id(text: &str) -> bool {
    !matches!(text.trim(), "" | "." | ".." | "undefined" | "null")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::*;

    fn endpoints(base: &str) -> Endpoints {
        Endpoints::new(&Url::parse(base).unwrap())
    }

    #[test]
    fn a_slash_or_a_query_at_the_end_of_the_base_url_makes_no_difference() {
        for base in
            ["https://jostle.example/scim2", "https://jostle.example/scim2/", "https://jostle.example/scim2/?flag#x"]
        {
            let endpoints = endpoints(base);
            assert_eq!(endpoints.users().as_str(), "https://jostle.example/scim2/Users");
            assert_eq!(
                endpoints.service_provider_config().as_str(),
                "https://jostle.example/scim2/ServiceProviderConfig"
            );
        }
        assert_eq!(endpoints("https://jostle.example").schemas().as_str(), "https://jostle.example/Schemas");
    }

    #[test]
    fn ids_are_encoded_and_found_again_in_a_location() {
        let endpoints = endpoints("https://jostle.example/scim2");
        for id in ["7", "anna+x@c.example", "a/b#c?d %41", "jörg", "a\\b"] {
            let id = TargetId::new(id);
            let url = endpoints.user(&id).unwrap();
            assert!(!url.as_str().contains(['@', '#', '+', ' ', '?', '\\']), "{url}");
            assert_eq!(url.path().matches('/').count(), 3, "{url}");
            assert_eq!(id_in_location(url.as_str()), Some(id));
        }
    }

    #[test]
    fn what_is_no_id_has_no_url() {
        for text in ["", " ", ".", "..", "undefined", "null"] {
            assert_eq!(endpoints("https://jostle.example").user(&TargetId::new(text)), None, "{text:?}");
            assert_eq!(id_in_location(&format!("https://jostle.example/Users/{text}")), None, "{text:?}");
        }
    }

    #[test]
    fn locations_may_be_relative_and_lead_anywhere_but_only_their_id_counts() {
        let id = |location| id_in_location(location).map(|id| id.to_string());
        assert_eq!(id("/scim2/users/5/").as_deref(), Some("5"));
        assert_eq!(id("https://elsewhere.example/v2/Users/a%40b?x=/Users/9").as_deref(), Some("a@b"));
        assert_eq!(id("https://jostle.example/scim2/Groups/5"), None);
        assert_eq!(id("https://jostle.example/Users/%FF"), None);
    }

    #[test]
    fn a_filter_is_one_quoted_string_without_a_plus() {
        let query = |name: &str| endpoints("https://jostle.example/scim2/").user_name(name).query().unwrap().to_owned();
        insta::assert_snapshot!(query("anna@c.example"), @"filter=userName%20eq%20%22anna%40c.example%22");
        insta::assert_snapshot!(query("a \"b\\+&#'ö"), @"filter=userName%20eq%20%22a%20%5C%22b%5C%5C%2B%26%23%27%C3%B6%22");
    }
}
