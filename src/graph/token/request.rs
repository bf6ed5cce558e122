//! The client credentials grant with a client secret (RFC 6749 §4.4; Microsoft's "OAuth 2.0 client credentials flow").

use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use oauth2::basic::{BasicClient, BasicErrorResponse};
use oauth2::{
    AsyncHttpClient, AuthType, ClientId, ClientSecret, HttpRequest, HttpResponse, RequestTokenError, Scope,
    TokenResponse, TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::refusal::refusal;
use crate::connector::{ConnectorError, ErrorKind};
use crate::graph::GraphSettings;
use crate::graph::error::failed;
use crate::http::{Effect, HttpClient, Request};

/// Taken where the authority does not say how long a token lives, which it should (RFC 6749 §5.1).
const UNKNOWN_LIFETIME: Duration = Duration::from_mins(10);

/// What the authority issued.
pub(super) struct Issued {
    pub(super) bearer: SecretString,
    pub(super) lifetime: Duration,
}

/// Asks the authority for tokens.
#[derive(Debug)]
pub(in crate::graph) struct TokenRequest {
    endpoint: Url,
    client_id: String,
    client_secret: SecretString,
    scope: String,
    http: HttpClient,
}

impl TokenRequest {
    /// Error: `Rejected`, if the authority is no web address.
    pub(in crate::graph) fn new(
        settings: &GraphSettings,
        scope: String,
        http: HttpClient,
    ) -> Result<Self, ConnectorError> {
        let mut endpoint = settings.authority.clone();
        endpoint
            .path_segments_mut()
            .map_err(|()| failed(ErrorKind::Rejected, "the authority is not an https address"))?
            .pop_if_empty()
            .extend([settings.tenant_id.as_str(), "oauth2", "v2.0", "token"]);
        let (client_id, client_secret) = (settings.client_id.clone(), settings.client_secret.clone());
        Ok(Self { endpoint, client_id, client_secret, scope, http })
    }

    pub(super) fn throttled_until(&self) -> Option<Timestamp> {
        self.http.throttled_until()
    }

    pub(super) async fn send(&self) -> Result<Issued, ConnectorError> {
        let client = BasicClient::new(ClientId::new(self.client_id.clone()))
            .set_client_secret(ClientSecret::new(self.client_secret.expose_secret().to_owned()))
            .set_auth_type(AuthType::RequestBody)
            .set_token_uri(TokenUrl::from_url(self.endpoint.clone()));
        let issued = client
            .exchange_client_credentials()
            .add_scope(Scope::new(self.scope.clone()))
            .request_async(self)
            .await
            .map_err(meaning)?;
        let bearer = SecretString::from(issued.access_token().secret().as_str());
        if bearer.expose_secret().is_empty() {
            return Err(unreadable());
        }
        Ok(Issued { bearer, lifetime: issued.expires_in().unwrap_or(UNKNOWN_LIFETIME) })
    }

    /// A refusal is read here, where its status and all of it is at hand.
    async fn post(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = Request {
            method: ::http::Method::POST,
            url: self.endpoint.clone(),
            bearer: None,
            headers: vec![
                ("accept", "application/json".to_owned()),
                ("content-type", "application/x-www-form-urlencoded".to_owned()),
            ],
            body: Some(request.into_body()),
            // A token that is issued twice harms nobody.
            effect: Effect::Read,
        };
        let response = self.http.send(request).await?;
        if response.status != 200 {
            return Err(refusal(&response));
        }
        let mut carried = HttpResponse::new(response.body);
        *carried.headers_mut() = response.headers;
        Ok(carried)
    }
}

/// So that the `oauth2` crate's requests are paced, repeated and bounded like all others.
impl<'c> AsyncHttpClient<'c> for TokenRequest {
    type Error = ConnectorError;
    type Future = BoxFuture<'c, Result<HttpResponse, ConnectorError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.post(request))
    }
}

fn meaning(error: RequestTokenError<ConnectorError, BasicErrorResponse>) -> ConnectorError {
    match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::ServerResponse(_) | RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            unreadable()
        }
    }
}

fn unreadable() -> ConnectorError {
    failed(
        ErrorKind::Protocol,
        "the authority answered the token request with something that is no token; check authority",
    )
}
