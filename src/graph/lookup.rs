//! Single people: by object id, by user principal name, by mail address; live or in the recycle bin.

use serde_json::Value;
use url::Url;

use super::GraphSource;
use super::error::{Purpose, USERS, failed};
use super::wire;
use crate::connector::{ConnectorError, ErrorKind};
use crate::model::{EntraId, Presence, SourceUser, fold, is_object_id};

const USER: &str = "read a user";
const BIN: &str = "read the deleted users";
const MANAGER: Purpose = Purpose { what: "read the manager of a user", permission: USERS };

impl GraphSource {
    pub(super) async fn user_by_id(&self, id: &EntraId) -> Result<Option<SourceUser>, ConnectorError> {
        let user = match self.live(id.as_str()).await? {
            Some(user) => Some(user),
            None => self.deleted(id).await?,
        };
        if user.as_ref().is_some_and(|user| user.id != *id) {
            return Err(failed(ErrorKind::Protocol, format!("asked for the user {id}, Graph answered with another")));
        }
        Ok(user)
    }

    pub(super) async fn find_live(&self, key: &str) -> Result<Option<SourceUser>, ConnectorError> {
        let key = key.trim();
        let is_name = key.contains('@');
        if (is_name || is_object_id(key))
            && let Some(user) = self.live(key).await?
        {
            return Ok(Some(user));
        }
        // No mail address is without an @, so that nothing else can be meant.
        if !is_name {
            return Ok(None);
        }
        let read = |body: &[u8]| wire::users(body, Presence::Live);
        let found = self.all(self.urls.users_with_mail(key), self.about_users(USER), read, |_| true).await?;
        match the_only_one(found, "live")? {
            // A list shows no manager.
            Some(user) if self.urls.names_manager() => self.live(user.id.as_str()).await,
            found => Ok(found),
        }
    }

    pub(super) async fn find_in_bin(&self, key: &str) -> Result<Option<SourceUser>, ConnectorError> {
        let key = fold(key);
        let is_meant = |user: &SourceUser| {
            [user.user_principal_name(), user.text("mail")].into_iter().flatten().any(|name| fold(name) == key)
        };
        the_only_one(self.all(self.urls.deleted_users(), self.about_users(BIN), in_bin, is_meant).await?, "deleted")
    }

    /// One page of the recycle bin, for the probe.
    pub(super) async fn read_bin(&self) -> Result<(), ConnectorError> {
        self.part(&self.urls.deleted_users(), self.about_users(BIN), in_bin).await.map(drop)
    }

    pub(super) async fn manager_of(&self, id: &EntraId) -> Result<Option<EntraId>, ConnectorError> {
        Ok(self.object(&self.urls.manager(id), MANAGER, wire::manager).await?.flatten())
    }

    /// Where managers are read, nobody is said outright.
    async fn live(&self, key: &str) -> Result<Option<SourceUser>, ConnectorError> {
        let url: Url = self.urls.user(key);
        let mut user = self.object(&url, self.about_users(USER), |body| wire::user(body, Presence::Live)).await?;
        if let Some(user) = user.as_mut().filter(|_| self.urls.names_manager()) {
            user.attributes.entry("manager").or_insert(Value::Null);
        }
        Ok(user)
    }

    async fn deleted(&self, id: &EntraId) -> Result<Option<SourceUser>, ConnectorError> {
        let read = |body: &[u8]| wire::user(body, Presence::SoftDeleted);
        Ok(self.object(&self.urls.deleted_item(id), self.about_users(USER), read).await?.filter(wire::is_user))
    }
}

