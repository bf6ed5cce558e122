//! Whether a request is sent again: a pure decision, taken after each try. The caller sleeps.

use std::time::Duration;

use super::Effect;
use crate::defects::{Defect, planted};

/// How often a 500 is tried again: it is more often the request that breaks the server than the moment.
const RETRIES_AFTER_500: usize = 2;

/// How one try ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// With a whole answer.
    Answered {
        /// Its status.
        status: u16,
        /// How long the side asked to be left alone.
        retry_after: Option<Duration>,
    },
    /// Without one.
    Lost {
        /// The request may have arrived; false if there never was a connection.
        sent: bool,
    },
}

/// The pause before the next try: our own `backoff`, but never less than the side asked for; none if this outcome is
/// final. `tries` counts those made so far.
pub(super) fn retry(outcome: Outcome, effect: Effect, tries: usize, backoff: Duration) -> Option<Duration> {
    let idempotent = effect != Effect::WriteOnce || planted(Defect::PostRepeated);
    let may_repeat = match outcome {
        Outcome::Lost { sent } => idempotent || !sent,
        Outcome::Answered { status: 429, .. } => true,
        // With Retry-After the server says that it did not take the request; without, it may have died over it.
        Outcome::Answered { status: 503, retry_after } => idempotent || retry_after.is_some(),
        Outcome::Answered { status: 500, .. } => idempotent && tries <= RETRIES_AFTER_500,
        Outcome::Answered { status, .. } => idempotent && matches!(status, 408 | 502 | 504),
    };
    let at_least = match outcome {
        Outcome::Answered { retry_after, .. } => retry_after.unwrap_or_default(),
        Outcome::Lost { .. } => Duration::ZERO,
    };
    may_repeat.then_some(backoff.max(at_least))
}

/// Whether a write may have been carried out although one of its tries ended so. A server or a gateway that gives up
/// with an error may have let it through before; 501 and a 503 with Retry-After say that it was not taken.
pub(super) fn leaves_doubt(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Lost { sent } => sent,
        Outcome::Answered { status: 503, retry_after } => retry_after.is_none(),
        Outcome::Answered { status, .. } => matches!(status, 408 | 500 | 502..=599),
    }
}

/// How long the whole side must be left alone after this outcome, the requests of others included.
pub(super) fn closes_gate(outcome: Outcome) -> Option<Duration> {
    match outcome {
        Outcome::Answered { status: 429 | 503, retry_after } => retry_after,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Duration = Duration::from_secs(2);
    const SOON: Option<Duration> = Some(OWN);

    fn answered(status: u16, retry_after: Option<u64>) -> Outcome {
        Outcome::Answered { status, retry_after: retry_after.map(Duration::from_secs) }
    }

    #[test]
    fn an_idempotent_request_is_repeated_after_what_may_pass() {
        for status in [408, 429, 500, 502, 503, 504] {
            assert_eq!(retry(answered(status, None), Effect::Write, 1, OWN), SOON, "{status}");
        }
        for status in [200, 201, 204, 301, 304, 400, 401, 403, 404, 409, 410, 412, 413, 501, 505] {
            assert_eq!(retry(answered(status, Some(1)), Effect::Write, 1, OWN), None, "{status}");
        }
        assert_eq!(retry(Outcome::Lost { sent: true }, Effect::Write, 9, OWN), SOON);
    }

    #[test]
    fn a_500_is_repeated_twice() {
        let decisions: Vec<bool> =
            (1..5).map(|tries| retry(answered(500, None), Effect::Write, tries, OWN).is_some()).collect();
        assert_eq!(decisions, [true, true, false, false]);
    }

    #[test]
    fn a_post_is_repeated_only_where_it_surely_was_not_carried_out() {
        assert_eq!(retry(answered(429, None), Effect::WriteOnce, 1, OWN), SOON);
        assert_eq!(retry(answered(503, Some(3)), Effect::WriteOnce, 1, OWN), Some(Duration::from_secs(3)));
        assert_eq!(retry(Outcome::Lost { sent: false }, Effect::WriteOnce, 1, OWN), SOON);
        assert_eq!(retry(Outcome::Lost { sent: true }, Effect::WriteOnce, 1, OWN), None);
        for status in [408, 500, 502, 503, 504] {
            assert_eq!(retry(answered(status, None), Effect::WriteOnce, 1, OWN), None, "{status}");
        }
    }

    #[test]
    fn a_write_is_in_doubt_after_what_may_hide_that_it_was_carried_out() {
        for status in [408, 500, 502, 503, 504, 505, 511, 599] {
            assert!(leaves_doubt(answered(status, None)), "{status}");
        }
        for status in [200, 204, 302, 400, 401, 403, 404, 409, 412, 429, 501] {
            assert!(!leaves_doubt(answered(status, None)), "{status}");
        }
        assert!(!leaves_doubt(answered(503, Some(0))), "it says that it did not take it");
        assert!(leaves_doubt(answered(504, Some(1))));
        assert!(leaves_doubt(Outcome::Lost { sent: true }) && !leaves_doubt(Outcome::Lost { sent: false }));
    }

    #[test]
    fn retry_after_is_never_shortened() {
        assert_eq!(retry(answered(429, Some(3244)), Effect::Write, 1, OWN), Some(Duration::from_secs(3244)));
        assert_eq!(retry(answered(502, Some(7)), Effect::Write, 1, OWN), Some(Duration::from_secs(7)));
        assert_eq!(retry(answered(429, Some(0)), Effect::Write, 1, OWN), SOON);
    }

    #[test]
    fn only_429_and_503_with_a_time_close_the_gate() {
        assert_eq!(closes_gate(answered(429, Some(5))), Some(Duration::from_secs(5)));
        assert_eq!(closes_gate(answered(503, Some(5))), Some(Duration::from_secs(5)));
        assert_eq!(closes_gate(answered(429, None)), None);
        assert_eq!(closes_gate(answered(502, Some(5))), None);
        assert_eq!(closes_gate(Outcome::Lost { sent: true }), None);
    }
}
