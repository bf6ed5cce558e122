//! The sign of life, and the age of the last success in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use entra_jostle_sync::daemon::{self, Calls, Recurrence, Schedule, Timing};
use entra_jostle_sync::store::{Destiny, Fate, LEAST_KEPT, Retention, StoreError};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::runtime::Builder;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::common::{World, on_jostle, status};

/// By so many accounts these lines are known among all others.
const ACCOUNTS: u64 = 7;

fn company(world: &World) {
    for number in 0..ACCOUNTS {
        world.person(&format!("p{number}"), json!({}));
    }
}

pub(super) async fn beats_before_and_after_a_success() {
    let world = World::new().await;
    company(&world);
    let started = *world.now.lock().expect("the clock");
    let beat = async || world.engine().beat(started).await.expect("the state works");
    world.pass(SignedDuration::from_secs(100));
    beat().await;
    assert_eq!(world.cycled().await, "7 create");
    world.pass(SignedDuration::from_secs(60));
    beat().await;
    world.sim.set_faults(vec![on_jostle(status(401))]).expect("faults");
    world.person("another", json!({}));
    assert!(world.cycle().await.error.is_some());
    world.pass(SignedDuration::from_secs(60));
    beat().await;
    world.pass(SignedDuration::from_secs(-3600));
    beat().await;
}

/// By so many the lines of the daemon that is idle are known.
const IDLE_PEOPLE: [&str; 3] = ["ann", "bob", "cid"];

/// (seconds since the last success, whether there was one, who is in quarantine)
pub(super) fn check(lines: &[Value]) {
    let of_us =
        |line: &&Value| line["event"] == "heartbeat" && [&json!(0), &json!(ACCOUNTS)].contains(&&line["managed"]);
    let told: Vec<_> = lines
        .iter()
        .filter(of_us)
        .map(|line| {
            let seconds = line["since_success_s"].as_u64().expect("seconds");
            let sides = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
            let quarantined = sides("quarantined");
            assert_eq!(quarantined, sides("refused"), "a key that is refused is why");
            (seconds, line.get("last_success_at").is_some(), quarantined)
        })
        .collect();
    let idle = lines.iter().filter(|line| line["event"] == "heartbeat" && line["managed"] == IDLE_PEOPLE.len());
    assert_eq!(idle.count(), 2, "and none while the state failed");
    let expected = [(100, false, ""), (60, true, ""), (120, true, "Jostle"), (0, true, "Jostle")];
    assert_eq!(told, expected.map(|(seconds, was, sides)| (seconds, was, sides.to_owned())));
}

/// Lets every job of the state fail as long as it is told to.
#[derive(Debug, Default)]
struct Disk {
    is_full: AtomicBool,
}

impl Fate for Disk {
    fn next(&self) -> Destiny {
        if self.is_full.load(Ordering::Relaxed) { Destiny::Fail(StoreError::Full) } else { Destiny::GoOn }
    }
}

/// A daemon that has nothing to do for an hour, whose state fails for the first sign of life, and not for the next two.
/// Time flies once its first cycle has ended.
pub(super) fn of_a_daemon_that_is_idle() {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut world = World::new().await;
        let disk = Arc::new(Disk::default());
        world.restart_under(Arc::<Disk>::clone(&disk)).await;
        for alias in IDLE_PEOPLE {
            world.person(alias, json!({}));
        }
        let (engine, wake, shutdown) = (world.engine(), Notify::new(), CancellationToken::new());
        let schedule = Schedule { timing: Timing::Every(Duration::from_hours(1)), jitter: Duration::ZERO };
        let heartbeat = Duration::from_mins(15);
        let reconcile = &Recurrence::Never;
        let retention = Retention { keep: LEAST_KEPT, most_bytes: u64::MAX };
        let calls = Calls {
            schedule: &schedule,
            reconcile,
            wake: &wake,
            retention,
            expiries: &[],
            heartbeat,
            shutdown: &shutdown,
        };
        let has_run = Arc::new(AtomicBool::new(false));
        let ran = has_run.clone();
        let observe: daemon::CycleObserver = Box::new(move |_| ran.store(true, Ordering::Relaxed));
        let hour = async {
            while !has_run.load(Ordering::Relaxed) {
                tokio::task::yield_now().await;
            }
            tokio::time::pause();
            // Half way between two of them: what the daemon does before it waits is done.
            tokio::time::sleep(heartbeat / 2).await;
            disk.is_full.store(true, Ordering::Relaxed);
            tokio::time::sleep(heartbeat).await;
            disk.is_full.store(false, Ordering::Relaxed);
            tokio::time::sleep(heartbeat * 2).await;
            shutdown.cancel();
        };
        let (ended, ()) = tokio::join!(daemon::run(&engine, calls, &observe), hour);
        ended.expect("a sign of life that cannot be given ends nothing");
    });
}
