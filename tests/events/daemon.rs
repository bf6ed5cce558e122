//! What only a process of its own says: of its start and end, its schedule, its socket, its terminal and its disk.

use std::io::Write;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::process::Command;

use entra_jostle_sync::simulator::{Effect, Fault, Side};
use serde_json::json;

use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::failing::throttled;
use super::rig::{Rig, Running, status};

/// Each tells what was logged.
pub(super) const SCENARIOS: &[fn() -> String] = &[
    a_day_that_nobody_listens_to,
    a_schedule_without_an_end,
    a_quarantine,
    what_the_sides_say_of_themselves,
    no_place_for_the_socket,
    no_place_for_the_figures,
    somebody_who_is_told_and_somebody_who_cannot_be,
    no_handle_for_a_caller,
    a_disk_that_takes_nothing_at_the_end,
    what_takes_longer_than_a_caller_waits,
    a_shadow,
];

const LOUD: [&str; 4] = ["--log-format", "json", "--log-level", "entra_jostle_sync=debug"];

fn rig() -> Rig {
    let rig = Rig::new(0);
    rig.edit("entra-jostle-sync.toml", "every = \"1m\"", "every = \"1h\"");
    rig
}

fn run(rig: &Rig) -> Command {
    rig.command(&[&["run"], &LOUD[..]].concat())
}

/// The command as the last part of a line of the shell.
fn through_the_shell(line: &str, command: &Command) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", line, "sh"]).arg(command.get_program()).args(command.get_args()).env_clear();
    shell
}

fn caller(rig: &Rig) -> UnixStream {
    UnixStream::connect(rig.folder().join("state.db.sock")).expect("somebody listens")
}

/// Ends it in order; what it has logged besides.
fn stopped(run: Running) -> String {
    run.terminate();
    let done = run.finish();
    assert_eq!(done.code, Some(0), "{done:?}");
    done.stderr
}

/// No systemd where it should be, a disk that is full in the place of stdout; callers who do not listen, or do not speak our
/// language.
fn a_day_that_nobody_listens_to() -> String {
    let rig = rig();
    let mut command = run(&rig);
    command.arg("--json");
    let mut command = through_the_shell("exec \"$@\" >/dev/full", &command);
    command.env("NOTIFY_SOCKET", rig.folder().join("nobody"));
    let mut run = Running::start(command);
    let mut log = run.log_until("schedule.next", 1);
    let mut deaf = caller(&rig);
    deaf.shutdown(Shutdown::Read).expect("shut");
    deaf.write_all(b"{\"version\":1,\"ask\":\"retry\",\"user\":\"nobody@corp.example\"}\n").expect("written");
    log += &run.log_until("control.unanswered", 1);
    caller(&rig).write_all(b"GET / HTTP/1.1\r\n").expect("written");
    log += &run.log_until("control.refused", 1);
    log + &stopped(run)
}

fn a_schedule_without_an_end() -> String {
    let rig = Rig::new(0);
    rig.edit("entra-jostle-sync.toml", "every = \"1m\"", "cron = \"0 0 0 1 1 * 2020\"");
    Running::start(run(&rig)).finish().stderr
}

fn a_quarantine() -> String {
    let rig = Rig::new(0);
    rig.person("ann", &json!({}));
    rig.faults(vec![Fault::new(Side::Jostle, status(401))]);
    let mut run = Running::start(run(&rig));
    run.log_until("schedule.paused", 1) + &stopped(run)
}

/// Credentials that expire, an attribute that is gone at the second start, and a refusal at the third.
fn what_the_sides_say_of_themselves() -> String {
    let rig = rig();
    rig.append("entra-jostle-sync.toml", "\n[health]\njostle_key_expires = \"2020-01-01\"\n");
    let day = || {
        let mut run = Running::start(run(&rig));
        run.log_until("schedule.next", 1) + &stopped(run)
    };
    let mut log = day();
    rig.sim.jostle().set_switches(json!({"schema_missing_attribute": "nickName"})).expect("a switch");
    log += &day();
    rig.faults(vec![Fault::new(Side::Jostle, status(403)).path("Schemas")]);
    log + &day()
}

