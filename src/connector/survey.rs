//! What a side says of itself, apart from people.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::Side;

/// When the credentials for a side expire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// For which side.
    pub side: Side,
    /// The last day on which they are good, in UTC.
    pub on: Date,
}

impl Expiry {
    /// From so many days before they expire on, credentials are to be renewed.
    pub const NOTICE_DAYS: i32 = 30;

    /// Of credentials that end at this moment.
    pub fn ending(side: Side, at: Timestamp) -> Self {
        Self { side, on: day(at) }
    }

    /// How many days are left, in UTC; negative when they have expired.
    pub fn days_left(self, now: Timestamp) -> i32 {
        (self.on - day(now)).get_days()
    }
}

fn day(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

/// What a target says that it can do and that an account has: a feature or an attribute, and what is said of it. Two of
/// different times are compared, nothing else is concluded from it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Description(pub BTreeMap<String, String>);

impl Description {
    /// What differs in a later one, each as a fragment for people, in order.
    pub fn changes(&self, later: &Self) -> Vec<String> {
        let gone = self.0.keys().filter(|name| !later.0.contains_key(*name)).map(|name| format!("{name} is gone"));
        let rest = later.0.iter().filter_map(|(name, said)| match self.0.get(name) {
            None => Some(format!("{name} is new ({said})")),
            Some(before) if before != said => Some(format!("{name} was {before:?} and is {said:?}")),
            Some(_) => None,
        });
        gone.chain(rest).collect()
    }
}
