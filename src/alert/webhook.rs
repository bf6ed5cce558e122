//! A webhook: one POST of JSON.

use std::fmt;
use std::sync::Arc;

use hmac::{Hmac, Mac};
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Method, Response, Uri};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;
use tokio::time::timeout;
use url::Url;

use super::text::hex;
use super::{CONNECT_TIMEOUT, DeliveryError, Message, Reason, TIMEOUT, shape};
use crate::health::Level;
use crate::http::{Connecting, Wire, host, wire};

/// Where messages are posted, and in which shape.
#[derive(Clone)]
pub struct WebhookSettings {
    /// The name of the channel.
    pub name: String,
    /// The least level that it wants to be told of.
    pub level: Level,
    /// What the JSON looks like.
    pub shape: Shape,
    /// The whole address. Whoever knows that of Teams or Slack may post there, so no more than its host is ever shown.
    pub url: Url,
    /// With what messages are signed, if they are.
    pub secret: Option<SecretString>,
}

/// What the JSON of a message looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An object of our own, for programs.
    Plain,
    /// An Adaptive Card, for a Workflows webhook of Teams.
    Teams,
    /// Blocks, for an incoming webhook of Slack.
    Slack,
}

/// A webhook as a channel.
#[derive(Clone, Debug)]
pub struct Webhook {
    settings: WebhookSettings,
    wire: Arc<dyn Wire>,
}

const TIMESTAMP: HeaderName = HeaderName::from_static("x-entra-jostle-sync-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("x-entra-jostle-sync-signature");

/// Nothing of an answer but its first word matters.
const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// The longest code that Slack answers with is shorter.
const LONGEST_CODE: usize = 40;

impl Webhook {
    /// With certificates (PEM) that are trusted beside those of the platform. Error: `Setup`, if they or the trust store
    /// cannot be used.
    pub fn new(settings: WebhookSettings, extra_ca_pem: Option<&[u8]>) -> Result<Self, DeliveryError> {
        let connecting = Connecting {
            connect_timeout: CONNECT_TIMEOUT,
            request_timeout: TIMEOUT,
            max_response_bytes: MAX_ANSWER_BYTES,
            extra_ca_pem: extra_ca_pem.map(<[u8]>::to_vec),
        };
        let remedy = "correct [http] ca_file, or install the certificates of the platform";
        let wire = wire(&connecting).map_err(|error| settings.error(Reason::Setup, error.to_string(), remedy))?;
        Ok(Self { settings, wire })
    }

    /// What it was made of.
    pub fn settings(&self) -> &WebhookSettings {
        &self.settings
    }

    /// Tries once to post a message.
    pub async fn deliver(&self, message: &Message) -> Result<(), DeliveryError> {
        let remedy = "check the address of this channel, the proxy and the firewall between";
        let lost = |what| self.settings.error(Reason::Unreachable, what, remedy);
        let request = self.settings.request(message, Timestamp::now())?;
        match timeout(TIMEOUT, self.wire.exchange(request)).await {
            Err(_elapsed) => Err(lost(format!("no whole answer from {} within {TIMEOUT:?}", host(&self.settings.url)))),
            Ok(Err(error)) => Err(lost(error.words)),
            Ok(Ok(answer)) => self.settings.judge(&answer),
        }
    }
}

impl WebhookSettings {
    fn request(&self, message: &Message, now: Timestamp) -> Result<http::Request<Vec<u8>>, DeliveryError> {
        let body = self.json(message).to_string().into_bytes();
        let unusable = || {
            let what = format!("the address at {} or its secret cannot be used", host(&self.url));
            self.error(Reason::Setup, what, "correct this channel")
        };
        let mut request = http::Request::new(Vec::new());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.url.as_str().parse::<Uri>().map_err(|_| unusable())?;
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(secret) = &self.secret {
            let seconds = now.as_second().to_string();
            let signature = sign(secret, &seconds, &body).ok_or_else(unusable)?;
            headers.insert(TIMESTAMP, HeaderValue::from_str(&seconds).map_err(|_| unusable())?);
            headers.insert(SIGNATURE, HeaderValue::from_str(&signature).map_err(|_| unusable())?);
        }
        *request.body_mut() = body;
        Ok(request)
    }

    fn json(&self, message: &Message) -> Value {
        match self.shape {
            Shape::Plain => shape::plain(message),
            Shape::Teams => shape::teams(message),
            Shape::Slack => shape::slack(message),
        }
    }

    /// No redirect is followed: the message and its signature are for this address alone.
    fn judge(&self, answer: &Response<Vec<u8>>) -> Result<(), DeliveryError> {
        let status = answer.status();
        let code = self.code(answer.body()).map_or_else(String::new, |code| format!(" ({code})"));
        let (reason, what, remedy) = match status.as_u16() {
            200..=299 => return Ok(()),
            300..=399 => {
                (Reason::Refused, "leads elsewhere", "make the address of this channel the one where it leads to")
            }
            401 | 403 | 404 | 410 => (
                Reason::CredentialsRefused,
                "does not know this address (any more)",
                "make a new webhook there, or correct the address and the secret that this channel reads",
            ),
            429 | 500..=599 => {
                (Reason::Busy, "does not take it now", "it may pass by itself; else ask whoever runs the server")
            }
            _ => (
                Reason::Refused,
                "refuses the message",
                "check that the shape of this channel is what the server takes",
            ),
        };
        Err(self.error(reason, format!("{} {what}: HTTP {}{code}", host(&self.url), status.as_u16()), remedy))
    }

    /// The one word with which Slack says why, if an answer is no more than that, and no part of the address.
    fn code(&self, body: &[u8]) -> Option<String> {
        let word = std::str::from_utf8(body).ok()?.trim();
        let is_code = (1..=LONGEST_CODE).contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            && !self.url.as_str().contains(word);
        is_code.then(|| word.to_owned())
    }

    fn error(&self, reason: Reason, what: String, remedy: &str) -> DeliveryError {
        DeliveryError { reason, server: host(&self.url), what, remedy: remedy.to_owned() }
    }
}

/// HMAC-SHA256 over the time, a full stop and the body, so that neither can be replaced.
fn sign(secret: &SecretString, seconds: &str, body: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).ok()?;
    mac.update(seconds.as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(format!("sha256={}", hex(&mac.finalize().into_bytes())))
}

impl fmt::Debug for WebhookSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookSettings")
            .field("name", &self.name)
            .field("level", &self.level)
            .field("shape", &self.shape)
            .field("host", &host(&self.url))
            .field("is_signed", &self.secret.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
