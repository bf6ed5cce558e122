//! Beside a running daemon: what is asked of it over its socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use entra_jostle_sync::simulator::{BodyKind, Effect, Fault, Side};
use serde_json::json;

use super::rig::{Rig, Running};

const ON_DEMAND: &str = "--provision-on-demand";

fn socket(rig: &Rig) -> PathBuf {
    rig.folder().join("state.db.sock")
}

/// Requests that would have made an account, by the name in their body.
fn posts(rig: &Rig) -> usize {
    rig.writes().iter().filter(|write| write.starts_with("POST")).count()
}

fn throttled(seconds: u32) -> Effect {
    let retry_after = Some(seconds.to_string());
    Effect::Status { status: 429, retry_after, code: None, body: BodyKind::Json }
}

/// Says something to the daemon as no client of ours would, and returns the answer.
fn say(rig: &Rig, bytes: &[u8]) -> String {
    let mut stream = UnixStream::connect(socket(rig)).expect("somebody listens");
    // The daemon may stop listening in the middle.
    let _refused = stream.write_all(bytes);
    let mut line = String::new();
    let _reset = BufReader::new(stream).read_line(&mut line);
    line
}

#[test]
fn on_demand_works_during_an_initial_cycle_and_everybody_is_written_once() {
    let rig = Rig::new(300);
    let employees = rig.employees();
    rig.edit("entra-jostle-sync.toml", "requests_per_second = 1000", "requests_per_second = 25");
    let mut run = rig.start(&["run"]);
    run.log_until("user.created", 3);
    let names: Vec<_> = employees.iter().rev().take(3).cloned().collect();
    let arguments: Vec<_> = names.iter().flat_map(|name| [ON_DEMAND, name]).collect();
    let answers = rig.expect(0, &[&arguments[..], &["--json"]].concat()).json();
    assert!(rig.accounts() < employees.len(), "the cycle is still under way");
    for (answer, name) in answers.as_array().expect("a list").iter().zip(&names) {
        assert_eq!(answer["user"].as_str().expect("a name").to_lowercase(), *name);
    }
    let running = rig.expect(0, &["status"]).stdout;
    assert!(running.contains("running      1 (initial), since "), "{running}");
    run.log_until("kind=\"initial\"", 1);
    run.stop();
    rig.assert_one_account_each();
    assert_eq!(posts(&rig), employees.len(), "nobody was posted twice");
}

#[test]
fn many_who_ask_for_the_same_person_get_one_account() {
    let rig = Rig::new(0);
    let run = rig.idle();
    rig.person("ann", &json!({}));
    let asking: Vec<_> = (0..4).map(|_| rig.start(&[ON_DEMAND, "ann@corp.example", "--json"])).collect();
    let answers: Vec<_> = asking.into_iter().map(Running::finish).collect();
    assert!(answers.iter().all(|done| done.code == Some(0)), "{answers:?}");
    let created = answers.iter().filter(|done| done.json()[0]["operation"] == "create").count();
    assert_eq!((created, posts(&rig), rig.accounts()), (1, 1, 1), "{answers:?}");
    run.stop();
}

#[test]
fn the_daemon_needs_no_secret_of_whoever_asks_it() {
    let rig = Rig::new(0);
    let run = rig.idle();
    rig.person("ann", &json!({}));
    for file in ["client-secret", "jostle-api-key", "mapping.toml"] {
        std::fs::remove_file(rig.folder().join(file)).expect("a file of the configuration");
    }
    let done = rig.expect(0, &[ON_DEMAND, "ann@corp.example"]);
    assert!(done.stdout.contains("5. Act      ok       create"), "{done:?}");
    let done = rig.expect(8, &[ON_DEMAND, "nobody@corp.example"]);
    assert!(done.stdout.contains("nobody@corp.example"), "{done:?}");
    run.stop();
}

#[test]
fn while_jostle_throttles_for_an_hour_the_answer_comes_all_the_same_and_says_until_when() {
    let rig = Rig::new(3);
    let person = rig.employees().pop_first().expect("an employee");
    rig.faults(vec![Fault::new(Side::Jostle, throttled(3244))]);
    let mut run = rig.start(&["run", "--log-level", "debug"]);
    run.log_until("status=429", 1);
    let done = rig.expect(12, &[ON_DEMAND, &person]);
    assert!(done.flat().contains("Jostle has asked to be left alone until"), "{done:?}");
    assert!(done.stdout.contains("the daemon goes on with it"), "{done:?}");
    let answer = rig.expect(12, &[ON_DEMAND, &person, "--json"]).json();
    assert_eq!((&answer[0]["user"], &answer[0]["status"]), (&json!(person), &json!("noted")));

    let shown = rig.expect(0, &["status"]).stdout;
    assert!(shown.contains("notice     Jostle has asked to be left alone until"), "{shown}");
    let shown = rig.expect(0, &["status", "--json"]).json();
    assert_eq!(shown["throttled"][0]["side"], "jostle", "{shown}");

    run.stop();
    rig.faults(Vec::new());
    rig.expect(0, &["sync"]);
    rig.assert_one_account_each();
}

#[test]
fn while_graph_hangs_the_answer_comes_and_the_daemon_goes_on_with_it() {
    let rig = Rig::new(0);
    rig.append("entra-jostle-sync.toml", "\n[http]\ntimeout = \"6s\"\n");
    let mut run = rig.idle();
    rig.person("ann", &json!({}));
    rig.faults(vec![Fault::new(Side::Graph, Effect::Hang {}).times(1)]);
    let done = rig.expect(12, &[ON_DEMAND, "ann@corp.example"]);
    assert!(done.flat().contains("has not answered yet"), "{done:?}");
    run.log_until("control.finished", 1);
    rig.assert_one_account_each();
    run.stop();
}

