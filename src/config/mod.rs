//! The configuration: two TOML files read into the plain values that the layers below take.
//!
//! Every problem of both files is reported at once, with its file, line and key; nothing is read twice and nothing is
//! written. A secret comes from a systemd credential, a file or the environment, never from the text of a file, and no
//! message shows one. Nothing below `cli` names this module.

mod actions;
mod alerts;
mod contradiction;
mod empty;
mod entra;
mod filter;
mod health;
mod history;
mod http;
mod jostle;
mod limits;
mod load;
mod log;
mod mapping;
mod metrics;
mod place;
mod problem;
mod property;
mod protect;
mod quarantine;
mod reconcile;
mod row;
mod scalar;
mod schedule;
mod scope;
mod secret;
mod state;
mod table;
mod url;

pub use alerts::Alerts;
pub use entra::Entra;
pub use history::History;
pub use http::Http;
pub use jostle::Jostle;
pub use limits::Limits;
pub use load::{
    Config, DEFAULT_PATH, Offline, Watched, load, load_entra, load_history, load_offline, load_snapshot, load_state,
    load_watched, load_with,
};
pub use log::Log;
pub use metrics::Metrics;
pub use problem::{ConfigErrors, Problem};
pub use property::wrong as wrong_source;
pub use protect::Protect;
pub use state::State;
