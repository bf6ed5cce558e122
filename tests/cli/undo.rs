//! `undo`: what a cycle did is shown, asked for and taken back, at a terminal, in a pipe and beside a daemon.

use std::fs::File;
use std::io::{Read, Write};
use std::process::Stdio;

use nix::pty::openpty;
use serde_json::{Value, json};

use super::rig::{Done, Rig, Running};

/// A tenant in sync, and a cycle, number 2, that changes, deactivates and creates somebody.
fn rig() -> Rig {
    let rig = Rig::new(0);
    let [ann, bob] = ["ann", "bob"].map(|alias| rig.person(alias, &json!({})));
    rig.expect(0, &["sync"]);
    rig.sim.graph().update_user(&ann, &json!({"givenName": "Anne"})).expect("a change");
    rig.sim.graph().update_user(&bob, &json!({"accountEnabled": false})).expect("a change");
    rig.person("cid", &json!({}));
    let done = rig.expect(0, &["sync"]);
    assert!(done.stdout.starts_with("cycle 2 (incremental): 1 deactivate, 1 create, 1 update"), "{done:?}");
    rig.sim.clear_requests();
    rig
}

/// Without the line that has the time.
fn but_for_the_time(text: &str) -> String {
    let (first, rest) = text.split_once('\n').expect("two lines");
    assert!(first.starts_with("to undo cycle 2 (incremental), begun at 20"), "{first}");
    rest.to_owned()
}

/// At a terminal, with this answer; what the terminal shows, without carriage returns.
fn at_a_terminal(rig: &Rig, arguments: &[&str], answer: &str) -> (String, Done) {
    let pty = openpty(None, None).expect("a terminal");
    let mut command = rig.command(arguments);
    command.stdin(Stdio::from(pty.slave.try_clone().expect("a handle")));
    command.stdout(Stdio::from(pty.slave)).stderr(Stdio::piped());
    let child = command.spawn().expect("it starts");
    // The terminal ends with the last process that has it.
    drop(command);
    let mut terminal = File::from(pty.master);
    let mut shown = Vec::new();
    let mut part = [0; 4096];
    let mut is_answered = false;
    while let Ok(length @ 1..) = terminal.read(&mut part) {
        shown.extend_from_slice(&part[..length]);
        if !is_answered && shown.ends_with(b"[y/N] ") {
            terminal.write_all(answer.as_bytes()).expect("answered");
            is_answered = true;
        }
    }
    let output = child.wait_with_output().expect("ended");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8").replace('\r', "");
    let done = Done { code: output.status.code(), stdout: String::new(), stderr: text(output.stderr) };
    (text(shown), done)
}

#[test]
fn at_a_terminal_it_is_shown_and_asked_for() {
    let rig = rig();
    let (shown, done) = at_a_terminal(&rig, &["undo", "2"], "n\n");
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(done.stderr.ends_with("entra-jostle-sync: nothing was undone\n"), "{done:?}");
    insta::assert_snapshot!(but_for_the_time(&shown), @r#"
    1 deactivate, 1 reactivate, 1 update
    ! accounts created or reactivated: 1; each costs a seat, and Jostle may write to
      the person

    deactivate: cycle 2 is undone
      cid@corp.example
          active: true => false

    reactivate: cycle 2 is undone
      bob@corp.example
          active: false => true

    update: cycle 2 is undone
      ann@corp.example
          name.givenName: "Anne" => "Given"

    Undo this? [y/N] n
    "#);
    assert!(rig.requests().is_empty(), "nobody is asked for it: {:?}", rig.requests());
    let (shown, done) = at_a_terminal(&rig, &["undo", "2"], "y\n");
    assert_eq!(done.code, Some(0), "{done:?}");
    let (_, outcome) = shown.split_once("[y/N] y\n").expect("the answer");
    insta::assert_snapshot!(outcome, @"

    cycle 2, undone as cycle 3:
    3 done, 0 refused, 0 failed, 0 waiting
    what would be done again is kept out: entra-jostle-sync hold list

    done
      cid@corp.example: deactivate
      bob@corp.example: reactivate
      ann@corp.example: update
    ");
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    assert!(done.stderr.contains("undo.begun") && done.stderr.contains("user.reactivated"), "{done:?}");
    let active: Vec<_> = rig.sim.jostle().users_json().iter().map(|account| account["active"].clone()).collect();
    assert_eq!(active, [true, true, false], "and cid, who was created, is not");
    let status = rig.expect(0, &["status"]).stdout;
    assert!(status.contains("3 (undo): ok"), "{status}");
    let done = rig.expect(0, &["sync"]).stdout;
    assert!(done.starts_with("cycle 4 (incremental): nothing to do;"), "{done}");
}

#[test]
fn where_nobody_can_be_asked_it_must_be_said() {
    let rig = rig();
    let done = rig.expect(2, &["undo", "2"]);
    assert!(done.stdout.contains("\nreactivate: cycle 2 is undone\n  bob@corp.example\n"), "{done:?}");
    assert!(done.stderr.contains("nobody can be asked here; look at it, and say --yes"), "{done:?}");
    let json = rig.expect(2, &["undo", "2", "--json"]).json();
    assert_eq!(json["counts"]["reactivate"], 1);
    assert_eq!(json["outcome"], Value::Null);
    assert!(rig.writes().is_empty());
    let json = rig.expect(0, &["undo", "2", "--yes", "--json"]).json();
    let mut keys: Vec<_> = json.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["counts", "operations", "outcome", "refused", "undoes"]);
    let mut keys: Vec<_> = json["outcome"].as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["cycle", "done", "error", "failed", "paused", "refused", "undoes", "waiting"]);
    assert_eq!(json["outcome"]["done"].as_array().map(Vec::len), Some(3));
    // A second time everything has moved on.
    let done = rig.expect(7, &["undo", "2", "--yes"]);
    assert!(done.stdout.contains("\nnothing to do, 3 not to be undone\n"), "{done:?}");
    assert!(
        done.stdout.contains("  bob@corp.example\n      active: cycle 3 wrote it since, and it is true now"),
        "{done:?}"
    );
    assert_eq!(rig.writes().len(), 3);
}

