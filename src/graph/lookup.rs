//! Single people: by object id, by user principal name, by mail address; live or in the recycle bin.

use url::Url;

use super::GraphSource;
use super::error::{Refusal, failed};
use super::wire::{self, Fault};
use crate::connector::{ConnectorError, ErrorKind};
use crate::model::{EntraId, Presence, SourceUser, fold};

const WHAT: &str = "read a user";
const WHAT_BIN: &str = "read the deleted users";

impl GraphSource {
    pub(super) async fn user_by_id(&self, id: &EntraId) -> Result<Option<SourceUser>, ConnectorError> {
        let user = match self.one(&self.urls.user(id.as_str()), Presence::Live).await? {
            Some(user) => Some(user),
            None => self.one(&self.urls.deleted_item(id), Presence::SoftDeleted).await?.filter(wire::is_user),
        };
        if user.as_ref().is_some_and(|user| user.id != *id) {
            return Err(failed(ErrorKind::Protocol, format!("asked for the user {id}, Graph answered with another")));
        }
        Ok(user)
    }

    pub(super) async fn find_live(&self, key: &str) -> Result<Option<SourceUser>, ConnectorError> {
        let key = key.trim();
        let is_name = key.contains('@');
        if (is_name || is_guid(key))
            && let Some(user) = self.one(&self.urls.user(key), Presence::Live).await?
        {
            return Ok(Some(user));
        }
        // No mail address is without an @, so that nothing else can be meant.
        if !is_name {
            return Ok(None);
        }
        let found = self.all(self.urls.users_with_mail(key), Presence::Live, WHAT, |_| true).await?;
        the_only_one(found, "live")
    }

    pub(super) async fn find_in_bin(&self, key: &str) -> Result<Option<SourceUser>, ConnectorError> {
        let key = fold(key);
        let is_meant = |user: &SourceUser| {
            [user.user_principal_name(), user.text("mail")].into_iter().flatten().any(|name| fold(name) == key)
        };
        let found = self.all(self.urls.deleted_users(), Presence::SoftDeleted, WHAT_BIN, is_meant).await?;
        the_only_one(found, "deleted")
    }

    /// One page of the recycle bin, for the probe.
    pub(super) async fn read_bin(&self) -> Result<(), ConnectorError> {
        self.part(&self.urls.deleted_users(), Presence::SoftDeleted, WHAT_BIN).await.map(drop)
    }

    async fn one(&self, url: &Url, presence: Presence) -> Result<Option<SourceUser>, ConnectorError> {
        let response = self.client.get(url).await?;
        if response.status == 200 {
            return wire::user(&response.body, presence).map(Some).map_err(|fault| unreadable(WHAT, fault));
        }
        let refusal = Refusal::read(&response);
        if refusal.is_absence() { Ok(None) } else { Err(refusal.error(WHAT)) }
    }

    /// Every user of a list that is meant, over all its pages.
    async fn all(
        &self,
        first: Url,
        presence: Presence,
        what: &str,
        is_meant: impl Fn(&SourceUser) -> bool + Send,
    ) -> Result<Vec<SourceUser>, ConnectorError> {
        let mut found = Vec::new();
        let mut url = first;
        loop {
            let (users, next) = self.part(&url, presence, what).await?;
            found.extend(users.into_iter().filter(&is_meant));
            match next {
                None => return Ok(found),
                Some(next) if next == url => return Err(unreadable(what, "has a link to itself")),
                Some(next) => url = next,
            }
        }
    }

    async fn part(
        &self,
        url: &Url,
        presence: Presence,
        what: &str,
    ) -> Result<(Vec<SourceUser>, Option<Url>), ConnectorError> {
        let response = self.client.get(url).await?;
        if response.status != 200 {
            return Err(Refusal::read(&response).error(what));
        }
        let (users, next) = wire::list(&response.body, presence).map_err(|fault| unreadable(what, fault))?;
        Ok((users, next.map(|link| self.urls.own(&link)).transpose()?))
    }
}

