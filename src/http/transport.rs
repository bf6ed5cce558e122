//! The wire of production: reqwest over rustls (ring) with the platform's trust store, proxies from the
//! environment but never for loopback, no redirects; and a failed exchange in words.

use std::error::Error;
use std::io;
use std::time::Duration;

use futures::future::BoxFuture;
use reqwest::redirect;
use url::{Host, Url};

use super::HttpSettings;
use super::message::host;
use super::wire::{Lost, Wire};
use crate::connector::{ConnectorError, ErrorKind};

/// A connection that was idle longer is not used again: many servers close theirs after 5 s, and a POST that meets a
/// closing connection is in doubt.
const IDLE_CONNECTION: Duration = Duration::from_secs(4);

const USER_AGENT: &str = concat!("entra-jostle-sync/", env!("CARGO_PKG_VERSION"));

/// Two clients, since reqwest takes the environment's proxies for all hosts or for none.
#[derive(Debug)]
pub(super) struct Transport {
    direct: reqwest::Client,
    proxied: reqwest::Client,
    connect_timeout: Duration,
    max_response_bytes: usize,
}

impl Transport {
    pub(super) fn new(settings: &HttpSettings) -> Result<Self, ConnectorError> {
        // An error means that the process has a provider already, which will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let certificates = extra_certificates(settings)?;
        // Well before the time of the whole request is up: then it is known that nothing was sent.
        let connect_timeout = settings.connect_timeout.min(settings.request_timeout / 2);
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
            builder.build().map_err(|error| refused(settings, format!("cannot set up TLS: {}", innermost(&error))))
        };
        let (direct, proxied) = (build(base().no_proxy())?, build(base())?);
        Ok(Self { direct, proxied, connect_timeout, max_response_bytes: settings.max_response_bytes })
    }

    /// The client for a host.
    fn client(&self, url: &Url) -> &reqwest::Client {
        if is_loopback(url) { &self.direct } else { &self.proxied }
    }

    async fn carry(&self, request: ::http::Request<Vec<u8>>) -> Result<::http::Response<Vec<u8>>, Lost> {
        let request = reqwest::Request::try_from(request).map_err(|error| Lost {
            sent: false,
            words: format!("no request can be made of it: {}", innermost(&error)),
        })?;
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
        let cause = causes(error).find_map(known_cause).unwrap_or_else(|| innermost(error));
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

fn extra_certificates(settings: &HttpSettings) -> Result<Vec<reqwest::Certificate>, ConnectorError> {
    let Some(pem) = &settings.extra_ca_pem else { return Ok(Vec::new()) };
    match reqwest::Certificate::from_pem_bundle(pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(refused(settings, "the additional CA file holds no certificate in PEM form".to_owned())),
    }
}

fn refused(settings: &HttpSettings, detail: String) -> ConnectorError {
    ConnectorError::new(settings.side, ErrorKind::Rejected, detail)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn known_cause(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(tls) = error.downcast_ref::<rustls::Error>() {
        return Some(match tls {
            rustls::Error::InvalidCertificate(why) => {
                format!("certificate not trusted: {why}; a private CA can be added in the configuration")
            }
            other => format!("TLS failed: {other}"),
        });
    }
    match error.downcast_ref::<io::Error>()?.kind() {
        io::ErrorKind::ConnectionRefused => Some("connection refused".to_owned()),
        io::ErrorKind::ConnectionReset => Some("connection reset".to_owned()),
        io::ErrorKind::UnexpectedEof => Some("the connection ended in the middle".to_owned()),
        _ => None,
    }
}

/// The errors below this one. `io::Error::source` passes over the error that it wraps, hence `get_ref`.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&error| {
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}

fn innermost(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| "it failed".to_owned(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
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
            let error = Transport::new(&HttpSettings { extra_ca_pem: Some(pem.into()), ..settings() }).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Rejected, "{pem}");
        }
    }
}
