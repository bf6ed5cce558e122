//! What was done to people, counted row by row.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{Distribution, Period};
use crate::model::{EntraId, Operation};
use crate::store::{LogEntry, LoggedOperation};

/// So many people of an operation are named, the newest.
pub(super) const NAMED: usize = 200;
/// So many causes of failures are told apart; others are counted together.
const MOST_CAUSES: usize = 50;
/// The cause of whatever has none of its own.
pub(super) const OTHER_CAUSE: &str = "other";
/// So many people of a cause are told apart.
pub(super) const MOST_PEOPLE: usize = 1000;

/// What was done to people in a period.
#[derive(Clone, Debug)]
pub struct Tally {
    period: Period,
    done: BTreeMap<Operation, Done>,
    failed: Vec<u64>,
    skipped: u64,
    causes: BTreeMap<String, Cause>,
    latency: Distribution,
}

/// What was done in one way.
#[derive(Clone, Debug)]
pub(super) struct Done {
    /// By part of the period.
    pub(super) series: Vec<u64>,
    /// The newest of them; none of updates.
    pub(super) newest: Vec<Named>,
    /// From Entra to Jostle.
    pub(super) latency: Distribution,
}

/// To whom it was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) at: Timestamp,
    pub(super) user_name: String,
    /// Why it was done.
    pub(super) reason: Option<String>,
}

/// Failures of one kind.
#[derive(Clone, Debug)]
pub(super) struct Cause {
    /// How often something was tried in vain.
    pub(super) tries: u64,
    /// Whom it was tried for; no more than [`MOST_PEOPLE`].
    pub(super) people: BTreeSet<EntraId>,
    /// The last of them; its reason is what was said.
    pub(super) last: Named,
}

impl Tally {
    /// Of a period of which nothing was counted yet.
    pub fn new(period: Period) -> Self {
        let nothing = || vec![0; period.parts()];
        let done = || Done { series: nothing(), newest: Vec::new(), latency: Distribution::default() };
        Self {
            period,
            done: Operation::ALL.into_iter().map(|operation| (operation, done())).collect(),
            failed: nothing(),
            skipped: 0,
            causes: BTreeMap::new(),
            latency: Distribution::default(),
        }
    }

    /// Counts one row; the newest come first.
    pub fn add(&mut self, row: &LoggedOperation) {
        let entry = &row.entry;
        match entry.status.as_str() {
            "success" => self.add_success(row),
            "failure" => self.add_failure(entry),
            _ => self.skipped += 1,
        }
    }

    fn add_success(&mut self, row: &LoggedOperation) {
        let entry = &row.entry;
        let word = entry.operation.as_str();
        let Some((operation, done)) = self.done.iter_mut().find(|(operation, _)| operation.as_str() == word) else {
            return;
        };
        done.series[self.period.part(entry.at)] += 1;
        if *operation != Operation::Update && done.newest.len() < NAMED {
            done.newest.push(named(entry, entry.reason.as_deref()));
        }
        if let Some(latency) = latency(row) {
            done.latency.add(latency);
            self.latency.add(latency);
        }
    }

    fn add_failure(&mut self, entry: &LogEntry) {
        self.failed[self.period.part(entry.at)] += 1;
        let code = entry.code.as_deref().unwrap_or(OTHER_CAUSE);
        let is_full = self.causes.len() >= MOST_CAUSES && !self.causes.contains_key(code);
        let code = if is_full { OTHER_CAUSE } else { code };
        let cause = self.causes.entry(code.to_owned()).or_insert_with(|| Cause {
            tries: 0,
            people: BTreeSet::new(),
            last: named(entry, entry.message.as_deref()),
        });
        cause.tries += 1;
        if cause.people.len() < MOST_PEOPLE {
            cause.people.insert(entry.entra_id.clone());
        }
    }

    /// The codes of all failures.
    pub fn causes(&self) -> impl Iterator<Item = &str> {
        self.causes.keys().map(String::as_str)
    }

    /// The causes of failures, the most frequent first.
    pub(super) fn by_frequency(&self) -> Vec<(&str, &Cause)> {
        let mut causes: Vec<_> = self.causes.iter().map(|(code, cause)| (code.as_str(), cause)).collect();
        causes.sort_by_key(|(code, cause)| (std::cmp::Reverse(cause.tries), *code));
        causes
    }

    /// What was done in one way.
    pub(super) fn done(&self, operation: Operation) -> Option<&Done> {
        self.done.get(&operation).filter(|done| done.count() > 0)
    }

    /// How often something was done in one way.
    pub(super) fn count(&self, operation: Operation) -> u64 {
        self.done(operation).map_or(0, Done::count)
    }

    /// What was tried in vain, by part of the period.
    pub(super) fn failed(&self) -> &[u64] {
        &self.failed
    }

    /// What was left out, in a plan that was handed in for example.
    pub(super) fn skipped(&self) -> u64 {
        self.skipped
    }

    /// From Entra to Jostle, whatever was done.
    pub(super) fn latency(&self) -> &Distribution {
        &self.latency
    }

    /// Whether anything was counted.
    pub(super) fn is_empty(&self) -> bool {
        self.skipped == 0 && self.failed.iter().all(|count| *count == 0) && self.done.values().all(|d| d.count() == 0)
    }
}

impl Done {
    pub(super) fn count(&self) -> u64 {
        self.series.iter().sum()
    }
}

fn named(entry: &LogEntry, reason: Option<&str>) -> Named {
    Named { at: entry.at, user_name: entry.user_name.clone(), reason: reason.map(str::to_owned) }
}

/// From the reading of the change in Entra until Jostle had it; none if none was its cause.
fn latency(row: &LoggedOperation) -> Option<SignedDuration> {
    row.noticed_at.map(|at| row.entry.at.duration_since(at))
}
