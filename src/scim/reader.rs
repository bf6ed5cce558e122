//! Reads accounts, and what the server says of itself. Cannot write.

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::answer::Answer;
use super::channel::Channel;
use super::endpoints::Endpoints;
use super::walk::Walk;
use super::{Dialect, ScimSettings, resource};
use crate::connector::{ConnectorError, Description, ErrorKind, Side, TargetReader};
use crate::http::HttpClient;
use crate::model::{Account, TargetId};

/// Accounts asked for at once when the whole list is read; a server may give fewer, and some do.
const PAGE: usize = 100;

/// Reads from Jostle's SCIM API. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ScimReader {
    pub(super) channel: Channel,
    pub(super) endpoints: Endpoints,
    pub(super) dialect: Dialect,
}

impl ScimReader {
    /// A reader over a client for Jostle's side. Sends nothing yet.
    pub fn new(settings: ScimSettings, http: HttpClient) -> Self {
        Self {
            endpoints: Endpoints::new(&settings.base_url),
            channel: Channel { http, key: settings.api_key },
            dialect: settings.dialect,
        }
    }

    /// The same reader for what a person waits for: it shares the pace and everything else, and its requests go before
    /// all those that only wait for their turn.
    #[must_use]
    pub fn urgent(&self) -> Self {
        Self { channel: self.channel.urgent(), ..self.clone() }
    }

    /// The same reader, for writes that `stop` withdraws.
    pub(super) fn until(&self, stop: CancellationToken) -> Self {
        Self { channel: self.channel.until(stop), ..self.clone() }
    }

    /// The URL of an account; an error for an id that cannot stand in one.
    pub(super) fn url_of(&self, id: &TargetId, doing: &str) -> Result<url::Url, ConnectorError> {
        self.endpoints.user(id).ok_or_else(|| {
            ConnectorError::new(Side::Jostle, ErrorKind::Rejected, format!("{doing}: no URL can name this id"))
        })
    }

    /// Reads the whole list, and hands on what the walk looks for.
    async fn walk(
        &self,
        mut walk: Walk,
        doing: &str,
        mut found: impl FnMut(Account) + Send,
    ) -> Result<(), ConnectorError> {
        loop {
            let answer = self.channel.get(self.endpoints.page(walk.start_index(), PAGE)).await?;
            if walk.take(answer.into_list(doing)?, &mut found).map_err(|reason| no_list(doing, reason))? {
                return Ok(());
            }
        }
    }

    /// An account is not there. A 404 of anybody but SCIM may come from a wrong base URL or a proxy, so that is ruled
    /// out first; the error says that it could not be.
    pub(super) async fn says_absent(&self, answer: &Answer) -> Result<bool, ConnectorError> {
        if answer.status != 404 {
            return Ok(false);
        }
        if !answer.is_scim_error() {
            self.probe().await?;
        }
        Ok(true)
    }
}

fn no_list(doing: &str, reason: &str) -> ConnectorError {
    ConnectorError::new(Side::Jostle, ErrorKind::Protocol, format!("{doing}: {reason}"))
}

impl TargetReader for ScimReader {
    async fn find_by_user_name(&self, user_name: &str) -> Result<Vec<Account>, ConnectorError> {
        let answer = self.channel.get(self.endpoints.user_name(user_name)).await?;
        // Some servers answer so where nothing matches.
        if self.says_absent(&answer).await? {
            return Ok(Vec::new());
        }
        let doing = "looking for an account by userName";
        let mut list = answer.into_list(doing)?;
        if list.total.is_none_or(|total| total <= list.resources.len()) {
            return Ok(resource::accounts_named(user_name, list.resources));
        }
        // To some servers a filter is a pattern or nothing at all, so that the right hit may come last.
        let (mut walk, mut found) = (Walk::to(user_name), Vec::new());
        while !walk.take(list, &mut |account| found.push(account)).map_err(|reason| no_list(doing, reason))? {
            let next = self.endpoints.user_name_from(user_name, walk.start_index());
            list = self.channel.get(next).await?.into_list(doing)?;
        }
        Ok(found)
    }

    async fn find_by_list(&self, user_name: &str) -> Result<Vec<Account>, ConnectorError> {
        let mut found = Vec::new();
        self.walk(Walk::to(user_name), "looking for an account in the whole list", |account| found.push(account))
            .await?;
        Ok(found)
    }

    async fn for_each_account(&self, each: impl FnMut(Account) + Send) -> Result<(), ConnectorError> {
        self.walk(Walk::default(), "reading the whole list of accounts", each).await
    }

