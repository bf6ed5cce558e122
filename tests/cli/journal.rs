//! The log in systemd's own journal, found there by the fields of an event.

use std::process::Command;

use serde_json::Value;

use super::rig::{Rig, expect};

/// What the journal has after the program has run with these arguments, behind this shell command.
fn journal_of(rig: &Rig, before: &str, arguments: &[&str]) -> (Vec<Value>, String) {
    let program = rig.command(arguments);
    let mut command = Command::new("unshare");
    command.env_remove("RUST_LOG").args(["--mount", "--map-root-user", "bash"]);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/journal.sh"));
    command.args(["bash", "-c", &format!("{before} exec \"$0\" \"$@\"")]);
    command.arg(program.get_program()).args(program.get_args());
    let done = expect(0, command);
    let entries = done.stdout.lines().filter_map(|line| serde_json::from_str(line).ok());
    (entries.filter(|entry: &Value| entry.get("EVENT").is_some()).collect(), done.stderr)
}

#[test]
fn events_are_entries_with_their_fields() {
    let rig = Rig::new(0);
    rig.person("ann", &serde_json::json!({}));
    let (entries, stderr) = journal_of(&rig, "", &["sync", "--log-format", "journal"]);
    assert_eq!(stderr, "");
    let created = entries.iter().find(|entry| entry["EVENT"] == "user.created").expect("an entry");
    assert_eq!(created["USER_NAME"], "ann@corp.example");
    assert_eq!(created["SYSLOG_IDENTIFIER"], "entra-jostle-sync");
    assert!(created["MESSAGE"].as_str().expect("a text").starts_with("created: ann@corp.example, account "));
    let finished = entries.iter().find(|entry| entry["EVENT"] == "cycle.finished").expect("an entry");
    assert_eq!((&finished["CREATED"], &finished["KIND"]), (&"1".into(), &"initial".into()));
}

/// systemd says which file its journal reads; whoever sends stderr elsewhere wants the lines there.
#[test]
fn the_journal_is_taken_where_systemd_has_connected_it_and_nowhere_else() {
    let rig = Rig::new(0);
    for (connected, entries) in [("2", true), ("1", false)] {
        let before = format!("export JOURNAL_STREAM=$(stat --dereference --format %d:%i /proc/self/fd/{connected});");
        let (found, stderr) = journal_of(&rig, &before, &["sync"]);
        assert_eq!(!found.is_empty(), entries, "{stderr}");
        assert_eq!(stderr.contains("cycle.finished"), !entries, "{stderr}");
    }
}
