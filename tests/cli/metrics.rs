//! Figures for Prometheus: what is counted, what promtool says of it, whether the daemon is ready.

use std::io::Write;
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use entra_jostle_sync::simulator::{Fault, Side};
use serde_json::json;

use super::rig::{Rig, status};

/// A company of one whose daemon gives figures at an address.
fn measured() -> (Rig, SocketAddr) {
    let rig = Rig::new(0);
    rig.person("ann", &json!({}));
    let (socket, address) = rig.closed_port();
    drop(socket);
    rig.append("entra-jostle-sync.toml", &format!("\n[metrics]\nlisten = \"{address}\"\ntextfile = \"m.prom\"\n"));
    (rig, address)
}

/// With the line that says that a cycle is behind it.
const LOUD: [&str; 3] = ["run", "--log-level", "debug"];

/// The status and the text of an answer.
fn get(rig: &Rig, address: SocketAddr, path: &str) -> (u16, String) {
    // The second installation in a process is refused, and the first one serves.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    rig.runtime().block_on(async {
        let answer = reqwest::get(format!("http://{address}{path}")).await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a text"))
    })
}

fn value(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("entra_jostle_sync_{name} ")));
    line.unwrap_or_else(|| panic!("no {name} in {text}")).parse().expect("a number")
}

#[test]
fn a_daemon_gives_figures_that_promtool_has_nothing_against() {
    let (rig, address) = measured();
    let mut run = rig.start(&LOUD);
    run.log_until("schedule.next", 1);
    let (code, text) = get(&rig, address, "/metrics");
    assert_eq!(code, 200);
    for (name, expected) in [
        ("operations_total{operation=\"create\"}", 1.0),
        ("cycles_total{kind=\"initial\",result=\"finished\"}", 1.0),
        ("cycle_duration_seconds_count{kind=\"initial\"}", 1.0),
        ("managed_accounts", 1.0),
        ("health", 0.0),
        ("finding{cause=\"held\"}", 0.0),
    ] {
        assert!((value(&text, name) - expected).abs() < 1e-9, "{name} in {text}");
    }
    assert!(value(&text, "last_success_timestamp_seconds") >= value(&text, "start_timestamp_seconds"));
    assert!(value(&text, "requests_total{side=\"Jostle\",method=\"POST\",status=\"201\"}") >= 1.0);
    assert!(!text.contains("corp.example"), "nobody is named: {text}");
    let mut promtool = Command::new("promtool");
    let mut promtool =
        promtool.args(["check", "metrics"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("promtool");
    promtool.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("written");
    let said = promtool.wait_with_output().expect("it ends");
    assert!(said.status.success() && said.stderr.is_empty(), "{}", String::from_utf8_lossy(&said.stderr));
    assert_eq!(get(&rig, address, "/elsewhere").0, 404);
    let file = std::fs::read_to_string(rig.folder().join("m.prom")).expect("the file");
    assert!(file.contains("entra_jostle_sync_managed_accounts "), "{file}");
    assert!(run.is_alive());
    run.stop();
}

#[test]
fn it_is_ready_when_a_cycle_has_ended_well_and_no_side_is_in_quarantine() {
    let (rig, address) = measured();
    rig.faults(vec![Fault::new(Side::Jostle, status(401))]);
    let mut run = rig.start(&LOUD);
    run.log_until("schedule.next", 1);
    assert_eq!(get(&rig, address, "/healthz"), (200, "alive\n".to_owned()));
    assert_eq!(get(&rig, address, "/readyz"), (503, "no cycle has ended well since the start\n".to_owned()));
    let text = get(&rig, address, "/metrics").1;
    assert!(
        (value(&text, "health") - 2.0).abs() < 1e-9 && (value(&text, "quarantine{side=\"Jostle\"}") - 1.0).abs() < 1e-9
    );
    rig.faults(Vec::new());
    rig.expect(0, &["retry", "--all"]);
    run.log_until("cycle.finished", 1);
    run.log_until("schedule.next", 1);
    assert_eq!(get(&rig, address, "/readyz"), (200, "ready\n".to_owned()));

    rig.person("bob", &json!({}));
    rig.faults(vec![Fault::new(Side::Jostle, status(401))]);
    rig.expect(4, &["--provision-on-demand", "bob@corp.example"]);
    assert_eq!(get(&rig, address, "/readyz"), (503, "Jostle is in quarantine\n".to_owned()));
    run.stop();
}

#[test]
fn figures_that_cannot_be_given_stop_nothing() {
    let (rig, address) = measured();
    let _taken = std::net::TcpListener::bind(address).expect("bound");
    std::fs::create_dir(rig.folder().join("m.prom")).expect("a folder in the place of the file");
    let mut run = rig.start(&["run"]);
    run.log_until("metrics.failed", 2);
    run.log_until("cycle.finished", 1);
    run.stop();
    rig.edit("entra-jostle-sync.toml", "m.prom", "m.txt");
    let said = rig.expect(3, &["run"]).stderr;
    assert!(said.contains("metrics.textfile") && said.contains("does not end in .prom"), "{said}");
}