fn in_bin(body: &[u8]) -> Result<wire::Part<SourceUser>, wire::Fault> {
    wire::users(body, Presence::SoftDeleted)
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::super::fake::{Fake, not_found};
    use super::*;
    use crate::connector::SourceReader;
    use serde_json::{Value, json};

    const ID: &str = "0a1b2c3d-0000-1111-2222-333344445555";
    const USERS: &str = "/v1.0/users";
    const DELETED: &str = "/v1.0/directory/deletedItems/microsoft.graph.user";
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
    async fn the_manager_is_expanded_and_nobody_is_said_outright() {
        let contact = json!({"@odata.type": "#microsoft.graph.orgContact", "id": "c"});
        for (shown, read) in [
            (json!({"manager": {"@odata.type": "#microsoft.graph.user", "id": "M"}}), json!({"id": "m"})),
            (json!({"manager": contact}), Value::Null),
            (json!({}), Value::Null),
        ] {
            let fake = Fake::reading(&["mail", "manager"]).await;
            let mut body = person("ann@x");
            body.as_object_mut().unwrap().extend(shown.as_object().unwrap().clone());
            fake.answers(&format!("{USERS}/{ID}"), 200, body).await;
            let user = fake.source.user(&EntraId::new(ID)).await.unwrap().unwrap();
            assert_eq!(user.attributes.get("manager"), Some(&read));
            let wanted = format!("{USERS}/{ID}?$select=id,mail&$expand=manager($select=id) t1");
            assert_eq!(fake.received().await[1], wanted);
        }
    }

    #[tokio::test]
    async fn whoever_is_found_in_a_list_is_read_again_for_the_manager() {
        let fake = Fake::reading(&["mail", "manager"]).await;
        fake.answers(&format!("{USERS}/a%40x"), 404, not_found()).await;
        fake.answers(USERS, 200, json!({"value": [{"id": ID}]})).await;
        fake.answers(&format!("{USERS}/{ID}"), 200, json!({"id": ID, "manager": {"id": "m"}})).await;
        let user = fake.source.find("a@x").await.unwrap().unwrap();
        assert_eq!(user.attributes.get("manager"), Some(&json!({"id": "m"})));
        assert!(fake.received().await[2].starts_with(&format!("{USERS}?$select=id,mail&$filter=")));
    }

    #[tokio::test]
    async fn a_manager_is_asked_for_alone_and_nobody_is_graphs_own_404() {
        let fake = Fake::start().await;
        fake.answers(&format!("{USERS}/a/manager"), 200, json!({"id": "M"})).await;
        fake.answers(&format!("{USERS}/b/manager"), 404, not_found()).await;
        let contact = json!({"@odata.type": "#microsoft.graph.orgContact", "id": "c"});
        fake.answers(&format!("{USERS}/c/manager"), 200, contact).await;
        for (of, is) in [("a", Some("m")), ("b", None), ("c", None)] {
            assert_eq!(fake.source.manager(&EntraId::new(of)).await.unwrap(), is.map(EntraId::new), "{of}");
        }
        assert_eq!(fake.source.manager(&EntraId::new("d")).await.unwrap_err().kind, ErrorKind::NotFound);
        assert_eq!(fake.received().await[1], format!("{USERS}/a/manager?$select=id t1"));
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
        fake.answers_to(DELETED, ("$skiptoken", "2"), 200, json!({"value": [mangled, other]})).await;
        fake.answers(DELETED, 200, json!({"value": [], "@odata.nextLink": second})).await;
        let ann = fake.source.find_deleted("ann@x").await.unwrap().unwrap();
        assert_eq!((ann.id, ann.presence), (EntraId::new(ID), Presence::SoftDeleted));
        assert_eq!(fake.source.find_deleted("bobby@x").await.unwrap().unwrap().id, EntraId::new("c"));
        assert_eq!(fake.source.find_deleted("carl@x").await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_list_of_empty_pages_ends_in_an_error() {
        let fake = Fake::start().await;
        let (root, page) = (fake.link(""), std::sync::atomic::AtomicU32::new(0));
        let respond = move |_: &wiremock::Request| {
            let number = page.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let next = format!("{root}directory/deletedItems/microsoft.graph.user?$skiptoken={number}");
            wiremock::ResponseTemplate::new(200).set_body_json(json!({"value": [], "@odata.nextLink": next}))
        };
        wiremock::Mock::given(wiremock::matchers::path(DELETED)).respond_with(respond).mount(&fake.server).await;
        let error = fake.source.find_deleted("ann@x").await.unwrap_err();
        assert_eq!((error.kind, fake.source.requests()), (ErrorKind::Protocol, 1001));
    }

    #[tokio::test]
    async fn a_list_that_leads_to_itself_or_away_ends_in_an_error() {
        for link in ["{own}", "https://elsewhere.example/v1.0/x"] {
            let fake = Fake::start().await;
            let own = fake.link(&format!("directory/deletedItems/microsoft.graph.user?{SELECT}"));
            fake.answers(DELETED, 200, json!({"value": [], "@odata.nextLink": link.replace("{own}", &own)})).await;
            let error = fake.source.find_deleted("ann@x").await.unwrap_err();
            assert_eq!((error.kind, fake.source.requests()), (ErrorKind::Protocol, 1), "{error}");
        }
    }
}
