//! What every incident has told, however many tests ask for it.

use std::sync::LazyLock;
use std::thread;

use super::course::{Line, log_of};
use super::table::{INCIDENTS, Incident};

/// What there is of a daemon after it has ended.
pub(super) struct Told {
    pub(super) incident: &'static Incident,
    pub(super) figures: String,
    pub(super) log: Vec<Line>,
}

static TOLD: LazyLock<Vec<Told>> = LazyLock::new(|| {
    thread::scope(|scope| {
        let daemons: Vec<_> = INCIDENTS.iter().map(|incident| scope.spawn(|| of(incident))).collect();
        daemons.into_iter().map(|daemon| daemon.join().expect("it ends well")).collect()
    })
});

fn of(incident: &'static Incident) -> Told {
    let daemon = (incident.daemon)();
    let log = log_of(&daemon, incident);
    Told { incident, figures: daemon.figures, log }
}

/// Of all of them.
pub(super) fn told() -> &'static [Told] {
    &TOLD
}
