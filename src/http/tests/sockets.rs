//! What only real sockets show.

use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::{header, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;

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
