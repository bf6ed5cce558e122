#![allow(clippy::unwrap_used, reason = "tests may")]
use ::http::Method;
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;
use wiremock::matchers::{header, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::settings::tests::settings;
use super::*;
use crate::connector::ErrorKind;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

fn client(settings: HttpSettings) -> HttpClient {
    HttpClient::new(settings, CancellationToken::new()).unwrap()
}

fn request(method: Method, url: &str) -> Request {
    let effect = match method {
        Method::GET => Effect::Read,
        Method::POST => Effect::WriteOnce,
        _ => Effect::Write,
    };
    Request { method, url: Url::parse(url).unwrap(), bearer: None, headers: Vec::new(), body: None, effect }
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
