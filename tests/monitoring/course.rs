//! What a daemon in an incident logs in an hour and a half, in which somebody mends what was wrong: what it has logged
//! itself, the cycles that come then, which the program is run for one by one, and its signs of life, of a clock that is
//! set forward.

use std::path::Path;
use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::Mutex;

use super::common::World;
use super::incidents::Daemon;
use super::log::Log;
use super::table::Incident;

/// A line, and when it came.
#[derive(Clone)]
pub(super) struct Line {
    /// In milliseconds since the start of the daemon.
    pub(super) at: i64,
    pub(super) text: String,
}

pub(super) const MINUTE: i64 = 60_000;
/// There is a heartbeat whenever so many minutes have passed.
const HEARTBEAT: i64 = 15;
const MENDED: i64 = 32;
/// Those of the cycles after it that are run.
const AFTERWARDS: &[i64] = &[40, 65];
pub(super) const END: i64 = 90;

/// What this process logs: signs of life.
static LOG: LazyLock<Log> = LazyLock::new(Log::start);
/// Held by whoever gives one.
static BEATING: Mutex<()> = Mutex::const_new(());

/// All of it, in the order in which it came.
pub(super) fn log_of(daemon: &Daemon, incident: &Incident) -> Vec<Line> {
    let Daemon { rig, log, .. } = daemon;
    let mut world = rig.runtime().block_on(World::new());
    let (mut lines, mut last_cycle) = (stamped(0, log), 0);
    for minute in 1..=END {
        if minute == MENDED {
            (incident.mend)(rig);
        }
        let cycles = if minute < MENDED { incident.cycles } else { AFTERWARDS };
        if cycles.contains(&minute) {
            let done = rig.command(&["sync", "--log-format", "json"]).output().expect("it runs");
            lines.extend(stamped(minute, &String::from_utf8(done.stderr).expect("UTF-8")));
            last_cycle = minute;
        }
        if minute % HEARTBEAT == 0 {
            let since = Since { start: minute, cycle: minute - last_cycle };
            let text = rig.runtime().block_on(heartbeat(&mut world, rig.folder(), since));
            lines.push(Line { at: minute * MINUTE, text });
        }
    }
    lines
}

/// The lines of a process that was started in this minute. What has no time of its own came with the line before it.
fn stamped(minute: i64, log: &str) -> Vec<Line> {
    let time = |line: &str| {
        let line: Value = serde_json::from_str(line).ok()?;
        line["timestamp"].as_str()?.parse::<Timestamp>().ok()
    };
    let start = log.lines().find_map(time).expect("a line with a time");
    let mut at = minute * MINUTE;
    let lines = log.lines().map(|text| {
        if let Some(time) = time(text) {
            at = minute * MINUTE + i64::try_from(time.duration_since(start).as_millis()).expect("not that long");
        }
        Line { at, text: text.to_owned() }
    });
    lines.collect()
}

/// How many minutes it is since the daemon was started, and since its last cycle.
#[derive(Clone, Copy)]
struct Since {
    start: i64,
    cycle: i64,
}

/// The sign of life of a daemon with this state.
async fn heartbeat(world: &mut World, state: &Path, since: Since) -> String {
    let minutes = SignedDuration::from_mins;
    assert!(!state.join("state.db-wal").exists(), "somebody has not closed the state");
    let copy = |file: &Path| assert!(std::fs::copy(state.join("state.db"), file).is_ok_and(|bytes| bytes > 0));
    world.restart_after(copy).await;
    let now = Timestamp::now() + minutes(since.cycle);
    *world.now.lock().expect("the clock") = now;
    let engine = world.engine();
    let _alone = BEATING.lock().await;
    let before = LOG.text().len();
    engine.beat(now - minutes(since.start)).await.expect("the state works");
    let told = LOG.text();
    let line = told[before..].lines().find(|line| line.contains("\"event\":\"heartbeat\""));
    line.expect("a heartbeat").to_owned()
}
