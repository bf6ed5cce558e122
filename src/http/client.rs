//! The client: waits until a request may be sent, sends it, and repeats it as long as that is right and may help.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ::http::HeaderValue;
use ::http::header::AUTHORIZATION;
use backon::{ExponentialBuilder, Retryable};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;

use super::pace::Pace;
use super::retry::{Outcome, closes_gate, retry};
use super::retry_after::retry_after;
use super::transport::{Transport, in_words};
use super::{HttpSettings, Request, Response};
use crate::connector::{ConnectorError, ErrorKind};

/// The longest pause that we choose ourselves; a Retry-After may be longer.
const MAX_BACKOFF: Duration = Duration::from_mins(1);

/// A client for one side: pace, concurrency, timeouts, retries, Retry-After. Cheap to clone; the clones share it all.
#[derive(Clone, Debug)]
pub struct HttpClient {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    settings: HttpSettings,
    transport: Arc<Transport>,
    pace: Pace,
    shutdown: CancellationToken,
    requests: AtomicU64,
}

/// How a try ended without a final answer.
#[derive(Debug)]
enum Failed {
    /// With an answer that may be worth another try.
    Answer(Response, Option<Duration>),
    /// Without an answer.
    Lost { sent: bool, words: String },
    /// With an error that no other try mends.
    Final(ConnectorError),
}

impl Failed {
    fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::Answer(response, retry_after) => {
                Some(Outcome::Answered { status: response.status, retry_after: *retry_after })
            }
            Self::Lost { sent, .. } => Some(Outcome::Lost { sent: *sent }),
            Self::Final(_) => None,
        }
    }
}

impl HttpClient {
    /// Builds the client; `shutdown` ends every wait, and a request under way only after the grace. Error: `Rejected`, if the trust store
    /// or the additional certificates cannot be used.
    pub fn new(settings: HttpSettings, shutdown: CancellationToken) -> Result<Self, ConnectorError> {
        let transport = Arc::new(Transport::new(&settings)?);
        Ok(Self::over(transport, settings, shutdown))
    }

    /// A client with the same settings and connections, but with a pace, a gate and a count of its own: for another
    /// service of the same side, whose throttling is not this one's.
    #[must_use]
    pub fn apart(&self) -> Self {
        let Shared { settings, transport, shutdown, pace: _, requests: _ } = &*self.shared;
        Self::over(Arc::clone(transport), settings.clone(), shutdown.clone())
    }

    fn over(transport: Arc<Transport>, settings: HttpSettings, shutdown: CancellationToken) -> Self {
        let pace = Pace::new(&settings);
        let requests = AtomicU64::new(0);
        Self { shared: Arc::new(Shared { settings, transport, pace, shutdown, requests }) }
    }

    /// Sends a request until there is a final answer. Errors: `Unreachable`, `InDoubt`, `Throttled`, `Stopped`,
    /// `Protocol` (too large), `Rejected` (a header that cannot be written).
    pub async fn send(&self, request: Request) -> Result<Response, ConnectorError> {
        let shared = &*self.shared;
        let backoff = ExponentialBuilder::new()
            .with_min_delay(shared.settings.first_backoff)
            .with_max_delay(MAX_BACKOFF)
            .with_max_times(shared.settings.max_attempts.saturating_sub(1))
            .with_jitter();
        let shutdown = shared.shutdown.clone();
        let sleep = move |pause| {
            let shutdown = shutdown.clone();
            async move {
                // A stop ends the sleep here, and the next try before anything is sent.
                let _ = tokio::time::timeout(pause, shutdown.cancelled()).await;
            }
        };
        let mut tries = 0;
        let again = |failed: &Failed, pause: Option<Duration>| {
            tries += 1;
            retry(failed.outcome()?, request.idempotent, tries, pause?)
        };
        (|| shared.attempt(&request))
            .retry(backoff)
            .sleep(sleep)
            .adjust(again)
            .await
            .or_else(|failed| shared.last(failed, &request))
    }

    /// Requests sent so far, every try counted.
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::Relaxed)
    }

    /// Until when nothing is sent, because the side asked to be left alone; none if it did not.
    pub fn throttled_until(&self) -> Option<Timestamp> {
        self.shared.pace.closed_until()
    }
}

