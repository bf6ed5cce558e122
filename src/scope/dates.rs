//! From when until when a person is in scope: the days of hiring and of leaving.
//!
//! Graph has both as a moment in UTC, HR means a day, and writes it as midnight or as eight o'clock in UTC. So the day
//! is taken as Graph writes it, in UTC, and only then put into the configured time zone: in the zone itself, midnight
//! would be the day before for half of the world.

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::temporal::Pieces;
use jiff::tz::{Offset, TimeZone};

use super::{OutReason, Undecided};
use crate::model::{SourcePath, SourceUser};

/// The first day of a person.
pub(super) const HIRED: &str = "employeeHireDate";
/// The last day of a person.
pub(super) const LEFT: &str = "employeeLeaveDateTime";

/// Which dates count, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Dates {
    /// In scope so many days before the first day, from the beginning of that day; none: whatever the first day is.
    pub hire_days_before: Option<u16>,
    /// In scope until this time on the last day; none: whatever the last day is.
    pub leave_at: Option<Time>,
    /// Where days begin and clocks are read.
    pub zone: TimeZone,
}

impl Default for Dates {
    fn default() -> Self {
        Self { hire_days_before: None, leave_at: None, zone: TimeZone::UTC }
    }
}

/// A local time and the moment that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) local: DateTime,
    pub(super) at: Timestamp,
}

/// What the dates of one person mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    /// In scope from here.
    pub(super) from: Option<Turn>,
    /// Back from here, if the person left before: a last day before the first one belongs to an earlier employment.
    back: Option<Timestamp>,
    /// In scope until here.
    pub(super) until: Option<Turn>,
}

impl Dates {
    pub(super) fn source_paths(&self) -> Vec<SourcePath> {
        let own = |property: &str| SourcePath::Own { property: property.to_owned(), member: None };
        match (self.hire_days_before, self.leave_at) {
            (None, None) => Vec::new(),
            (Some(_), None) => vec![own(HIRED)],
            // The first day tells whether the last one is of an earlier employment.
            (_, Some(_)) => vec![own(HIRED), own(LEFT)],
        }
    }

    /// What the dates of a person mean.
    pub(super) fn span(&self, user: &SourceUser) -> Result<Span, Undecided> {
        if self.hire_days_before.is_none() && self.leave_at.is_none() {
            return Ok(Span::default());
        }
        let hired = day(user, HIRED)?.map(|date| {
            let days = i64::from(self.hire_days_before.unwrap_or_default());
            let first = date.checked_sub(days.days()).unwrap_or(Date::MIN);
            self.turn(first.to_datetime(Time::midnight()))
        });
        let until = match self.leave_at {
            None => None,
            Some(time) => day(user, LEFT)?.map(|date| self.turn(date.to_datetime(time))),
        };
        Ok(Span { from: hired.filter(|_| self.hire_days_before.is_some()), back: hired.map(|turn| turn.at), until })
    }

    /// A local time that a change of the clocks skips or repeats is the one after the gap, or the first of both. What
    /// is beyond the calendar (HR writes 9999-12-31 for never) is its end.
    fn turn(&self, local: DateTime) -> Turn {
        let beyond = if local.year().is_positive() { Timestamp::MAX } else { Timestamp::MIN };
        let at = self.zone.to_ambiguous_timestamp(local).compatible().unwrap_or(beyond);
        Turn { local, at }
    }
}

impl Span {
    /// Why the person is out of scope at a moment, as far as dates go.
    pub(super) fn out(&self, now: Timestamp) -> Option<OutReason> {
        if let Some(from) = self.from.filter(|from| now < from.at) {
            return Some(OutReason::NotYetHired { from: from.local.date() });
        }
        let until = self.until.filter(|until| now >= until.at)?;
        let is_back = self.back.is_some_and(|back| back > until.at && now >= back);
        (!is_back).then_some(OutReason::Left { since: until.local })
    }

    /// When that becomes something else by itself.
    pub(super) fn revisit_at(&self, now: Timestamp) -> Option<Timestamp> {
        let mut turns: Vec<_> =
            [self.from.map(|turn| turn.at), self.back, self.until.map(|turn| turn.at)].into_iter().flatten().collect();
        turns.sort();
        turns.into_iter().find(|at| *at > now && self.out(*at) != self.out(now))
    }
}

/// The day that Graph has at a property, in UTC.
fn day(user: &SourceUser, property: &'static str) -> Result<Option<Date>, Undecided> {
    let Some(value) = user.attributes.get(property).filter(|value| !value.is_null()) else { return Ok(None) };
    let text = value.as_str().unwrap_or_default();
    let wrong = || Undecided::Date { property, value: value.as_str().map_or_else(|| value.to_string(), str::to_owned) };
    if value.as_str() == Some("") {
        return Ok(None);
    }
    let pieces = Pieces::parse(text).map_err(|_| wrong())?;
    let local = pieces.date().to_datetime(pieces.time().unwrap_or_default());
    let offset = pieces.to_numeric_offset().map_or(0, Offset::seconds);
    // Graph writes everything in UTC, so the shift is nothing but for what others put in.
    Ok(Some(local.checked_sub(i64::from(offset).seconds()).unwrap_or(local).date()))
}
