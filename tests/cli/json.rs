//! What `--json` prints: the documented keys and nothing else on stdout.

use serde_json::{Value, json};

use super::rig::Rig;

/// The keys of an object, sorted.
fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn sorted<const N: usize>(mut names: [&str; N]) -> [&str; N] {
    names.sort_unstable();
    names
}

const OPERATIONS: [&str; 6] = ["create", "adopt", "update", "deactivate", "reactivate", "delete"];

#[test]
fn sync() {
    let rig = Rig::new(0);
    rig.person("ann", &json!({}));
    rig.person("guest", &json!({"userType": "Guest"}));
    let done = rig.expect(0, &["sync", "--json"]);
    let report = done.json();
    let all = ["cycle", "kind", "operations", "skipped", "failed", "held", "requests", "duration_ms"];
    assert_eq!(keys(&report), sorted(all));
    assert_eq!(keys(&report["operations"]), sorted(OPERATIONS));
    assert_eq!(keys(&report["requests"]), ["graph", "jostle"]);
    assert_eq!((&report["kind"], &report["operations"]["create"]), (&json!("initial"), &json!(1)));
    let told: Vec<_> = ["cycle", "skipped", "failed", "held"].iter().map(|key| report[key].clone()).collect();
    assert_eq!(told, [1, 1, 0, 0]);
    let sent = rig.requests();
    let to = |side| sent.iter().filter(|request| request.side == side).count();
    assert_eq!(report["requests"]["graph"], to(entra_jostle_sync::simulator::Side::Graph));
    assert_eq!(report["requests"]["jostle"], to(entra_jostle_sync::simulator::Side::Jostle));
    assert!(done.stderr.contains("user.created"), "the log is on stderr: {done:?}");
    assert_eq!(rig.expect(0, &["sync", "--json"]).json()["kind"], "incremental");
}

#[test]
fn the_first_sync_is_initial_although_a_plan_has_read_everybody() {
    let rig = Rig::new(2);
    rig.expect(0, &["plan"]);
    assert_eq!(rig.expect(0, &["sync", "--json"]).json()["kind"], "initial");
}

#[test]
fn plan() {
    let rig = Rig::new(0);
    let ids: Vec<_> = (0..12).map(|number| rig.person(&format!("p{number}"), &json!({}))).collect();
    rig.expect(0, &["sync"]);
    for id in &ids[1..] {
        rig.sim.graph().update_user(id, &json!({"accountEnabled": false})).expect("a change");
    }
    rig.sim.graph().update_user(&ids[0], &json!({"givenName": "New"})).expect("a change");
    rig.person("guest", &json!({"userType": "Guest"}));
    rig.person("nomail", &json!({"mail": null}));
    let done = rig.expect(0, &["plan", "--json"]);
    let plan = done.json();
    assert_eq!(keys(&plan), sorted(["operations", "counts", "skipped", "failed", "held"]));
    assert_eq!(keys(&plan["counts"]), sorted(OPERATIONS));
    let operation = ["operation", "user", "entra_id", "jostle_id", "changes", "reason"];
    let update = &plan["operations"][0];
    assert_eq!(keys(update), sorted(operation));
    assert_eq!((&update["operation"], &update["user"]), (&json!("update"), &json!("p0@corp.example")));
    assert_eq!(update["changes"], json!([{"attribute": "name.givenName", "old": "Given", "new": "New"}]));
    assert_eq!(keys(&plan["skipped"][0]), ["entra_id", "reason", "user"]);
    assert_eq!(plan["skipped"][0]["user"], "guest@corp.example");
    assert_eq!(keys(&plan["failed"][0]), ["entra_id", "reason", "user"]);
    assert_eq!(plan["failed"][0]["user"], "nomail@corp.example");
    let held = plan["held"].as_array().expect("a list");
    assert_eq!(held.len(), 11);
    assert_eq!(
        keys(&held[0]),
        sorted(["operation", "user", "entra_id", "jostle_id", "changes", "reason", "class", "limit"])
    );
}

#[test]
fn provision_on_demand() {
    let rig = Rig::new(0);
    let ann = rig.person("ann", &json!({}));
    rig.sim.clear_requests();
    let people = ["--provision-on-demand", "ann@corp.example", "--provision-on-demand", "nobody@corp.example"];
    let answers = rig.expect(8, &[&people[..], &["--json"]].concat()).json();
    let [done, refused] = answers.as_array().expect("a list").as_slice() else { panic!("{answers}") };
    assert_eq!(keys(done), sorted(["cycle", "user", "entra_id", "steps", "operation", "changes", "status"]));
    assert_eq!(
        (&done["entra_id"], &done["operation"], &done["status"]),
        (&json!(ann), &json!("create"), &json!("success"))
    );
    let steps = done["steps"].as_array().expect("steps");
    assert!(steps.iter().all(|step| keys(step) == ["description", "details", "name", "status"]), "{answers}");
    let names: Vec<_> = steps.iter().map(|step| step["name"].clone()).collect();
    assert_eq!(names, ["connect", "import", "scope", "match", "act"]);
    assert_eq!(keys(&done["changes"][0]), ["attribute", "new", "old"]);
    assert_eq!(keys(refused), ["error", "status", "user"]);
}

