//! What should be, computed from the truth of the tenants in the plainest way: it shares no code with the product's
//! mapping, scope and plan, and is right only if both are.

mod account;
mod choices;
mod chronicle;
mod said;
mod standing;
mod truth;
mod values;

pub(super) use account::{badge_of, fold, is_active, same, user_name_of, value_at};
pub(super) use choices::Chosen;
pub(super) use chronicle::{Chronicle, Past};
pub(super) use said::{Approval, Because, Books, KeptOut, Known, Said};
pub(super) use standing::{Standing, standing};
pub(super) use truth::{Life, Person, Truth};
pub(super) use values::{BADGE, Desired, Wanted, desired};
