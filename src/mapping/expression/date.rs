//! Dates as Entra reads and prints them.

use jiff::Timestamp;

/// `M/d/yyyy h:mm:ss tt` in UTC, as `CDate` and `Now` print it: `3/16/2020 7:00:00 AM`.
pub(super) fn print(at: Timestamp) -> String {
    at.strftime("%-m/%-d/%Y %-I:%M:%S %p").to_string()
}
