//! When a failed person is tried again, and when a failed side: pure decisions.

use std::time::Duration;

/// How fast the waits grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Waiting may mend it: minutes at first, a day at last.
    Soon,
    /// Somebody has to mend it in Jostle: once a day, since every failure may mail Jostle's administrators.
    Daily,
    /// Only a change of the person, the mapping or the scope mends it.
    OnChange,
}

const STEPS: [Duration; 6] = [
    Duration::from_mins(5),
    Duration::from_mins(15),
    Duration::from_hours(1),
    Duration::from_hours(4),
    Duration::from_hours(12),
    Duration::from_hours(24),
];

/// The wait before the next attempt after `attempts` failed ones; `jitter` in 0..1 adds up to a quarter of it, so that
/// those who failed together do not come back together. None: not by time.
pub fn next_attempt(pace: Pace, attempts: u32, jitter: f64) -> Option<Duration> {
    let last = STEPS.len() - 1;
    let step = match pace {
        Pace::OnChange => return None,
        Pace::Daily => STEPS[last],
        Pace::Soon => STEPS[(attempts.saturating_sub(1) as usize).min(last)],
    };
    Some(step.mul_f64(1.0 + jitter.clamp(0.0, 1.0) / 4.0))
}

/// The first pause of a side that fails as a whole.
const FIRST_PAUSE: Duration = Duration::from_mins(5);

/// The longest one, unless the side asks for more: whatever went on in Entra meanwhile waits for it.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// How long a side is left alone that failed as a whole so many times in a row: it doubles up to an hour, and is never
/// shorter than the side asked for. `jitter` in 0..1 adds up to a quarter of it.
pub fn pause(failures: u32, asked_for: Option<Duration>, jitter: f64) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)));
    let pause = doubled.min(LONGEST_PAUSE).mul_f64(1.0 + jitter.clamp(0.0, 1.0) / 4.0);
    pause.max(asked_for.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_to_an_hour_and_are_never_shorter_than_asked_for() {
        let minutes: Vec<_> = (0..=8).map(|failures| pause(failures, None, 0.0).as_secs() / 60).collect();
        assert_eq!(minutes, [5, 5, 10, 20, 40, 60, 60, 60, 60]);
        assert_eq!(pause(u32::MAX, None, 1.0), Duration::from_mins(75));
        let asked_for = Some(Duration::from_secs(3244));
        assert_eq!(pause(1, asked_for, 1.0), Duration::from_secs(3244));
        assert_eq!(pause(9, asked_for, 0.0), Duration::from_hours(1));
    }

    #[test]
    fn waits_grow_to_a_day_and_stay_there() {
        let minutes: Vec<_> =
            (1..=8).filter_map(|n| next_attempt(Pace::Soon, n, 0.0)).map(|wait| wait.as_secs() / 60).collect();
        assert_eq!(minutes, [5, 15, 60, 240, 720, 1440, 1440, 1440]);
        assert_eq!(next_attempt(Pace::Soon, 1, 1.0), Some(Duration::from_secs(375)));
        assert_eq!(next_attempt(Pace::Daily, 1, 0.0), Some(Duration::from_hours(24)));
        assert_eq!(next_attempt(Pace::OnChange, 3, 0.5), None);
    }
}
