//! Daemons in trouble, and the figures that they give.

use std::net::SocketAddr;

use entra_jostle_sync::simulator::{BodyKind, Effect, Fault, Side};
use rusqlite::Connection;
use serde_json::json;

use super::rig::{Rig, status};

/// The name of an incident, the figures of a daemon in it, and the alerts that it fires.
type Incident = (&'static str, fn() -> String, &'static [&'static str]);

pub(super) const INCIDENTS: &[Incident] = &[
    ("healthy", healthy, &[]),
    (
        "key revoked",
        key_revoked,
        &["EntraJostleSyncCredentialsRefused{cause=\"credentials_refused\",severity=\"critical\"}"],
    ),
    ("Jostle down", jostle_down, &["EntraJostleSyncQuarantine{cause=\"quarantine\",severity=\"warning\"}"]),
    (
        "one bad person",
        one_bad_person,
        &["EntraJostleSyncPeopleFailing{cause=\"people_failing\",severity=\"warning\"}"],
    ),
    ("mass leave", mass_leave, &["EntraJostleSyncHeld{cause=\"held\",severity=\"warning\"}"]),
    ("first contact", first_contact, &["EntraJostleSyncHeld{cause=\"first_contact\",severity=\"warning\"}"]),
    ("throttled for an hour", throttled, &["EntraJostleSyncThrottled{side=\"Jostle\",severity=\"info\"}"]),
    (
        "disk nearly full",
        disk_nearly_full,
        &["EntraJostleSyncDiskNearlyFull{cause=\"disk_nearly_full\",severity=\"critical\"}"],
    ),
    (
        "secret expired",
        secret_expired,
        &["EntraJostleSyncCredentialsExpire{cause=\"credential_expiring\",severity=\"warning\"}"],
    ),
    ("forgotten pause", forgotten_pause, &["EntraJostleSyncPaused{cause=\"paused\",severity=\"warning\"}"]),
    (
        "group gone",
        group_gone,
        &[
            "EntraJostleSyncCycleFailed{cause=\"cycle_failed\",severity=\"warning\"}",
            "EntraJostleSyncNoSuccess{cause=\"no_success\",severity=\"critical\"}",
        ],
    ),
];

/// A company of three whose daemon gives figures at an address.
fn company() -> (Rig, SocketAddr, Vec<String>) {
    let rig = Rig::new(0);
    let ids = ["ann", "bob", "cid"].map(|alias| rig.person(alias, &json!({}))).to_vec();
    let (socket, address) = rig.closed_port();
    drop(socket);
    rig.append("entra-jostle-sync.toml", &format!("\n[metrics]\nlisten = \"{address}\"\n"));
    (rig, address, ids)
}

/// What the daemon gives after its first cycle.
fn figures(rig: &Rig, address: SocketAddr) -> String {
    figures_once(rig, address, "schedule.next", "")
}

/// What the daemon gives once the one stands in its log, and the other among the figures.
fn figures_once(rig: &Rig, address: SocketAddr, logged: &str, figure: &str) -> String {
    let mut run = rig.start(&["run", "--log-level", "debug"]);
    run.log_until(logged, 1);
    // The second installation in a process is refused, and the first one serves.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let ask = async || {
        let answer = reqwest::get(format!("http://{address}/metrics")).await.expect("an answer");
        answer.text().await.expect("a text")
    };
    let text = rig.runtime().block_on(async {
        loop {
            let text = ask().await;
            if text.contains(figure) {
                return text;
            }
        }
    });
    run.terminate();
    run.finish();
    text
}

fn healthy() -> String {
    let (rig, address, _) = company();
    figures(&rig, address)
}

fn key_revoked() -> String {
    let (rig, address, _) = company();
    rig.faults(vec![Fault::new(Side::Jostle, status(401))]);
    figures(&rig, address)
}

fn jostle_down() -> String {
    let (rig, address, _) = company();
    rig.faults(vec![Fault::new(Side::Jostle, status(503))]);
    figures(&rig, address)
}

pub(super) fn one_bad_person() -> String {
    let (rig, address, _) = company();
    rig.faults(vec![Fault::new(Side::Jostle, status(400)).method("POST").times(1)]);
    figures(&rig, address)
}

fn mass_leave() -> String {
    let (rig, address, ids) = company();
    rig.expect(0, &["sync"]);
    for id in &ids {
        rig.sim.graph().update_user(id, &json!({"accountEnabled": false})).expect("a change");
    }
    figures(&rig, address)
}

fn first_contact() -> String {
    let (rig, address, _) = company();
    rig.expect(0, &["sync"]);
    for file in ["state.db", "state.db-wal", "state.db-shm"] {
        let _absent = std::fs::remove_file(rig.folder().join(file));
    }
    rig.edit("entra-jostle-sync.toml", "first_cycle = \"apply\"", "first_cycle = \"hold\"");
    figures(&rig, address)
}

fn throttled() -> String {
    let (rig, address, _) = company();
    let effect = Effect::Status { status: 429, retry_after: Some("3600".into()), code: None, body: BodyKind::Json };
    rig.faults(vec![Fault::new(Side::Jostle, effect)]);
    figures_once(&rig, address, "event=\"throttled\"", "entra_jostle_sync_throttled{side=\"Jostle\"} 1")
}

fn disk_nearly_full() -> String {
    let (rig, address, _) = company();
    rig.append("entra-jostle-sync.toml", "\n[health]\ndisk_free_mb = 1000000\n");
    figures(&rig, address)
}

fn secret_expired() -> String {
    let (rig, address, _) = company();
    rig.append("entra-jostle-sync.toml", "\n[health]\nentra_credential_expires = \"2020-01-01\"\n");
    figures(&rig, address)
}

/// Of two days ago.
fn forgotten_pause() -> String {
    let (rig, address, _) = company();
    rig.expect(0, &["sync"]);
    rig.expect(0, &["pause"]);
    two_days_earlier(&rig, "UPDATE pauses SET since = since - ?1");
    figures(&rig, address)
}

/// It was there two days ago, when a cycle last ended well.
fn group_gone() -> String {
    let (rig, address, _) = company();
    rig.expect(0, &["sync"]);
    two_days_earlier(&rig, "UPDATE cycles SET started_at = started_at - ?1, finished_at = finished_at - ?1");
    rig.append("entra-jostle-sync.toml", "\n[scope]\nwho = \"groups\"\ngroups = [\"a group that nobody has made\"]\n");
    figures(&rig, address)
}

fn two_days_earlier(rig: &Rig, sql: &str) {
    const TWO_DAYS: i64 = 2 * 24 * 3_600_000;
    let state = Connection::open(rig.folder().join("state.db")).expect("the state");
    state.execute(sql, [TWO_DAYS]).expect("moved");
}
