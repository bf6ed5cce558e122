//! `reconcile`: what it prints, beside a daemon and without one, and when the daemon does it by itself.

use entra_jostle_sync::simulator::{Effect, Fault, Side};
use entra_jostle_sync::store::{CycleKind, Store};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::rig::{self, Rig, Running, status};

/// The Jostle id of an account.
fn id_of(rig: &Rig, alias: &str) -> String {
    let accounts = rig.sim.jostle().users_json();
    let found = accounts.iter().find(|account| account["userName"] == format!("{alias}@corp.example"));
    found.expect("an account")["id"].as_str().expect("an id").to_owned()
}

pub(super) fn by_hand(rig: &Rig, alias: &str, changes: &Value) {
    rig.sim.jostle().update(&id_of(rig, alias), changes).expect("changed");
}

/// A text for people, with names in the place of ids and of what differs from run to run.
fn masked(rig: &Rig, text: &str) -> String {
    let is_time = |word: &str| word.parse::<f64>().is_ok() && word.contains('.');
    rig::masked(rig, text, |word| if is_time(word) { "0.0".to_owned() } else { word.to_owned() })
}

/// Ann and Bob are in sync.
fn two_in_sync() -> (Rig, String) {
    let rig = Rig::new(0);
    rig.person("bob", &json!({}));
    let ann = rig.person("ann", &json!({}));
    rig.expect(0, &["sync"]);
    (rig, ann)
}

pub(super) fn given(name: &str) -> Value {
    json!({"name": {"givenName": name, "familyName": "Family"}})
}

#[test]
fn in_sync_there_is_nothing_to_say() {
    let (rig, _) = two_in_sync();
    let done = rig.expect(0, &["reconcile"]);
    insta::assert_snapshot!(masked(&rig, &done.stdout), @"
    compared     2 accounts in 0.0 s, as cycle 2
    changed      0 values reported, 0 to repair, 0 accepted
    orphans      0, 0 of them active
    unmanaged    0
    deleted      0
    ");
    assert!(done.stderr.contains("reconcile.finished"), "{done:?}");
    let shown = rig.expect(0, &["status"]).stdout;
    assert!(shown.contains("\nreconciled   20"), "{shown}");
    let json = rig.expect(0, &["reconcile", "--json"]).json();
    let mut keys: Vec<_> = json.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "at",
            "compared",
            "cycle",
            "daemon",
            "deleted",
            "drift",
            "duration_ms",
            "left",
            "listed",
            "orphans",
            "recreated",
            "relinked",
            "unmanaged",
            "unread",
        ]
    );
    let known = rig.expect(0, &["status", "--json"]).json()["reconciled"].clone();
    assert_eq!((&known["drift"], &known["unmanaged"], &known["active_orphans"]), (&json!(0), &json!(0), &json!(0)));
}

