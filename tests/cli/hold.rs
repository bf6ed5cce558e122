//! `hold`: an administrator looks at what is held and decides, beside a daemon and without one.

use serde_json::{Value, json};

use super::rig::Rig;

/// Thirty people, of whom twelve are disabled.
fn rig() -> Rig {
    let rig = Rig::new(0);
    let ids: Vec<_> = (10..40).map(|number| rig.person(&format!("p{number}"), &json!({}))).collect();
    rig.expect(0, &["sync"]);
    for id in &ids[..12] {
        rig.sim.graph().update_user(id, &json!({"accountEnabled": false})).expect("a change");
    }
    rig
}

/// Who decided what, the newest first.
fn decided(rig: &Rig) {
    let list = rig.expect(0, &["hold", "list", "--decided", "--json"]).json();
    let list: Vec<_> = list.as_array().expect("a list").iter().collect();
    let told: Vec<_> =
        list.iter().map(|one| (one["verdict"].as_str().expect("a text"), one["people"].clone())).collect();
    assert_eq!(told, [("approved", json!(1)), ("rejected", json!(2)), ("approved", json!(10))]);
    let (by, at) = (list[2]["by"].as_str().expect("a user"), list[2]["at"].as_str().expect("a time"));
    let text = rig.expect(0, &["hold", "list", "--decided"]).flat();
    let said = format!("1.1 approved by {by} at {}", at.split('.').next().expect("a time"));
    assert!(
        text.contains(&said) && text.contains("10 accounts to be deactivated 12 of 30 managed"),
        "{said} in {text}"
    );
}

fn verdicts(rig: &Rig, hold: &str) -> Vec<(String, String, Value)> {
    let shown = rig.expect(0, &["hold", "show", hold, "--json"]).json();
    let people = shown["people"].as_array().expect("a list").iter();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    people.map(|person| (text(&person["user"]), text(&person["verdict"]), person["decided_by"].clone())).collect()
}

#[test]
fn what_is_on_the_screen_is_enough_to_settle_it() {
    let rig = rig();
    let done = rig.expect(11, &["sync"]);
    assert!(done.stdout.contains("what is held and why: entra-jostle-sync hold list"), "{done:?}");
    let listed = rig.expect(0, &["hold", "list"]).flat();
    assert!(listed.contains("1.1 12 accounts would be deactivated; held since "), "{listed}");
    assert!(listed.contains("look at it: entra-jostle-sync hold show 1.1"), "{listed}");
    let shown = rig.expect(0, &["hold", "show", "1.1"]).flat();
    for said in [
        "why 12 of 30 managed accounts would be deactivated in one cycle (40.0 %), and limits.deactivate.count is 10",
        "approve entra-jostle-sync hold approve 1.1 [--only|--except USER...]",
        "deactivate: sign-in is blocked in Entra p10@corp.example active: true => false p11@corp.example",
    ] {
        assert!(shown.contains(said), "{said} in {shown}");
    }
    let done = rig.expect(0, &["hold", "approve", "1.1", "--except", "P10@corp.example", "p11@corp.example"]).flat();
    assert!(done.starts_with("hold 1.1: approved for 10 accounts; the next cycle does it"), "{done}");
    assert!(done.contains("still waiting in it: 2, left out now"), "{done}");
    let sync = rig.expect(11, &["sync"]).stdout;
    assert!(sync.starts_with("cycle 3 (incremental): 10 deactivate; 0 skipped, 0 failed, 2 held"), "{sync}");
    let told = rig.expect(0, &["explain", "p10@corp.example"]).flat();
    assert!(
        told.contains(", open: entra-jostle-sync hold show 1 sign-in is blocked in Entra active: true => false"),
        "{told}"
    );
    let done = rig.expect(0, &["hold", "reject", "1.1"]).flat();
    assert_eq!(done, "hold 1.1: rejected for 2 accounts; they stay as they are until they change in Entra");
    rig.expect(0, &["sync"]);
    let user = verdicts(&rig, "1")[0].2.clone();
    let rejected = |alias: &str| (format!("{alias}@corp.example"), "rejected".to_owned(), user.clone());
    assert_eq!(verdicts(&rig, "1"), [rejected("p10"), rejected("p11")]);
    // What would be done is not, and no limit bears on it.
    let told = rig.expect(0, &["explain", "p10@corp.example"]).flat();
    for said in [
        "would do nothing: an administrator rejected it while it was held",
        "rejected in hold 1.1, of accounts to be deactivated",
    ] {
        assert!(told.contains(said), "{said} in {told}");
    }
    assert!(!told.contains(" limits "), "{told}");
    // Another word about somebody who is named.
    rig.expect(0, &["hold", "approve", "1.1", "--only", "p10@corp.example"]);
    rig.expect(0, &["sync"]);
    assert_eq!(verdicts(&rig, "1"), [rejected("p11")]);
    decided(&rig);
    let told = rig.expect(0, &["explain", "p10@corp.example"]).flat();
    let (newer, older) =
        (told.find("approved in hold 1.1").expect("both"), told.find("rejected in hold 1.1").expect("both"));
    assert!(newer < older, "{told}");
}

