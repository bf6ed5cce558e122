//! What a seed makes of itself: many short scenarios, a few long ones.

mod administer;
mod changes;
mod choices;
mod faults;
mod jostle;
mod names;
mod people;
mod rulebook;
mod story;

pub(super) use administer::{administer, administered, with_limits};
pub(super) use choices::choose;
pub(super) use people::company;
pub(super) use story::{events, reconcile};

/// True in so many of a hundred cases.
fn chance(rng: &mut fastrand::Rng, percent: u8) -> bool {
    rng.u8(..100) < percent
}

/// One of them.
fn pick<T: Copy>(rng: &mut fastrand::Rng, from: &[T]) -> T {
    from[rng.usize(..from.len())]
}
