//! Which requests are sent again, and what is left when they are not.

use super::script::{Script, Step, status};
use super::*;

#[tokio::test(start_paused = true)]
async fn what_may_pass_is_tried_again_until_the_answer_comes() {
    let script = Script::new([status(503), Step::Lost { sent: true }, status(200)]);
    let client = script.client(settings());
    assert_eq!(client.send(get()).await.unwrap().status, 200);
    assert_eq!(client.requests(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_last_answer_is_returned_when_the_tries_are_used_up() {
    let client = Script::new([status(502)]).client(settings());
    assert_eq!(client.send(get()).await.unwrap().status, 502);
    assert_eq!(client.requests(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_post_that_met_a_503_is_not_sent_again_but_one_that_was_throttled_is() {
    let client = Script::new([status(429), status(503)]).client(settings());
    assert_eq!(client.send(post()).await.unwrap().status, 503);
    assert_eq!(client.requests(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_in_doubt_for_a_post_and_tried_again_for_the_rest() {
    for (request, kind, requests) in
        [(get(), ErrorKind::Unreachable, 3), (patch(), ErrorKind::Unreachable, 3), (post(), ErrorKind::InDoubt, 1)]
    {
        let client = Script::new([Step::Lost { sent: true }]).client(settings());
        assert_eq!((client.send(request).await.unwrap_err().kind, client.requests()), (kind, requests));
    }
}

#[tokio::test(start_paused = true)]
async fn the_time_of_a_request_is_bounded_over_every_wire() {
    let client = Script::new([Step::Hang]).client(HttpSettings { max_attempts: 1, ..settings() });
    let error = client.send(get()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert_eq!(error.detail, "no whole answer from side.example within 5s");
}

#[tokio::test(start_paused = true)]
async fn an_answer_over_the_limit_is_not_taken() {
    for (request, kind) in [(get(), ErrorKind::Protocol), (patch(), ErrorKind::Protocol), (post(), ErrorKind::InDoubt)]
    {
        let client = Script::new([Step::Body(200, 1001)]).client(settings());
        let error = client.send(request).await.unwrap_err();
        assert_eq!((error.kind, error.status, client.requests()), (kind, Some(200), 1));
    }
    assert!(Script::new([Step::Body(200, 1000)]).client(settings()).send(get()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_address_that_no_request_can_carry_is_refused_before_anything_is_sent() {
    let script = Script::new([status(200)]);
    let long = request(Method::GET, &format!("http://side.example/?{}", "x".repeat(70_000)));
    let error = script.client(settings()).send(long).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(error.detail.len() < 200 && script.sent().is_empty(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_write_that_waits_for_another_try_is_not_sent_once_the_credentials_are_refused() {
    let script = Script::new([Step::Lost { sent: false }, status(401), status(200)]);
    let client = script.client(settings());
    let (written, read) = tokio::join!(client.send(post()), client.send(get()));
    assert_eq!((written.unwrap_err().kind, read.unwrap().status), (ErrorKind::CredentialsRefused, 401));
    assert_eq!(client.requests(), 2);
    assert_eq!(client.send(post()).await.unwrap().status, 200, "what begins later is tried");
}

#[tokio::test(start_paused = true)]
async fn a_write_of_several_requests_ends_once_the_credentials_are_refused() {
    let script = Script::new([status(400), status(401), status(200), status(200)]);
    let client = script.client(settings());
    let write = client.for_one_write();
    assert_eq!(write.send(post()).await.unwrap().status, 400);
    assert_eq!(client.send(get()).await.unwrap().status, 401);
    assert_eq!(write.send(post()).await.unwrap_err().kind, ErrorKind::CredentialsRefused);
    assert_eq!(write.send(get()).await.unwrap().status, 200, "to read is no write");
    assert_eq!(client.for_one_write().send(post()).await.unwrap().status, 200, "what begins later is tried");
}
