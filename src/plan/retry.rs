//! When a failed person is tried again: a pure decision.

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

#[cfg(test)]
mod tests {
    use super::*;

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