impl Shared {
    /// One try. An answer that may be worth another is in the error.
    async fn attempt(&self, request: &Request) -> Result<Response, Failed> {
        let slot = tokio::select! {
            biased;
            () = self.shutdown.cancelled() => None,
            slot = self.pace.admit() => slot.ok(),
        };
        let Some(_slot) = slot else {
            return Err(Failed::Final(self.error(ErrorKind::Stopped, "not sent, because the program is stopping")));
        };
        let wire = self.wire(request).map_err(Failed::Final)?;
        self.requests.fetch_add(1, Ordering::Relaxed);
        let start = Instant::now();
        let result = tokio::select! {
            result = self.exchange(wire, request) => result,
            () = self.grace_is_over() => {
                Err(Failed::Lost { sent: true, words: format!("{} did not answer while the program was stopping", request.host()) })
            }
        };
        let (side, elapsed_ms) = (self.settings.side, start.elapsed().as_millis());
        let status = result.as_ref().map_or(0, |response| response.status);
        tracing::debug!(%side, host = request.host(), method = %request.method, status, elapsed_ms, "request");
        let response = result?;
        let wait = retry_after(&response.headers, Timestamp::now());
        let outcome = Outcome::Answered { status: response.status, retry_after: wait };
        if let Some(wait) = closes_gate(outcome) {
            self.pace.close(wait);
        }
        // The first try stands for all: whether there is another is decided where they are counted.
        if retry(outcome, request.idempotent, 1, Duration::ZERO).is_some() {
            Err(Failed::Answer(response, wait))
        } else {
            Ok(response)
        }
    }

    /// A service that hangs must not hold up the end until it is a kill.
    async fn grace_is_over(&self) {
        self.shutdown.cancelled().await;
        tokio::time::sleep(self.settings.stop_grace).await;
    }

