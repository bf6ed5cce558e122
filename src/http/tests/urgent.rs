//! What a person waits for goes before all that only waits for its turn.

use std::num::NonZeroU32;

use futures::future::join_all;
use tokio::time::{Instant, sleep, timeout};

use super::script::{Script, Step, status};
use super::*;

fn one_a_second() -> HttpSettings {
    HttpSettings { requests_per_second: NonZeroU32::new(1), ..settings() }
}

#[tokio::test(start_paused = true)]
async fn an_urgent_request_waits_for_one_turn_however_many_wait_before_it() {
    for concurrency in [1, 8, 64] {
        let script = Script::new([status(200)]);
        let client = script.client(HttpSettings { concurrency, ..one_a_second() });
        let urgent = async {
            sleep(Duration::from_millis(2500)).await;
            for _ in 0..3 {
                let asked = Instant::now();
                client.urgent().send(patch()).await.unwrap();
                assert!(asked.elapsed() <= Duration::from_millis(1001), "{:?}", asked.elapsed());
            }
        };
        let (answers, ()) = tokio::join!(join_all((0..64).map(|_| client.send(get()))), urgent);
        assert!(answers.iter().all(Result::is_ok));
        let paths: Vec<_> = script.sent().into_iter().map(|(_, path)| path).take(8).collect();
        assert_eq!(paths, ["/get", "/get", "/get", "/patch", "/patch", "/patch", "/get", "/get"]);
        assert_eq!(script.sent_at(), (0..67).collect::<Vec<_>>(), "no turn is lost");
    }
}

#[tokio::test(start_paused = true)]
async fn an_urgent_request_never_waits_for_a_slot_of_the_others() {
    let script = Script::new([Step::Hang, status(200)]);
    let client = script.client(HttpSettings { concurrency: 1, max_attempts: 1, ..settings() });
    let urgent = async {
        client.urgent().send(patch()).await.unwrap();
        client.urgent().send(post()).await.unwrap();
    };
    let (hanging, ()) = tokio::join!(client.send(get()), urgent);
    assert_eq!(hanging.unwrap_err().kind, ErrorKind::Unreachable);
    assert_eq!((script.sent_at(), client.requests()), (vec![0, 0, 0], 3));
}

#[tokio::test(start_paused = true)]
async fn an_urgent_request_that_is_given_up_holds_nobody_back() {
    let script = Script::new([status(200)]);
    let client = script.client(one_a_second());
    client.send(get()).await.unwrap();
    assert!(timeout(Duration::from_millis(100), client.urgent().send(patch())).await.is_err());
    client.send(get()).await.unwrap();
    assert_eq!(script.sent_at(), [0, 1]);
}

#[tokio::test(start_paused = true)]
async fn while_an_urgent_request_is_answered_the_others_go_on() {
    let script = Script::new([Step::Hang, status(200)]);
    let client = script.client(HttpSettings { max_attempts: 1, ..one_a_second() });
    let others = async {
        client.send(get()).await.unwrap();
        client.send(get()).await.unwrap();
    };
    let urgent = client.urgent();
    let (first, second, ()) = tokio::join!(urgent.send(patch()), urgent.send(patch()), others);
    assert!(first.is_err() && second.is_ok());
    assert_eq!(script.sent_at(), [0, 1, 2, 5]);
}
