//! Against an HTTP server that is not ours.

use std::io::Write;
use std::process::{Command, Stdio};

use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::alert::testing::{held, message};
use crate::alert::{Channel, Kind};

const CANARY: &str = "canary-T0-B0-sings8Q";

fn settings(shape: Shape, url: &str) -> WebhookSettings {
    let (name, url) = ("chat".to_owned(), url.parse().expect("a URL"));
    WebhookSettings { name, level: Level::Notice, shape, url, secret: None }
}

async fn deliver(settings: WebhookSettings) -> Result<(), DeliveryError> {
    let channel = Channel::Webhook(Webhook::new(settings, None).expect("a webhook"));
    assert_eq!((channel.name(), channel.level()), ("chat", Level::Notice));
    let shown = format!("{channel:?}");
    assert!(!shown.contains(CANARY), "{shown}");
    channel.deliver(&message(Kind::Raised, vec![held()])).await
}

/// A server that answers so, and its secret address.
async fn server(answer: ResponseTemplate) -> (MockServer, String) {
    let server = MockServer::start().await;
    let place = format!("/services/{CANARY}");
    Mock::given(method("POST")).and(path(&place)).respond_with(answer).mount(&server).await;
    let url = format!("{}{place}?sig={CANARY}", server.uri());
    (server, url)
}

/// What is said of an answer.
async fn refused(answer: ResponseTemplate) -> DeliveryError {
    let (_server, url) = server(answer).await;
    let error = deliver(settings(Shape::Slack, &url)).await.expect_err("no success");
    let said = format!("{error} {error:?}");
    assert!(!said.contains(CANARY) && !said.contains("/services"), "{said}");
    assert!(error.server.starts_with("127.0.0.1:"), "{said}");
    error
}

#[tokio::test]
async fn every_shape_is_posted_as_json() {
    for (shape, key, status) in
        [(Shape::Plain, "items", 200), (Shape::Teams, "attachments", 202), (Shape::Slack, "blocks", 204)]
    {
        let (server, url) = server(ResponseTemplate::new(status)).await;
        deliver(settings(shape, &url)).await.expect("delivered");
        let requests = server.received_requests().await.expect("recorded");
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].headers["content-type"], "application/json");
        assert!(requests[0].headers.get(SIGNATURE).is_none(), "without a secret nothing is signed");
        let body: Value = requests[0].body_json().expect("JSON");
        assert!(body[key].is_array(), "{body}");
    }
}

/// What the README tells receivers to do.
const VERIFY: &str = r#"
import hashlib, hmac, sys
secret, timestamp, signature, body = sys.argv[1], sys.argv[2], sys.argv[3], sys.stdin.buffer.read()
expected = "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
sys.exit(0 if hmac.compare_digest(expected, signature) else 1)
"#;

fn verifies(secret: &str, timestamp: &str, signature: &str, body: &[u8]) -> bool {
    let mut python = Command::new("python3");
    let python = python.args(["-c", VERIFY, secret, timestamp, signature]).stdin(Stdio::piped());
    let mut python = python.spawn().expect("python3 is there");
    python.stdin.take().expect("piped").write_all(body).expect("it reads");
    python.wait().expect("it ends").success()
}

#[tokio::test]
async fn a_signature_is_over_the_time_and_the_body() {
    let (server, url) = server(ResponseTemplate::new(200)).await;
    let before = Timestamp::now().as_second();
    let signed = WebhookSettings { secret: Some(CANARY.into()), ..settings(Shape::Plain, &url) };
    deliver(signed).await.expect("delivered");
    let request = server.received_requests().await.expect("recorded").remove(0);
    let header = |name: &str| request.headers[name].to_str().expect("text");
    let (seconds, signature) = (header("X-Entra-Jostle-Sync-Timestamp"), header("X-Entra-Jostle-Sync-Signature"));
    assert!((before..=Timestamp::now().as_second()).contains(&seconds.parse().expect("seconds")));
    assert!(verifies(CANARY, seconds, signature, &request.body));
    assert!(!verifies("another", seconds, signature, &request.body));
    assert!(!verifies(CANARY, &before.saturating_sub(1).to_string(), signature, &request.body));
    assert!(!verifies(CANARY, seconds, signature, &request.body[1..]));
}

#[tokio::test]
async fn an_answer_says_what_to_do_and_shows_nothing_of_the_address() {
    let text = |status, body: &str| ResponseTemplate::new(status).set_body_string(body);
    let told = async |answer| {
        let error = refused(answer).await;
        let temporary = if error.is_temporary() { ", temporary" } else { "" };
        format!("{:?}{temporary}: {error}", error.reason).replace(&error.server, "HOST")
    };
    insta::assert_snapshot!(told(text(403, "invalid_token")).await, @"CredentialsRefused: HOST does not know this address (any more): HTTP 403 (invalid_token); make a new webhook there, or correct the address and the secret that this channel reads");
    insta::assert_snapshot!(told(text(404, "no_service\n")).await, @"CredentialsRefused: HOST does not know this address (any more): HTTP 404 (no_service); make a new webhook there, or correct the address and the secret that this channel reads");
    insta::assert_snapshot!(told(text(400, &format!("no {CANARY} here"))).await, @"Refused: HOST refuses the message: HTTP 400; check that the shape of this channel is what the server takes");
    insta::assert_snapshot!(told(text(429, "rate_limited")).await, @"Busy, temporary: HOST does not take it now: HTTP 429 (rate_limited); it may pass by itself; else ask whoever runs the server");
    insta::assert_snapshot!(told(text(503, "")).await, @"Busy, temporary: HOST does not take it now: HTTP 503; it may pass by itself; else ask whoever runs the server");
    assert!(!refused(text(400, "services")).await.what.contains("services"), "that is of the address");
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let (elsewhere, url) = server(ResponseTemplate::new(200)).await;
    let error = refused(ResponseTemplate::new(307).insert_header("location", url.as_str())).await;
    assert_eq!((error.reason, error.what), (Reason::Refused, format!("{} leads elsewhere: HTTP 307", error.server)));
    assert!(elsewhere.received_requests().await.expect("recorded").is_empty());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_the_address() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let error = deliver(settings(Shape::Teams, &format!("http://{free}/{CANARY}"))).await.expect_err("nobody there");
    assert!(error.is_temporary() && !error.has_arrived());
    let said = error.to_string().replace(&free.to_string(), "HOST");
    insta::assert_snapshot!(said, @"no connection to HOST: connection refused; check the address of this channel, the proxy and the firewall between");
    assert!(!format!("{error:?}").contains(CANARY));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_silent_is_not_waited_for_longer_than_half_a_minute() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let error = deliver(settings(Shape::Plain, &format!("http://{address}/"))).await.expect_err("no answer");
    let what = format!("no whole answer from {address} within 30s");
    assert_eq!((error.reason, error.what), (Reason::Unreachable, what));
}

#[test]
fn a_certificate_file_that_is_none_is_an_error_of_the_set_up() {
    let error = Webhook::new(settings(Shape::Plain, "https://hook.example/"), Some(b"no")).expect_err("no certificate");
    assert_eq!((error.reason, error.server.as_str()), (Reason::Setup, "hook.example"));
}
