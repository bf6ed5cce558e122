//! `purge`: what is remembered of somebody who is gone is removed, by this process and by a daemon, without a trace.

use serde_json::{Value, json};

use super::rig::Rig;

/// What nobody else has.
const OF_ANN: [&str; 4] = ["xenia.quill", "Xenia", "Quillingham", "Chiefess"];

/// Ann was created, changed, held, approved and deactivated; Bob stays. The id of Ann in Entra.
fn rig() -> (Rig, String) {
    let rig = Rig::new(0);
    rig.append("mapping.toml", "\n[[attribute]]\ntarget = \"title\"\nsource = \"jobTitle\"\n");
    rig.append("entra-jostle-sync.toml", "\n[limits.deactivate]\ncount = 0\npercent = 0\n");
    let values = json!({"givenName": "Xenia", "surname": "Quillingham", "jobTitle": "Chiefess"});
    let ann = rig.person("xenia.quill", &values);
    let bob = rig.person("bob", &json!({}));
    rig.expect(0, &["sync"]);
    rig.sim.graph().update_user(&ann, &json!({"jobTitle": "Chiefess of all"})).expect("a change");
    // Somebody else is told to have the same name.
    rig.sim.graph().update_user(&bob, &json!({"mail": null})).expect("a change");
    rig.expect(7, &["sync"]);
    rig.sim.graph().update_user(&bob, &json!({"mail": "bob@corp.example"})).expect("a change");
    rig.sim.graph().purge_user(&ann).expect("deleted for good");
    rig.expect(11, &["sync"]);
    rig.expect(0, &["hold", "approve", "1.1"]);
    rig.expect(0, &["sync"]);
    (rig, ann)
}

/// Whatever of Ann stands anywhere in the files of the state.
fn traces(rig: &Rig, id: &str) -> Vec<String> {
    let files = ["state.db", "state.db-wal", "state.db-shm", "state.db.lock"].map(|name| rig.folder().join(name));
    let bytes: Vec<u8> = files.iter().filter_map(|file| std::fs::read(file).ok()).flatten().collect();
    let text = String::from_utf8_lossy(&bytes).to_lowercase();
    OF_ANN
        .iter()
        .chain([&id])
        .filter(|trace| text.contains(&trace.to_lowercase()))
        .map(|one| (*one).to_owned())
        .collect()
}

fn account_is_gone(rig: &Rig) {
    let accounts = rig.sim.jostle().users_json();
    let account =
        accounts.iter().find(|account| account["userName"] == "xenia.quill@corp.example").expect("an account");
    assert!(rig.sim.jostle().remove(account["id"].as_str().expect("an id")));
    rig.expect(0, &["reconcile"]);
}

/// The acts that the log tells, the newest first.
fn acts(rig: &Rig) -> Vec<Value> {
    let acts = rig.expect(0, &["log", "--audit", "--json"]).json();
    acts.as_array().expect("a list").iter().map(|act| act["entraJostleSync"].clone()).collect()
}

#[test]
fn somebody_who_is_there_or_managed_is_not_removed() {
    let (rig, _) = rig();
    let done = rig.expect(1, &["purge", "bob@corp.example", "--yes"]);
    assert!(
        done.stderr.contains("nothing was removed: the account ") && done.stderr.contains("is still linked"),
        "{done:?}"
    );
    let done = rig.expect(1, &["purge", "xenia.quill@corp.example", "--yes"]);
    assert!(done.stderr.contains("delete it in Jostle, let entra-jostle-sync reconcile see it"), "{done:?}");
    rig.person("cid", &json!({"accountEnabled": false}));
    rig.expect(0, &["sync"]);
    let done = rig.expect(1, &["purge", "cid@corp.example", "--yes"]);
    assert!(done.stderr.contains("the person is still in Entra"), "{done:?}");
    let done = rig.expect(8, &["purge", "nobody@corp.example", "--yes"]);
    assert!(done.stderr.contains("nothing is remembered of \"nobody@corp.example\""), "{done:?}");
}

#[test]
fn nothing_of_somebody_who_is_gone_is_left_in_the_file() {
    let (rig, ann) = rig();
    account_is_gone(&rig);
    assert_eq!(traces(&rig, &ann).len(), 5, "it is looked for in the right place");
    let done = rig.expect(2, &["purge", "xenia.quill@corp.example"]);
    assert!(done.stderr.contains("nothing was removed: nobody can be asked here"), "{done:?}");
    assert!(done.flat().contains("operations of the log 3, decisions 1, other rows "), "{done:?}");
    let done = rig.expect(0, &["purge", "XENIA.quill@corp.example", "--yes", "--json"]);
    let printed = done.json();
    assert_eq!((&printed["operations"], &printed["decisions"], &printed["done"]), (&json!(3), &json!(1), &json!(true)));
    assert!(done.stderr.contains("everything that was remembered of one person was removed by "), "{done:?}");
    assert_eq!(traces(&rig, &ann), Vec::<String>::new());
    let acts = acts(&rig);
    assert_eq!((&acts[0]["act"]["act"], &acts[0]["act"]["operations"]), (&json!("purged"), &json!(3)));
    assert!(acts[0]["by"].is_string(), "{acts:?}");
    assert_eq!(
        (&acts[1]["act"]["act"], &acts[1]["act"]["people"]),
        (&json!("decided"), &json!(1)),
        "it stays who approved"
    );
    rig.expect(8, &["log", "xenia.quill@corp.example"]);
    rig.expect(8, &["purge", &ann, "--yes"]);
    assert!(rig.expect(0, &["sync"]).stdout.contains("nothing to do"));
    assert_eq!(traces(&rig, &ann), Vec::<String>::new(), "and nothing comes back");
}

#[test]
fn a_daemon_does_it_when_it_is_asked() {
    let (rig, ann) = rig();
    account_is_gone(&rig);
    let daemon = rig.idle();
    let done = rig.expect(0, &["purge", &ann, "--yes"]).flat();
    assert!(done.ends_with("removed; copies of the state that were made before still have it"), "{done}");
    assert_eq!(traces(&rig, &ann), Vec::<String>::new());
    rig.expect(1, &["purge", "bob@corp.example", "--yes"]);
    daemon.stop();
    assert_eq!(acts(&rig)[0]["act"]["act"], "purged");
    assert_eq!(traces(&rig, &ann), Vec::<String>::new());
}