fn no_place_for_the_socket() -> String {
    let rig = rig();
    std::fs::create_dir(rig.folder().join("state.db.sock")).expect("a folder");
    let mut run = Running::start(run(&rig));
    run.log_until("schedule.next", 1) + &stopped(run)
}

fn no_place_for_the_figures() -> String {
    let rig = rig();
    std::fs::create_dir(rig.folder().join("m.prom")).expect("a folder");
    rig.append("entra-jostle-sync.toml", "\n[metrics]\ntextfile = \"m.prom\"\n");
    let mut run = Running::start(run(&rig));
    run.log_until("metrics.failed", 1) + &stopped(run)
}

fn somebody_who_is_told_and_somebody_who_cannot_be() -> String {
    let rig = rig();
    let hook = rig.runtime().block_on(async {
        let hook = MockServer::start().await;
        Mock::given(method("POST")).respond_with(ResponseTemplate::new(200)).mount(&hook).await;
        hook
    });
    let (_socket, closed) = rig.closed_port();
    for (name, address) in [("told", *hook.address()), ("not-told", closed)] {
        let section =
            format!("\n[[alerts.webhook]]\nname = \"{name}\"\nshape = \"plain\"\nurl = \"http://{address}/hook\"\n");
        rig.append("entra-jostle-sync.toml", &section);
    }
    rig.append("entra-jostle-sync.toml", "\n[health]\njostle_key_expires = \"2020-01-01\"\n");
    let mut run = Running::start(run(&rig));
    let log = run.log_until("alert.sent", 1);
    // The two may come in any order.
    let log = if log.contains("alert.failed") { log } else { log + &run.log_until("alert.failed", 1) };
    log + &stopped(run)
}

/// More callers than the process may have files open.
fn no_handle_for_a_caller() -> String {
    let rig = rig();
    let mut run = Running::start(through_the_shell("ulimit -n 60; exec \"$@\"", &run(&rig)));
    let mut log = run.log_until("schedule.next", 1);
    let callers: Vec<_> = (0..60).map(|_| caller(&rig)).collect();
    log += &run.log_until("control.lost", 1);
    drop(callers);
    log + &stopped(run)
}

fn a_disk_that_takes_nothing_at_the_end() -> String {
    let rig = rig();
    let mut run = Running::start(through_the_shell("trap '' XFSZ; exec \"$@\"", &run(&rig)));
    let log = run.log_until("schedule.next", 1);
    let pid = run.pid().to_string();
    let limited = Command::new("/usr/bin/prlimit").args(["--fsize=0", "--pid", &pid]).status().expect("it runs");
    assert!(limited.success());
    log + &stopped(run)
}

/// Jostle asks for five seconds, and Entra takes almost as long to say that it does not know somebody; a caller has four.
fn what_takes_longer_than_a_caller_waits() -> String {
    let rig = rig();
    let mut run = Running::start(run(&rig));
    let mut log = run.log_until("schedule.next", 1);
    rig.person("ann", &json!({}));
    rig.faults(vec![
        Fault::new(Side::Jostle, throttled("5")).times(1),
        Fault::new(Side::Graph, Effect::Slow { ms: 4500 }).path("nobody").times(1),
    ]);
    let asking = ["ann@corp.example", "nobody@corp.example"].map(|who| rig.start(&["--provision-on-demand", who]));
    for answer in asking.map(Running::finish) {
        assert_eq!(answer.code, Some(12), "{answer:?}");
    }
    while !(log.contains("control.finished") && log.contains("control.failed")) {
        log += &run.log_until("\"control.f", 1);
    }
    log + &stopped(run)
}

fn a_shadow() -> String {
    let rig = rig();
    let mut shadow = rig.start(&[&["shadow"], &LOUD[..]].concat());
    shadow.log_until("schedule.next", 1) + &stopped(shadow)
}
