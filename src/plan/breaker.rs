//! When the failures of many people are one failure of Jostle: a pure decision.

use std::collections::BTreeMap;

/// From when on failing people are a failure of Jostle as a whole: both must be reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuarantineRules {
    /// So many people who did not fail before.
    pub failing_people: u64,
    /// Their share of everybody whose request was tried, in percent.
    pub failing_percent: f64,
}

/// Counts what became of the requests of one cycle, a person once. Whoever failed in an earlier cycle already is not
/// counted when they fail again: a few people who fail for ever must not look like an outage.
#[derive(Clone, Debug, Default)]
pub struct Breaker {
    succeeded: u64,
    failed: BTreeMap<String, u64>,
}

/// Too many people failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trip {
    /// People who failed and did not fail before.
    pub failing: u64,
    /// Everybody who counts.
    pub of: u64,
    /// What most of them failed with: the provider's code or the status.
    pub code: String,
    /// How many of them did.
    pub with_code: u64,
}

impl Breaker {
    /// Somebody's request was carried out.
    pub fn succeeded(&mut self) {
        self.succeeded += 1;
    }

    /// Somebody's request failed, and did not fail before.
    pub fn failed(&mut self, code: &str) {
        *self.failed.entry(code.to_owned()).or_default() += 1;
    }

    /// Whether it is too many by now.
    pub fn tripped(&self, rules: &QuarantineRules) -> Option<Trip> {
        let failing = self.failed.values().sum();
        let of = self.succeeded + failing;
        let (code, &with_code) = self.failed.iter().max_by_key(|(_, count)| **count)?;
        #[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
        let is_share = failing as f64 * 100.0 >= rules.failing_percent * of as f64;
        let is_tripped = failing >= rules.failing_people.max(1) && is_share;
        is_tripped.then(|| Trip { failing, of, code: code.clone(), with_code })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RULES: QuarantineRules = QuarantineRules { failing_people: 5, failing_percent: 50.0 };

    /// After how many people it trips, if it does.
    fn trips_after(outcomes: impl IntoIterator<Item = bool>, rules: &QuarantineRules) -> Option<usize> {
        let mut breaker = Breaker::default();
        for (number, succeeds) in outcomes.into_iter().enumerate() {
            if succeeds {
                breaker.succeeded();
            } else {
                breaker.failed("500");
            }
            if breaker.tripped(rules).is_some() {
                return Some(number + 1);
            }
        }
        None
    }

    #[test]
    fn an_outage_is_noticed_in_a_small_company_and_a_few_failing_people_are_none_in_a_large_one() {
        assert_eq!(trips_after([false; 50], &RULES), Some(5));
        assert_eq!(trips_after([false; 4], &RULES), None, "four people are no outage");
        let half = (0..50_000).map(|number| number % 2 == 0);
        assert_eq!(trips_after(half, &RULES), Some(10));
        let some = (0..50_000).map(|number| number % 3 != 0);
        assert_eq!(trips_after(some, &RULES), None, "every third");
        let then_dark = (0..50_000).map(|number| number < 100);
        assert_eq!(trips_after(then_dark, &RULES), Some(200));
    }

    #[test]
    fn it_says_what_most_of_them_have_in_common() {
        let mut breaker = Breaker::default();
        for code in ["500", "tooMany", "500", "500", "uniqueness"] {
            assert_eq!(breaker.tripped(&RULES), None);
            breaker.failed(code);
        }
        breaker.succeeded();
        let trip = Trip { failing: 5, of: 6, code: "500".to_owned(), with_code: 3 };
        assert_eq!(breaker.tripped(&RULES), Some(trip));
    }

    #[test]
    fn nobody_is_not_too_many_whatever_the_rules_are() {
        let rules = QuarantineRules { failing_people: 0, failing_percent: 0.0 };
        assert_eq!(Breaker::default().tripped(&rules), None);
        let mut breaker = Breaker::default();
        breaker.succeeded();
        assert_eq!(breaker.tripped(&rules), None);
        breaker.failed("500");
        assert!(breaker.tripped(&rules).is_some());
    }

    proptest! {
        #[test]
        fn one_person_never_trips_it(outcomes in 0_usize..200, at in 0_usize..200, percent in 0.0..100.0) {
            let rules = QuarantineRules { failing_people: 2, failing_percent: percent };
            prop_assert_eq!(trips_after((0..outcomes).map(|number| number != at), &rules), None);
        }

        #[test]
        fn it_trips_exactly_when_both_are_reached(
            outcomes in proptest::collection::vec(any::<bool>(), 0..300), people in 1_u64..20, percent in 1_u32..=100,
        ) {
            let rules = QuarantineRules { failing_people: people, failing_percent: f64::from(percent) };
            let expected = (1..=outcomes.len()).find(|&tried| {
                let failing = outcomes[..tried].iter().filter(|succeeds| !**succeeds).count();
                failing as u64 >= people && failing * 100 >= percent as usize * tried
            });
            prop_assert_eq!(trips_after(outcomes.iter().copied(), &rules), expected);
        }
    }
}
