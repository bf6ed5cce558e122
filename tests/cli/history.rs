//! How long it is remembered what was done, and what comes of it when it is not.

use rusqlite::Connection;
use serde_json::json;

use super::rig::Rig;

/// A year and a half.
const LONG_AGO: i64 = 548 * 24 * 3600 * 1000;

/// Whatever is remembered was so long ago.
fn age(rig: &Rig, milliseconds: i64) {
    let state = Connection::open(rig.folder().join("state.db")).expect("a state");
    for (table, column) in [("provisioning_log", "at"), ("audit", "at"), ("decisions", "at"), ("cycles", "started_at")]
    {
        state.execute(&format!("UPDATE {table} SET {column} = {column} - ?1"), [milliseconds]).expect("aged");
    }
}

#[test]
fn what_is_old_is_removed_after_a_cycle_and_cannot_be_undone() {
    let rig = Rig::new(0);
    let ann = rig.person("ann", &json!({}));
    rig.expect(0, &["sync"]);
    rig.sim.graph().update_user(&ann, &json!({"givenName": "Anne"})).expect("a change");
    rig.expect(0, &["sync"]);
    rig.expect(0, &["pause"]);
    rig.expect(0, &["resume"]);
    age(&rig, LONG_AGO);
    rig.sim.graph().update_user(&ann, &json!({"givenName": "Anna"})).expect("a change");
    let done = rig.expect(0, &["sync"]);
    let said = "removed from the history: 2 operations, 2 acts of administrators, 2 cycles";
    assert!(done.stderr.contains(said), "{done:?}");
    let told = rig.expect(0, &["log"]).flat();
    assert!(told.contains("\"Anne\" => \"Anna\"") && !told.contains("create"), "{told}");
    for cycle in ["1", "2"] {
        let done = rig.expect(8, &["undo", cycle, "--yes"]);
        assert!(
            done.stderr.contains(&format!("cycle {cycle} is too old to be undone: what it did is not kept")),
            "{done:?}"
        );
    }
    let done = rig.expect(8, &["undo", "99", "--yes"]);
    assert!(done.stderr.contains("there is no cycle 99"), "{done:?}");
    rig.expect(0, &["undo", "3", "--yes"]);
    let told = rig.expect(0, &["explain", "ann@corp.example"]).flat();
    assert!(told.contains("cycle 4: update: success") && !told.contains("cycle 2"), "{told}");
    assert!(rig.expect(0, &["sync"]).stdout.contains("nothing to do"));
}

#[test]
fn a_daemon_keeps_to_the_days_and_the_room_that_are_configured() {
    let rig = Rig::new(12);
    rig.expect(0, &["sync"]);
    age(&rig, 9 * 24 * 3600 * 1000);
    rig.append("entra-jostle-sync.toml", "\n[history]\nkeep_days = 10\n");
    rig.idle().stop();
    assert_eq!(rig.expect(0, &["log", "--json"]).json().as_array().expect("a list").len(), 12);
    rig.edit("entra-jostle-sync.toml", "keep_days = 10", "keep_days = 8");
    let mut daemon = rig.start(&["run"]);
    let said = daemon.log_until("history.trimmed", 1);
    assert!(said.contains("removed from the history: 12 operations"), "{said}");
    daemon.stop();
    assert_eq!(rig.expect(0, &["log", "--json"]).stdout, "[]\n");
}

/// What an administrator did stands between what was done to people.
#[test]
fn acts_of_administrators_are_told_with_who_and_when() {
    let rig = Rig::new(0);
    rig.person("ann", &json!({}));
    let nobody = rig.person("bob", &json!({}));
    rig.expect(0, &["sync"]);
    rig.expect(0, &["pause", "--why", "a merger"]);
    rig.sim.graph().update_user(&nobody, &json!({"mail": null})).expect("a change");
    rig.expect(0, &["resume"]);
    rig.person("cid", &json!({"mail": null}));
    rig.expect(7, &["sync"]);
    rig.expect(0, &["ignore", "cid@corp.example"]);
    rig.edit("mapping.toml", "target = \"name.givenName\"", "target = \"name.givenName\"\nredact = true");
    rig.expect(7, &["sync"]);
    rig.expect(0, &["undo", "1", "--only", "ann@corp.example", "--yes"]);
    let by = rig.expect(0, &["log", "--audit", "--json"]).json()[2]["entraJostleSync"]["by"].clone();
    assert!(by.is_null(), "nobody is known to have changed the configuration: {by}");
    let done = rig.expect(0, &["log", "--audit"]);
    let whole = done.stdout.replace("\n  ", " ");
    let lines: Vec<_> = whole.lines().map(|line| line.split_once(' ').expect("a time").1.to_owned()).collect();
    let by = lines.last().expect("a line").split(' ').next().expect("a user");
    let expected = [
        format!("{by}: rejected in hold 1.1, 1 account to be created or reactivated"),
        format!("{by} undid cycle 1, as cycle 4"),
        "the configuration has changed: mapping".to_owned(),
        format!("{by} said of cid@corp.example: gets no account"),
    ];
    assert_eq!(lines[..4], expected);
    assert!(lines[4].starts_with(&format!("{by} ended the pause of everything, which {by} had set at")), "{lines:?}");
    assert_eq!(lines[5], format!("{by} paused everything: a merger"));
    let both = rig.expect(0, &["log"]).stdout;
    assert!(both.contains("paused everything") && both.contains("create ann@corp.example"), "{both}");
    let none = rig.expect(0, &["log", "--no-audit"]).stdout;
    assert!(!none.contains("paused everything"), "{none}");
    let table = rig.expect(0, &["log", "--audit", "--csv"]).stdout;
    assert!(table.lines().skip(1).all(|line| line.starts_with("audit,20")) && table.contains(",paused,"), "{table}");
}