#[test]
fn some_of_them_may_be_named_and_what_is_kept_out_is_shown_and_can_be_approved() {
    let rig = rig();
    let done = rig.expect(8, &["undo", "2", "--only", "dan@corp.example", "--yes"]);
    let told = "cycle 2 has not written \"dan@corp.example\"; nothing was undone; it has written ann@corp.example, \
                bob@corp.example, cid@corp.example";
    assert!(done.stderr.contains(told), "{done:?}");
    let done = rig.expect(0, &["undo", "2", "--only", "ANN@corp.example", "--yes"]);
    insta::assert_snapshot!(but_for_the_time(&done.stdout), @r#"
    1 update

    update: cycle 2 is undone
      ann@corp.example
          name.givenName: "Anne" => "Given"

    cycle 2, undone as cycle 3:
    1 done, 0 refused, 0 failed, 0 waiting
    what would be done again is kept out: entra-jostle-sync hold list

    done
      ann@corp.example: update
    "#);
    assert_eq!(rig.writes().len(), 1);
    rig.expect(0, &["sync"]);
    let list = rig.expect(0, &["hold", "list", "--json"]).json();
    assert_eq!((&list[0]["hold"], &list[0]["rejected"]), (&json!("1.1"), &json!(1)));
    let why = list[0]["limit"].as_str().expect("a text").to_owned();
    assert!(why.starts_with("cycle 2 was undone by ") && why.ends_with(" (cycle 3)"), "{why}");
    let shown = rig.expect(0, &["hold", "show", "1"]).stdout;
    assert!(shown.contains("name.givenName: \"Given\" => \"Anne\"") && shown.contains("(rejected by "), "{shown}");
    let told = rig.expect(0, &["explain", "ann@corp.example"]).stdout;
    assert!(told.contains("rejected by ") && told.contains("hold show 1"), "{told}");
    rig.expect(0, &["hold", "approve", "1.1", "--only", "ann@corp.example"]);
    let done = rig.expect(0, &["sync"]).stdout;
    assert!(done.starts_with("cycle 5 (incremental): 1 update;"), "{done}");
}

#[test]
fn what_is_no_cycle_to_undo_is_said() {
    let rig = rig();
    let done = rig.expect(8, &["undo", "9", "--yes"]);
    assert!(done.stderr.contains("there is no cycle 9; status shows the last ones"), "{done:?}");
    for wrong in ["0", "x", "-1"] {
        rig.expect(2, &["undo", "--yes", "--", wrong]);
    }
    rig.expect(0, &["sync"]);
    let done = rig.expect(0, &["undo", "3"]);
    assert_eq!(done.stdout, "cycle 3 (incremental) wrote nothing to Jostle: nothing to undo\n");
    rig.expect(0, &["pause"]);
    let done = rig.expect(11, &["undo", "2", "--yes"]);
    assert!(done.stdout.contains("0 done, 0 refused, 0 failed, 3 waiting"), "{done:?}");
    assert!(rig.writes().is_empty());
}

fn daemon(rig: &Rig) -> Running {
    rig.edit("entra-jostle-sync.toml", "every = \"1m\"", "every = \"1h\"");
    let run = rig.idle();
    for secret in ["client-secret", "jostle-api-key"] {
        std::fs::remove_file(rig.folder().join(secret)).expect("a file of the configuration");
    }
    run
}

#[test]
fn beside_a_daemon_it_is_done_there_without_a_secret() {
    let rig = rig();
    let mut run = daemon(&rig);
    let json = rig.expect(0, &["undo", "2", "--yes", "--json"]).json();
    assert_eq!(json["outcome"]["done"].as_array().map(Vec::len), Some(3), "{json}");
    assert_eq!(rig.writes().len(), 3);
    run.log_until("event=\"undo.begun\"", 1);
    let held = rig.expect(0, &["hold", "list", "--json"]).json();
    assert_eq!(held.as_array().map(Vec::len), Some(3), "one for each class: {held}");
    // The undo of the undo.
    rig.expect(0, &["undo", "4", "--yes"]);
    run.log_until("user.deactivated", 1);
    run.stop();
    assert_eq!(rig.expect(0, &["hold", "list"]).stdout, "nothing is held\n");
}

#[test]
fn a_cycle_that_runs_is_not_undone() {
    let rig = rig();
    rig.person("dan", &json!({}));
    let slow = entra_jostle_sync::simulator::Effect::Slow { ms: 3000 };
    let fault = entra_jostle_sync::simulator::Fault::new(entra_jostle_sync::simulator::Side::Jostle, slow);
    rig.faults(vec![fault.method("POST")]);
    let run = rig.start(&["run"]);
    while !rig.writes().iter().any(|write| write.starts_with("POST")) {
        std::thread::yield_now();
    }
    let done = rig.expect(1, &["undo", "3", "--yes"]);
    assert!(done.stderr.contains("cycle 3 (incremental) is still running, since 20"), "{done:?}");
    run.stop();
}
