//! Authenticated GETs against Graph.

use std::sync::Arc;

use url::Url;

use super::token::{Token, Tokens};
use crate::connector::ConnectorError;
use crate::http::{Effect, HttpClient, Request, Response};

/// Sends GETs with the current token. Callers have checked that the address is on the configured origin.
#[derive(Clone, Debug)]
pub(super) struct GraphClient {
    pub(super) http: HttpClient,
    pub(super) tokens: Arc<Tokens>,
}

impl GraphClient {
    /// The same tokens and pace, before all that waits.
    pub(super) fn urgent(&self) -> Self {
        Self { http: self.http.urgent(), tokens: Arc::clone(&self.tokens) }
    }

    /// The answer of any status. A token that is refused is replaced once: it may have been revoked, or the service
    /// took a valid one for expired. After a 403 the next request has a new token, since consent that was given
    /// meanwhile is only in that.
    pub(super) async fn get(&self, url: &Url) -> Result<Response, ConnectorError> {
        let token = self.tokens.get().await?;
        let response = self.send(url, &token).await?;
        if !matches!(response.status, 401 | 403) {
            return Ok(response);
        }
        self.tokens.discard(&token).await;
        if response.status == 403 {
            return Ok(response);
        }
        let token = self.tokens.get().await?;
        let response = self.send(url, &token).await?;
        if response.status == 401 {
            self.tokens.discard(&token).await;
        }
        Ok(response)
    }

    async fn send(&self, url: &Url, token: &Token) -> Result<Response, ConnectorError> {
        let request = Request {
            method: ::http::Method::GET,
            url: url.clone(),
            bearer: Some(token.bearer.clone()),
            headers: vec![("accept", "application/json".to_owned())],
            body: None,
            effect: Effect::Read,
        };
        self.http.send(request).await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use super::super::fake::{Fake, http_settings, source_with};
    use crate::connector::{ErrorKind, Position, Side, SourceReader, system_clock};
    use crate::http::HttpSettings;
    use serde_json::json;
    use wiremock::matchers::method;
    use wiremock::{Mock, ResponseTemplate};

    const FEED: &str = "/v1.0/users/delta";

    async fn serving(token_lifetime_s: u64) -> Fake {
        let fake = Fake::with_token_lifetime(token_lifetime_s).await;
        let body = json!({"value": [], "@odata.deltaLink": fake.link("users/delta?$deltatoken=x")});
        fake.answers(FEED, 200, body).await;
        fake
    }

    async fn tokens_asked_for(fake: &Fake) -> usize {
        fake.received().await.iter().filter(|request| *request == "TOKEN").count()
    }

    #[tokio::test]
    async fn requests_at_once_share_one_token_and_token_requests_are_not_counted() {
        let fake = serving(3600).await;
        let reads = (0..5).map(|_| fake.source.read_page(&Position::Baseline));
        assert!(futures::future::join_all(reads).await.iter().all(Result::is_ok));
        assert_eq!(tokens_asked_for(&fake).await, 1);
        assert_eq!(fake.source.requests(), 5);
    }

    #[tokio::test]
    async fn the_token_request_is_that_of_the_client_credentials_grant() {
        let fake = serving(3600).await;
        fake.source.read_page(&Position::Baseline).await.unwrap();
        let request = &fake.server.received_requests().await.unwrap()[0];
        let form: std::collections::BTreeMap<_, _> = url::form_urlencoded::parse(&request.body).into_owned().collect();
        let scope = format!("{}/.default", fake.server.uri());
        let wanted = [
            ("client_id", "client"),
            ("client_secret", "s3cret"),
            ("grant_type", "client_credentials"),
            ("scope", scope.as_str()),
        ];
        assert_eq!(form, wanted.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        assert!(!request.headers.contains_key("authorization"));
    }

    #[tokio::test]
    async fn an_authority_that_throttles_is_told_of_as_entra_and_holds_only_tokens() {
        let fake = serving(3600).await;
        let throttle = ResponseTemplate::new(429).insert_header("retry-after", "3244");
        Mock::given(method("POST")).respond_with(throttle).with_priority(1).mount(&fake.server).await;
        let (now, told) = (system_clock()(), Arc::new(Mutex::new(Vec::new())));
        let listener = Arc::clone(&told);
        let http = HttpSettings {
            max_attempts: 1,
            clock: Arc::new(move || now),
            on_throttle: Some(Arc::new(move |until| listener.lock().unwrap().push(until))),
            ..http_settings()
        };
        let source = source_with(&fake.server.uri(), &["mail"], http);
        let error = source.read_page(&Position::Baseline).await.unwrap_err();
        assert_eq!((error.side, error.kind), (Side::Entra, ErrorKind::Throttled(Some(Duration::from_secs(3244)))));
        let until = now + Duration::from_secs(3244);
        assert_eq!((source.throttled_until(), told.lock().unwrap().as_slice()), (Some(until), [until].as_slice()));
        assert_eq!(source.client.http.throttled_until(), None);
    }

    #[tokio::test]
    async fn an_urgent_source_shares_the_token_and_the_count() {
        let fake = serving(3600).await;
        let urgent = fake.source.urgent();
        urgent.read_page(&Position::Baseline).await.unwrap();
        fake.source.read_page(&Position::Baseline).await.unwrap();
        assert_eq!((tokens_asked_for(&fake).await, fake.source.requests(), urgent.requests()), (1, 2, 2));
    }

    #[tokio::test]
    async fn an_expired_token_is_replaced_before_it_is_used() {
        let fake = serving(0).await;
        for _ in 0..2 {
            fake.source.read_page(&Position::Baseline).await.unwrap();
        }
        assert_eq!(tokens_asked_for(&fake).await, 2);
    }

    #[tokio::test]
    async fn a_refused_token_is_replaced_once_and_the_request_repeated() {
        let fake = serving(3600).await;
        fake.refuses_token("t1", 401).await;
        assert!(fake.source.read_page(&Position::Baseline).await.is_ok());
        let select = format!("{FEED}?$select=id,mail,userPrincipalName");
        assert_eq!(fake.received().await, ["TOKEN", &format!("{select} t1"), "TOKEN", &format!("{select} t2")]);
    }

    #[tokio::test]
    async fn requests_that_are_refused_at_once_have_the_token_replaced_once() {
        let fake = serving(3600).await;
        fake.refuses_token("t1", 401).await;
        let reads = (0..5).map(|_| fake.source.read_page(&Position::Baseline));
        assert!(futures::future::join_all(reads).await.iter().all(Result::is_ok));
        assert_eq!(tokens_asked_for(&fake).await, 2);
    }

    #[tokio::test]
    async fn a_new_token_that_is_refused_too_is_an_error() {
        let fake = serving(3600).await;
        fake.refuses_token("t1", 401).await;
        fake.refuses_token("t2", 401).await;
        let error = fake.source.read_page(&Position::Baseline).await.unwrap_err();
        assert_eq!((error.kind, error.status), (ErrorKind::CredentialsRefused, Some(401)));
        assert!(fake.source.read_page(&Position::Baseline).await.is_ok(), "the next one has a third token");
    }

    #[tokio::test]
    async fn after_a_403_the_next_request_has_a_new_token() {
        let fake = serving(3600).await;
        fake.refuses_token("t1", 403).await;
        assert_eq!(fake.source.read_page(&Position::Baseline).await.unwrap_err().kind, ErrorKind::Forbidden);
        assert!(fake.source.read_page(&Position::Baseline).await.is_ok());
    }
}
