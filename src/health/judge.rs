//! Everything that is worth a look, of one moment.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Cause, Finding, Health, Level, Rules, people, sides};
use crate::store::{CycleKind, CycleView, HoldView, Pause, Status};

/// By what it is judged.
#[derive(Clone, Copy, Debug)]
pub struct Grounds<'a> {
    /// The state at a glance.
    pub status: &'a Status,
    /// What is held.
    pub holds: &'a [HoldView],
    /// A process holds the state.
    pub is_running: bool,
    /// When the last success is too long ago; none: no cycle is due by itself.
    pub overdue_at: Option<Timestamp>,
    /// The disk of the state; none if it cannot be told.
    pub room: Option<Room>,
    /// From when on something is worth a look.
    pub rules: &'a Rules,
    /// The moment.
    pub now: Timestamp,
}

/// The disk on which the state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Bytes that can still be written.
    pub free: u64,
    /// Bytes of the state itself.
    pub state: u64,
}

/// Below this share of the room that there should be, nothing else can be expected to be written.
const NO_ROOM: u64 = 4;

/// Looks at everything; the worst first.
pub fn judge(grounds: &Grounds<'_>) -> Health {
    let single = [disk(grounds), no_success(grounds), stopped(grounds), failed(grounds), paused(grounds)];
    let mut findings: Vec<_> = single.into_iter().chain([people::failing(grounds)]).flatten().collect();
    findings.extend(sides::quarantined(grounds));
    findings.extend(people::held(grounds));
    findings.extend(sides::expiring(grounds));
    findings.extend(sides::jostle_changed(grounds));
    findings.extend(sides::throttled(grounds));
    findings.sort_by_key(|finding| (Reverse(finding.level), finding.cause));
    Health { findings }
}

fn disk(Grounds { room, rules, .. }: &Grounds<'_>) -> Option<Finding> {
    const MEBIBYTE: u64 = 1 << 20;
    let free = room.as_ref()?.free;
    let level = match free {
        _ if free >= rules.least_room => return None,
        _ if free >= rules.least_room / NO_ROOM => Level::Warning,
        _ => Level::Critical,
    };
    Some(Finding {
        level,
        cause: Cause::DiskNearlyFull,
        subject: None,
        since: None,
        what: format!("the disk of the state has {} MB left, and cannot be written when it is full", free / MEBIBYTE),
        remedy: "make room, or move the state to another disk ([state] path)".to_owned(),
        about: BTreeSet::new(),
    })
}

/// Beside a side in quarantine it says for how long that has kept everybody from being provisioned.
fn no_success(Grounds { status, overdue_at, now, .. }: &Grounds<'_>) -> Option<Finding> {
    overdue_at.filter(|at| at <= now)?;
    let what = match status.last_success {
        Some(at) => format!("no cycle has ended well since {at:.0}"),
        None => "no cycle has ever ended well".to_owned(),
    };
    let running = status.cycles.iter().find(|cycle| cycle.result.is_none());
    let (level, what) = match running {
        // It may take long, and be all right: the first one of a large company, or one that is throttled.
        Some(CycleView { id, started_at, .. }) => {
            (Level::Warning, format!("{what}; cycle {} is running since {started_at:.0}", id.0))
        }
        None => (Level::Critical, what),
    };
    Some(Finding {
        level,
        cause: Cause::NoSuccess,
        subject: None,
        since: status.last_success,
        what,
        remedy: "entra-jostle-sync check says whether Entra and Jostle can be used; the log says what happened: \
                 journalctl -u entra-jostle-sync -n 50"
            .to_owned(),
        about: BTreeSet::new(),
    })
}

/// Whoever runs cycles by hand has no daemon, and finishes what was cut off.
fn stopped(Grounds { status, is_running, now, .. }: &Grounds<'_>) -> Option<Finding> {
    let cut_off = status.cycles.iter().find(|cycle| cycle.result.is_none());
    if *is_running || status.next_cycle.is_none() && cut_off.is_none() {
        return None;
    }
    let cut_off = cut_off.map_or_else(String::new, |CycleView { id, .. }| {
        format!("; cycle {} was cut off, and the next start settles what it left", id.0)
    });
    Some(Finding {
        level: Level::Warning,
        cause: Cause::Stopped,
        subject: None,
        since: status.next_cycle.filter(|at| at <= now),
        what: format!("no daemon is running, so that nothing is read or written{cut_off}"),
        remedy: "systemctl start entra-jostle-sync; why it ended: journalctl -u entra-jostle-sync -n 50".to_owned(),
        about: BTreeSet::new(),
    })
}

/// What is not told as a quarantine: an answer that cannot be right, a group that is not there, a state that fails.
fn failed(Grounds { status, .. }: &Grounds<'_>) -> Option<Finding> {
    let is_of_all = |cycle: &&CycleView| matches!(cycle.kind, CycleKind::Initial | CycleKind::Incremental);
    let last = status.cycles.iter().filter(is_of_all).find(|cycle| cycle.result.is_some())?;
    let is_told = last.result.as_deref() == Some("failed") && status.quarantines.is_empty();
    Some(last).filter(|_| is_told).map(|CycleView { id, finished_at, error, .. }| Finding {
        level: Level::Warning,
        cause: Cause::CycleFailed,
        subject: None,
        since: *finished_at,
        what: format!("cycle {} failed: {}", id.0, error.as_deref().unwrap_or("it does not say why")),
        remedy: "the next cycle tries again; entra-jostle-sync check says whether Entra and Jostle can be used"
            .to_owned(),
        about: BTreeSet::new(),
    })
}

fn paused(Grounds { status, rules, now, .. }: &Grounds<'_>) -> Option<Finding> {
    let pause = status.pause.as_ref()?;
    let Pause { since, by, .. } = pause;
    // What the program has paused itself waits for somebody to look at it.
    let is_asked = by == env!("CARGO_PKG_NAME");
    let is_long = now.duration_since(*since) >= rules.longest_pause;
    Some(Finding {
        level: if is_asked || is_long { Level::Warning } else { Level::Notice },
        cause: Cause::Paused,
        subject: None,
        since: Some(*since),
        what: pause.to_string(),
        remedy: "entra-jostle-sync resume ends the pause".to_owned(),
        about: BTreeSet::new(),
    })
}
