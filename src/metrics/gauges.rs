//! What the state has, of one moment.

use std::collections::BTreeMap;

use jiff::Timestamp;
use metrics::gauge;

use super::{Sight, names};
use crate::connector::Side;
use crate::health::{Cause, Level, Room};
use crate::store::{CycleProgress, Status, Stops};

/// What never changes while the program runs.
pub(super) fn set_once() {
    gauge!(names::BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    gauge!(names::START).set(seconds(Some(Timestamp::now())));
}

pub(super) fn set(Sight { status, health, room }: &Sight) {
    let level = match health.level() {
        None | Some(Level::Notice) => 0.0,
        Some(Level::Warning) => 1.0,
        Some(Level::Critical) => 2.0,
    };
    gauge!(names::HEALTH).set(level);
    let found: BTreeMap<Cause, Level> =
        health.findings.iter().rev().map(|finding| (finding.cause, finding.level)).collect();
    // All of them, so that what is over is zero again.
    for cause in Cause::ALL {
        let level = match found.get(&cause) {
            None => 0.0,
            Some(Level::Notice) => 1.0,
            Some(Level::Warning) => 2.0,
            Some(Level::Critical) => 3.0,
        };
        gauge!(names::FINDING, "cause" => cause.as_str()).set(level);
    }
    if let Some(Room { free, state }) = room {
        gauge!(names::DISK_FREE).set(count(*free));
        gauge!(names::STATE_BYTES).set(count(*state));
    }
    set_status(status);
}

fn set_status(status: &Status) {
    let Status { people, deleted, managed, dirty, held, open_intents, last_success, next_cycle, .. } = status;
    gauge!(names::PEOPLE, "deleted" => "false").set(count(*people));
    gauge!(names::PEOPLE, "deleted" => "true").set(count(*deleted));
    for (name, value) in [
        (names::MANAGED, *managed),
        (names::DUE, *dirty),
        (names::HELD, *held),
        (names::FAILING, status.waiting.len() as u64),
        (names::IN_FLIGHT, *open_intents),
    ] {
        gauge!(name).set(count(value));
    }
    let (planned, done) = status.progress.map_or((0, 0), |CycleProgress { planned, done, .. }| (planned, done));
    gauge!(names::PLANNED).set(count(planned));
    gauge!(names::DONE).set(count(done));
    gauge!(names::LAST_SUCCESS).set(seconds(*last_success));
    gauge!(names::NEXT_CYCLE).set(seconds(*next_cycle));
    for side in [Side::Entra, Side::Jostle] {
        let (failing, throttled) = (&status.quarantines, &status.throttled);
        let label = side.to_string();
        gauge!(names::QUARANTINE, "side" => label.clone()).set(flag(failing.iter().any(|q| q.side == side)));
        gauge!(names::IS_THROTTLED, "side" => label).set(flag(throttled.iter().any(|t| t.side == side)));
    }
    let paused = status.pause.as_ref().map(|pause| pause.what);
    for what in [Stops::Everything, Stops::Removals] {
        gauge!(names::PAUSED, "what" => what.to_string()).set(flag(paused == Some(what)));
    }
}

fn flag(is_so: bool) -> f64 {
    f64::from(u8::from(is_so))
}

#[expect(clippy::cast_precision_loss, reason = "a metric is a float, exact up to 2^53")]
fn count(count: u64) -> f64 {
    count as f64
}

fn seconds(at: Option<Timestamp>) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 milliseconds")]
    at.map_or(0.0, |at| at.as_millisecond() as f64 / 1000.0)
}
