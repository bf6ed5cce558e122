//! The section `[state]`: where the program keeps what it knows.

use std::path::PathBuf;

use super::place::Place;
use super::table::Section;

/// Where the state is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The database file, made if it is not there; `/var/lib/entra-jostle-sync/state.db` by default. Its folder must be
    /// writable.
    pub path: PathBuf,
}

/// The folder is what `StateDirectory=` of the shipped unit makes.
const DEFAULT_STATE: &str = "/var/lib/entra-jostle-sync/state.db";

pub(super) fn read(mut section: Section<'_>, place: &Place<'_>) -> State {
    let path = place.resolve(section.text("path").unwrap_or(DEFAULT_STATE));
    section.finish();
    State { path }
}
