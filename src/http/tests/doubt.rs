//! Whether a write may have been carried out: what its tries were, and not only the last.

use super::script::{Script, Step, status, throttled};
use super::*;

const CUT: Step = Step::Lost { sent: true };
const UNCONNECTED: Step = Step::Lost { sent: false };

/// Status or kind at the end, and whether it is in doubt.
async fn doubt(request: Request, steps: &[Step]) -> (String, bool) {
    match Script::new(steps.to_vec()).client(settings()).send(request).await {
        Ok(response) => (response.status.to_string(), response.in_doubt),
        Err(error) => (format!("{:?}", error.kind), error.in_doubt),
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_is_in_doubt_if_any_of_its_tries_may_have_been_carried_out() {
    let table = [
        ("409", true, vec![CUT, status(409)]),
        ("404", true, vec![status(504), status(404)]),
        ("401", true, vec![status(500), UNCONNECTED, status(401)]),
        ("Unreachable", true, vec![CUT, UNCONNECTED]),
        ("Throttled(None)", true, vec![CUT, status(429)]),
        ("408", true, vec![status(408)]),
        ("505", true, vec![status(505)]),
        ("Unreachable", true, vec![Step::Hang]),
        ("Protocol", true, vec![Step::Body(200, 1001)]),
        ("503", true, vec![status(503)]),
        ("503", false, vec![Step::Answer(503, vec![("retry-after", "1")])]),
        ("409", false, vec![UNCONNECTED, throttled("1"), status(409)]),
        ("Unreachable", false, vec![UNCONNECTED]),
        ("Throttled(None)", false, vec![status(429)]),
        ("501", false, vec![status(501)]),
        ("403", false, vec![status(403)]),
        ("302", false, vec![status(302)]),
    ];
    for (end, in_doubt, steps) in table {
        assert_eq!(doubt(patch(), &steps).await, (end.to_owned(), in_doubt), "{steps:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_is_sent_once_is_in_doubt_after_its_only_try() {
    let table = [
        ("InDoubt", true, vec![CUT]),
        ("InDoubt", true, vec![throttled("1"), UNCONNECTED, CUT]),
        ("500", true, vec![status(500)]),
        ("503", true, vec![status(503)]),
        ("Unreachable", false, vec![UNCONNECTED]),
        ("409", false, vec![UNCONNECTED, Step::Answer(503, vec![("retry-after", "1")]), status(409)]),
    ];
    for (end, in_doubt, steps) in table {
        assert_eq!(doubt(post(), &steps).await, (end.to_owned(), in_doubt), "{steps:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_only_reads_is_never_in_doubt() {
    for steps in [vec![CUT], vec![status(500)], vec![CUT, status(404)], vec![Step::Hang], vec![Step::Body(200, 1001)]] {
        assert!(!doubt(get(), &steps).await.1, "{steps:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_after_a_lost_try_leaves_the_write_in_doubt() {
    for (step, in_doubt) in [(CUT, true), (UNCONNECTED, false)] {
        let stop = CancellationToken::new();
        let slow = HttpSettings { first_backoff: Duration::from_hours(1), ..settings() };
        let client = Script::new([step]).client_until(slow, stop.clone());
        let stopper = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            stop.cancel();
        };
        let (result, ()) = tokio::join!(client.send(patch()), stopper);
        let error = result.unwrap_err();
        assert_eq!((error.kind, error.in_doubt, client.requests()), (ErrorKind::Stopped, in_doubt, 1));
    }
}
