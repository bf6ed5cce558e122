//! Daemons in trouble: the figures that they give, and what they log.

use std::net::SocketAddr;

use entra_jostle_sync::simulator::{BodyKind, Effect, Fault, Side};
use rusqlite::Connection;
use serde_json::json;

use super::rig::{Rig, status};

/// A daemon that was in trouble.
pub(super) struct Daemon {
    /// Where it ran, as it has left it.
    pub(super) rig: Rig,
    /// What it gave to whoever collects figures.
    pub(super) figures: String,
    /// What it logged from its start to its end, as JSON.
    pub(super) log: String,
}

/// A company of three whose daemon gives figures at an address.
fn company() -> (Rig, SocketAddr, Vec<String>) {
    let rig = Rig::new(0);
    let ids = ["ann", "bob", "cid"].map(|alias| rig.person(alias, &json!({}))).to_vec();
    let (socket, address) = rig.closed_port();
    drop(socket);
    rig.append("entra-jostle-sync.toml", &format!("\n[metrics]\nlisten = \"{address}\"\n"));
    (rig, address, ids)
}

/// The daemon after its first cycle.
fn daemon(rig: Rig, address: SocketAddr) -> Daemon {
    daemon_once(rig, address, "schedule.next", "")
}

/// The daemon once there is this event in its log, and this text among the figures.
fn daemon_once(rig: Rig, address: SocketAddr, event: &str, figure: &str) -> Daemon {
    let mut run = rig.start(&["run", "--log-level", "debug", "--log-format", "json"]);
    let mut log = run.log_until(&format!("\"event\":\"{event}\""), 1);
    // The second installation in a process is refused, and the first one serves.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let ask = async || {
        let answer = reqwest::get(format!("http://{address}/metrics")).await.expect("an answer");
        answer.text().await.expect("a text")
    };
    let figures = rig.runtime().block_on(async {
        loop {
            let text = ask().await;
            if text.contains(figure) {
                return text;
            }
        }
    });
    run.terminate();
    log += &run.finish().stderr;
    Daemon { rig, figures, log }
}

pub(super) fn healthy() -> Daemon {
    let (rig, address, _) = company();
    daemon(rig, address)
}

pub(super) fn key_revoked() -> Daemon {
    let (rig, address, _) = company();
    rig.faults(vec![Fault::new(Side::Jostle, status(401))]);
    daemon(rig, address)
}

pub(super) fn jostle_down() -> Daemon {
    let (rig, address, _) = company();
    rig.faults(vec![Fault::new(Side::Jostle, status(503))]);
    daemon(rig, address)
}

pub(super) fn one_bad_person() -> Daemon {
    let (rig, address, _) = company();
    rig.faults(vec![Fault::new(Side::Jostle, status(400)).method("POST").times(1)]);
    daemon(rig, address)
}

pub(super) fn mass_leave() -> Daemon {
    let (rig, address, ids) = company();
    rig.expect(0, &["sync"]);
    for id in &ids {
        rig.sim.graph().update_user(id, &json!({"accountEnabled": false})).expect("a change");
    }
    daemon(rig, address)
}

pub(super) fn first_contact() -> Daemon {
    let (rig, address, _) = company();
    rig.expect(0, &["sync"]);
    for file in ["state.db", "state.db-wal", "state.db-shm"] {
        let _absent = std::fs::remove_file(rig.folder().join(file));
    }
    rig.edit("entra-jostle-sync.toml", "first_cycle = \"apply\"", "first_cycle = \"hold\"");
    daemon(rig, address)
}

pub(super) fn throttled() -> Daemon {
    let (rig, address, _) = company();
    let effect = Effect::Status { status: 429, retry_after: Some("3600".into()), code: None, body: BodyKind::Json };
    rig.faults(vec![Fault::new(Side::Jostle, effect)]);
    daemon_once(rig, address, "throttled", "entra_jostle_sync_throttled{side=\"Jostle\"} 1")
}

pub(super) fn disk_nearly_full() -> Daemon {
    let (rig, address, _) = company();
    rig.append("entra-jostle-sync.toml", "\n[health]\ndisk_free_mb = 1000000\n");
    daemon(rig, address)
}

pub(super) fn secret_expired() -> Daemon {
    let (rig, address, _) = company();
    let mut switches = rig.sim.graph().switches();
    "2020-01-01T00:00:00Z".clone_into(&mut switches.client_secret_ends);
    rig.sim.graph().set_switches(switches).expect("switches");
    daemon(rig, address)
}

/// An attribute is gone that was there when the daemon was last started.
pub(super) fn jostle_changed() -> Daemon {
    let (rig, address, _) = company();
    let Daemon { rig, .. } = daemon(rig, address);
    rig.sim.jostle().set_switches(json!({"schema_missing_attribute": "nickName"})).expect("a switch");
    daemon(rig, address)
}

/// Of two days ago.
pub(super) fn forgotten_pause() -> Daemon {
    let (rig, address, _) = company();
    rig.expect(0, &["sync"]);
    rig.expect(0, &["pause"]);
    two_days_earlier(&rig, "UPDATE pauses SET since = since - ?1");
    daemon(rig, address)
}

/// A scope that cannot be read.
pub(super) const GONE: &str = "\n[scope]\nwho = \"groups\"\ngroups = [\"a group that nobody has made\"]\n";

/// It was there two days ago, when a cycle last ended well.
pub(super) fn group_gone() -> Daemon {
    let (rig, address, _) = company();
    rig.expect(0, &["sync"]);
    two_days_earlier(&rig, "UPDATE cycles SET started_at = started_at - ?1, finished_at = finished_at - ?1");
    rig.append("entra-jostle-sync.toml", GONE);
    daemon(rig, address)
}

/// Nobody can be told that Jostle refuses the key.
pub(super) fn nobody_told() -> Daemon {
    let (rig, address, _) = company();
    rig.faults(vec![Fault::new(Side::Jostle, status(401))]);
    let (_socket, closed) = rig.closed_port();
    let hook = format!("[[alerts.webhook]]\nname = \"pager\"\nshape = \"plain\"\nurl = \"http://{closed}/hook\"\n");
    rig.append("entra-jostle-sync.toml", &format!("\n[alerts]\n{hook}"));
    daemon_once(rig, address, "alert.failed", "")
}

/// The group that is the scope has lost everybody.
pub(super) fn group_emptied() -> Daemon {
    let (rig, address, mut ids) = company();
    ids.extend(["dee", "eve"].map(|alias| rig.person(alias, &json!({}))));
    let group = rig.sim.graph().create_group(&json!({"displayName": "Staff"})).expect("a group");
    let group = group["id"].as_str().expect("an id");
    rig.sim.graph().set_members(group, &ids).expect("members");
    rig.append("entra-jostle-sync.toml", "\n[scope]\nwho = \"groups\"\ngroups = [\"Staff\"]\n");
    rig.expect(0, &["sync"]);
    rig.sim.graph().set_members(group, &[]).expect("emptied");
    daemon(rig, address)
}

fn two_days_earlier(rig: &Rig, sql: &str) {
    const TWO_DAYS: i64 = 2 * 24 * 3_600_000;
    let state = Connection::open(rig.folder().join("state.db")).expect("the state");
    state.execute(sql, [TWO_DAYS]).expect("moved");
}
