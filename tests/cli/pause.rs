//! `pause` and `resume`: without a daemon and beside one; who did it, and what waits.

use std::time::{Duration, Instant};

use entra_jostle_sync::store::Lock;
use serde_json::{Value, json};

use super::rig::{Done, Rig, Running, expect};

/// Long before the next cycle comes by its schedule, of a minute.
const AT_ONCE: Duration = Duration::from_secs(30);

/// A tenant with one person in sync and one change of theirs to be written.
fn with_a_change() -> Rig {
    let rig = Rig::new(0);
    let ann = rig.person("ann", &json!({}));
    rig.expect(0, &["sync"]);
    rig.sim.graph().update_user(&ann, &json!({"givenName": "Anne"})).expect("a change");
    rig.sim.clear_requests();
    rig
}

/// Runs a command as somebody to whom `sudo` gave the user of the test.
fn by_sudo(rig: &Rig, arguments: &[&str]) -> Done {
    let mut command = rig.command(arguments);
    command.env("SUDO_USER", "ann");
    expect(0, command)
}

/// The user of the test, as the program shows it.
fn me() -> String {
    let output = std::process::Command::new("id").arg("-un").output().expect("id runs");
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}

/// What was printed, without the ends of its lines; none of them is longer than a terminal is wide.
fn printed(done: &Done) -> String {
    assert!(done.stdout.lines().all(|line| line.chars().count() <= 80), "{}", done.stdout);
    done.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn paused(rig: &Rig) -> Value {
    rig.expect(0, &["status", "--json"]).json()["paused"].clone()
}

#[test]
fn without_a_daemon_a_pause_is_kept_until_it_is_ended_and_everybody_says_who_set_it_and_why() {
    let rig = with_a_change();
    let by = format!("{} (by sudo: ann)", me());
    let done = by_sudo(&rig, &["pause", "--why", "Jostle moves to another data centre"]);
    assert!(done.stdout.starts_with("everything is paused since "), "{done:?}");
    assert!(printed(&done).contains("no daemon is running"), "{done:?}");
    let shown = paused(&rig);
    assert_eq!((&shown["what"], &shown["by"]), (&json!("everything"), &json!(by)), "{shown}");
    let status = rig.expect(0, &["status"]).flat();
    assert!(status.contains("notice everything is paused since"), "{status}");
    assert!(status.contains("Jostle moves to another data") && status.contains(&by), "{status}");

    let done = rig.expect(11, &["sync"]);
    assert!(done.flat().contains(&format!("by {by}: Jostle moves to another data centre")), "{done:?}");
    assert!(done.flat().contains("; 1 operation waits; entra-jostle-sync resume ends the pause"), "{done:?}");
    assert_eq!(done.stderr.matches("cycle.paused").count(), 1, "{done:?}");
    let done = rig.expect(10, &["plan", "--detailed-exitcode"]);
    assert!(done.stdout.contains("\"Given\" => \"Anne\""), "{done:?}");
    assert!(done.stderr.contains("everything is paused since ") && done.stderr.contains("resume"), "{done:?}");
    let done = rig.expect(11, &["--provision-on-demand", "ann@corp.example"]);
    assert!(done.stdout.contains("ann@corp.example was not written: everything is paused since"), "{done:?}");
    assert!(done.stdout.contains("entra-jostle-sync resume ends the pause"), "{done:?}");
    let explained = printed(&rig.expect(0, &["explain", "ann@corp.example"]));
    assert!(explained.contains("paused not before entra-jostle-sync resume: everything is paused"), "{explained}");
    assert_eq!(rig.writes(), Vec::<String>::new());

    let done = rig.expect(0, &["resume"]);
    assert!(printed(&done).contains(&format!("{by} had set it at ")), "{done:?}");
    assert_eq!(paused(&rig), Value::Null);
    rig.expect(0, &["sync"]);
    assert_eq!(rig.writes().len(), 1);
    assert_eq!(rig.expect(0, &["resume"]).stdout, "nothing is paused: nothing to do\n");
}

#[test]
fn a_second_pause_replaces_the_first_and_says_so() {
    let rig = with_a_change();
    rig.expect(0, &["pause", "--removals", "--why", "the audit"]);
    let done = rig.expect(0, &["sync"]);
    assert!(done.stdout.contains("1 update"), "only removals wait: {done:?}");
    assert!(done.stdout.contains("deactivations and deletions are paused since"), "{done:?}");
    let done = by_sudo(&rig, &["pause"]);
    assert!(
        printed(&done).contains(&format!("it replaces the pause of removals; {} had set it at ", me())),
        "{done:?}"
    );
    assert!(printed(&done).contains(": the audit no daemon"), "{done:?}");
    let shown = paused(&rig);
    assert_eq!((&shown["what"], &shown["why"]), (&json!("everything"), &Value::Null), "{shown}");
    rig.expect(0, &["sync"]);
    let replaced = rig.expect(0, &["pause", "--removals", "--json"]).json()["replaced"].clone();
    assert_eq!(replaced, shown);
}

#[test]
fn a_daemon_that_is_started_keeps_to_a_pause_of_before() {
    let rig = with_a_change();
    rig.expect(0, &["pause", "--why", "the audit"]);
    let mut run = rig.start(&["run"]);
    run.log_until("cycle.paused", 1);
    run.log_until("cycle.finished", 1);
    assert_eq!(paused(&rig)["why"], "the audit");
    assert_eq!(rig.writes(), Vec::<String>::new());
    run.stop();
}

/// Asks the daemon for a cycle, which must meet the pause.
fn meets_the_pause(rig: &Rig, run: &mut Running) {
    rig.expect(0, &["retry", "--all"]);
    run.log_until("cycle.paused", 1);
    run.log_until("cycle.finished", 1);
}

#[test]
fn beside_a_daemon_a_pause_and_its_end_take_effect_at_once() {
    let rig = Rig::new(0);
    let mut run = rig.idle();
    let by = format!("{} (by sudo: ann)", me());
    let done = by_sudo(&rig, &["pause", "--why", "the audit"]);
    assert!(printed(&done).contains("the daemon finishes what it is just sending"), "{done:?}");
    run.log_until("pause.set", 1);
    assert_eq!(paused(&rig)["by"], json!(by), "the daemon knows the user, and is told whom sudo let in");
    rig.person("bob", &json!({}));
    meets_the_pause(&rig, &mut run);
    let answer = rig.expect(11, &["--provision-on-demand", "bob@corp.example", "--json"]).json();
    let error = answer[0]["error"].as_str().expect("an error").to_owned();
    assert!(error.contains(&format!("by {by}: the audit")) && error.contains("entra-jostle-sync resume"), "{error}");
    let done = rig.expect(0, &["plan"]);
    assert!(done.stderr.contains(&format!("by {by}: the audit")), "{done:?}");
    assert_eq!(rig.accounts(), 0);

    let ended = Instant::now();
    let done = rig.expect(0, &["resume"]);
    assert!(printed(&done).contains("the daemon begins a cycle at once"), "{done:?}");
    run.log_until("pause.ended", 1);
    run.log_until("user.created", 1);
    assert!(ended.elapsed() < AT_ONCE, "not only in the next cycle by schedule");
    run.log_until("cycle.finished", 1);
    rig.assert_one_account_each();
    assert_eq!(rig.expect(0, &["resume"]).stdout, "nothing is paused: nothing to do\n");
    run.stop();
}

#[test]
fn a_pause_stops_a_long_cycle_of_a_daemon_and_its_end_finishes_it() {
    let rig = Rig::new(60);
    let employees = rig.employees().len();
    rig.edit("entra-jostle-sync.toml", "requests_per_second = 1000", "requests_per_second = 25");
    let mut run = rig.start(&["run"]);
    run.log_until("user.created", 3);
    rig.expect(0, &["pause"]);
    run.log_until("cycle.paused", 1);
    run.log_until("cycle.finished", 1);
    let accounts = rig.accounts();
    assert!((3..employees).contains(&accounts), "{accounts} of {employees}");
    meets_the_pause(&rig, &mut run);
    assert_eq!(rig.accounts(), accounts);
    rig.expect(0, &["resume"]);
    run.log_until("cycle.finished", 1);
    run.stop();
    rig.assert_one_account_each();
    assert_eq!(rig.writes().len(), employees, "nobody was posted twice");
}

#[test]
fn beside_a_daemon_whoever_is_not_removed_flows_again_when_a_pause_is_narrowed() {
    let rig = Rig::new(0);
    let mut run = rig.idle();
    rig.expect(0, &["pause"]);
    rig.person("bob", &json!({}));
    meets_the_pause(&rig, &mut run);
    let narrowed = Instant::now();
    rig.expect(0, &["pause", "--removals"]);
    run.log_until("user.created", 1);
    assert!(narrowed.elapsed() < AT_ONCE, "not only in the next cycle by schedule");
    run.stop();
    rig.assert_one_account_each();
}

#[test]
fn a_pause_makes_no_state_and_takes_none_from_another_process() {
    let rig = Rig::new(0);
    for command in ["pause", "resume"] {
        let done = rig.expect(1, &[command]);
        assert!(done.stderr.contains("there is no such file"), "{done:?}");
    }
    assert!(!rig.folder().join("state.db").exists());
    rig.expect(0, &["sync"]);
    let _lock = Lock::acquire(&rig.folder().join("state.db")).expect("free");
    for command in ["pause", "resume"] {
        rig.expect(9, &[command]);
    }
}

#[test]
fn a_reason_is_one_line_of_some_words() {
    let rig = Rig::new(0);
    for (why, told) in [("  ", "says nothing"), ("a\nb", "more than one line"), (&"x".repeat(300), "300 characters")] {
        let done = rig.expect(2, &["pause", "--why", why]);
        assert!(done.stderr.contains(told), "{done:?}");
    }
}
