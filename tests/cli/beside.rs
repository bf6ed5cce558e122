//! `backup` and `plan` beside a running daemon: they read, and the daemon does not notice.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use super::rig::Rig;

/// The status of a copy of the state.
fn status_of(rig: &Rig, copy: &str) -> Value {
    let here = format!("path = \"{}/state.db\"", rig.folder().display());
    let there = format!("path = \"{}/{copy}\"", rig.folder().display());
    rig.edit("entra-jostle-sync.toml", &here, &there);
    let status = rig.expect(0, &["status", "--json"]).json();
    rig.edit("entra-jostle-sync.toml", &there, &here);
    status
}

#[test]
fn a_backup_beside_a_daemon_that_writes_is_a_state_of_one_moment() {
    let rig = Rig::new(400);
    rig.edit("entra-jostle-sync.toml", "requests_per_second = 1000", "requests_per_second = 100");
    let mut run = rig.start(&["run"]);
    run.log_until("user.created", 5);
    let file = rig.folder().join("copy.db");
    let path = file.to_str().expect("UTF-8");
    let done = rig.expect(0, &["backup", path, "--json"]).json();
    assert_eq!((&done["file"], &done["bytes"]), (&json!(path), &json!(file.metadata().expect("a file").len())));
    assert_eq!(file.metadata().expect("a file").permissions().mode() & 0o777, 0o600);
    let copy = status_of(&rig, "copy.db");
    let managed = copy["managed"].as_u64().expect("a count");
    assert!(managed >= 5 && managed <= rig.accounts() as u64, "{copy}");
    assert_eq!(copy["cycles"][0]["result"], Value::Null, "the cycle was running");
    let before = std::fs::read(&file).expect("a file");
    let done = rig.expect(1, &["backup", path]);
    assert!(done.stderr.contains("there is a file of this name already"), "{done:?}");
    assert_eq!(std::fs::read(&file).expect("a file"), before);
    rig.expect(1, &["backup", "/no/such/folder/copy.db"]);
    run.log_until("cycle.finished", 1);
    run.stop();

    // Restored as the README has it: everybody of the copy is known, and whoever came after it is adopted.
    for end in ["", "-wal", "-shm"] {
        let _absent = std::fs::remove_file(rig.folder().join(format!("state.db{end}")));
    }
    std::fs::rename(&file, rig.folder().join("state.db")).expect("restored");
    rig.sim.clear_requests();
    let report = rig.expect(0, &["sync", "--json"]).json();
    assert_eq!(report["operations"]["create"], 0, "{report}");
    assert_eq!(rig.writes(), Vec::<String>::new());
    rig.assert_one_account_each();
}

#[test]
fn a_plan_beside_a_daemon_is_that_of_the_next_cycle_and_writes_nothing() {
    let rig = Rig::new(0);
    let ids: Vec<_> = (0..20).map(|number| rig.person(&format!("p{number}"), &json!({}))).collect();
    rig.expect(0, &["sync"]);
    for id in &ids[..15] {
        rig.sim.graph().update_user(id, &json!({"accountEnabled": false})).expect("a change");
    }
    rig.edit("entra-jostle-sync.toml", "every = \"1m\"", "every = \"1h\"");
    let mut run = rig.start(&["run", "--log-level", "debug"]);
    run.log_until("schedule.next", 1);
    rig.person("later", &json!({}));
    rig.sim.clear_requests();
    let copy = |name: &str| {
        let file = rig.folder().join(name);
        rig.expect(0, &["backup", file.to_str().expect("UTF-8")]);
        std::fs::read(file).expect("a copy")
    };
    let before = copy("before.db");
    let done = rig.expect(10, &["plan", "--detailed-exitcode", "--json"]);
    assert!(
        done.stderr.contains("a daemon holds the state; this is planned from what it has read of Entra"),
        "{done:?}"
    );
    assert!(before == copy("after.db"), "the state was written");
    assert!(rig.requests().is_empty(), "{:?}", rig.requests());
    let plan = done.json();
    let held = |plan: &Value| {
        let held = plan["held"].as_array().expect("a list");
        held.iter().map(|held| (held["user"].clone(), held["changes"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(held(&plan).len(), 15);
    run.stop();
    let next = rig.expect(0, &["plan", "--json"]).json();
    assert_eq!(held(&next), held(&plan));
    assert_eq!(plan["operations"], json!([]), "whom the daemon has not read is not in it");
    assert_eq!(next["operations"][0]["user"], "later@corp.example");
    assert_eq!(rig.writes(), Vec::<String>::new());
}
