//! When the next cycle runs.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// When cycles run.
#[derive(Clone, Debug)]
pub enum Timing {
    /// From start to start; 5 minutes by default, 10 seconds to 24 hours. A longer cycle is followed at once.
    Every(Duration),
    /// At the times of a cron expression, which begins with the seconds; in UTC.
    Cron(Box<cron::Schedule>),
}

/// When cycles run, with the jitter that keeps many installations from asking at the same second.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// When.
    pub timing: Timing,
    /// Added at most.
    pub jitter: Duration,
}

impl Schedule {
    /// The time of the next cycle after one that began at `started` and has ended by `now`; `luck` in 0..1 chooses
    /// within the jitter. None if the expression never comes true again.
    pub fn next(&self, started: Timestamp, now: Timestamp, luck: f64) -> Option<Timestamp> {
        let base = match &self.timing {
            Timing::Every(interval) => started.checked_add(SignedDuration::try_from(*interval).ok()?).ok()?.max(now),
            Timing::Cron(schedule) => next_of(schedule, now)?,
        };
        let jitter = SignedDuration::try_from(self.jitter.mul_f64(luck.clamp(0.0, 1.0))).ok()?;
        base.checked_add(jitter).ok()
    }

    /// When so many cycles have been missed, if the last one that went well ended at `last`; not before half an hour, in
    /// which any of them may have been under way. None if the expression never comes true so often.
    pub fn missed(&self, last: Timestamp, cycles: u32) -> Option<Timestamp> {
        let earliest = last.checked_add(SHORTEST_SILENCE).ok()?;
        let missed = match &self.timing {
            Timing::Every(interval) => last.checked_add(SignedDuration::try_from(*interval * cycles).ok()?).ok()?,
            Timing::Cron(schedule) => {
                let mut times = std::iter::successors(next_of(schedule, last), |at| next_of(schedule, *at));
                times.nth(usize::try_from(cycles.saturating_sub(1)).ok()?)?
            }
        };
        Some(missed.checked_add(SignedDuration::try_from(self.jitter).ok()?).ok()?.max(earliest))
    }
}

/// Less than this says nothing.
const SHORTEST_SILENCE: SignedDuration = SignedDuration::from_mins(30);

/// How often all accounts of Jostle are compared with what is known of them.
#[derive(Clone, Debug)]
pub enum Recurrence {
    /// By hand only.
    Never,
    /// So long after the last time began. Every installation has begun at another time.
    Every(SignedDuration),
    /// At the times of a cron expression, which begins with the seconds; in UTC.
    Cron(Box<cron::Schedule>),
}

impl Recurrence {
    /// When it is due next, if it was done at `last`; that may be long ago. None: never.
    pub fn due(&self, last: Timestamp, now: Timestamp) -> Option<Timestamp> {
        // It was not done in the future: the clock was wrong then.
        if last > now && !matches!(self, Self::Never) {
            return Some(now);
        }
        match self {
            Self::Never => None,
            Self::Every(interval) => last.checked_add(*interval).ok(),
            Self::Cron(schedule) => next_of(schedule, last),
        }
    }
}

/// The first time of an expression after this one.
fn next_of(schedule: &cron::Schedule, after: Timestamp) -> Option<Timestamp> {
    Timestamp::from_second(schedule.after(&chrono_time(after)?).next()?.timestamp()).ok()
}

/// The cron crate speaks chrono; this is the only place that does.
fn chrono_time(at: Timestamp) -> Option<chrono::DateTime<chrono::Utc>> {
    chrono::DateTime::from_timestamp_millis(at.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn an_interval_counts_from_start_to_start_and_a_late_cycle_follows_at_once() {
        let schedule = Schedule { timing: Timing::Every(Duration::from_mins(5)), jitter: Duration::from_secs(30) };
        let (started, ended) = (at("2026-01-01T00:00:00Z"), at("2026-01-01T00:02:00Z"));
        assert_eq!(schedule.next(started, ended, 0.0), Some(at("2026-01-01T00:05:00Z")));
        assert_eq!(schedule.next(started, ended, 1.0), Some(at("2026-01-01T00:05:30Z")));
        assert_eq!(schedule.next(started, at("2026-01-01T00:09:00Z"), 0.0), Some(at("2026-01-01T00:09:00Z")));
    }

    #[test]
    fn so_many_cycles_are_missed_by_the_schedule_and_never_within_half_an_hour() {
        let last = at("2026-01-01T00:00:00Z");
        let every = |minutes, jitter| Schedule {
            timing: Timing::Every(Duration::from_mins(minutes)),
            jitter: Duration::from_secs(jitter),
        };
        assert_eq!(every(40, 30).missed(last, 3), Some(at("2026-01-01T02:00:30Z")));
        assert_eq!(every(5, 30).missed(last, 3), Some(at("2026-01-01T00:30:00Z")));
        let timing = Timing::Cron(Box::new("0 30 2 * * *".parse().expect("valid")));
        let nightly = Schedule { timing, jitter: Duration::ZERO };
        assert_eq!(nightly.missed(last, 1), Some(at("2026-01-01T02:30:00Z")));
        assert_eq!(nightly.missed(last, 3), Some(at("2026-01-03T02:30:00Z")));
    }

    #[test]
    fn what_recurs_is_due_after_the_last_time_however_long_ago_that_was() {
        let week = Recurrence::Every(SignedDuration::from_hours(24 * 7));
        let (last, now) = (at("2026-01-01T00:00:00Z"), at("2026-01-03T00:00:00Z"));
        assert_eq!(week.due(last, now), Some(at("2026-01-08T00:00:00Z")));
        let cron = Recurrence::Cron(Box::new("0 30 2 * * Sun".parse().expect("valid")));
        assert_eq!(cron.due(last, now), Some(at("2026-01-04T02:30:00Z")));
        let later = at("2026-03-01T00:00:00Z");
        assert_eq!(cron.due(last, later), Some(at("2026-01-04T02:30:00Z")), "it was missed, and is done at once");
        assert_eq!(Recurrence::Never.due(last, now), None);
        for recurrence in [week, cron] {
            assert_eq!(recurrence.due(later, now), Some(now), "the clock was set back");
        }
    }

    #[test]
    fn a_cron_expression_counts_from_the_end_of_the_last_cycle() {
        let timing = Timing::Cron(Box::new("0 30 2 * * *".parse().expect("valid")));
        let schedule = Schedule { timing, jitter: Duration::ZERO };
        let (started, ended) = (at("2026-01-01T02:29:59Z"), at("2026-01-01T02:30:00Z"));
        assert_eq!(schedule.next(started, ended, 0.5), Some(at("2026-01-02T02:30:00Z")));
    }
}
