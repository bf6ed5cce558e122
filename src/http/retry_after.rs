//! The `Retry-After` header (RFC 9110 §10.2.3), and the fraction of a second that some services send.

use std::time::Duration;

use ::http::HeaderMap;
use ::http::header::{DATE, HeaderName, RETRY_AFTER};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A longer wait is no wait but a mistake, such as a date in seconds since 1970.
const LONGEST: Duration = Duration::from_hours(24 * 366);

/// How long to wait, in full. A date is measured from the answer's own `Date`, so that it does not matter whether our
/// clock is right; `now` stands in where there is none. A date in the past is no wait; what cannot be read is none.
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = text(headers, &RETRY_AFTER)?;
    if value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Duration::try_from_secs_f64(value.parse().ok()?).ok().filter(|wait| *wait <= LONGEST);
    }
    let until = http_date(value)?;
    let from = text(headers, &DATE).and_then(http_date).unwrap_or(now);
    Some(Duration::try_from(until.duration_since(from)).unwrap_or_default()).filter(|wait| *wait <= LONGEST)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// The three forms of RFC 9110 §5.6.7, all of which a recipient must take.
fn http_date(value: &str) -> Option<Timestamp> {
    let obsolete = |format| TimeZone::UTC.to_timestamp(DateTime::strptime(format, value).ok()?).ok();
    jiff::fmt::rfc2822::parse(value)
        .map(|date| date.timestamp())
        .ok()
        .or_else(|| obsolete("%A, %d-%b-%y %H:%M:%S GMT"))
        .or_else(|| obsolete("%a %b %e %H:%M:%S %Y"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::*;

    fn wait(value: &str, date: Option<&str>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, value.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        retry_after(&headers, "2026-08-20T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn seconds_and_fractions_are_taken_in_full() {
        assert_eq!(wait("10", None), Some(Duration::from_secs(10)));
        assert_eq!(wait(" 3244 ", None), Some(Duration::from_secs(3244)));
        assert_eq!(wait("3244.5", None), Some(Duration::from_millis(3_244_500)));
        assert_eq!(wait("2.128", None), Some(Duration::from_millis(2128)));
        assert_eq!(wait("0", None), Some(Duration::ZERO));
    }

    #[test]
    fn dates_are_taken_in_every_form() {
        let in_90_s = Some(Duration::from_secs(90));
        assert_eq!(wait("Thu, 20 Aug 2026 12:01:30 GMT", None), in_90_s);
        assert_eq!(wait("Thursday, 20-Aug-26 12:01:30 GMT", None), in_90_s);
        assert_eq!(wait("Thu Aug 20 12:01:30 2026", None), in_90_s);
        assert_eq!(wait("Thu, 20 Aug 2026 11:00:00 GMT", None), Some(Duration::ZERO));
    }

    #[test]
    fn a_date_is_measured_by_the_clock_of_the_server() {
        let date = Some("Thu, 20 Aug 2026 15:00:00 GMT");
        assert_eq!(wait("Thu, 20 Aug 2026 15:00:05 GMT", date), Some(Duration::from_secs(5)));
        assert_eq!(wait("Thu, 20 Aug 2026 15:54:04 GMT", date), Some(Duration::from_secs(3244)));
    }

    #[test]
    fn nonsense_is_no_wait_and_no_panic() {
        for value in
            ["", "soon", "-3", "1.2.3", ".", "1e9", "NaN", "1787227200", "99999999999999999999999999999999999999"]
        {
            assert_eq!(wait(value, None), None, "{value:?}");
        }
    }
}
