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
        Self::told(seed, generate::administered(seed))
    }

    /// The scenario of a seed; administrators do in it what comes out of this stream, or nothing.
    pub(super) fn told(seed: u64, mut administered: Option<fastrand::Rng>) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut company = generate::company(&mut rng);
        if let Some(of_administrators) = &mut administered {
            generate::with_limits(of_administrators, &mut company.rulebook);
        }
        let mut events = generate::events(&mut rng, &company);
        if company.rulebook.repairs {
            generate::reconcile(seed, &mut events);
        }
        if let Some(of_administrators) = &mut administered {
            generate::administer(of_administrators, &company, &mut events);
        }
        generate::choose(seed, &company, &mut events);
        Self { seed, company, events }
    }
}