    /// Sends and reads the whole answer, up to the limit.
    async fn exchange(&self, wire: reqwest::Request, request: &Request) -> Result<Response, Failed> {
        let lost = |error: &reqwest::Error| Failed::Lost {
            sent: !error.is_connect(),
            words: in_words(error, request, &self.settings),
        };
        let mut answer = self.transport.client(&request.url).execute(wire).await.map_err(|error| lost(&error))?;
        let (status, headers) = (answer.status().as_u16(), std::mem::take(answer.headers_mut()));
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| lost(&error))? {
            if body.len() + chunk.len() > self.settings.max_response_bytes {
                return Err(Failed::Final(self.too_large(request, status)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status, headers, body })
    }

    fn wire(&self, request: &Request) -> Result<reqwest::Request, ConnectorError> {
        let refuse = |name: &str| {
            self.error(
                ErrorKind::Rejected,
                format!("the value of the header {name} has characters that cannot be sent"),
            )
        };
        let mut wire = reqwest::Request::new(request.method.clone(), request.url.clone());
        for (name, value) in &request.headers {
            wire.headers_mut().insert(*name, HeaderValue::from_str(value).map_err(|_| refuse(name))?);
        }
        if let Some(bearer) = &request.bearer {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", bearer.expose_secret()))
                .map_err(|_| refuse(AUTHORIZATION.as_str()))?;
            value.set_sensitive(true);
            wire.headers_mut().insert(AUTHORIZATION, value);
        }
        *wire.body_mut() = request.body.clone().map(Into::into);
        Ok(wire)
    }

    /// What is left when there is no further try.
    fn last(&self, failed: Failed, request: &Request) -> Result<Response, ConnectorError> {
        match failed {
            Failed::Answer(Response { status: 429, .. }, wait) => {
                let detail = format!("{} still throttles after every try; it goes on by itself later", request.host());
                Err(self.answered(429, ErrorKind::Throttled(wait), detail))
            }
            Failed::Answer(response, _) => Ok(response),
            Failed::Lost { sent: true, words } if !request.idempotent => {
                Err(self.error(ErrorKind::InDoubt, format!("{words}; the request may have been carried out")))
            }
            Failed::Lost { words, .. } => Err(self.error(ErrorKind::Unreachable, words)),
            Failed::Final(error) => Err(error),
        }
    }

    /// The answer of a write that must not be repeated is lost with its size.
    fn too_large(&self, request: &Request, status: u16) -> ConnectorError {
        let kind = if request.idempotent { ErrorKind::Protocol } else { ErrorKind::InDoubt };
        let limit = self.settings.max_response_bytes;
        self.answered(status, kind, format!("the answer of {} is larger than {limit} bytes", request.host()))
    }

    fn answered(&self, status: u16, kind: ErrorKind, detail: String) -> ConnectorError {
        ConnectorError { status: Some(status), ..self.error(kind, detail) }
    }

    fn error(&self, kind: ErrorKind, detail: impl Into<String>) -> ConnectorError {
        ConnectorError::new(self.settings.side, kind, detail)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use ::http::Method;
    use secrecy::SecretString;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use url::Url;
    use wiremock::matchers::{header, method};
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::super::settings::tests::settings;
    use super::*;

    fn client(settings: HttpSettings) -> HttpClient {
        HttpClient::new(settings, CancellationToken::new()).unwrap()
    }

    fn request(method: Method, url: &str) -> Request {
        let idempotent = method != Method::POST;
        Request { method, url: Url::parse(url).unwrap(), bearer: None, headers: Vec::new(), body: None, idempotent }
    }

    /// A server that reads the head of every request, writes the same bytes and closes.
    async fn raw(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") && socket.read_buf(&mut head).await.is_ok_and(|read| read > 0) {}
                let _ = socket.write_all(answer.as_bytes()).await;
            }
        });
        format!("http://{address}/")
    }

    async fn mock(answers: &[(u16, u64)]) -> MockServer {
        let server = MockServer::start().await;
        for &(status, times) in answers {
            Mock::given(wiremock::matchers::any())
                .respond_with(ResponseTemplate::new(status))
                .up_to_n_times(times)
                .mount(&server)
                .await;
        }
        server
    }

    #[tokio::test]
    async fn what_may_pass_is_tried_again_until_the_answer_comes() {
        let server = mock(&[(503, 1), (429, 1), (200, 9)]).await;
        let client = client(settings());
        let response = client.send(request(Method::GET, &server.uri())).await.unwrap();
        assert_eq!((response.status, client.requests()), (200, 3));
    }

    #[tokio::test]
    async fn the_last_answer_is_returned_when_the_tries_are_used_up() {
        let server = mock(&[(502, 9)]).await;
        let client = client(settings());
        let response = client.send(request(Method::GET, &server.uri())).await.unwrap();
        assert_eq!((response.status, client.requests()), (502, 3));
    }

    #[tokio::test]
    async fn a_post_that_met_a_503_is_not_sent_again_but_one_that_was_throttled_is() {
        let server = mock(&[(429, 1), (503, 9)]).await;
        let client = client(settings());
        let response = client.send(request(Method::POST, &server.uri())).await.unwrap();
        assert_eq!((response.status, client.requests()), (503, 2));
    }

    #[tokio::test]
    async fn throttling_closes_the_gate_for_every_request_until_the_stop() {
        let server = MockServer::start().await;
        let throttle = ResponseTemplate::new(429).insert_header("Retry-After", "3244");
        Mock::given(method("GET")).respond_with(throttle).mount(&server).await;
        let stop = CancellationToken::new();
        let client = HttpClient::new(HttpSettings { max_attempts: 1, ..settings() }, stop.clone()).unwrap();
        assert_eq!(client.throttled_until(), None);
        let error = client.send(request(Method::GET, &server.uri())).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Throttled(Some(Duration::from_secs(3244))));
        assert!(client.throttled_until().unwrap() > Timestamp::now() + Duration::from_mins(50));
        let (other, ()) = tokio::join!(client.send(request(Method::POST, &server.uri())), async { stop.cancel() });
        assert_eq!((other.unwrap_err().kind, client.requests()), (ErrorKind::Stopped, 1));
    }

    #[tokio::test]
    async fn a_stop_ends_the_pause_between_tries() {
        let stop = CancellationToken::new();
        let slow = HttpSettings { first_backoff: Duration::from_hours(1), ..settings() };
        let client = HttpClient::new(slow, stop.clone()).unwrap();
        let server = mock(&[(503, 9)]).await;
        let stopper = async {
            while server.received_requests().await.unwrap().is_empty() {
                tokio::task::yield_now().await;
            }
            stop.cancel();
        };
        let (result, ()) = tokio::join!(client.send(request(Method::GET, &server.uri())), stopper);
        // The answer may overtake the stop, but no second request follows either.
        assert_eq!((result.unwrap_err().kind, client.requests()), (ErrorKind::Stopped, 1));
    }

    #[tokio::test]
    async fn a_service_that_hangs_holds_up_a_stop_no_longer_than_the_grace() {
        for (method, kind) in [(Method::GET, ErrorKind::Stopped), (Method::POST, ErrorKind::InDoubt)] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}/", listener.local_addr().unwrap());
            let shutdown = CancellationToken::new();
            let hurried = HttpSettings { stop_grace: Duration::ZERO, request_timeout: Duration::MAX, ..settings() };
            let client = HttpClient::new(hurried, shutdown.clone()).unwrap();
            let sent = tokio::spawn(async move { client.send(request(method, &url)).await });
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") && socket.read_buf(&mut head).await.is_ok_and(|read| read > 0) {}
            shutdown.cancel();
            assert_eq!(sent.await.unwrap().unwrap_err().kind, kind);
        }
    }

    #[tokio::test]
    async fn a_stop_does_not_cut_a_request_under_way() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        let client = HttpClient::new(settings(), stop.clone()).unwrap();
        let server = async {
            let (mut socket, _) = listener.accept().await.unwrap();
            socket.read_u8().await.unwrap();
            stop.cancel();
            tokio::task::yield_now().await;
            socket.write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n").await.unwrap();
            socket
        };
        let (result, _socket) = tokio::join!(client.send(request(Method::POST, &url)), server);
        assert_eq!(result.unwrap().status, 201);
    }

    #[tokio::test]
    async fn a_refused_connection_is_unreachable_for_every_method() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap();
        drop(listener);
        for method in [Method::GET, Method::POST] {
            let client = client(settings());
            let error = client.send(request(method, &format!("http://{host}/p?secret"))).await.unwrap_err();
            assert_eq!((error.kind, client.requests()), (ErrorKind::Unreachable, 3));
            assert_eq!(error.detail, format!("no connection to {host}: connection refused"));
        }
    }

    #[tokio::test]
    async fn a_lost_answer_is_in_doubt_for_a_post_and_tried_again_for_the_rest() {
        for answer in ["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\ntoo short"] {
            let url = raw(answer).await;
            let client = client(settings());
            let error = client.send(request(Method::GET, &url)).await.unwrap_err();
            assert_eq!((error.kind, client.requests()), (ErrorKind::Unreachable, 3), "{error}");
            assert!(error.detail.starts_with("no whole answer from 127.0.0.1:"), "{error}");
            let error = client.send(request(Method::POST, &url)).await.unwrap_err();
            assert_eq!((error.kind, client.requests()), (ErrorKind::InDoubt, 4), "{error}");
        }
    }

    #[tokio::test]
    async fn silence_ends_with_the_request_timeout() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let short = HttpSettings { request_timeout: Duration::from_millis(20), max_attempts: 1, ..settings() };
        let error = client(short).send(request(Method::GET, &url)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unreachable);
        assert!(error.detail.ends_with("within 20ms"), "{error}");
    }

    #[tokio::test]
    async fn an_answer_over_the_limit_is_not_taken() {
        let server = MockServer::start().await;
        let large = |status| ResponseTemplate::new(status).set_body_bytes(vec![b'x'; 1001]);
        Mock::given(method("GET")).respond_with(large(200)).mount(&server).await;
        Mock::given(method("POST")).respond_with(large(201)).mount(&server).await;
        let client = client(settings());
        let error = client.send(request(Method::GET, &server.uri())).await.unwrap_err();
        assert_eq!((error.kind, error.status), (ErrorKind::Protocol, Some(200)));
        let error = client.send(request(Method::POST, &server.uri())).await.unwrap_err();
        assert_eq!((error.kind, client.requests()), (ErrorKind::InDoubt, 2));
    }

    #[tokio::test]
    async fn headers_are_sent_and_redirects_are_not_followed() {
        let server = MockServer::start().await;
        Mock::given(header("authorization", "Bearer t0ken"))
            .and(header("accept", "application/scim+json"))
            .and(header("user-agent", concat!("entra-jostle-sync/", env!("CARGO_PKG_VERSION"))))
            .respond_with(ResponseTemplate::new(302).insert_header("location", server.uri()))
            .mount(&server)
            .await;
        let request = Request {
            bearer: Some(SecretString::from("t0ken")),
            headers: vec![("accept", "application/scim+json".to_owned())],
            ..request(Method::GET, &server.uri())
        };
        let response = client(settings()).send(request).await.unwrap();
        assert_eq!(response.status, 302);
        let received = server.received_requests().await.unwrap();
        assert_eq!(received.len(), 1);
        assert!(!received.first().unwrap().headers.contains_key("accept-encoding"));
    }

    #[tokio::test]
    async fn a_token_that_is_no_header_value_is_refused_without_showing_it() {
        let request =
            Request { bearer: Some(SecretString::from("bad\nt0ken")), ..request(Method::GET, "http://127.0.0.1:1") };
        let error = client(settings()).send(request).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Rejected);
        assert!(!error.to_string().contains("t0ken"), "{error}");
    }

    #[cfg(feature = "simulator")]
    #[tokio::test]
    async fn a_private_certificate_is_trusted_only_when_it_is_added() {
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let pem = own.cert.pem().into_bytes();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = rustls::pki_types::PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![own.cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let Ok(mut tls) = acceptor.accept(socket).await else { continue };
                let _ = tls.read_u8().await;
                let _ = tls.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
                let _ = tls.shutdown().await;
            }
        });
        let error = client(settings()).send(request(Method::POST, &url)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unreachable);
        assert!(error.detail.contains("certificate not trusted"), "{error}");
        let trusting = client(HttpSettings { extra_ca_pem: Some(pem), ..settings() });
        assert_eq!(trusting.send(request(Method::GET, &url)).await.unwrap().status, 204);
    }
}
