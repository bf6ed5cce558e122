//! The names of months and days in the invariant culture, and of which the first three letters are the short ones.

/// January is the first.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Sunday is the first.
pub(super) const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// The short form of a name.
pub(super) fn short(name: &str) -> &str {
    name.get(..3).unwrap_or(name)
}
