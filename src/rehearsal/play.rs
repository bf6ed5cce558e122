//! Playing a scenario to its end.

use super::player::Player;
use super::rules::{Rule, Violation};
use super::scenario::Scenario;

/// What came of a scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Played {
    /// The rules that were broken; none if all is well.
    pub violations: Vec<Violation>,
    /// Of everything that was sent and stored: the same for the same scenario.
    pub digest: u64,
    /// Cycles that were begun.
    pub cycles: u32,
    /// Requests that were sent.
    pub requests: u64,
    /// Plans that were compared with what the cycle after them did.
    pub plans: u32,
    /// Times that the program was killed.
    pub kills: u32,
    /// Requests that met a fault.
    pub faults: u32,
}

/// Plays a scenario to its end. The same scenario gives the same result, on every machine.
pub fn play(scenario: &Scenario) -> Played {
    // Whatever is random below is fastrand's, of this thread.
    fastrand::seed(scenario.seed);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let played = match runtime {
        Ok(runtime) => runtime.block_on(async {
            let mut player = Player::new(scenario)?;
            Box::pin(player.play(&scenario.events)).await;
            Ok(Box::pin(player.end()).await)
        }),
        Err(error) => Err(error.to_string()),
    };
    played.unwrap_or_else(|why: String| Played {
        violations: vec![Violation { rule: Rule::Runs, detail: format!("the scenario cannot be played: {why}") }],
        ..Played::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_scenario_gives_the_same_result() {
        for seed in [1, 2, 5] {
            let scenario = Scenario::from_seed(seed);
            let (first, second) = (play(&scenario), play(&scenario));
            assert_eq!(first, second, "seed {seed}");
            assert!(first.cycles > 0 && first.requests > 0, "seed {seed}: {first:?}");
        }
        assert_ne!(play(&Scenario::from_seed(1)).digest, play(&Scenario::from_seed(2)).digest);
    }
}