    async fn account(&self, id: &TargetId) -> Result<Option<Account>, ConnectorError> {
        let doing = format!("reading account {:?}", id.as_str());
        let mut answer = self.channel.get(self.url_of(id, &doing)?).await?;
        if self.says_absent(&answer).await? {
            return Ok(None);
        }
        if !answer.is_success() {
            return Err(answer.error(&doing));
        }
        let account = answer.json.take().and_then(|json| resource::account_with_id(id, json));
        account.map(Some).ok_or_else(|| answer.unusable(&doing, "the answer does not show this account"))
    }

    async fn probe(&self) -> Result<(), ConnectorError> {
        self.capabilities().await.map(drop)
    }

    async fn description(&self) -> Result<Option<Description>, ConnectorError> {
        self.describe().await.map(Some)
    }

    fn requests(&self) -> u64 {
        self.channel.http.requests()
    }

    fn throttled_until(&self) -> Option<Timestamp> {
        self.channel.http.throttled_until()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use serde_json::{Value, json};
    use wiremock::matchers::{any, header, headers, method, path, query_param};
    use wiremock::{Mock, MockServer, Request, ResponseTemplate};

    use super::super::testing::{self, KEY, answer, list, scim_error, sent};
    use super::*;

    /// A server that answers everything alike, and a reader of it.
    async fn always(response: ResponseTemplate) -> (MockServer, ScimReader) {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(response).mount(&server).await;
        let reader = testing::reader(&server, Dialect::Rfc);
        (server, reader)
    }

    fn ids(accounts: &[Account]) -> Vec<&str> {
        accounts.iter().map(|account| account.id.as_str()).collect()
    }

    #[tokio::test]
    async fn a_search_sends_the_key_and_one_exact_filter() {
        let server = MockServer::start().await;
        Mock::given(method("GET"))
            .and(path("/scim2/Users"))
            .and(query_param("filter", "userName eq \"o\\\"neil+b\\\\@ö.example\""))
            .and(header("authorization", format!("Bearer {KEY}").as_str()))
            .and(headers("accept", vec!["application/scim+json", "application/json"]))
            .respond_with(list(&[json!({"id": "7", "userName": "O\"NEIL+B\\@ö.example"})]))
            .expect(1)
            .mount(&server)
            .await;
        let reader = testing::reader(&server, Dialect::Rfc);
        let found = reader.find_by_user_name("o\"neil+b\\@ö.example").await.unwrap();
        assert_eq!(ids(&found), ["7"]);
        assert_eq!(reader.requests(), 1);
    }

    #[tokio::test]
    async fn a_wrong_hit_is_no_hit_and_every_right_one_counts() {
        let resources = [
            json!({"id": "1", "userName": "xzy@c.example"}),
            json!({"id": "2", "userName": "X.Y@c.example"}),
            json!({"id": "3", "userName": "x.y@C.example"}),
            json!({"userName": "x.y@c.example"}),
            json!({"userName": "x.y@c.example", "meta": {"location": "/scim2/Users/x.y%40c.example"}}),
        ];
        let (_server, reader) = always(list(&resources)).await;
        let found = reader.find_by_user_name("x.y@c.example").await.unwrap();
        assert_eq!(ids(&found), ["2", "3", "x.y@c.example"]);
        assert_eq!(ids(&reader.find_by_user_name("nobody@c.example").await.unwrap()), [""; 0]);
    }

    #[tokio::test]
    async fn a_404_on_a_search_is_no_hit_if_scim_says_so_or_the_base_url_is_right() {
        let (_server, reader) = always(scim_error(404, None, "no such user")).await;
        assert_eq!(reader.find_by_user_name("a@c.example").await, Ok(vec![]));
        for body in ["", "<html>404</html>", "{\"status\": 404, \"error\": \"Not Found\"}"] {
            let (_server, reader) = always(ResponseTemplate::new(404).set_body_string(body)).await;
            assert_eq!(reader.find_by_user_name("a@c.example").await.unwrap_err().kind, ErrorKind::NotFound);
        }
        let server = MockServer::start().await;
        let config = answer(200, json!({"patch": {"supported": true}}));
        Mock::given(path("/scim2/ServiceProviderConfig")).respond_with(config).mount(&server).await;
        let reader = testing::reader(&server, Dialect::Rfc);
        assert_eq!(reader.find_by_user_name("a@c.example").await, Ok(vec![]));
    }

    #[tokio::test]
    async fn a_success_that_is_no_list_concludes_nothing() {
        for body in ["", "<html>Log in</html>", "{}", "{\"totalResults\": 3}", "{\"id\": \"7\"}"] {
            let (_server, reader) = always(ResponseTemplate::new(200).set_body_string(body)).await;
            assert_eq!(reader.find_by_user_name("a@c.example").await.unwrap_err().kind, ErrorKind::Protocol, "{body}");
            assert_eq!(reader.find_by_list("a@c.example").await.unwrap_err().kind, ErrorKind::Protocol, "{body}");
        }
    }

    #[tokio::test]
    async fn an_id_is_encoded_in_the_path() {
        let id = TargetId::new("Anna+x/#1@c.example");
        let (server, reader) = always(answer(200, json!({"id": id.as_str(), "userName": "anna@c.example"}))).await;
        assert_eq!(reader.account(&id).await.unwrap().unwrap().user_name, "anna@c.example");
        assert_eq!(sent(&server).await, ["GET /scim2/Users/Anna%2Bx%2F%231%40c.example"]);
    }

    /// Finds 30 accounts of which the last two have the name, ten a page, whatever it was told.
    #[tokio::test]
    async fn a_search_with_more_hits_than_one_page_is_read_to_its_end() {
        let server = MockServer::start().await;
        let respond = |request: &Request| {
            let asked = request.url.query_pairs().find(|(name, _)| name == "startIndex");
            let start: usize = asked.map_or(1, |(_, value)| value.parse().unwrap());
            let name = |n| if n < 29 { format!("x{n}y@c.example") } else { "x.y@c.example".to_owned() };
            let resource = |n: usize| json!({"id": n.to_string(), "userName": name(n)});
            let page: Vec<Value> = (start..=30).take(10).map(resource).collect();
            answer(200, json!({"totalResults": 30, "Resources": page}))
        };
        Mock::given(path("/scim2/Users")).respond_with(respond).mount(&server).await;
        let reader = testing::reader(&server, Dialect::Rfc);
        assert_eq!(ids(&reader.find_by_user_name("x.y@c.example").await.unwrap()), ["29", "30"]);
        let filter = "GET /scim2/Users?filter=userName%20eq%20%22x.y%40c.example%22";
        let next = [11, 21, 31].map(|start| format!("{filter}&startIndex={start}"));
        assert_eq!(sent(&server).await, [&[filter.to_owned()], &next[..]].concat());
    }

    #[tokio::test]
    async fn a_search_that_claims_hits_which_never_come_ends() {
        let hit = json!({"id": "1", "userName": "a@c.example"});
        let (server, reader) = always(answer(200, json!({"totalResults": 60, "Resources": [hit]}))).await;
        assert_eq!(reader.find_by_user_name("a@c.example").await.unwrap_err().kind, ErrorKind::Protocol);
        assert_eq!(sent(&server).await.len(), 2);
        let (_server, reader) = always(answer(200, json!({"totalResults": 60, "Resources": []}))).await;
        assert_eq!(reader.find_by_user_name("a@c.example").await, Ok(vec![]));
    }

    #[tokio::test]
    async fn an_account_is_absent_if_scim_says_so_or_the_base_url_is_right() {
        let id = TargetId::new("7");
        let (server, reader) = always(scim_error(404, None, "no such user")).await;
        assert_eq!(reader.account(&id).await, Ok(None));
        assert_eq!(sent(&server).await.len(), 1);
        let server = MockServer::start().await;
        Mock::given(path("/scim2/ServiceProviderConfig")).respond_with(answer(200, json!({}))).mount(&server).await;
        assert_eq!(testing::reader(&server, Dialect::Rfc).account(&id).await, Ok(None));
        let (_server, reader) = always(ResponseTemplate::new(404)).await;
        assert_eq!(reader.account(&id).await.unwrap_err().kind, ErrorKind::NotFound);
    }

    #[tokio::test]
    async fn an_answer_about_something_else_is_no_account() {
        let id = TargetId::new("7");
        for body in [json!({"id": "8", "userName": "b@c.example"}), json!({"totalResults": 0, "Resources": []})] {
            let (_server, reader) = always(answer(200, body)).await;
            assert_eq!(reader.account(&id).await.unwrap_err().kind, ErrorKind::Protocol);
        }
    }

    #[tokio::test]
    async fn an_id_that_would_lead_to_another_path_is_never_sent() {
        let (server, reader) = always(list(&[])).await;
        for id in ["", ".", ".."] {
            assert_eq!(reader.account(&TargetId::new(id)).await.unwrap_err().kind, ErrorKind::Rejected, "{id:?}");
        }
        assert_eq!(sent(&server).await, [""; 0]);
    }

    /// Gives 20 accounts at most from `startIndex` on, or from the first one if it cannot page.
    async fn sixty_accounts(can_page: bool) -> (MockServer, ScimReader) {
        let server = MockServer::start().await;
        let respond = move |request: &Request| {
            let asked = request.url.query_pairs().find(|(name, _)| name == "startIndex").unwrap().1.parse().unwrap();
            let start: usize = if can_page { asked } else { 1 };
            let resource = |n: usize| json!({"id": n.to_string(), "userName": format!("u{n}@c.example")});
            let page: Vec<Value> = (start..=60).take(20).map(resource).collect();
            answer(200, json!({"totalResults": 60, "itemsPerPage": 100, "startIndex": start, "Resources": page}))
        };
        Mock::given(path("/scim2/Users")).respond_with(respond).mount(&server).await;
        let reader = testing::reader(&server, Dialect::Rfc);
        (server, reader)
    }

    #[tokio::test]
    async fn a_list_is_walked_by_what_came() {
        let (server, reader) = sixty_accounts(true).await;
        assert_eq!(ids(&reader.find_by_list("U55@C.example").await.unwrap()), ["55"]);
        let starts = ["1", "21", "41", "61"].map(|start| format!("GET /scim2/Users?startIndex={start}&count=100"));
        assert_eq!(sent(&server).await, starts);
    }

    #[tokio::test]
    async fn every_account_is_shown_once() {
        let (server, reader) = sixty_accounts(true).await;
        let mut shown = Vec::new();
        reader.for_each_account(|account| shown.push(account.id.to_string())).await.unwrap();
        assert_eq!(shown, (1..=60).map(|n: usize| n.to_string()).collect::<Vec<_>>());
        assert_eq!(sent(&server).await.len(), 4);
    }

    #[tokio::test]
    async fn a_server_that_cannot_page_is_found_out() {
        let (server, reader) = sixty_accounts(false).await;
        assert_eq!(reader.for_each_account(drop).await.unwrap_err().kind, ErrorKind::Protocol);
        drop(server);
        let (server, reader) = sixty_accounts(false).await;
        assert_eq!(reader.find_by_list("u55@c.example").await.unwrap_err().kind, ErrorKind::Protocol);
        assert_eq!(sent(&server).await.len(), 2);
    }

    #[tokio::test]
    async fn a_probe_needs_scim_behind_the_base_url() {
        let (server, reader) = always(answer(200, json!({"patch": {"supported": true}}))).await;
        assert_eq!(reader.probe().await, Ok(()));
        assert_eq!(reader.capabilities().await.unwrap().patch, Some(true));
        assert_eq!(sent(&server).await[0], "GET /scim2/ServiceProviderConfig");
        for (response, kind) in [
            (ResponseTemplate::new(401).set_body_string("Unauthorized"), ErrorKind::CredentialsRefused),
            (ResponseTemplate::new(404), ErrorKind::NotFound),
            (ResponseTemplate::new(302).insert_header("location", "https://elsewhere.example"), ErrorKind::Protocol),
            (ResponseTemplate::new(200).set_body_string("<html>Log in</html>"), ErrorKind::Protocol),
        ] {
            let (_server, reader) = always(response).await;
            assert_eq!(reader.probe().await.unwrap_err().kind, kind);
        }
    }

    #[tokio::test]
    async fn schemas_may_be_missing_but_not_be_nonsense() {
        let schema = json!({"id": "urn:ietf:params:scim:schemas:core:2.0:User", "attributes": [{"name": "userName"}]});
        let (_server, reader) = always(answer(200, json!([schema]))).await;
        assert!(reader.schema_attributes().await.unwrap().unwrap().declares(&"userName".parse().unwrap()));
        let (_server, reader) = always(ResponseTemplate::new(404)).await;
        assert_eq!(reader.schema_attributes().await, Ok(None));
        let (_server, reader) = always(answer(200, json!({"Resources": []}))).await;
        assert_eq!(reader.schema_attributes().await.unwrap_err().kind, ErrorKind::Protocol);
        let (_server, reader) = always(ResponseTemplate::new(401)).await;
        assert_eq!(reader.schema_attributes().await.unwrap_err().kind, ErrorKind::CredentialsRefused);
    }
}
