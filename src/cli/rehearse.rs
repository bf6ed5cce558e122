//! `rehearse`: the whole product between two simulated tenants, in virtual time, many seeds over.

use std::fmt;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use serde_json::Value;

use super::exit::Failure;
use super::{Exit, Run, output};
use crate::rehearsal::{Company, Go, Scenario, Seeds, Somebody, Summary, Violation, play_caught, play_many, shrink};

/// Options of `rehearse`.
#[derive(Debug, clap::Args)]
pub(super) struct RehearseArgs {
    /// How many companies to play; each is made from its seed alone
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) seeds: u64,
    /// The seed of the first one; the others count up from it
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(super) first_seed: u64,
    /// Companies played at once; the result does not depend on it [default: one for each processor]
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<std::num::NonZeroUsize>,
    /// End after so many failing seeds
    #[arg(long, value_name = "N", default_value = "10")]
    pub(super) most_failing: std::num::NonZeroUsize,
}

/// A seed that broke a rule.
#[derive(Serialize)]
struct Failing {
    seed: u64,
    violations: Vec<String>,
    events: Vec<String>,
    events_before: usize,
    company: Vec<String>,
    replay: String,
}

/// The whole result.
#[derive(Serialize)]
struct Shown {
    failing: Vec<Failing>,
    first_seed: u64,
    asked_for: u64,
    played: u64,
    cycles: u64,
    requests: u64,
    plans: u64,
    kills: u64,
    faults: u64,
    /// The same for the same seeds of the same version, on every machine.
    digest: String,
    #[serde(skip)]
    took: Duration,
}

pub(super) async fn rehearse(run: &Run, options: &RehearseArgs) -> Result<Exit, Failure> {
    let shutdown = run.shutdown.clone();
    let threads = options.threads.or_else(|| available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let RehearseArgs { seeds: count, first_seed: first, threads: _, most_failing } = *options;
    let seeds = Seeds { first, count, threads, most_failing: most_failing.get() };
    let began = Instant::now();
    let rehearsed = tokio::task::spawn_blocking(move || {
        let bar = progress_bar(count);
        let summary = play_many(seeds, |so_far| {
            bar.set_position(so_far.played);
            bar.set_message(format!("{} failing", so_far.failing.len()));
            if shutdown.is_cancelled() { Go::Enough } else { Go::On }
        });
        bar.set_message("shrinking what failed");
        let failing = summary.failing.iter().map(|(seed, violations)| explain(*seed, violations)).collect();
        bar.finish_and_clear();
        (summary, failing)
    });
    let (summary, failing) = rehearsed.await.map_err(|error| anyhow!(error)).context("failed to rehearse")?;
    let shown = shown(&seeds, &summary, failing, began.elapsed());
    output::print_lines(run.json, &shown, || shown.to_string())?;
    Ok(if shown.holds() { Exit::Success } else { Exit::Failure })
}

/// On stderr, and nowhere if that is no terminal.
fn progress_bar(count: u64) -> ProgressBar {
    let bar = ProgressBar::new(count);
    if let Ok(style) = ProgressStyle::with_template("Rehearsing {bar:24} {pos}/{len} {per_sec} ETA {eta} {msg}") {
        bar.set_style(style);
    }
    bar
}

fn shown(seeds: &Seeds, summary: &Summary, failing: Vec<Failing>, took: Duration) -> Shown {
    let Summary { played, failing: _, cycles, requests, plans, kills, faults, digest } = *summary;
    let Seeds { first: first_seed, count: asked_for, .. } = *seeds;
    let digest = format!("{digest:016x}");
    Shown { failing, first_seed, asked_for, played, cycles, requests, plans, kills, faults, digest, took }
}

/// Shrinks a failing seed to what breaks the same rule.
fn explain(seed: u64, violations: &[Violation]) -> Failing {
    let scenario = Scenario::from_seed(seed);
    let small = shrink(&scenario, |candidate| {
        let broken = play_caught(candidate).violations;
        broken.iter().any(|violation| violations.first().is_some_and(|first| are_alike(first, violation)))
    });
    Failing {
        seed,
        violations: violations.iter().map(ToString::to_string).collect(),
        events: small.events.iter().map(ToString::to_string).collect(),
        events_before: scenario.events.len(),
        company: told(&small.company),
        replay: format!("entra-jostle-sync rehearse --seeds 1 --first-seed {seed}"),
    }
}

/// The same rule in the same words, whoever and whatever they are about.
fn are_alike(one: &Violation, other: &Violation) -> bool {
    one.rule == other.rule && pattern(&one.detail) == pattern(&other.detail)
}

/// The words of a detail without names, ids, numbers and what is in quotation marks.
fn pattern(detail: &str) -> Vec<&str> {
    let outside = detail.split('"').step_by(2);
    outside.flat_map(str::split_whitespace).filter(|word| !word.contains(|c: char| c.is_ascii_digit())).collect()
}

/// The company, a line each.
fn told(company: &Company) -> Vec<String> {
    let Company { people, groups, accounts, rulebook, entra, jostle } = company;
    let person = |somebody: &Somebody| {
        let Somebody { number, properties, assigned, manager } = somebody;
        let assigned = if *assigned { ", assigned" } else { "" };
        let manager = manager.map(|manager| format!(", reports to person {manager}")).unwrap_or_default();
        format!("person {number}{assigned}{manager}: {}", Value::Object(properties.clone()))
    };
    let mut lines: Vec<_> = people.iter().map(person).collect();
    lines.extend(groups.iter().map(|team| format!("group: {team:?}")));
    lines.extend(accounts.iter().map(|account| format!("account in Jostle: {account}")));
    lines.push(format!("configured: {rulebook:?}"));
    lines.push(format!("Entra: {entra:?}"));
    lines.push(format!("Jostle: {}", Value::Object(jostle.clone())));
    lines
}

impl Shown {
    fn holds(&self) -> bool {
        self.failing.is_empty() && self.played == self.asked_for
    }
}

impl fmt::Display for Shown {
    /// The failing seeds, then one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failing in &self.failing {
            writeln!(f, "{failing}")?;
        }
        let Self { first_seed, asked_for, played, cycles, requests, plans, kills, faults, digest, took, failing } =
            self;
        let verdict = match failing.as_slice() {
            [] => "all hold".to_owned(),
            some => {
                let seeds: Vec<_> = some.iter().map(|failing| failing.seed.to_string()).collect();
                format!("{} FAIL ({})", some.len(), seeds.join(", "))
            }
        };
        let early =
            if played < asked_for { format!(", ended early: {asked_for} were asked for") } else { String::new() };
        writeln!(
            f,
            "{played} seeds from {first_seed}: {verdict}{early}; {cycles} cycles, {requests} requests, {plans} plans \
             compared, {kills} kills, {faults} faults, digest {digest}, {} s",
            took.as_secs()
        )
    }
}

