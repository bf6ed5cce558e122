//! `run`: what systemd is told, when cycles come, how it ends.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use serde_json::{Value, json};

use super::rig::{Rig, Running};

/// Reads what systemd would, until a message has a line that begins so.
fn told(run: &mut Running, socket: &UnixDatagram, line: &str) -> String {
    // A datagram socket does not end with its sender: now and then the wait looks whether there is one.
    socket.set_read_timeout(Some(Duration::from_secs(1))).expect("set");
    let mut buffer = [0; 4096];
    loop {
        let alive = run.is_alive();
        match socket.recv(&mut buffer) {
            Ok(size) => {
                let message = String::from_utf8_lossy(&buffer[..size]).into_owned();
                if message.lines().any(|told| told.starts_with(line)) {
                    return message;
                }
            }
            Err(error) => assert!(alive, "the daemon ended without {line}: {error}"),
        }
    }
}

#[test]
fn the_daemon_says_ready_runs_cycles_by_schedule_and_stops_on_sigterm() {
    let rig = Rig::new(0);
    rig.edit("entra-jostle-sync.toml", "every = \"1m\"", "every = \"10s\"\njitter = \"0s\"");
    let path = rig.folder().join("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    let mut command = rig.command(&["run", "--json"]);
    command.env("NOTIFY_SOCKET", &path);
    rig.person("ann", &json!({}));
    let mut run = Running::start(command);
    told(&mut run, &socket, "READY=1");

    let cycle = |run: &mut Running| serde_json::from_str::<Value>(&run.line()).expect("JSON");
    let first = cycle(&mut run);
    assert_eq!((&first["kind"], &first["operations"]["create"]), (&json!("initial"), &json!(1)));
    assert!(told(&mut run, &socket, "STATUS=1 create").contains("next cycle"));
    let status = rig.expect(0, &["status", "--json"]).json();
    assert!(status["next_cycle"].is_string(), "status works beside the daemon: {status}");
    rig.expect(9, &["sync"]);

    rig.person("bob", &json!({}));
    let second = cycle(&mut run);
    assert_eq!((&second["kind"], &second["operations"]["create"]), (&json!("incremental"), &json!(1)));
    rig.assert_one_account_each();

    run.terminate();
    told(&mut run, &socket, "STOPPING=1");
    let done = run.finish();
    assert_eq!((done.code, done.stdout.as_str()), (Some(0), ""), "{done:?}");
    rig.expect(0, &["sync"]);
}
