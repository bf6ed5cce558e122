//! SIGTERM: what is under way is finished, the program ends by itself, and the next run goes on from there.

use entra_jostle_sync::simulator::{BodyKind, Effect, Fault, Side};
use serde_json::json;

use super::rig::{Rig, Running};

/// A Jostle that asks to be left alone for an hour, and a command that waits for it.
fn waiting_for_jostle(rig: &Rig, arguments: &[&str]) -> Running {
    let retry_after = Some("3600".to_owned());
    let throttled = Effect::Status { status: 429, retry_after, code: None, body: BodyKind::Json };
    rig.faults(vec![Fault::new(Side::Jostle, throttled)]);
    let mut running = rig.start(&[arguments, &["--log-level", "debug"]].concat());
    running.log_until("status=429", 1);
    running.terminate();
    running
}

#[test]
fn a_sync_stops_early_loses_nothing_and_the_next_completes() {
    let rig = Rig::new(1500);
    let mut sync = rig.start(&["sync", "--json"]);
    sync.log_until("user.created", 200);
    sync.terminate();
    let done = sync.finish();
    assert_eq!(done.code, Some(1), "not everything was done: {done:?}");
    let report = done.json();
    assert!(report["error"].as_str().is_some_and(|error| error.contains("stopped")), "{report}");
    let (accounts, employees) = (rig.accounts(), rig.employees().len());
    assert!(accounts < employees, "it went on to the end");
    assert_eq!(report["operations"]["create"], accounts, "every answer was waited for and remembered");
    let report = rig.expect(0, &["sync", "--json"]).json();
    assert_eq!(report["operations"]["create"], employees - accounts);
    assert_eq!(report["operations"]["adopt"], 0);
    rig.assert_one_account_each();
}

#[test]
fn a_daemon_stops_in_the_middle_of_its_first_cycle_and_nothing_is_lost() {
    let rig = Rig::new(1500);
    let mut run = rig.start(&["run"]);
    run.log_until("user.created", 200);
    run.terminate();
    let done = run.finish();
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(done.stderr.contains("daemon.stopped"), "{done:?}");
    let accounts = rig.accounts();
    let report = rig.expect(0, &["sync", "--json"]).json();
    assert_eq!(report["operations"]["create"], rig.employees().len() - accounts);
    rig.assert_one_account_each();
}

#[test]
fn a_stop_ends_an_hour_of_throttling() {
    let rig = Rig::new(0);
    rig.person("ann", &json!({}));
    let done = waiting_for_jostle(&rig, &["sync"]).finish();
    assert_eq!(done.code, Some(1), "{done:?}");
    rig.faults(Vec::new());
    rig.expect(0, &["sync"]);
    rig.assert_one_account_each();
}

#[test]
fn a_command_without_its_result_does_not_end_like_one_with_nothing_to_do() {
    let commands = [&["plan", "--detailed-exitcode"][..], &["check"], &["--provision-on-demand", "ann@corp.example"]];
    for arguments in commands {
        let rig = Rig::new(0);
        rig.person("ann", &json!({}));
        let done = waiting_for_jostle(&rig, arguments).finish();
        assert_eq!(done.code, Some(1), "{arguments:?}: {done:?}");
    }
}