impl fmt::Display for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, violations, events, events_before, company, replay } = self;
        writeln!(f, "seed {seed} FAILS")?;
        for violation in violations {
            writeln!(f, "  {violation}")?;
        }
        writeln!(f, "  {} of its {events_before} events are enough:", events.len())?;
        for (index, event) in events.iter().enumerate() {
            writeln!(f, "  {:>4}. {event}", index + 1)?;
        }
        writeln!(f, "  in this company:")?;
        for line in company {
            writeln!(f, "    - {line}")?;
        }
        writeln!(f, "  replay: {replay}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearsal::Rule;

    fn seeds() -> Seeds {
        Seeds { first: 5, count: 1000, threads: NonZeroUsize::MIN, most_failing: 1 }
    }

    fn summary(played: u64) -> Summary {
        Summary {
            played,
            cycles: 40,
            requests: 300,
            plans: 60,
            kills: 2,
            faults: 9,
            digest: 0xab,
            ..Summary::default()
        }
    }

    #[test]
    fn what_holds_is_one_line() {
        let shown = shown(&seeds(), &summary(1000), Vec::new(), Duration::from_secs(61));
        assert!(shown.holds());
        insta::assert_snapshot!(shown, @"1000 seeds from 5: all hold; 40 cycles, 300 requests, 60 plans compared, 2 kills, 9 faults, digest 00000000000000ab, 61 s");
    }

    #[test]
    fn what_was_ended_early_does_not_hold() {
        let shown = shown(&seeds(), &summary(7), Vec::new(), Duration::ZERO);
        assert!(!shown.holds());
        insta::assert_snapshot!(shown, @"7 seeds from 5: all hold, ended early: 1000 were asked for; 40 cycles, 300 requests, 60 plans compared, 2 kills, 9 faults, digest 00000000000000ab, 0 s");
    }

    #[test]
    fn a_failing_seed_says_what_it_broke_what_is_enough_for_it_and_how_to_see_it_again() {
        let failing = Failing {
            seed: 6,
            violations: vec!["log: no line for a write".to_owned()],
            events: vec!["a cycle".to_owned(), "a restart".to_owned()],
            events_before: 14,
            company: vec!["person 3: {}".to_owned()],
            replay: "entra-jostle-sync rehearse --seeds 1 --first-seed 6".to_owned(),
        };
        let shown = shown(&seeds(), &summary(2), vec![failing], Duration::ZERO);
        assert!(!shown.holds());
        insta::assert_snapshot!(shown, @r"
        seed 6 FAILS
          log: no line for a write
          2 of its 14 events are enough:
             1. a cycle
             2. a restart
          in this company:
            - person 3: {}
          replay: entra-jostle-sync rehearse --seeds 1 --first-seed 6

        2 seeds from 5: 1 FAIL (6), ended early: 1000 were asked for; 40 cycles, 300 requests, 60 plans compared, 2 kills, 9 faults, digest 00000000000000ab, 0 s
        ");
    }

    #[test]
    fn the_same_words_are_alike_whoever_they_are_about() {
        let broken = |rule, detail: &str| Violation { rule, detail: detail.to_owned() };
        let waits = broken(Rule::Waiting, r#"b6 waits for no reason: account "a b" has the userName "x" (HTTP 409)"#);
        let like = broken(Rule::Waiting, r#"b4 waits for no reason: account "c" has the userName "y z" (HTTP 409)"#);
        assert!(are_alike(&waits, &like));
        assert!(!are_alike(&waits, &broken(Rule::Waiting, "b4 waits for no reason: no value for userName")));
        assert!(!are_alike(&waits, &Violation { rule: Rule::Rest, ..like }));
    }

    #[test]
    fn what_holds_is_told_as_broken_by_nothing() {
        let scenario = Scenario::from_seed(6);
        let violations = [Violation { rule: Rule::Secrets, detail: "none in truth".to_owned() }];
        let failing = explain(6, &violations);
        assert_eq!(failing.violations, ["secrets: none in truth"]);
        assert_eq!(failing.events.len(), scenario.events.len(), "nothing is taken away that is not known to be enough");
    }
}
