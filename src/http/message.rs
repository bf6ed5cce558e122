//! Requests and answers. Their `Debug` shows neither body nor query: a token request carries the client secret in its
//! body, a delta link is all query.

use std::fmt;

use secrecy::SecretString;
use url::Url;

/// One request.
pub struct Request {
    /// GET, POST, …
    pub method: ::http::Method,
    /// Where to.
    pub url: Url,
    /// `Authorization: Bearer`, marked sensitive.
    pub bearer: Option<SecretString>,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Option<Vec<u8>>,
    /// What carrying it out does, which decides whether it is sent again.
    pub effect: Effect,
}

/// What carrying out a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It reads, or has a token issued: it is sent again whenever that may help, and is never in doubt.
    Read,
    /// It writes, and twice is the same as once: it is sent again too, but a try whose answer was lost may have been
    /// carried out.
    Write,
    /// It writes, and twice is once too often: it is only sent again where it surely was not carried out (429, 503
    /// with Retry-After, no connection), else the error is `InDoubt`.
    WriteOnce,
}

impl Request {
    /// Host and port, as errors name the other end.
    pub(super) fn host(&self) -> String {
        host(&self.url)
    }
}

/// Host and port, where it is not the scheme's own.
pub fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("host", &self.host())
            .field("body_bytes", &self.body.as_ref().map(Vec::len))
            .field("effect", &self.effect)
            .finish_non_exhaustive()
    }
}

/// A final answer, of any status; a 3xx is one too, since no redirect is followed.
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: ::http::HeaderMap,
    /// The body, whole.
    pub body: Vec<u8>,
    /// It is the answer to a write of which this or an earlier try may have been carried out, whatever the status says.
    pub in_doubt: bool,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::*;

    #[test]
    fn debug_shows_no_body_no_query_and_no_token() {
        let request = Request {
            method: ::http::Method::POST,
            url: Url::parse("https://h.example:8443/t?$deltatoken=abc").unwrap(),
            bearer: Some(SecretString::from("bearer-value")),
            headers: Vec::new(),
            body: Some(b"client_secret=xyz".to_vec()),
            effect: Effect::WriteOnce,
        };
        assert_eq!(
            format!("{request:?}"),
            "Request { method: POST, host: \"h.example:8443\", body_bytes: Some(17), effect: WriteOnce, .. }"
        );
    }
}
