//! `retry`, and what waits: with a daemon, which begins a cycle at once, and without one.

use entra_jostle_sync::simulator::{Fault, Side};
use serde_json::json;

use super::rig::{Rig, status};

#[test]
fn a_quarantine_moves_the_next_cycle_and_a_retry_of_everybody_ends_its_pause() {
    let rig = Rig::new(0);
    rig.person("ann", &json!({}));
    rig.faults(vec![Fault::new(Side::Jostle, status(401))]);
    let mut run = rig.start(&["run"]);
    run.log_until("schedule.paused", 1);
    let shown = rig.expect(0, &["status", "--json"]).json();
    assert_eq!(shown["quarantines"][0]["side"], "jostle", "{shown}");
    assert_eq!(shown["next_cycle"], shown["quarantines"][0]["next_at"]);
    let text = rig.expect(0, &["status"]).stdout;
    assert!(text.contains("CRITICAL   Jostle: "), "{text}");
    assert!(text.contains("systemctl restart entra-jostle-sync"), "{text}");

    rig.faults(Vec::new());
    rig.expect(0, &["retry", "--all"]);
    run.log_until("quarantine.left", 1);
    run.log_until("cycle.finished", 1);
    rig.assert_one_account_each();
    assert_eq!(rig.expect(0, &["status", "--json"]).json()["quarantines"], json!([]));
    run.stop();
}

/// Bob waits, because Jostle refused him.
fn waiting_for_bob(rig: &Rig) {
    rig.person("bob", &json!({}));
    rig.faults(vec![Fault::new(Side::Jostle, status(400)).method("POST")]);
    rig.expect(7, &["sync"]);
    rig.faults(Vec::new());
}

#[test]
fn a_retry_is_done_at_once_by_the_daemon() {
    let rig = Rig::new(0);
    waiting_for_bob(&rig);
    let mut run = rig.idle();
    assert_eq!(rig.accounts(), 0, "it is not yet time");
    let done = rig.expect(0, &["retry", "bob@corp.example"]);
    assert!(done.stdout.starts_with("1 person is tried again; the daemon begins a cycle"), "{done:?}");
    run.log_until("user.created", 1);
    run.log_until("cycle.finished", 1);
    let done = rig.expect(0, &["retry", "bob@corp.example"]);
    assert_eq!(done.stdout, "bob@corp.example does not wait for another try: nothing to do\n");
    let done = rig.expect(0, &["retry", "--all", "--json"]).json();
    assert_eq!((&done["people"], &done["cycle"]), (&json!(0), &json!(true)));
    run.log_until("cycle.finished", 1);
    rig.expect(8, &["retry", "nobody@corp.example"]);
    run.stop();
    rig.assert_one_account_each();
}

#[test]
fn a_retry_without_a_daemon_is_done_by_the_next_cycle_and_needs_no_secret() {
    for who in ["bob@corp.example", "--all"] {
        let rig = Rig::new(0);
        waiting_for_bob(&rig);
        rig.expect(0, &["sync"]);
        assert_eq!(rig.accounts(), 0, "it is not yet time");
        rig.sim.clear_requests();
        let (secret, away) = (rig.folder().join("client-secret"), rig.folder().join("away"));
        std::fs::rename(&secret, &away).expect("moved");
        let done = rig.expect(0, &["retry", who]);
        assert!(done.stdout.starts_with("1 person is tried again by the next cycle; no daemon"), "{done:?}");
        assert!(rig.sim.requests().is_empty());
        std::fs::rename(&away, &secret).expect("moved");
        rig.expect(0, &["sync"]);
        rig.assert_one_account_each();
        let done = rig.expect(0, &["retry", "--all"]);
        assert_eq!(done.stdout, "nobody waits for another try\n");
        rig.expect(8, &["retry", "nobody@corp.example"]);
    }
}

#[test]
fn a_retry_makes_no_state() {
    let rig = Rig::new(0);
    for who in ["ann@corp.example", "--all"] {
        let done = rig.expect(1, &["retry", who]);
        assert!(done.stderr.contains("there is no such file"), "{done:?}");
    }
    assert!(!rig.folder().join("state.db").exists());
}