#[test]
fn a_client_that_goes_away_does_not_end_its_request() {
    let rig = Rig::new(0);
    let mut run = rig.idle();
    rig.person("ann", &json!({}));
    let mut stream = UnixStream::connect(socket(&rig)).expect("somebody listens");
    stream.write_all(b"{\"version\":1,\"ask\":\"provision\",\"user\":\"ann@corp.example\"}\n").expect("written");
    drop(stream);
    run.log_until("user.created", 1);
    rig.assert_one_account_each();
    run.stop();
}

#[test]
fn whatever_is_said_to_the_socket_harms_nobody() {
    let rig = Rig::new(0);
    let run = rig.idle();
    rig.person("ann", &json!({}));
    let silent: Vec<_> = (0..3).map(|_| UnixStream::connect(socket(&rig)).expect("somebody listens")).collect();
    let huge = [b"{\"version\":1,\"ask\":\"".as_slice(), &vec![b'x'; 1 << 20], b"\"}\n"].concat();
    for (bytes, told) in [
        (b"\x00\xff\n".as_slice(), "no JSON"),
        (b"GET / HTTP/1.1\r\n", "no JSON"),
        (b"{}\n", "names no version"),
        (b"{\"version\":2,\"ask\":\"retry\"}\n", "restart the daemon"),
        (b"{\"version\":1,\"ask\":\"delete\"}\n", "not understood"),
        (&huge, "not understood"),
    ] {
        let answer = say(&rig, bytes);
        // Of a line that is cut off the answer may be lost with the rest of it.
        assert!(answer.contains(told) || (answer.is_empty() && bytes.len() > 1000), "{told}: {answer}");
    }
    for mut stream in silent {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an end");
        assert!(answer.contains("nothing was said in time"), "{answer}");
    }
    rig.expect(0, &[ON_DEMAND, "ann@corp.example"]);
    rig.assert_one_account_each();
    run.stop();
}

#[test]
fn the_socket_is_private_and_gone_when_the_daemon_is() {
    let rig = Rig::new(0);
    let run = rig.idle();
    let metadata = socket(&rig).symlink_metadata().expect("a socket");
    assert!(metadata.file_type().is_socket());
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    run.stop();
    assert!(!socket(&rig).exists());
}

#[test]
fn a_socket_that_a_killed_daemon_left_is_replaced_and_stops_nobody() {
    let rig = Rig::new(0);
    rig.idle().kill();
    assert!(socket(&rig).exists());
    rig.person("ann", &json!({}));
    rig.expect(0, &[ON_DEMAND, "ann@corp.example"]);
    let run = rig.idle();
    rig.person("bob", &json!({}));
    rig.expect(0, &[ON_DEMAND, "bob@corp.example"]);
    run.stop();
    rig.assert_one_account_each();
}

#[test]
fn a_second_daemon_is_refused_and_the_first_one_still_answers() {
    let rig = Rig::new(0);
    let run = rig.idle();
    let done = rig.expect(9, &["run"]);
    assert!(done.stderr.contains("in use by process") && done.stderr.contains(" run"), "{done:?}");
    rig.person("ann", &json!({}));
    rig.expect(0, &[ON_DEMAND, "ann@corp.example"]);
    run.stop();
}

#[test]
fn a_file_in_the_place_of_the_socket_is_left_alone_and_the_daemon_works_without() {
    let rig = Rig::new(0);
    std::fs::write(socket(&rig), "mine").expect("written");
    rig.person("ann", &json!({}));
    let mut run = rig.start(&["run"]);
    run.log_until("control.unavailable", 1);
    run.log_until("cycle.finished", 1);
    rig.assert_one_account_each();
    let done = rig.expect(9, &[ON_DEMAND, "ann@corp.example"]);
    assert!(done.stderr.contains("the state is in use by process"), "{done:?}");
    run.stop();
    assert_eq!(std::fs::read(socket(&rig)).expect("still there"), b"mine");
}

#[test]
fn a_state_deeper_than_an_address_has_room_for_is_served_too() {
    let rig = Rig::new(0);
    let deep = rig.folder().join("a".repeat(100)).join("b".repeat(100));
    std::fs::create_dir_all(&deep).expect("a folder");
    let here = format!("path = \"{}/state.db\"", rig.folder().display());
    rig.edit("entra-jostle-sync.toml", &here, &format!("path = \"{}/state.db\"", deep.display()));
    let run = rig.idle();
    rig.person("ann", &json!({}));
    let done = rig.expect(0, &[ON_DEMAND, "ann@corp.example"]);
    assert!(done.stdout.contains("5. Act      ok"), "{done:?}");
    run.stop();
    assert!(!deep.join("state.db.sock").exists());
}

#[test]
fn a_sync_answers_as_a_daemon_does() {
    let rig = Rig::new(200);
    rig.edit("entra-jostle-sync.toml", "requests_per_second = 1000", "requests_per_second = 50");
    let mut sync = rig.start(&["sync"]);
    sync.log_until("user.created", 1);
    let last = rig.employees().pop_last().expect("an employee");
    rig.expect(0, &[ON_DEMAND, &last]);
    let done = rig.expect(0, &["retry", "--all", "--json"]).json();
    assert_eq!((&done["people"], &done["cycle"]), (&json!(0), &json!(false)));
    assert_eq!(sync.finish().code, Some(0));
    rig.assert_one_account_each();
    assert_eq!(posts(&rig), rig.employees().len());
}
