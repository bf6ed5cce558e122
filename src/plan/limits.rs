//! From when on operations are held: numbers, and whether they are exceeded.

use crate::model::HoldClass;

/// So many are always allowed: more than both are too many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// Accounts. Lets a small company move.
    pub count: u64,
    /// Their share of all managed accounts, in percent. Lets a large one move.
    pub percent: f64,
}

/// The limits of one class of operations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// Of one cycle.
    pub cycle: Bound,
    /// Of any 24 hours.
    pub day: Bound,
}

/// The limits of every class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// See [`HoldClass::Create`].
    pub create: Limit,
    /// See [`HoldClass::Deactivate`].
    pub deactivate: Limit,
    /// See [`HoldClass::Delete`].
    pub delete: Limit,
    /// See [`HoldClass::Loud`].
    pub loud: Limit,
    /// See [`HoldClass::Update`].
    pub update: Limit,
    /// See [`HoldClass::FirstContact`].
    pub first_cycle: FirstCycle,
}

/// What the first cycle of a new state does in a Jostle that has people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FirstCycle {
    /// Nothing before somebody has looked at it.
    #[default]
    Hold,
    /// What it plans.
    Apply,
}

impl Bound {
    /// Whether so many of so many managed accounts are too many.
    pub fn is_exceeded(&self, accounts: u64, managed: u64) -> bool {
        accounts > self.count && percent(accounts, managed) > self.percent
    }
}

/// A share in percent; of nobody, anybody is more than all.
pub(super) fn percent(accounts: u64, managed: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
    let percent = accounts as f64 * 100.0 / managed.max(1) as f64;
    percent
}

impl Limits {
    /// The same bound for every class, in a cycle and in a day; a first cycle does what it plans.
    pub fn all(count: u64, percent: f64) -> Self {
        let bound = Bound { count, percent };
        let limit = Limit { cycle: bound, day: bound };
        Self {
            create: limit,
            deactivate: limit,
            delete: limit,
            loud: limit,
            update: limit,
            first_cycle: FirstCycle::Apply,
        }
    }

    /// Of one class; none: nothing is counted.
    pub fn of(&self, class: HoldClass) -> Option<&Limit> {
        match class {
            HoldClass::Create => Some(&self.create),
            HoldClass::Deactivate => Some(&self.deactivate),
            HoldClass::Delete => Some(&self.delete),
            HoldClass::Loud => Some(&self.loud),
            HoldClass::Update => Some(&self.update),
            HoldClass::FirstContact | HoldClass::Match => None,
        }
    }
}
