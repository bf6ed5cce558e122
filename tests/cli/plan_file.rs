//! `plan --out`, `plan show` and `apply`: the file, without a daemon and beside one.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use entra_jostle_sync::simulator::{Effect, Fault, Side};
use serde_json::{Value, json};

use super::rig::{Rig, expect, program};

/// A tenant in sync but for one person to be changed and one to be created, and a plan of it.
fn reviewed(rig: &Rig) -> (String, String) {
    let ann = rig.person("ann", &json!({}));
    rig.expect(0, &["sync"]);
    rig.sim.graph().update_user(&ann, &json!({"givenName": "Anne"})).expect("a change");
    rig.person("dora", &json!({}));
    let file = rig.folder().join("plan.json").to_str().expect("UTF-8").to_owned();
    let done = rig.expect(0, &["plan", "--out", &file]);
    assert!(done.stdout.starts_with("1 create, 1 update\n"), "{done:?}");
    let written = done.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(written.ends_with(&format!(
        "written to {file} to look at it: entra-jostle-sync plan show {file} to carry it out: entra-jostle-sync apply {file}"
    )));
    rig.sim.clear_requests();
    (ann, file)
}

fn lines_fit(text: &str) {
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

fn sorted_keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn a_plan_file_is_private_new_and_shown_without_a_configuration() {
    let rig = Rig::new(0);
    let (_, file) = reviewed(&rig);
    assert_eq!(fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o600);
    let before = fs::read(&file).expect("a file");
    let refused = rig.expect(1, &["plan", "--out", &file]);
    assert!(
        refused.stderr.contains("there is a file of this name already") && refused.stdout.is_empty(),
        "{refused:?}"
    );
    assert_eq!(fs::read(&file).expect("a file"), before);
    let refused = rig.expect(1, &["plan", "--out", "/no/such/folder/plan.json"]);
    assert!(refused.stderr.contains("check that its directory exists"), "{refused:?}");
    assert!(rig.requests().is_empty(), "nothing was planned for it: {:?}", rig.requests());
    let names = fs::read_dir(rig.folder()).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().contains("partial")));

    let shown = expect(0, program(&["plan", "show", &file]));
    assert!(shown.stdout.starts_with("made    20"), "{shown:?}");
    let planned = rig.expect(0, &["plan"]).stdout;
    assert!(shown.stdout.ends_with(&planned.replace(", 1 skipped", "")), "{shown:?}, {planned}");
    let json = expect(0, program(&["plan", "show", &file, "--json"])).json();
    assert_eq!(
        sorted_keys(&json),
        [
            "age_seconds",
            "counts",
            "failed",
            "file",
            "held",
            "jostle_base_url",
            "made_at",
            "operations",
            "skipped",
            "tenant_id"
        ]
    );
    assert_eq!((&json["file"], &json["counts"]["create"]), (&json!(file), &json!(1)));
    let out = rig.folder().join("other.json").to_str().expect("UTF-8").to_owned();
    let json = rig.expect(0, &["plan", "--out", &out, "--json"]).json();
    assert_eq!(sorted_keys(&json), ["counts", "failed", "file", "held", "operations", "skipped"]);
}

#[test]
fn a_plan_is_applied_once_and_says_of_everybody_what_became_of_them() {
    let rig = Rig::new(0);
    let (ann, file) = reviewed(&rig);
    rig.sim.graph().update_user(&ann, &json!({"givenName": "Anna"})).expect("a change");
    let done = rig.expect(7, &["apply", &file]);
    lines_fit(&done.stdout);
    for text in ["1 done, 1 stale, 0 failed, 0 waiting\n", "\ndone\n  dora@corp.example: create\n", "\nSTALE: "] {
        assert!(done.stdout.contains(text), "{text}: {done:?}");
    }
    assert!(done.stdout.contains("now it would be"), "{done:?}");
    assert!(done.stderr.contains("plan.stale"), "{done:?}");
    assert_eq!(rig.writes().len(), 1, "{:?}", rig.writes());
    let json = rig.expect(7, &["apply", &file, "--json"]).json();
    let all = ["cycle", "done", "error", "failed", "made_at", "paused", "policy_changed", "stale", "waiting"];
    assert_eq!(sorted_keys(&json), all);
    assert_eq!((json["done"].as_array().map(Vec::len), json["stale"].as_array().map(Vec::len)), (Some(0), Some(2)));
    assert_eq!(sorted_keys(&json["stale"][0]), ["entra_id", "operation", "reason", "user"]);
    assert_eq!(rig.writes().len(), 1);
    let status = rig.expect(0, &["status"]).stdout;
    assert!(status.contains("(apply): partial"), "{status}");
    let fresh = rig.folder().join("fresh.json").to_str().expect("UTF-8").to_owned();
    rig.expect(0, &["plan", "--out", &fresh]);
    rig.expect(0, &["apply", &fresh]);
    rig.expect(0, &["pause"]);
    let paused = rig.expect(11, &["apply", &fresh]);
    assert!(paused.stdout.contains("0 done, 0 stale, 0 failed, 1 waiting"), "{paused:?}");
}