#[test]
fn beside_a_daemon_an_approval_takes_effect_at_once_and_says_by_whom() {
    let rig = rig();
    rig.edit("entra-jostle-sync.toml", "every = \"1m\"", "every = \"1h\"");
    let mut run = rig.start(&["run"]);
    run.log_until("hold.raised", 1);
    run.log_until("cycle.finished", 1);
    assert_eq!(rig.expect(0, &["status", "--json"]).json()["held"], 12);
    let done = rig.expect(0, &["hold", "approve", "1.1", "--json"]).json();
    assert_eq!(done, json!({"hold": "1.1", "verdict": "approved", "people": 12, "left": 0, "cycle": true}));
    run.log_until("event=\"hold.decided\"", 1);
    run.log_until("user.deactivated", 12);
    run.log_until("cycle.finished", 1);
    run.stop();
    assert_eq!(rig.expect(0, &["hold", "list"]).stdout, "nothing is held\n");
    let told = rig.expect(0, &["explain", "p20@corp.example"]).flat();
    assert!(told.contains("when no daemon has announced one"), "what a daemon announced does not come: {told}");
}

#[test]
fn what_is_not_there_is_not_decided_on() {
    let rig = rig();
    rig.expect(11, &["sync"]);
    rig.expect(8, &["hold", "show", "2"]);
    rig.expect(8, &["hold", "approve", "2.1"]);
    let done = rig.expect(8, &["hold", "approve", "1.1", "--only", "p10@corp.example", "nobody@corp.example"]);
    assert!(done.stderr.contains("\"nobody@corp.example\" is not in hold 1.1; nothing was decided"), "{done:?}");
    let done = rig.expect(8, &["hold", "approve", "1.2"]);
    assert!(done.stderr.contains("nobody can have seen 1.2: the newest state of this hold is 1.1"), "{done:?}");
    for wrong in ["1", "1.0", "x.1", "1.1.1"] {
        let done = rig.expect(2, &["hold", "approve", wrong]);
        assert!(done.stderr.contains("as hold list shows them, like 3.1"), "{done:?}");
    }
    rig.expect(2, &["hold", "reject", "1.1", "--only", "a", "--except", "b"]);
    assert!(verdicts(&rig, "1").iter().all(|(_, verdict, _)| verdict == "open"));
}

#[test]
fn the_documented_keys() {
    let rig = rig();
    rig.expect(11, &["sync"]);
    let list = rig.expect(0, &["hold", "list", "--json"]).json();
    let keys = |value: &Value| {
        let mut keys: Vec<_> = value.as_object().expect("an object").keys().cloned().collect();
        keys.sort_unstable();
        keys.join(" ")
    };
    assert_eq!(keys(&list[0]), "approved class hold limit open raised_at rejected");
    let shown = rig.expect(0, &["hold", "show", "1.1", "--json"]).json();
    assert_eq!(shown["hold"], list[0]);
    assert_eq!(rig.expect(0, &["hold", "list", "--decided"]).stdout, "nothing was decided yet\n");
    rig.expect(0, &["hold", "reject", "1.1"]);
    let decided = rig.expect(0, &["hold", "list", "--decided", "--json"]).json();
    assert_eq!(keys(&decided[0]), "at by class entra_ids hold limit people verdict");
    let person = "changes decided_at decided_by entra_id held_at jostle_id operation reason revision user verdict";
    assert_eq!(keys(&shown["people"][0]), person);
}
