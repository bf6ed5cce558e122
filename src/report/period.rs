//! The time that a report is about, and how it is divided for charts.

use jiff::{SignedDuration, Timestamp};

/// A time from a beginning to an end, in hours, days or weeks of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Since when, as it was asked for.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    unit: Unit,
    /// The beginning of the first part, in seconds since 1970.
    origin: i64,
    parts: usize,
}

/// By what a period is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Hour,
    Day,
    /// So many weeks, from a Monday.
    Weeks(i64),
}

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;
/// The first Monday after the beginning of 1970.
const MONDAY: i64 = 4 * DAY;

/// Up to this length a period is divided into hours, which makes 73 of them.
const LONGEST_IN_HOURS: i64 = 3 * DAY;
/// Up to this length it is divided into days.
const LONGEST_IN_DAYS: i64 = 90 * DAY;
/// A chart has no more weeks than this: ten years of them. Beyond it, several are one part.
const MOST_WEEKS: i64 = 522;

impl Unit {
    fn of(seconds: i64) -> Self {
        match seconds {
            _ if seconds <= LONGEST_IN_HOURS => Self::Hour,
            _ if seconds <= LONGEST_IN_DAYS => Self::Day,
            _ => Self::Weeks((seconds / WEEK / MOST_WEEKS) + 1),
        }
    }

    fn seconds(self) -> i64 {
        match self {
            Self::Hour => HOUR,
            Self::Day => DAY,
            Self::Weeks(weeks) => weeks * WEEK,
        }
    }

    /// The beginning of the part that a second is in.
    fn floor(self, second: i64) -> i64 {
        let shift = if matches!(self, Self::Weeks(_)) { MONDAY } else { 0 };
        second - (second - shift).rem_euclid(self.seconds())
    }
}

impl Period {
    /// From a beginning to an end. What lies before anything is remembered is not drawn.
    pub fn new(since: Timestamp, until: Timestamp, remembered_since: Option<Timestamp>) -> Self {
        let from = remembered_since.map_or(since, |at| at.max(since)).min(until);
        let (from, to) = (from.as_second(), until.as_second());
        let unit = Unit::of(to - from);
        let origin = unit.floor(from);
        let parts = usize::try_from((unit.floor(to) - origin) / unit.seconds()).unwrap_or_default() + 1;
        Self { since, until, unit, origin, parts }
    }

    /// Into how many parts it is divided; at least one.
    pub fn parts(&self) -> usize {
        self.parts
    }

    /// In which part something happened; the first or the last one for what lies outside.
    pub fn part(&self, at: Timestamp) -> usize {
        let part = (at.as_second() - self.origin).div_euclid(self.unit.seconds());
        usize::try_from(part).unwrap_or_default().min(self.parts - 1)
    }

    /// When a part begins, for people.
    pub fn label(&self, part: usize) -> String {
        let offset = i64::try_from(part).unwrap_or_default().saturating_mul(self.unit.seconds());
        let at = Timestamp::from_second(self.origin.saturating_add(offset)).unwrap_or(self.until);
        let format = if self.unit == Unit::Hour { "%m-%d %H:%M" } else { "%Y-%m-%d" };
        at.strftime(format).to_string()
    }

    /// By what it is divided, for a title: "by day".
    pub fn unit(&self) -> String {
        match self.unit {
            Unit::Hour => "hour".to_owned(),
            Unit::Day => "day".to_owned(),
            Unit::Weeks(1) => "week".to_owned(),
            Unit::Weeks(weeks) => format!("{weeks} weeks"),
        }
    }

    /// How long it is.
    pub fn length(&self) -> SignedDuration {
        self.until.duration_since(self.since)
    }
}
