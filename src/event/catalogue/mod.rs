//! Every event that there is.

mod alert;
mod command;
mod cycle;
mod daemon;
mod drift;
mod entra;
mod failure;
mod history;
mod hold;
mod jostle;
mod left_out;
mod pause;
mod reconcile;
mod reviewed;
mod shadow;
mod side;
mod user;

pub use alert::*;
pub use command::*;
pub use cycle::*;
pub use daemon::*;
pub use drift::*;
pub use entra::*;
pub use failure::*;
pub use history::*;
pub use hold::*;
pub use jostle::*;
pub use left_out::*;
pub use pause::*;
pub use reconcile::*;
pub use reviewed::*;
pub use shadow::*;
pub use side::*;
pub use user::*;

use super::Definition;

/// What is known of each, by id.
pub fn definitions() -> Vec<Definition> {
    let mut all = [
        alert::EVENTS,
        command::EVENTS,
        cycle::EVENTS,
        daemon::EVENTS,
        entra::EVENTS,
        history::EVENTS,
        hold::EVENTS,
        jostle::EVENTS,
        left_out::EVENTS,
        pause::EVENTS,
        reconcile::EVENTS,
        drift::EVENTS,
        reviewed::EVENTS,
        shadow::EVENTS,
        side::EVENTS,
        user::EVENTS,
        failure::EVENTS,
    ]
    .concat();
    all.sort_by_key(|definition| definition.id);
    all
}