#[test]
fn status() {
    let rig = Rig::new(0);
    rig.person("ann", &json!({}));
    rig.person("nomail", &json!({"mail": null}));
    rig.expect(7, &["sync"]);
    let status = rig.expect(0, &["status", "--json"]).json();
    assert_eq!((&status["process"], &status["paused"]), (&Value::Null, &Value::Null));
    let all = [
        "process",
        "held",
        "paused",
        "people",
        "deleted",
        "managed",
        "due",
        "in_flight",
        "health",
        "progress",
        "next_cycle",
        "last_success",
        "reconciled",
        "feed",
        "quarantines",
        "throttled",
        "waiting",
        "cycles",
        "credentials",
        "groups",
        "jostle_changed",
    ];
    assert_eq!(keys(&status), sorted(all));
    assert_eq!((&status["people"], &status["managed"], &status["in_flight"]), (&json!(2), &json!(1), &json!(0)));
    assert_eq!(keys(&status["feed"]), ["baseline_at", "position_at", "reading"]);
    let waiting = &status["waiting"][0];
    let of_waiting =
        ["user", "entra_id", "attempts", "first_failed_at", "next_at", "code", "reason", "request_id", "mended_by"];
    assert_eq!(keys(waiting), sorted(of_waiting));
    assert_eq!((&waiting["user"], &waiting["attempts"]), (&json!("nomail@corp.example"), &json!(1)));
    assert_eq!((&waiting["code"], &waiting["mended_by"]), (&json!("mapping"), &json!("change")));
    let cycle = &status["cycles"][0];
    assert_eq!(keys(cycle), sorted(["cycle", "kind", "started_at", "finished_at", "result", "error", "summary"]));
    assert_eq!((&cycle["kind"], &cycle["result"]), (&json!("initial"), &json!("partial")));
}

#[test]
fn pause_and_resume() {
    let rig = Rig::new(0);
    rig.expect(0, &["sync"]);
    let pause = ["what", "since", "by", "why"];
    let set = rig.expect(0, &["pause", "--json"]).json();
    assert_eq!(keys(&set), ["daemon", "paused", "replaced"]);
    assert_eq!(keys(&set["paused"]), sorted(pause));
    assert_eq!((&set["replaced"], &set["daemon"]), (&Value::Null, &json!(false)));
    assert_eq!(keys(&rig.expect(0, &["status", "--json"]).json()["paused"]), sorted(pause));
    rig.person("ann", &json!({}));
    let report = rig.expect(11, &["sync", "--json"]).json();
    assert_eq!(keys(&report["paused"]), sorted(["what", "since", "by", "why", "waiting"]));
    assert_eq!(report["paused"]["waiting"], 1);
    let ended = rig.expect(0, &["resume", "--json"]).json();
    assert_eq!(keys(&ended), ["cycle", "ended"]);
    assert_eq!((keys(&ended["ended"]), &ended["cycle"]), (sorted(pause).to_vec(), &json!(false)));
    assert_eq!(rig.expect(0, &["resume", "--json"]).json(), json!({"ended": null, "cycle": false}));
}

#[test]
fn check() {
    let rig = Rig::new(0);
    let findings = rig.expect(0, &["check", "--json"]).json();
    let findings = findings.as_array().expect("a list");
    assert!(findings.iter().all(|finding| keys(finding) == ["check", "message", "status"]), "{findings:?}");
    assert!(findings.iter().all(|finding| finding["status"] == "ok"), "{findings:?}");
    let names: Vec<_> = findings.iter().map(|finding| finding["check"].as_str().expect("a name")).collect();
    let jostle = ["Jostle: API key", "Jostle: ServiceProviderConfig", "Jostle: schema"];
    assert_eq!(
        names,
        [
            &[
                "configuration",
                "protected accounts",
                "Entra: token",
                "Entra: users feed",
                "Entra: deleted users",
                "Entra: client secret"
            ],
            &jostle[..]
        ]
        .concat()
    );
}

#[test]
fn stdout_holds_json_alone_at_every_log_level_and_the_log_can_be_json_too() {
    let rig = Rig::new(5);
    for arguments in [&["plan"][..], &["sync"], &["status"], &["check"]] {
        let options = ["--json", "--log-level", "trace,entra_jostle_sync=trace", "--log-format", "json"];
        let done = assert_cmd::Command::from_std(rig.command(&[arguments, &options].concat())).output().expect("runs");
        let stdout = String::from_utf8(done.stdout).expect("UTF-8");
        assert!(serde_json::from_str::<Value>(&stdout).is_ok(), "{arguments:?}: {stdout}");
        let log = String::from_utf8(done.stderr).expect("UTF-8");
        for line in log.lines() {
            assert!(serde_json::from_str::<Value>(line).is_ok_and(|line| line["level"].is_string()), "{line}");
        }
        assert_eq!(log.is_empty(), arguments == ["status"], "{arguments:?}: {log}");
    }
}
