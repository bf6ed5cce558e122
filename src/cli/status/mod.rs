//! `status`: reads the state beside a running daemon, and says how it does.

mod check;
mod describe;
mod findings;
mod json;
mod watch;

use std::path::Path;

use jiff::Timestamp;

use super::exit::Failure;
use super::{Exit, Run, output};
use crate::config::{self, Watched};
use crate::connector::Expiry;
use crate::health::{Grounds, Health, Room, judge};
use crate::metrics::Sight;
use crate::store::{Lock, LockError, Reader, Status, StoreError, Survey};

/// Options of `status`.
#[derive(Debug, clap::Args)]
pub(super) struct StatusArgs {
    /// Draw it again every so many seconds, until it is stopped [default: 2]
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "2", conflicts_with = "check",
          value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(super) watch: Option<u64>,
    /// One line for a monitor: OK, WARNING, CRITICAL or UNKNOWN with the reason, what to do and figures; the exit code is
    /// 0, 1, 2 or 3
    #[arg(long)]
    pub(super) check: bool,
}

pub(super) async fn status(run: &Run, options: &StatusArgs) -> Result<Exit, Failure> {
    if options.check {
        return check::check(run);
    }
    if let Some(seconds) = options.watch {
        return watch::watch(run, seconds).await;
    }
    let look = Look::at(&run.config)?;
    output::print(run.json, &json::of(&look), || describe::describe(&look))?;
    Ok(Exit::Success)
}

/// The daemon and its state, of one moment.
struct Look {
    now: Timestamp,
    /// The process that holds the state.
    holder: Option<LockError>,
    status: Status,
    health: Health,
    /// When credentials expire, as far as that is known.
    expiries: Vec<Expiry>,
}

impl Look {
    fn at(configuration: &Path) -> Result<Self, Failure> {
        let watched = config::load_watched(configuration)?;
        let now = Timestamp::now();
        // Whoever ends between the two looks has ended its cycle first, if it could.
        let holder = Lock::held(&watched.state.path);
        let Sight { status, health, room: _ } = sight(&watched, holder.is_some(), now)?;
        let expiries = Survey::expiries(status.survey.as_ref(), &watched.health.expiries);
        Ok(Self { now, holder, status, health, expiries })
    }
}

/// What the state shows, and what is made of it.
pub(super) fn sight(watched: &Watched, is_running: bool, now: Timestamp) -> Result<Sight, StoreError> {
    let Watched { state, schedule, health: rules } = watched;
    let reader = Reader::open(&state.path)?;
    let mut status = reader.status()?;
    status.throttled.retain(|throttled| throttled.until > now);
    let holds = reader.holds()?;
    // Whatever never ended well is late by when it first began.
    let last = status.last_success.or(status.cycles.iter().map(|cycle| cycle.started_at).min());
    // Without a daemon, whoever runs cycles by hand knows when.
    let overdue_at = status.next_cycle.and(last).and_then(|last| schedule.missed(last, rules.missed_cycles));
    let room = room(&state.path);
    let health = judge(&Grounds { status: &status, holds: &holds, is_running, overdue_at, room, rules, now });
    Ok(Sight { status, health, room })
}

/// How much can still be written beside the state, by this user.
fn room(state: &Path) -> Option<Room> {
    let disk = nix::sys::statvfs::statvfs(state).ok()?;
    // The types differ between platforms.
    #[allow(clippy::useless_conversion, reason = "it is none everywhere")]
    let (blocks, size) = (u64::from(disk.blocks_available()), u64::from(disk.fragment_size()));
    let size_of = |end: &str| {
        let mut file = state.as_os_str().to_owned();
        file.push(end);
        std::fs::metadata(file).map_or(0, |file| file.len())
    };
    Some(Room { free: blocks.saturating_mul(size), state: size_of("") + size_of("-wal") })
}
