//! `simulate`: what it prints, and that the configuration it writes works at once.

use serde_json::Value;

use super::rig::{Running, expect, program};

const KEYS: [&str; 11] = [
    "admin",
    "app_id",
    "authority",
    "ca_file",
    "client_id",
    "client_secret",
    "graph_root",
    "group_id",
    "jostle_api_key",
    "jostle_base_url",
    "tenant_id",
];

fn rehearse(tls: bool) {
    let folder = tempfile::tempdir().expect("a folder");
    let configuration = folder.path().join("rehearsal");
    let mut command = program(&["simulate", "--users", "5", "--write-config"]);
    command.arg(&configuration).args(tls.then_some("--tls"));
    let mut simulator = Running::start(command);

    let details: Value = serde_json::from_str(&simulator.line()).expect("the first line is JSON");
    let mut keys: Vec<_> = details.as_object().expect("an object").keys().collect();
    keys.sort_unstable();
    assert_eq!(keys, KEYS);
    let scheme = if tls { "https://127.0.0.1:" } else { "http://127.0.0.1:" };
    assert!(details["authority"].as_str().expect("an address").starts_with(scheme), "{details}");
    let ca_file = details["ca_file"].as_str();
    assert_eq!(ca_file.is_some(), tls);
    assert!(ca_file.is_none_or(|file| std::path::Path::new(file).is_file()), "{details}");

    let run = |arguments: &[&str]| {
        let mut command = program(arguments);
        command.arg("--config").arg(configuration.join("entra-jostle-sync.toml")).arg("--json");
        expect(0, command).json()
    };
    let report = run(&["sync"]);
    assert!(report["operations"]["create"].as_u64().is_some_and(|created| created > 0), "{report}");
    assert!(run(&["check"]).as_array().expect("findings").iter().all(|finding| finding["status"] == "ok"));

    simulator.terminate();
    let done = simulator.finish();
    assert_eq!((done.code, done.stdout.as_str()), (Some(0), ""), "{done:?}");
}

#[test]
fn a_rehearsal_works_at_once() {
    rehearse(false);
}

#[test]
fn a_rehearsal_works_at_once_over_tls() {
    rehearse(true);
}

#[test]
fn a_simulator_is_never_open_to_others() {
    let done = expect(1, program(&["simulate", "--listen", "0.0.0.0:0"]));
    assert!(done.stderr.contains("loopback"), "{done:?}");
    assert_eq!(done.stdout, "");
}
