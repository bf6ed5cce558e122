//! The wire of production: reqwest over rustls (ring) with the platform's trust store, proxies from the
//! environment but never for loopback, no redirects.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use reqwest::redirect;
use url::{Host, Url};

use super::message::host;
use super::wire::{Lost, Wire};
use super::words::in_words;

/// A connection that was idle longer is not used again: many servers close theirs after 5 s, and a POST that meets a
/// closing connection is in doubt.
const IDLE_CONNECTION: Duration = Duration::from_secs(4);

const USER_AGENT: &str = concat!("entra-jostle-sync/", env!("CARGO_PKG_VERSION"));

/// How connections are made.
#[derive(Clone, Debug)]
pub struct Connecting {
    /// Until connected.
    pub connect_timeout: Duration,
    /// For one whole request, answer included: whoever sends it holds to it.
    pub request_timeout: Duration,
    /// No more of an answer is read than a byte beyond this.
    pub max_response_bytes: usize,
    /// Certificates (PEM) trusted beside those of the platform.
    pub extra_ca_pem: Option<Vec<u8>>,
}

/// TLS cannot be set up: the trust store or the additional certificates cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TlsError(String);

/// A wire of sockets, for what is neither Entra nor Jostle: without pace and retries.
pub fn wire(connecting: &Connecting) -> Result<Arc<dyn Wire>, TlsError> {
    Ok(Arc::new(Transport::new(connecting)?))
}

/// Two clients, since reqwest takes the environment's proxies for all hosts or for none.
#[derive(Debug)]
pub(super) struct Transport {
    direct: reqwest::Client,
    proxied: reqwest::Client,
    connect_timeout: Duration,
    max_response_bytes: usize,
}

impl Transport {
    pub(super) fn new(connecting: &Connecting) -> Result<Self, TlsError> {
        // An error means that the process has a provider already, which will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let certificates = extra_certificates(connecting)?;
        // Well before the time of the whole request is up: then it is known that nothing was sent.
        let connect_timeout = connecting.connect_timeout.min(connecting.request_timeout / 2);
        let base = || {
            let builder = reqwest::Client::builder()
                .user_agent(USER_AGENT)
                .redirect(redirect::Policy::none())
                .retry(reqwest::retry::never())
                .connect_timeout(connect_timeout)
                .pool_idle_timeout(IDLE_CONNECTION);
            if certificates.is_empty() { builder } else { builder.tls_certs_merge(certificates.clone()) }
        };
        let build = |builder: reqwest::ClientBuilder| {
            builder.build().map_err(|error| TlsError(format!("cannot set up TLS: {}", cause(&error))))
        };
        let (direct, proxied) = (build(base().no_proxy())?, build(base())?);
        Ok(Self { direct, proxied, connect_timeout, max_response_bytes: connecting.max_response_bytes })
    }

    /// The client for a host.
    fn client(&self, url: &Url) -> &reqwest::Client {
        if is_loopback(url) { &self.direct } else { &self.proxied }
    }

    async fn carry(&self, request: ::http::Request<Vec<u8>>) -> Result<::http::Response<Vec<u8>>, Lost> {
        let request = reqwest::Request::try_from(request)
            .map_err(|error| Lost { sent: false, words: format!("no request can be made of it: {}", cause(&error)) })?;
        let host = host(request.url());
        let lost = |error: &reqwest::Error| Lost { sent: !error.is_connect(), words: self.in_words(error, &host) };
        let mut answer = self.client(request.url()).execute(request).await.map_err(|error| lost(&error))?;
        let mut taken = ::http::Response::new(Vec::new());
        *taken.status_mut() = answer.status();
        *taken.headers_mut() = std::mem::take(answer.headers_mut());
        while taken.body().len() <= self.max_response_bytes
            && let Some(chunk) = answer.chunk().await.map_err(|error| lost(&error))?
        {
            taken.body_mut().extend_from_slice(&chunk);
        }
        Ok(taken)
    }

    /// A failed exchange in words, with the host and nothing else of the address.
    fn in_words(&self, error: &reqwest::Error, host: &str) -> String {
        if error.is_timeout() && error.is_connect() {
            return format!("no connection to {host} within {:?}", self.connect_timeout);
        }
        let cause = cause(error);
        if error.is_dns() {
            format!("the name {host} cannot be resolved: {cause}")
        } else if error.is_connect() {
            format!("no connection to {host}: {cause}")
        } else {
            format!("no whole answer from {host}: {cause}")
        }
    }
}

impl Wire for Transport {
    fn exchange(&self, request: ::http::Request<Vec<u8>>) -> BoxFuture<'_, Result<::http::Response<Vec<u8>>, Lost>> {
        Box::pin(self.carry(request))
    }
}

fn extra_certificates(connecting: &Connecting) -> Result<Vec<reqwest::Certificate>, TlsError> {
    let Some(pem) = &connecting.extra_ca_pem else { return Ok(Vec::new()) };
    match reqwest::Certificate::from_pem_bundle(pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(TlsError("the additional CA file holds no certificate in PEM form".to_owned())),
    }
}

/// What is below an error of reqwest, which itself would show the whole address.
fn cause(error: &reqwest::Error) -> String {
    error.source().map_or_else(|| "it failed".to_owned(), in_words)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::super::HttpSettings;
    use super::super::settings::tests::settings;
    use super::*;

    #[test]
    fn loopback_is_told_from_the_rest() {
        for url in ["http://localhost:1", "http://a.localhost", "http://127.8.0.1", "https://[::1]:2"] {
            assert!(is_loopback(&Url::parse(url).unwrap()), "{url}");
        }
        for url in ["http://localhost.example", "http://10.0.0.1", "https://graph.microsoft.com"] {
            assert!(!is_loopback(&Url::parse(url).unwrap()), "{url}");
        }
    }

    #[test]
    fn a_ca_file_without_a_certificate_is_refused() {
        for pem in ["", "no pem", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"] {
            let connecting = HttpSettings { extra_ca_pem: Some(pem.into()), ..settings() }.connecting();
            let error = Transport::new(&connecting).unwrap_err();
            assert_eq!(error.to_string(), "the additional CA file holds no certificate in PEM form", "{pem}");
        }
    }
}
