//! `shadow`: what it prints, its exit codes, beside a daemon, and by the schedule until it is stopped.

use entra_jostle_sync::simulator::{Fault, Side};
use serde_json::{Value, json};

use super::reconcile::{by_hand, given};
use super::rig::{self, Rig, status};

/// Ann and Bob have accounts as Entra's job would have made them; there is no state yet.
fn provisioned() -> (Rig, [String; 2]) {
    let rig = Rig::new(0);
    let ids = ["ann", "bob"].map(|alias| rig.person(alias, &json!({})));
    rig.expect(0, &["sync"]);
    forget(&rig, "");
    rig.sim.clear_requests();
    (rig, ids)
}

fn forget(rig: &Rig, more: &str) {
    for end in ["", "-wal", "-shm"] {
        let _absent = std::fs::remove_file(rig.folder().join(format!("state.db{more}{end}")));
    }
}

/// A text for people, with the same letters in the place of times and ids.
fn masked(rig: &Rig, text: &str) -> String {
    let is_time = |word: &str| word.trim_end_matches(',').parse::<jiff::Timestamp>().is_ok();
    rig::masked(rig, text, |word| if is_time(word) { "TIME".to_owned() } else { word.to_owned() })
}

fn assert_nothing_written(rig: &Rig) {
    assert_eq!(rig.writes(), Vec::<String>::new());
    assert!(!rig.folder().join("state.db").exists(), "the real start is a first contact");
}