#[test]
fn what_is_no_plan_for_here_is_refused_and_nothing_is_written() {
    let rig = Rig::new(0);
    let (_, file) = reviewed(&rig);
    let good: Value = serde_json::from_str(&fs::read_to_string(&file).expect("a file")).expect("JSON");
    let with = |name: &str, value: Value| {
        let mut other = good.clone();
        other[name] = value;
        other.to_string()
    };
    let run = rig.idle();
    let written = rig.writes();
    let refused = |text: &str, told: &str| {
        let other = rig.folder().join("other.json");
        fs::write(&other, text).expect("written");
        let done = rig.expect(1, &["apply", other.to_str().expect("UTF-8")]);
        assert!(done.stderr.contains("cannot use the plan") && done.stderr.contains(told), "{told}: {done:?}");
        assert!(done.stdout.is_empty(), "{done:?}");
    };
    let cut = good.to_string();
    let [tenant, jostle] =
        [with("tenant_id", json!("other.example")), with("jostle_base_url", json!("https://x.example"))];
    for _ in 0..2 {
        refused("precious", "it is no plan");
        refused("{\"kind\": \"another\"}", "it is no plan");
        refused(&cut[..cut.len() / 2], "cut off");
        refused(&with("format", json!(2)), "format 2");
        refused(&tenant, "made for the Entra tenant other.example");
        refused(&jostle, "made for the Jostle at https://x.example");
        if rig.folder().join("state.db.sock").exists() {
            break;
        }
    }
    assert_eq!(rig.writes(), written);
    run.stop();
    refused(&tenant, "made for the Entra tenant other.example");
    refused(&jostle, "made for the Jostle at https://x.example");
    rig.expect(1, &["apply", "/no/such/plan.json"]);
    assert_eq!(rig.writes(), written);
}

#[test]
fn beside_a_daemon_it_is_done_there_without_a_secret() {
    let rig = Rig::new(0);
    let ids: Vec<_> = (0..20).map(|number| rig.person(&format!("p{number}"), &json!({}))).collect();
    rig.edit("entra-jostle-sync.toml", "every = \"1m\"", "every = \"1h\"");
    rig.expect(0, &["sync"]);
    for id in &ids[..15] {
        rig.sim.graph().update_user(id, &json!({"accountEnabled": false})).expect("a change");
    }
    let file = rig.folder().join("plan.json").to_str().expect("UTF-8").to_owned();
    let plan = rig.expect(0, &["plan", "--out", &file, "--json"]).json();
    assert_eq!(plan["held"].as_array().map(Vec::len), Some(15));
    let run = rig.idle();
    assert_eq!(rig.writes().iter().filter(|write| write.starts_with("PATCH")).count(), 0, "the cycle holds them");
    for secret in ["client-secret", "jostle-api-key"] {
        fs::remove_file(rig.folder().join(secret)).expect("a file of the configuration");
    }
    let done = rig.expect(0, &["apply", &file, "--json"]).json();
    assert_eq!(done["done"].as_array().map(Vec::len), Some(15), "{done}");
    let inactive = rig.sim.jostle().users_json().iter().filter(|account| account["active"] == false).count();
    assert_eq!(inactive, 15);
    let again = rig.expect(7, &["apply", &file]);
    assert!(again.stdout.contains("0 done, 15 stale, 0 failed, 0 waiting"), "{again:?}");
    run.stop();
}

#[test]
fn what_takes_long_is_taken_on_and_the_daemon_goes_on_with_it() {
    let rig = Rig::new(0);
    rig.edit("entra-jostle-sync.toml", "every = \"1m\"", "every = \"1h\"");
    let (_, file) = reviewed(&rig);
    // The daemon's own first cycle has nothing left to do.
    let held = rig.expect(0, &["pause"]);
    assert!(held.stdout.contains("everything is paused"), "{held:?}");
    let mut run = rig.idle();
    rig.expect(0, &["resume"]);
    run.log_until("cycle.finished", 1);
    let eve = rig.person("eve", &json!({}));
    let mut plan: Value = serde_json::from_str(&fs::read_to_string(&file).expect("a file")).expect("JSON");
    plan["entries"].as_array_mut().expect("a list").retain(|entry| entry["operation"] == "create");
    let entry = &mut plan["entries"][0];
    entry["entra_id"] = json!(eve);
    entry["user"] = json!("eve@corp.example");
    for change in entry["changes"].as_array_mut().expect("a list") {
        if let Some(text) = change["new"].as_str() {
            change["new"] = json!(text.replace("dora", "eve"));
        }
    }
    let edited = rig.folder().join("edited.json");
    fs::write(&edited, plan.to_string()).expect("written");
    rig.faults(vec![Fault::new(Side::Jostle, Effect::Slow { ms: 7000 }).method("POST")]);
    let done = rig.expect(12, &["apply", edited.to_str().expect("UTF-8"), "--json"]).json();
    assert_eq!(sorted_keys(&done), ["status", "waits_for"]);
    run.log_until("user.created", 1);
    run.log_until("control.finished", 1);
    run.stop();
    rig.assert_one_account_each();
}
