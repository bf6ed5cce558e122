//! How much a company lets be changed without being asked, in words of its own.

use crate::model::HoldClass;

/// So many accounts are always allowed: more than both are too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// Accounts.
    pub count: u64,
    /// Their share of all managed accounts, in percent.
    pub percent: u64,
}

/// What is allowed of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// In a cycle.
    pub cycle: Ceiling,
    /// In any 24 hours.
    pub day: Ceiling,
}

/// What is allowed of every class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// New accounts, and those that are active again.
    pub create: Allowed,
    /// Deactivations.
    pub deactivate: Allowed,
    /// Deletions.
    pub delete: Allowed,
    /// Other names and addresses.
    pub loud: Allowed,
    /// Everything else.
    pub update: Allowed,
}

impl Ceiling {
    /// Whether so many of so many managed accounts are too many.
    pub(super) fn is_exceeded(self, accounts: u64, managed: u64) -> bool {
        accounts > self.count && accounts * 100 > self.percent * managed.max(1)
    }
}

impl Allowance {
    /// The same for every class, in a cycle and in a day.
    pub(super) fn all(count: u64, percent: u64) -> Self {
        let ceiling = Ceiling { count, percent };
        let allowed = Allowed { cycle: ceiling, day: ceiling };
        Self { create: allowed, deactivate: allowed, delete: allowed, loud: allowed, update: allowed }
    }

    /// Of one class; none: it is not counted.
    pub(super) fn of(&self, class: HoldClass) -> Option<Allowed> {
        match class {
            HoldClass::Create => Some(self.create),
            HoldClass::Deactivate => Some(self.deactivate),
            HoldClass::Delete => Some(self.delete),
            HoldClass::Loud => Some(self.loud),
            HoldClass::Update => Some(self.update),
            HoldClass::FirstContact | HoldClass::Match => None,
        }
    }
}
