//! The gate that a side closes by asking to be left alone.

use std::sync::Mutex;

use jiff::Timestamp;

use super::script::{Script, Step, status, throttled};
use super::*;

const NOW: &str = "2026-08-20T12:00:00Z";

/// Settings whose clock stands still, and what the listener was told.
fn listening() -> (HttpSettings, Arc<Mutex<Vec<String>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let (listener, now): (_, Timestamp) = (Arc::clone(&told), NOW.parse().unwrap());
    let settings = HttpSettings {
        clock: Arc::new(move || now),
        on_throttle: Some(Arc::new(move |until: Timestamp| listener.lock().unwrap().push(until.to_string()))),
        ..settings()
    };
    (settings, told)
}

fn dated(retry_after: &'static str) -> Step {
    Step::Answer(429, vec![("retry-after", retry_after), ("date", "Thu, 20 Aug 2026 09:00:00 GMT")])
}

#[tokio::test(start_paused = true)]
async fn a_wait_is_kept_in_full_in_every_form_and_told_at_once() {
    for (step, until, at) in [
        (throttled("3244"), "2026-08-20T12:54:04Z", 3244),
        (throttled("3243.6"), "2026-08-20T12:54:03.6Z", 3244),
        (throttled("Thu, 20 Aug 2026 12:54:04 GMT"), "2026-08-20T12:54:04Z", 3244),
        (dated("Thu, 20 Aug 2026 09:54:04 GMT"), "2026-08-20T12:54:04Z", 3244),
        (Step::Answer(503, vec![("retry-after", "120")]), "2026-08-20T12:02:00Z", 120),
    ] {
        let (settings, told) = listening();
        let script = Script::new([step, status(200)]);
        let client = script.client(settings);
        assert_eq!(client.send(get()).await.unwrap().status, 200);
        assert_eq!((script.sent_at(), told.lock().unwrap().as_slice()), (vec![0, at], [until.to_owned()].as_slice()));
    }
}

#[tokio::test(start_paused = true)]
async fn every_request_of_the_side_waits_and_the_time_is_shown_meanwhile() {
    let (settings, _) = listening();
    let script = Script::new([throttled("3244"), status(200)]);
    let client = script.client(settings);
    let later = async {
        tokio::time::sleep(Duration::from_mins(1)).await;
        assert_eq!(client.throttled_until(), Some("2026-08-20T12:54:04Z".parse().unwrap()));
        client.send(post()).await.unwrap();
        client.urgent().send(patch()).await.unwrap();
    };
    let (first, ()) = tokio::join!(client.send(get()), later);
    assert_eq!((first.unwrap().status, client.throttled_until()), (200, None));
    assert_eq!(script.sent_at(), [0, 3244, 3244, 3244]);
}

#[tokio::test(start_paused = true)]
async fn without_a_time_the_whole_side_is_left_alone_for_our_own_pause() {
    for step in [status(429), throttled("0"), throttled("soon")] {
        let (settings, told) = listening();
        let script = Script::new([step, status(200)]);
        let client = script.client(HttpSettings { first_backoff: Duration::from_secs(10), ..settings });
        let other = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            client.send(post()).await.unwrap();
        };
        let (first, ()) = tokio::join!(client.send(get()), other);
        assert_eq!(first.unwrap().status, 200);
        let sent = script.sent();
        assert!(sent[1..].iter().all(|(at, _)| *at >= 10), "{sent:?}");
        assert_eq!((told.lock().unwrap().len(), sent.len()), (1, 3));
    }
}

#[tokio::test(start_paused = true)]
async fn throttling_that_does_not_end_is_an_error_with_the_last_wait() {
    let (settings, told) = listening();
    let script = Script::new([throttled("3244")]);
    let client = script.client(settings);
    let error = client.send(post()).await.unwrap_err();
    assert_eq!((error.kind, error.status), (ErrorKind::Throttled(Some(Duration::from_secs(3244))), Some(429)));
    assert_eq!((script.sent_at(), told.lock().unwrap().len()), (vec![0, 3244, 6488], 3));
    assert!(client.throttled_until().is_some(), "the last answer closed the gate too");
}

#[tokio::test(start_paused = true)]
async fn another_service_of_the_side_has_a_gate_of_its_own_and_the_same_listener() {
    let (settings, told) = listening();
    let client = Script::new([throttled("60")]).client(HttpSettings { max_attempts: 1, ..settings });
    let apart = client.apart();
    assert!(apart.send(post()).await.is_err());
    assert_eq!((client.throttled_until(), client.requests()), (None, 0));
    assert_eq!(*told.lock().unwrap(), ["2026-08-20T12:01:00Z"]);
}
