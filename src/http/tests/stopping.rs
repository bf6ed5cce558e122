//! A stop ends every wait, and cuts nothing that is under way before its grace is over.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::script::{Script, Step, status, throttled};
use super::*;

#[tokio::test(start_paused = true)]
async fn a_stop_ends_every_wait_and_nothing_more_is_sent() {
    for step in [status(503), status(429), throttled("3244")] {
        let stop = CancellationToken::new();
        let slow = HttpSettings { first_backoff: Duration::from_hours(1), concurrency: 1, ..settings() };
        let script = Script::new([step]);
        let client = script.client_until(slow, stop.clone());
        let stopper = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            stop.cancel();
        };
        let start = tokio::time::Instant::now();
        let (first, ()) = tokio::join!(client.send(get()), stopper);
        assert_eq!((first.unwrap_err().kind, start.elapsed().as_secs()), (ErrorKind::Stopped, 1));
        assert_eq!(client.send(post()).await.unwrap_err().kind, ErrorKind::Stopped);
        assert_eq!(script.sent_at(), [0]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_is_withdrawn_while_it_waits_is_not_sent_and_what_reads_or_is_another_goes_on() {
    for (step, in_doubt) in [(throttled("3244"), false), (status(503), true)] {
        let slow = HttpSettings { first_backoff: Duration::from_hours(1), ..settings() };
        let script = Script::new([step, status(200)]);
        let client = script.client(slow);
        let stop = CancellationToken::new();
        let stopper = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            stop.cancel();
        };
        let start = tokio::time::Instant::now();
        let withdrawn = client.until(stop.clone());
        let (first, ()) = tokio::join!(withdrawn.send(patch()), stopper);
        let error = first.unwrap_err();
        assert_eq!((error.kind, error.in_doubt), (ErrorKind::Withdrawn, in_doubt));
        assert_eq!(withdrawn.send(post()).await.unwrap_err().kind, ErrorKind::Withdrawn);
        assert_eq!((script.sent_at(), start.elapsed().as_secs()), (vec![0], 1));
        assert_eq!(withdrawn.send(get()).await.unwrap().status, 200);
        assert_eq!(client.send(post()).await.unwrap().status, 200);
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_hangs_holds_up_a_stop_no_longer_than_the_grace() {
    for (request, kind, in_doubt) in
        [(get(), ErrorKind::Stopped, false), (patch(), ErrorKind::Stopped, true), (post(), ErrorKind::InDoubt, true)]
    {
        let stop = CancellationToken::new();
        let patient = HttpSettings { request_timeout: Duration::MAX, ..settings() };
        let client = Script::new([Step::Hang]).client_until(patient, stop.clone());
        let start = tokio::time::Instant::now();
        let stopper = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            stop.cancel();
        };
        let (result, ()) = tokio::join!(client.send(request), stopper);
        let error = result.unwrap_err();
        assert_eq!((error.kind, error.in_doubt, start.elapsed().as_secs()), (kind, in_doubt, 6));
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
