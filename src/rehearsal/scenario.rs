//! One scenario: a company and what happens to it.

use super::company::Company;
use super::event::Event;
use super::generate;

/// A company and what happens to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Decides everything that the events leave open: ids, delays, the order of what is concurrent.
    pub seed: u64,
    /// The company at the beginning.
    pub company: Company,
    /// What happens, in order.
    pub events: Vec<Event>,
}

impl Scenario {
    /// The scenario of a seed.
    pub fn from_seed(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let company = generate::company(&mut rng);
        let mut events = generate::events(&mut rng, &company);
        if company.rulebook.repairs {
            generate::reconcile(seed, &mut events);
        }
        Self { seed, company, events }
    }
}
