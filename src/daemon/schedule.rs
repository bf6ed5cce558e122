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
            Timing::Cron(schedule) => {
                let after = chrono_time(now)?;
                Timestamp::from_second(schedule.after(&after).next()?.timestamp()).ok()?
            }
        };
        let jitter = SignedDuration::try_from(self.jitter.mul_f64(luck.clamp(0.0, 1.0))).ok()?;
        base.checked_add(jitter).ok()
    }
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
    fn a_cron_expression_counts_from_the_end_of_the_last_cycle() {
        let timing = Timing::Cron(Box::new("0 30 2 * * *".parse().expect("valid")));
        let schedule = Schedule { timing, jitter: Duration::ZERO };
        let (started, ended) = (at("2026-01-01T02:29:59Z"), at("2026-01-01T02:30:00Z"));
        assert_eq!(schedule.next(started, ended, 0.5), Some(at("2026-01-02T02:30:00Z")));
    }
}