#[test]
fn in_sync_it_is_content_and_shows_it_again_without_asking_anybody() {
    let (rig, _) = provisioned();
    let done = rig.expect(0, &["shadow", "--once"]);
    insta::assert_snapshot!(masked(&rig, &done.stdout), @"
    content: nothing differs

    compared     2 people at TIME since TIME
    agreed       0
    pending      0
    differs      0
    doubtful     0
    conflicts    0
    unmanaged    0
    ");
    let line = done.stderr.lines().filter(|line| line.contains("shadow.round")).count();
    assert_eq!(line, 1, "{done:?}");
    rig.sim.clear_requests();
    for secret in ["client-secret", "jostle-api-key"] {
        std::fs::remove_file(rig.folder().join(secret)).expect("a file of the configuration");
    }
    assert_eq!(rig.expect(0, &["shadow", "--show"]).stdout, done.stdout);
    assert_eq!(rig.requests().len(), 0);
    assert_nothing_written(&rig);
}

#[test]
fn before_the_first_round_there_is_nothing_to_show() {
    let rig = Rig::new(0);
    let done = rig.expect(1, &["shadow", "--show"]);
    assert!(done.stderr.contains("there was no round yet: entra-jostle-sync shadow --once"), "{done:?}");
    assert!(!rig.folder().join("state.db.shadow").exists());
}

#[test]
fn what_is_pending_then_differs_with_what_to_do_about_it() {
    let (rig, [ann, _]) = provisioned();
    rig.expect(0, &["shadow", "--once"]);
    rig.sim.graph().update_user(&ann, &json!({"accountEnabled": false})).expect("a change");
    by_hand(&rig, "bob", &given("Robert"));
    for number in 10..22 {
        rig.person(&format!("new{number}"), &json!({}));
    }
    let mut other = given("Somebody");
    other["userName"] = json!("zoe@corp.example");
    rig.sim.jostle().insert(other).expect("an account");
    rig.person("zoe", &json!({}));
    let done = rig.expect(10, &["shadow", "--once"]);
    insta::assert_snapshot!(masked(&rig, &done.stdout), @"
    too early to say: it was looked at for 0 s, and Entra's job has 2 h 0 min for
    what is pending; of 1 person it is not clear which account is theirs

    compared     15 people at TIME since TIME
    agreed       0
    pending      14 (14 people)
    differs      0
    doubtful     1
    conflicts    0
    unmanaged    0

    DOUBTFUL: whose the accounts are is asked before they are taken over
      zoe@corp.example (################################): the account shows the
      name Somebody Family, and the person is Given Family: it may be of somebody
      who had the address before
    ");
    let done = rig.expect(10, &["shadow", "--once", "--patience", "0s"]);
    insta::assert_snapshot!(masked(&rig, &done.stdout), @r#"
    14 people differ for longer than 0 s; of 1 person it is not clear which account
    is theirs

    compared     15 people at TIME since TIME
    agreed       0
    pending      0
    differs      14 (14 people)
    doubtful     1
    conflicts    0
    unmanaged    0

    deactivate (1 person): their account would be deactivated, and is active
      ann@corp.example: sign-in is blocked in Entra, since TIME
      > widen [scope] if they are to keep their account; else the provisioning log
        of Entra says why it is active

    create (12 people): they would get an account, and Jostle has none
      new10@corp.example, since TIME
      new11@corp.example, since TIME
      new12@corp.example, since TIME
      new13@corp.example, since TIME
      new14@corp.example, since TIME
      new15@corp.example, since TIME
      new16@corp.example, since TIME
      new17@corp.example, since TIME
      new18@corp.example, since TIME
      new19@corp.example, since TIME
      and 2 more (--json has all)
      > narrow [scope] if they are not to have an account; members of nested groups
        are in scope with scope.nested = true alone, and Entra's job never takes
        them

    name.givenName (1 person): Jostle shows => what would be written
      bob@corp.example: "Robert" => "Given", since TIME
      > change the row in mapping.toml until it gives what Jostle shows; if only
        Jostle is wrong, the provisioning log of Entra says why

    DOUBTFUL: whose the accounts are is asked before they are taken over
      zoe@corp.example (################################): the account shows the
      name Somebody Family, and the person is Given Family: it may be of somebody
      who had the address before
    "#);
    assert_eq!(done.stderr.matches("shadow.differs").count(), 14, "{}", done.stderr);
    let again = rig.expect(10, &["shadow", "--once", "--patience", "0s"]);
    assert!(!again.stderr.contains("shadow.differs"), "each is told once: {}", again.stderr);
    assert_eq!(rig.expect(10, &["shadow", "--show"]).stdout, again.stdout);
    let json = rig.expect(10, &["shadow", "--show", "--json"]).json();
    assert_eq!((&json["verdict"], &json["content_since"]), (&json!("differs"), &Value::Null));
    let differs = json["differs"].as_array().expect("a list");
    assert_eq!(differs.len(), 14);
    let renamed = differs.iter().find(|one| one["attribute"] == "name.givenName").expect("Bob");
    assert_eq!((&renamed["old"], &renamed["new"]), (&json!("Robert"), &json!("Given")));
    assert_eq!(differs.iter().filter(|one| one["operation"] == "create").count(), 12);
    assert_nothing_written(&rig);
}

#[test]
fn what_json_has_is_these_keys() {
    let (rig, _) = provisioned();
    let json = rig.expect(0, &["shadow", "--once", "--json"]).json();
    let mut keys: Vec<_> = json.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "agreed",
            "at",
            "conflicts",
            "content_since",
            "deleted",
            "differs",
            "doubtful",
            "duration_ms",
            "failed",
            "first_at",
            "last_agreed",
            "patience_s",
            "pending",
            "people",
            "unmanaged",
            "unread",
            "verdict",
        ]
    );
}

#[test]
fn an_outage_has_its_own_code_and_the_last_report_stays() {
    let (rig, _) = provisioned();
    let before = rig.expect(0, &["shadow", "--once"]).stdout;
    rig.faults(vec![Fault::new(Side::Jostle, status(401))]);
    let done = rig.expect(4, &["shadow", "--once"]);
    assert!(done.stdout.is_empty() && done.stderr.contains("shadow.failed"), "{done:?}");
    assert_eq!(rig.expect(0, &["shadow", "--show"]).stdout, before);
    assert_nothing_written(&rig);
}

#[test]
fn it_goes_on_by_the_schedule_until_it_is_stopped_and_two_do_not_share_a_state() {
    let (rig, [ann, _]) = provisioned();
    rig.edit("entra-jostle-sync.toml", "every = \"1m\"", "every = \"10s\"\njitter = \"0s\"");
    let mut shadow = rig.start(&["shadow", "--json", "--patience", "0s"]);
    assert!(shadow.line().contains("\"verdict\":\"content\""));
    let held = rig.expect(9, &["shadow", "--once"]);
    assert!(held.stderr.contains("entra-jostle-sync shadow --json"), "{held:?}");
    rig.sim.graph().update_user(&ann, &json!({"givenName": "Anna"})).expect("a change");
    shadow.log_until("shadow.differs", 1);
    assert!(shadow.line().contains("\"new\":\"Anna\""));
    rig.expect(10, &["shadow", "--show"]);
    by_hand(&rig, "ann", &given("Anna"));
    assert!(shadow.line().contains("\"agreed\":1"));
    shadow.terminate();
    let done = shadow.finish();
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(done.stderr.contains("shadow.stopped"), "{done:?}");
    assert_nothing_written(&rig);
}

#[test]
fn beside_a_daemon_it_disturbs_nobody() {
    let (rig, [ann, _]) = provisioned();
    let mut run = rig.idle();
    rig.expect(0, &["shadow", "--once"]);
    rig.sim.graph().update_user(&ann, &json!({"givenName": "Anna"})).expect("a change");
    let json = rig.expect(10, &["shadow", "--once", "--json"]).json();
    assert_eq!((&json["verdict"], &json["pending"][0]["new"]), (&json!("too_early"), &json!("Anna")));
    assert!(run.is_alive());
    run.stop();
}

#[test]
fn a_patience_is_a_duration() {
    for wrong in ["2", "-1h", "soon"] {
        let done = Rig::new(0).expect(2, &["shadow", "--once", &format!("--patience={wrong}")]);
        assert!(done.stderr.contains("write a duration like \"90m\" or \"2h\""), "{done:?}");
    }
}
