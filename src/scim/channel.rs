//! Sends one request to the API and takes its answer.

use ::http::Method;
use secrecy::SecretString;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::answer::Answer;
use crate::connector::ConnectorError;
use crate::http::{Effect, HttpClient, Request};

const MEDIA_TYPE: &str = "application/scim+json";
/// Jostle's own text asks for `application/json`, RFC 7644 §3.1 for the other.
const ACCEPT: &str = "application/scim+json, application/json";

/// The key and the client.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    pub(super) http: HttpClient,
    pub(super) key: SecretString,
}

impl Channel {
    /// The same, before all that waits.
    pub(super) fn urgent(&self) -> Self {
        Self { http: self.http.urgent(), key: self.key.clone() }
    }

    /// The same for a write that takes several requests.
    pub(super) fn for_one_write(&self) -> Self {
        Self { http: self.http.for_one_write(), key: self.key.clone() }
    }

    /// The same for writes that `stop` withdraws.
    pub(super) fn until(&self, stop: CancellationToken) -> Self {
        Self { http: self.http.until(stop), key: self.key.clone() }
    }

    pub(super) async fn get(&self, url: Url) -> Result<Answer, ConnectorError> {
        self.send(Method::GET, url, None).await
    }

    /// Sends a request, a POST once at most.
    pub(super) async fn send(&self, method: Method, url: Url, body: Option<&Value>) -> Result<Answer, ConnectorError> {
        let mut headers = vec![("accept", ACCEPT.to_owned())];
        headers.extend(body.map(|_| ("content-type", MEDIA_TYPE.to_owned())));
        let effect = match method {
            Method::GET => Effect::Read,
            Method::POST => Effect::WriteOnce,
            _ => Effect::Write,
        };
        let request = Request {
            effect,
            method,
            url,
            bearer: Some(self.key.clone()),
            headers,
            body: body.map(|body| body.to_string().into_bytes()),
        };
        let response = self.http.send(request).await?;
        let mut answer = Answer::new(&response, &self.key);
        let contradicts_itself = answer.status != response.status;
        answer.in_doubt |= effect != Effect::Read && contradicts_itself && !answer.is_refused_unread();
        Ok(answer)
    }
}
