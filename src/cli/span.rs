//! Durations for people.

use jiff::SignedDuration;

/// A duration for people: the two largest units.
pub(super) fn span(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3600 % 24),
    }
}

/// The same, where less than a second is something.
pub(super) fn span_ms(duration: SignedDuration) -> String {
    match duration.as_millis().max(0) {
        milliseconds @ 0..1000 => format!("{milliseconds} ms"),
        _ => span(duration),
    }
}
