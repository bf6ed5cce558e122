//! The sections of the page, each from the facts.

mod cycles;
mod failures;
mod found;
mod held;
mod latency;
mod now;
mod operations;
mod people;

use maud::{Markup, html};

use super::Facts;

/// A section: its id, its heading, and what stands in it.
pub(super) type Section = (&'static str, &'static str, fn(&Facts) -> Markup);

/// In the order in which they stand on the page.
pub(super) const SECTIONS: [Section; 8] = [
    ("health", "Health", now::health),
    ("operations", "Operations", operations::operations),
    ("latency", "Time from Entra to Jostle", latency::latency),
    ("failures", "Failures", failures::failures),
    ("people", "Who was created and deactivated", people::people),
    ("held", "Held operations", held::held),
    ("drift", "Drift and orphans", found::found),
    ("cycles", "Cycles", cycles::cycles),
];

/// What stands where there is nothing.
fn nothing(text: &str) -> Markup {
    html! { p.nothing { (text) } }
}