fn unreadable(what: &str, fault: Fault) -> ConnectorError {
    failed(ErrorKind::Protocol, format!("failed to {what}: Graph gave an answer that {fault}"))
}

fn the_only_one(mut found: Vec<SourceUser>, state: &str) -> Result<Option<SourceUser>, ConnectorError> {
    let count = found.len();
    if count > 1 {
        return Err(failed(
            ErrorKind::Rejected,
            format!("{count} {state} users have this name or mail address; name the person by object id"),
        ));
    }
    Ok(found.pop())
}

/// Five groups of hexadecimal digits, as object ids are written.
fn is_guid(key: &str) -> bool {
    let mut lengths = key.split('-').map(|group| group.bytes().all(|b| b.is_ascii_hexdigit()).then_some(group.len()));
    [8, 4, 4, 4, 12].into_iter().all(|length| lengths.next() == Some(Some(length))) && lengths.next().is_none()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::super::fake::{Fake, not_found};
    use super::*;
    use crate::connector::SourceReader;
    use serde_json::{Value, json};

    const ID: &str = "0a1b2c3d-0000-1111-2222-333344445555";
    const USERS: &str = "/v1.0/users";
    const BIN: &str = "/v1.0/directory/deletedItems/microsoft.graph.user";
    const SELECT: &str = "$select=id,mail,userPrincipalName";

    fn person(upn: &str) -> Value {
        json!({"id": ID, "userPrincipalName": upn, "mail": null})
    }

    #[tokio::test]
    async fn a_live_user_is_read_by_id_with_its_nulls() {
        let fake = Fake::start().await;
        fake.answers(&format!("{USERS}/{ID}"), 200, person("ann@x")).await;
        let user = fake.source.user(&EntraId::new(ID)).await.unwrap().unwrap();
        assert_eq!((user.presence, user.user_principal_name()), (Presence::Live, Some("ann@x")));
        assert_eq!(user.value("mail"), Some(&Value::Null));
    }

    #[tokio::test]
    async fn a_deleted_user_is_found_in_the_bin_under_the_former_name() {
        let fake = Fake::start().await;
        fake.answers(&format!("{USERS}/{ID}"), 404, not_found()).await;
        let mangled = person(&format!("{}ann@x", ID.replace('-', "")));
        fake.answers(&format!("/v1.0/directory/deletedItems/{ID}"), 200, mangled).await;
        let user = fake.source.user(&EntraId::new(ID)).await.unwrap().unwrap();
        assert_eq!((user.presence, user.user_principal_name()), (Presence::SoftDeleted, Some("ann@x")));
    }

    #[tokio::test]
    async fn whoever_graph_does_not_know_at_all_is_none() {
        let fake = Fake::start().await;
        fake.answers(&format!("{USERS}/{ID}"), 404, not_found()).await;
        fake.answers(&format!("/v1.0/directory/deletedItems/{ID}"), 404, not_found()).await;
        assert_eq!(fake.source.user(&EntraId::new(ID)).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_404_that_is_not_graphs_own_makes_nobody_absent() {
        let fake = Fake::start().await;
        let error = fake.source.user(&EntraId::new(ID)).await.unwrap_err();
        assert_eq!((error.kind, fake.source.requests()), (ErrorKind::NotFound, 1));
    }

    #[tokio::test]
    async fn another_user_than_asked_for_is_an_error() {
        let fake = Fake::start().await;
        fake.answers(&format!("{USERS}/b"), 200, person("ann@x")).await;
        assert_eq!(fake.source.user(&EntraId::new("b")).await.unwrap_err().kind, ErrorKind::Protocol);
    }

    #[tokio::test]
    async fn a_guest_is_found_by_a_name_that_must_be_encoded() {
        let fake = Fake::start().await;
        fake.answers(&format!("{USERS}/o%27neil%23EXT%23%40x"), 200, person("o'neil#EXT#@x")).await;
        let user = fake.source.find(" o'neil#EXT#@x ").await.unwrap().unwrap();
        assert_eq!(user.id, EntraId::new(ID));
        assert_eq!(fake.received().await[1], format!("{USERS}/o%27neil%23EXT%23%40x?{SELECT} t1"));
    }

    #[tokio::test]
    async fn who_is_not_found_by_name_is_found_by_mail_address() {
        let fake = Fake::start().await;
        fake.answers(&format!("{USERS}/o%27neil%40x"), 404, not_found()).await;
        fake.answers_to(USERS, ("$filter", "mail eq 'o''neil@x'"), 200, json!({"value": [person("upn@x")]})).await;
        let user = fake.source.find("o'neil@x").await.unwrap().unwrap();
        assert_eq!(user.user_principal_name(), Some("upn@x"));
    }

    #[tokio::test]
    async fn an_address_of_several_people_is_refused() {
        let fake = Fake::start().await;
        fake.answers(&format!("{USERS}/a%40x"), 404, not_found()).await;
        fake.answers(USERS, 200, json!({"value": [{"id": "a"}, {"id": "b"}]})).await;
        let error = fake.source.find("a@x").await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Rejected);
        assert!(error.detail.starts_with("2 live users"), "{error}");
    }

    #[tokio::test]
    async fn an_unknown_id_is_not_looked_up_as_an_address_and_a_bare_word_not_at_all() {
        let fake = Fake::start().await;
        fake.answers(&format!("{USERS}/{ID}"), 404, not_found()).await;
        assert_eq!(fake.source.find(ID).await.unwrap(), None);
        assert_eq!(fake.source.requests(), 1);
        assert_eq!(fake.source.find("ann").await.unwrap(), None);
        assert_eq!(fake.source.requests(), 1);
    }

    #[tokio::test]
    async fn the_bin_is_searched_over_all_its_pages_by_former_name_or_mail() {
        let fake = Fake::start().await;
        let second = fake.link("directory/deletedItems/microsoft.graph.user?$skiptoken=2");
        let mangled = person(&format!("{}Ann@X", ID.replace('-', "")));
        let other = json!({"id": "c", "userPrincipalName": "bob@x", "mail": "Bobby@x"});
        fake.answers_to(BIN, ("$skiptoken", "2"), 200, json!({"value": [mangled, other]})).await;
        fake.answers(BIN, 200, json!({"value": [], "@odata.nextLink": second})).await;
        let ann = fake.source.find_deleted("ann@x").await.unwrap().unwrap();
        assert_eq!((ann.id, ann.presence), (EntraId::new(ID), Presence::SoftDeleted));
        assert_eq!(fake.source.find_deleted("bobby@x").await.unwrap().unwrap().id, EntraId::new("c"));
        assert_eq!(fake.source.find_deleted("carl@x").await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_list_that_leads_to_itself_or_away_ends_in_an_error() {
        for link in ["{own}", "https://elsewhere.example/v1.0/x"] {
            let fake = Fake::start().await;
            let own = fake.link(&format!("directory/deletedItems/microsoft.graph.user?{SELECT}"));
            fake.answers(BIN, 200, json!({"value": [], "@odata.nextLink": link.replace("{own}", &own)})).await;
            let error = fake.source.find_deleted("ann@x").await.unwrap_err();
            assert_eq!((error.kind, fake.source.requests()), (ErrorKind::Protocol, 1), "{error}");
        }
    }

    #[test]
    fn ids_are_told_from_names() {
        assert!(is_guid(ID) && is_guid(&ID.to_uppercase()));
        for other in ["", "ann", "0a1b2c3d-0000-1111-2222-33334444555", "0a1b2c3d-0000-1111-2222-333344445555-", "x@y"]
        {
            assert!(!is_guid(other), "{other}");
        }
    }
}
