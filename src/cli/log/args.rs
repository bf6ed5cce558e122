//! Options of `log`.

use clap::ValueEnum;
use clap::builder::PossibleValue;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::model::Operation;
use crate::store::{CycleId, HistoryQuery, LogEntry, Records};

/// Options of `log`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct LogArgs {
    /// User principal name, mail address or object id: also of people who are deleted, and names that somebody had once
    user: Option<String>,
    /// Not before: a time like 2026-03-01T08:00:00Z, a date (its beginning in UTC), or so long ago, like 2h or 7d
    #[arg(long, value_name = "WHEN", value_parser = when)]
    since: Option<Timestamp>,
    /// Before; written like --since
    #[arg(long, value_name = "WHEN", value_parser = when)]
    until: Option<Timestamp>,
    /// Only these; none: somebody for whom nothing could be planned
    #[arg(long, value_name = "OP", num_args = 1.., value_delimiter = ',')]
    operation: Vec<OperationWord>,
    /// Only what went so
    #[arg(long, value_name = "STATUS", num_args = 1.., value_delimiter = ',')]
    status: Vec<StatusWord>,
    /// Only this cycle, by its number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    cycle: Option<i64>,
    /// Only what administrators did: approvals, pauses, plans, undone cycles, and when the configuration changed
    #[arg(long, conflicts_with_all = ["operation", "status"])]
    audit: bool,
    /// Only what was done to people
    #[arg(long, conflicts_with = "audit")]
    no_audit: bool,
    /// At most so many rows, the newest; 0: all of them
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(super) limit: usize,
    /// Print a table for a spreadsheet: one row for each operation and act. A text that a spreadsheet would take for a formula
    /// begins with an apostrophe
    #[arg(long, conflicts_with = "json")]
    pub(super) csv: bool,
}

impl LogArgs {
    pub(super) fn query(&self) -> HistoryQuery {
        HistoryQuery {
            user: self.user.clone(),
            since: self.since,
            until: self.until,
            operations: self.operation.iter().map(|word| word.0.to_owned()).collect(),
            statuses: self.status.iter().map(|word| word.as_str().to_owned()).collect(),
            cycle: self.cycle.map(CycleId),
            records: match (self.audit, self.no_audit) {
                (true, _) => Records::Audit,
                (_, true) => Records::Operations,
                _ => Records::All,
            },
        }
    }

    /// Who was asked for, as they were named.
    pub(super) fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }
}

/// What was done, by the word of the log.
#[derive(Clone, Copy, Debug)]
struct OperationWord(&'static str);

/// In the order in which a person goes through them.
const WORDS: [OperationWord; 7] = [
    OperationWord(Operation::Create.as_str()),
    OperationWord(Operation::Adopt.as_str()),
    OperationWord(Operation::Update.as_str()),
    OperationWord(Operation::Deactivate.as_str()),
    OperationWord(Operation::Reactivate.as_str()),
    OperationWord(Operation::Delete.as_str()),
    OperationWord(LogEntry::NO_OPERATION),
];

impl ValueEnum for OperationWord {
    fn value_variants<'a>() -> &'a [Self] {
        &WORDS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0))
    }
}

/// How it went.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum StatusWord {
    Success,
    Failure,
    Skipped,
}

impl StatusWord {
    fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Skipped => "skipped",
        }
    }
}

/// A time, a day, or how long ago. Without an offset it is in UTC, as everything that is printed.
pub(in crate::cli) fn when(text: &str) -> Result<Timestamp, String> {
    let in_utc = |at: DateTime| TimeZone::UTC.to_timestamp(at);
    let ago = |span: Span| TimeZone::UTC.to_datetime(Timestamp::now()).checked_sub(span.abs()).and_then(in_utc);
    text.parse::<Timestamp>()
        .or_else(|_| text.parse::<DateTime>().and_then(in_utc))
        .or_else(|_| text.parse::<Span>().and_then(ago))
        .map_err(|_| {
            "write a time like 2026-03-01T08:00:00Z, a date like 2026-03-01, or a span like 2h or 7d".to_owned()
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn when_is_a_time_a_day_or_a_span() {
        for (text, at) in [
            ("2026-03-01T08:00:00Z", "2026-03-01T08:00:00Z"),
            ("2026-03-01T08:00:00+02:00", "2026-03-01T06:00:00Z"),
            ("2026-03-01T08:00", "2026-03-01T08:00:00Z"),
            ("2026-03-01", "2026-03-01T00:00:00Z"),
        ] {
            assert_eq!(when(text).unwrap(), at.parse().unwrap(), "{text}");
        }
        for (text, hours) in [("2h", 2), ("90m", 1), ("7d", 7 * 24), ("1w", 7 * 24), ("2h ago", 2), ("1d 3h", 27)] {
            let then = when(text).unwrap();
            let ago = Timestamp::now().duration_since(then);
            assert_eq!(ago.as_hours(), hours, "{text}");
            assert!(ago < SignedDuration::from_hours(hours + 1));
        }
        for text in ["yesterday", "", "7", "2026-13-01", "999999999y"] {
            assert!(when(text).unwrap_err().contains("2h or 7d"), "{text}");
        }
    }
}