#[test]
fn everything_that_is_found_is_printed_with_what_is_done_about_it() {
    let (rig, ann) = two_in_sync();
    rig.edit("mapping.toml", "target = \"name.familyName\"", "target = \"name.familyName\"\ndrift = \"repair\"");
    let [cem, dee, eve] = ["cem", "dee", "eve"].map(|alias| rig.person(alias, &json!({})));
    rig.expect(0, &["sync"]);
    rig.sim.graph().update_user(&ann, &json!({"accountEnabled": false})).expect("a change");
    rig.sim.graph().purge_user(&cem).expect("purged");
    rig.expect(0, &["sync"]);
    rig.sim.graph().update_user(&dee, &json!({"department": "Sales"})).expect("a change");
    by_hand(&rig, "ann", &json!({"active": true}));
    by_hand(
        &rig,
        "bob",
        &json!({"name": {"givenName": "Robert with a name that has no room in one line of a", "familyName": "Other"}}),
    );
    let gone = id_of(&rig, "eve");
    assert!(rig.sim.jostle().remove(&gone));
    let stranger = json!({"userName": "zoe@corp.example", "name": {"givenName": "Zoe", "familyName": "Stranger"}});
    rig.sim.jostle().insert(stranger).expect("an account");
    let written = rig.writes();
    let done = rig.expect(10, &["reconcile"]);
    insta::assert_snapshot!(masked(&rig, &done.stdout).replace(&gone, "################################"), @r#"
    compared     4 accounts in 0.0 s, as cycle 4
    changed      2 values reported, 1 to repair, 0 accepted
    orphans      1, 0 of them active
    unmanaged    1
    deleted      1
    nothing was written to Jostle yet: entra-jostle-sync sync repairs

    ACTIVE IN JOSTLE, AND SHOULD NOT BE
      ann@corp.example
          active: false -> true; reported, nothing is written

    changed in Jostle
      bob@corp.example
          name.givenName: "Given" -> "Robert with a name that has no room in one
          line of a"; reported, nothing is written
          name.familyName: "Family" -> "Other"; the next cycle repairs it

    orphans: the person is deleted for good in Entra
      cem@corp.example (################################): inactive

    unmanaged: nobody's, and never written
      zoe@corp.example (################################): active, Zoe Stranger

    deleted in Jostle, and not created again (actions.recreate_deleted)
      eve@corp.example (################################)
    "#);
    assert_eq!(rig.writes(), written, "it writes nothing");
    for event in ["drift.found", "account.deleted_in_jostle", "reconcile.finished"] {
        assert!(done.stderr.contains(event), "{event}: {done:?}");
    }
    assert!(!done.stderr.contains("Robert"), "no value is in the log: {done:?}");
    let loud = done.stderr.lines().find(|line| line.contains("ERROR")).expect("an error");
    assert!(loud.contains("ann@corp.example") && loud.contains("active in Jostle although"), "{loud}");
    let explained = rig.expect(0, &["explain", "bob@corp.example"]).stdout;
    let flat = explained.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("changed name.givenName: \"Given\" -> \"Robert with"), "{explained}");
    let repaired = rig.expect(0, &["sync", "--json"]).json();
    assert_eq!(repaired["operations"]["update"], 1, "{repaired}");
    let json = rig.expect(10, &["reconcile", "--json"]).json();
    assert_eq!(json["drift"][0]["unwelcome"], true, "{json}");
    assert_eq!(json["drift"][1]["attributes"].as_array().map(Vec::len), Some(1), "the other one was repaired: {json}");
    assert_eq!(json["deleted"][0]["entra_id"], json!(eve));
}

#[test]
fn a_server_that_cannot_page_is_said() {
    let (rig, _) = two_in_sync();
    rig.sim.jostle().set_switches(json!({"paging": "ignores_start_index", "page_cap": 1})).expect("switches");
    let done = rig.expect(0, &["reconcile"]);
    insta::assert_snapshot!(masked(&rig, &done.stdout), @"
    compared     2 accounts in 0.0 s, as cycle 2
    changed      0 values reported, 0 to repair, 0 accepted
    orphans      0, 0 of them active
    unmanaged    not known
    deleted      0
    Jostle's list of accounts cannot be trusted: each was read alone, and who is
    unmanaged is not known
    ");
}

#[test]
fn an_outage_has_its_own_code_and_nobody_is_judged() {
    let (rig, _) = two_in_sync();
    by_hand(&rig, "ann", &given("Other"));
    rig.faults(vec![Fault::new(Side::Jostle, status(401))]);
    let done = rig.expect(4, &["reconcile"]);
    assert!(done.stdout.is_empty() && done.stderr.contains("reconcile.failed"), "{done:?}");
    rig.faults(Vec::new());
    assert_eq!(rig.expect(0, &["status", "--json"]).json()["reconciled"], Value::Null);
    rig.expect(10, &["reconcile"]);
}

#[test]
fn a_state_is_not_made_for_it() {
    let rig = Rig::new(0);
    let done = rig.expect(1, &["reconcile"]);
    assert!(done.stderr.contains("there is no such file"), "{done:?}");
    assert!(!rig.folder().join("state.db").exists());
}

/// A daemon whose next cycle is far away, and which repairs.
fn daemon(rig: &Rig) -> Running {
    rig.edit("entra-jostle-sync.toml", "every = \"1m\"", "every = \"1h\"");
    rig.edit("mapping.toml", "target = \"name.givenName\"", "target = \"name.givenName\"\ndrift = \"repair\"");
    rig.idle()
}

#[test]
fn beside_a_daemon_it_is_done_there_without_a_secret_and_repaired_at_once() {
    let (rig, _) = two_in_sync();
    let mut run = daemon(&rig);
    by_hand(&rig, "ann", &given("Other"));
    for secret in ["client-secret", "jostle-api-key"] {
        std::fs::remove_file(rig.folder().join(secret)).expect("a file of the configuration");
    }
    let done = rig.expect(10, &["reconcile"]);
    insta::assert_snapshot!(masked(&rig, &done.stdout), @r#"
    compared     2 accounts in 0.0 s, as cycle 3
    changed      0 values reported, 1 to repair, 0 accepted
    orphans      0, 0 of them active
    unmanaged    0
    deleted      0
    the daemon repairs in a cycle that begins at once, or as soon as the one under
    way has ended

    changed in Jostle
      ann@corp.example
          name.givenName: "Given" -> "Other"; the next cycle repairs it
    "#);
    run.log_until("user.updated", 1);
    run.log_until("cycle.finished", 1);
    assert_eq!(rig.expect(0, &["reconcile", "--json"]).json()["daemon"], true);
    run.stop();
}

#[test]
fn what_takes_long_is_taken_on_and_the_daemon_goes_on_with_it() {
    let (rig, _) = two_in_sync();
    let mut run = daemon(&rig);
    rig.faults(vec![Fault::new(Side::Jostle, Effect::Slow { ms: 7000 }).path("startIndex").times(1)]);
    let done = rig.expect(12, &["reconcile", "--json"]).json();
    assert_eq!(done["status"], "noted");
    run.log_until("reconcile.finished", 1);
    run.stop();
}

/// As if the first cycle had been so long ago.
fn first_cycle_ago(rig: &Rig, hours: i64) {
    let then = Timestamp::now() - SignedDuration::from_hours(hours);
    rig.runtime().block_on(async {
        let store = Store::open(&rig.folder().join("state.db")).expect("a state");
        store.begin_cycle(CycleKind::Initial, then).await.expect("a cycle");
        store.close().await;
    });
}

#[test]
fn the_daemon_does_it_when_it_is_due_and_repairs_at_once_and_a_restart_does_not_repeat_it() {
    let (rig, _) = two_in_sync();
    by_hand(&rig, "ann", &given("Other"));
    first_cycle_ago(&rig, 24 * 7 + 1);
    let mut run = daemon(&rig);
    run.log_until("reconcile.finished", 1);
    run.log_until("user.updated", 1);
    run.log_until("cycle.finished", 1);
    run.stop();
    let at = |rig: &Rig| rig.expect(0, &["status", "--json"]).json()["reconciled"]["at"].clone();
    let before = at(&rig);
    rig.edit("entra-jostle-sync.toml", "every = \"1h\"", "every = \"10s\"\njitter = \"0s\"");
    let mut run = rig.idle();
    run.log_until("cycle.finished", 1);
    assert_eq!(at(&rig), before);
    run.stop();
}

#[test]
fn it_is_not_due_before_its_time_never_if_so_configured_and_not_while_jostle_is_left_alone() {
    for (hours, reconcile, faults) in [
        (24 * 7 - 1, "weekly", Vec::new()),
        (24 * 365, "never", Vec::new()),
        (24 * 365, "weekly", vec![Fault::new(Side::Jostle, status(401))]),
    ] {
        let (rig, _) = two_in_sync();
        first_cycle_ago(&rig, hours);
        let every = format!("every = \"10s\"\njitter = \"0s\"\nreconcile = \"{reconcile}\"");
        rig.edit("entra-jostle-sync.toml", "every = \"1m\"", &every);
        let fails = !faults.is_empty();
        rig.faults(faults);
        rig.person("cem", &json!({}));
        let mut run = rig.start(&["run"]);
        let _log = match fails {
            true => run.log_until("schedule.paused", 1),
            false => run.log_until("cycle.finished", 2),
        };
        assert_eq!(rig.expect(0, &["status", "--json"]).json()["reconciled"], Value::Null, "{reconcile}");
        run.terminate();
        let done = run.finish();
        assert!(!done.stderr.contains("reconcile."), "{done:?}");
    }
}
