//! The rules, one file each.

mod accounts;
mod chosen;
mod desired;
mod limits;
mod log;
mod said;
mod scope;
mod untouched;
mod waiting;

use super::evidence::Evidence;
use super::rules::{Rule, Violation};

/// What holds at every moment between two runs.
pub(super) fn always(evidence: &Evidence) -> Vec<Violation> {
    let mut found = Found::default();
    untouched::check(evidence, &mut found);
    scope::newcomers(evidence, &mut found);
    found.violations
}

/// What holds in the end.
pub(super) fn in_the_end(evidence: &Evidence) -> Vec<Violation> {
    let mut found = Found::default();
    desired::check(evidence, &mut found);
    accounts::check(evidence, &mut found);
    log::check(evidence, &mut found);
    found.violations
}

pub(super) use chosen::{chosen, kept_for};
pub(super) use limits::Spending;
pub(super) use said::{kept_out, not_shown};
pub(super) use scope::leavers;

/// Collects what is broken.
#[derive(Default)]
pub(super) struct Found {
    violations: Vec<Violation>,
}

impl Found {
    fn add(&mut self, rule: Rule, detail: String) {
        self.violations.push(Violation { rule, detail });
    }
}
