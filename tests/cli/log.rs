//! `log`: what was done, to whom, why and at whose word; for people, as JSON and as a table.

use std::collections::BTreeSet;
use std::process::Stdio;

use entra_jostle_sync::simulator::Fault;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::rig::{Rig, masked, status};

/// A row whose values are hidden.
pub(super) const REDACTED: &str = "
[[attribute]]
target = \"nickName\"
source = \"employeeId\"
redact = true
";

/// Ann is created and changed, Bob is refused, of Cid nothing could be planned, and Dee was asked for by hand.
fn rig() -> Rig {
    let rig = Rig::new(0);
    rig.append("mapping.toml", REDACTED);
    let [ann, bob] = ["ann", "bob"].map(|alias| rig.person(alias, &json!({"employeeId": "Whisper1"})));
    rig.expect(0, &["sync"]);
    rig.sim.graph().update_user(&ann, &json!({"givenName": "Anne", "employeeId": "Whisper2"})).expect("a change");
    rig.sim.graph().update_user(&bob, &json!({"surname": "=1+1"})).expect("a change");
    rig.person("cid", &json!({"mail": null}));
    let bobs = rig.sim.jostle().users_json().into_iter().find(|user| user["userName"] == "bob@corp.example");
    let path = bobs.expect("created")["id"].as_str().expect("an id").to_owned();
    let fault = json!({"side": "jostle", "method": "PATCH", "path": path});
    let fault: Fault = serde_json::from_value(json_with_effect(fault)).expect("a fault");
    rig.faults(vec![fault]);
    rig.expect(7, &["sync"]);
    rig.faults(Vec::new());
    rig.person("dee", &json!({}));
    rig.expect(0, &["--provision-on-demand", "dee@corp.example"]);
    rig
}

fn json_with_effect(mut fault: Value) -> Value {
    fault["effect"] = serde_json::to_value(status(400)).expect("an effect");
    fault
}

/// Times, durations and the user of this test are the same in every run.
fn shown(rig: &Rig, text: &str) -> String {
    let mask = |word: &str| {
        let is_time = word.trim_end_matches([':', ',']).parse::<jiff::Timestamp>().is_ok();
        if is_time { "TIME".to_owned() } else { word.to_owned() }
    };
    let text = masked(rig, text, mask);
    let line = |line: &str| match line.split_once(" ms") {
        Some((before, rest)) => format!("{}# ms{rest}", before.trim_end_matches(|c: char| c.is_ascii_digit())),
        None => match line.split_once(", asked for by ") {
            Some((before, _)) => format!("{before}, asked for by SOMEBODY"),
            None => line.to_owned(),
        },
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn people_read_it_below_the_cycle_that_did_it_the_newest_first() {
    let rig = rig();
    // What was done at the same time has no order that a test could know.
    let of = |alias: &str| shown(&rig, &rig.expect(0, &["log", &format!("{alias}@corp.example")]).stdout);
    insta::assert_snapshot!(["ann", "bob", "cid", "dee"].map(of).join("\n---\n"), @r#################################"
    cycle 2 (incremental)
      TIME update ann@corp.example
          name.givenName: "Given" => "Anne"
          nickName: [Redact] => [Redact]
          because: values differ from what was last sent
          HTTP 200, # ms

    cycle 1 (initial)
      TIME create ann@corp.example
          userName: (none) => "ann@corp.example"
          name.givenName: (none) => "Given"
          name.familyName: (none) => "Family"
          emails[type eq "work"].value: (none) => "ann@corp.example"
          nickName: (none) => [Redact]
          active: (none) => true
          because: in scope, and no account has the userName
          HTTP 201, # ms
    ---
    cycle 2 (incremental)
      TIME FAILED update bob@corp.example
          name.familyName: "Family" => "=1+1"
          Jostle: changing account "################################": Jostle
          refused the request; correct the value or the mapping; the server says
          "Bad Request" (HTTP 400)
          because: values differ from what was last sent
          HTTP 400, # ms

    cycle 1 (initial)
      TIME create bob@corp.example
          userName: (none) => "bob@corp.example"
          name.givenName: (none) => "Given"
          name.familyName: (none) => "Family"
          emails[type eq "work"].value: (none) => "bob@corp.example"
          nickName: (none) => [Redact]
          active: (none) => true
          because: in scope, and no account has the userName
          HTTP 201, # ms
    ---
    cycle 2 (incremental)
      TIME FAILED cid@corp.example
          emails[type eq "work"].value needs a value, and mail is empty in Entra:
          set it there, or change the row in the mapping
          code mapping, # ms
    ---
    cycle 3 (on demand), asked for by SOMEBODY
      TIME create dee@corp.example
          userName: (none) => "dee@corp.example"
          name.givenName: (none) => "Given"
          name.familyName: (none) => "Family"
          emails[type eq "work"].value: (none) => "dee@corp.example"
          active: (none) => true
          because: in scope, and no account has the userName
          HTTP 201, # ms
    "#################################);
    let done = rig.expect(0, &["log"]);
    let headings: Vec<_> = done.stdout.lines().filter(|line| line.starts_with("cycle ")).collect();
    assert!(headings.len() == 3 && headings.is_sorted_by(|newer, older| newer > older), "{headings:?}");
    assert_eq!(done.stderr, "");
    let done = rig.expect(0, &["log", "--limit", "1"]);
    assert!(done.flat().starts_with("cycle 3 (on demand), asked for by "), "{done:?}");
    assert!(done.stderr.contains("these are the newest 1; --limit N prints more"), "{done:?}");
    rig.expect(0, &["log", "--limit", "0"]).flat();
}

/// The object ids of what is printed.
fn names(rig: &Rig, arguments: &[&str]) -> Vec<String> {
    let rows = rig.expect(0, &[&["log", "--json"], arguments].concat()).json();
    let rows = rows.as_array().expect("a list").iter();
    rows.map(|row| row["sourceIdentity"]["displayName"].as_str().expect("a name").split('@').next().unwrap().to_owned())
        .collect()
}

#[test]
fn what_is_asked_for_is_found_and_nothing_else() {
    let rig = rig();
    for (arguments, expected) in [
        (&["ANN@corp.example"][..], &["ann", "ann"][..]),
        (&["--status", "failure", "--cycle", "2"], &["cid", "bob"]),
        (&["--operation", "create", "--since", "1h"], &["dee", "bob", "ann"]),
        (&["--operation", "none,update", "--status", "success"], &["ann"]),
        (&["--until", "1h"], &[]),
    ] {
        let found = names(&rig, arguments);
        let (mut found, mut expected) = (found, expected.to_vec());
        found.sort();
        expected.sort_unstable();
        assert_eq!(found, expected, "{arguments:?}");
    }
    let done = rig.expect(8, &["log", "nobody@corp.example"]);
    assert!(done.stderr.contains("neither the snapshot nor the log knows \"nobody@corp.example\""), "{done:?}");
    let done = rig.expect(2, &["log", "--since", "yesterday"]);
    assert!(done.stderr.contains("a span like 2h or 7d"), "{done:?}");
    assert_eq!(rig.expect(0, &["log", "--until", "1d"]).stdout, "the log has nothing like that\n");
}

#[test]
fn whoever_is_gone_is_found_by_the_name_that_they_had() {
    let rig = rig();
    let ann = rig.sim.graph().users().into_iter().find(|user| user["mail"] == "ann@corp.example").expect("ann");
    let id = ann["id"].as_str().expect("an id");
    let renamed = json!({"userPrincipalName": "anna@corp.example", "mail": "anna@corp.example"});
    rig.sim.graph().update_user(id, &renamed).expect("renamed");
    assert!(rig.sim.graph().delete_user(id).is_ok());
    rig.expect(0, &["sync"]);
    for name in ["ann@corp.example", id] {
        assert_eq!(names(&rig, &[name]).len(), 3, "{name}");
    }
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn json_has_the_names_of_entras_own_log() {
    let rig = rig();
    let done = rig.expect(0, &["log", "--json"]);
    let rows = done.json();
    let rows = rows.as_array().expect("a list");
    assert_eq!(done.stdout.lines().count(), rows.len(), "an object on each line");
    let of = |name: &str, cycle: &str| {
        let is = |row: &&Value| row["sourceIdentity"]["displayName"] == name && row["cycleId"] == cycle;
        rows.iter().find(is).unwrap_or_else(|| panic!("{name} in {cycle}"))
    };
    let ann = of("ann@corp.example", "2");
    insta::assert_snapshot!(keys(ann).join(" "), @"activityDateTime changeId cycleId durationInMilliseconds entraJostleSync id initiatedBy modifiedProperties provisioningAction provisioningStatusInfo provisioningSteps sourceIdentity sourceSystem targetIdentity targetSystem tenantId");
    assert_eq!(
        (&ann["provisioningAction"], &ann["provisioningStatusInfo"]["status"]),
        (&json!("update"), &json!("success"))
    );
    assert_eq!(ann["initiatedBy"]["initiatorType"], "system");
    let hidden = json!({"displayName": "nickName", "oldValue": "[Redact]", "newValue": "[Redact]"});
    let properties = ann["modifiedProperties"].as_array().expect("a list");
    assert!(properties.contains(&hidden), "{properties:?}");
    assert!(properties.contains(&json!({"displayName": "name.givenName", "oldValue": "Given", "newValue": "Anne"})));
    let steps = |row: &Value| {
        let step = |step: &Value| format!("{}: {}", step["provisioningStepType"], step["status"]).replace('"', "");
        row["provisioningSteps"].as_array().expect("steps").iter().map(step).collect::<Vec<_>>()
    };
    assert_eq!(steps(ann), ["processing: success", "matching: success", "export: success"]);
    assert_eq!(ann["provisioningSteps"][2]["details"]["httpStatusCode"], 200);
    let bob = of("bob@corp.example", "2");
    assert_eq!(steps(bob), ["processing: success", "matching: success", "export: failure"]);
    let error = &bob["provisioningStatusInfo"]["errorInformation"];
    assert_eq!(
        (&error["errorCode"], &error["errorCategory"]),
        (&json!("UnprocessableEntity"), &json!("nonServiceFailure"))
    );
    assert_eq!((&bob["entraJostleSync"]["code"], &bob["entraJostleSync"]["httpStatus"]), (&json!("400"), &json!(400)));
    let cid = of("cid@corp.example", "2");
    assert_eq!((steps(cid), &cid["provisioningAction"]), (vec!["processing: failure".to_owned()], &json!("other")));
    assert_eq!(cid["provisioningStatusInfo"]["errorInformation"]["errorCode"], "MissingValues");
    let dee = of("dee@corp.example", "3");
    assert_eq!(steps(dee), ["import: success", "processing: success", "matching: success", "export: success"]);
    assert_eq!(
        (&dee["initiatedBy"]["initiatorType"], &dee["entraJostleSync"]["asked"]["way"]),
        (&json!("user"), &json!("on_demand"))
    );
    assert!(!done.stdout.contains("Whisper"), "{done:?}");
}

/// From the reading of a change in Entra until Jostle has it; a repair comes of nothing in Entra.
#[test]
fn it_says_when_a_change_was_read_that_was_written() {
    let rig = Rig::new(0);
    rig.edit("mapping.toml", "target = \"name.givenName\"", "target = \"name.givenName\"\ndrift = \"repair\"");
    rig.person("ann", &json!({}));
    let began = Timestamp::now();
    rig.expect(0, &["sync"]);
    super::reconcile::by_hand(&rig, "ann", &super::reconcile::given("Somebody"));
    rig.expect(10, &["reconcile"]);
    rig.expect(0, &["sync"]);
    let rows = rig.expect(0, &["log", "--json"]).json();
    let of = |row: usize| (rows[row]["provisioningAction"].clone(), &rows[row]["entraJostleSync"]["noticedDateTime"]);
    assert_eq!(of(0), (json!("update"), &Value::Null));
    let (action, noticed) = of(1);
    assert_eq!(action, "create");
    let time = |value: &Value| value.as_str().expect("a time").parse::<Timestamp>().expect("a time");
    let (noticed, done) = (time(noticed), time(&rows[1]["activityDateTime"]));
    assert!(began.as_millisecond() <= noticed.as_millisecond() && noticed <= done, "{began} {noticed} {done}");
    let table = rig.expect(0, &["log", "--csv"]).stdout;
    assert!(table.lines().nth(2).expect("a row").ends_with(&noticed.to_string()), "{table}");
}

#[test]
fn an_approval_is_told_with_whoever_gave_it() {
    let rig = Rig::new(0);
    let ids: Vec<_> = (10..40).map(|number| rig.person(&format!("p{number}"), &json!({}))).collect();
    rig.expect(0, &["sync"]);
    for id in &ids[..12] {
        rig.sim.graph().update_user(id, &json!({"accountEnabled": false})).expect("a change");
    }
    rig.expect(11, &["sync"]);
    rig.expect(0, &["hold", "approve", "1.1"]);
    rig.expect(0, &["sync"]);
    let rows = rig.expect(0, &["log", "--json", "--operation", "deactivate"]).json();
    let asked: BTreeSet<_> =
        rows.as_array().expect("a list").iter().map(|row| row["entraJostleSync"]["asked"].to_string()).collect();
    let [asked] = asked.into_iter().collect::<Vec<_>>().try_into().expect("all the same");
    let asked: Value = serde_json::from_str(&asked).expect("JSON");
    assert_eq!((&asked["way"], &asked["hold"]), (&json!("approval"), &json!(1)));
    let by = asked["by"].as_str().expect("a user").to_owned();
    let told = rig.expect(0, &["log", "p10@corp.example"]).flat();
    assert!(told.contains(&format!("approved by {by}, in hold 1")), "{told}");
}

#[test]
fn a_table_has_a_row_for_each_operation_and_no_formula() {
    let rig = rig();
    rig.person("-cmd", &json!({}));
    rig.expect(0, &["sync"]);
    let done = rig.expect(0, &["log", "--csv", "--limit", "0"]);
    assert!(done.stdout.starts_with("record,time,cycle,cycle_kind,operation,status,user,"), "{done:?}");
    assert!(done.stdout.contains(",'-cmd@corp.example,") && !done.stdout.contains(",-cmd"), "{done:?}");
    assert!(done.stdout.contains("nickName: [Redact] => [Redact]") && !done.stdout.contains("Whisper"), "{done:?}");
    assert!(done.stdout.lines().all(|line| line.ends_with('\r') || done.stdout.ends_with('\n')));
    let done = rig.expect(2, &["log", "--csv", "--json"]);
    assert!(done.stderr.contains("cannot be used with"), "{done:?}");
}

/// What was written before its row said so is hidden as well.
#[test]
fn what_is_to_be_redacted_now_is_hidden_in_old_rows_too() {
    let rig = rig();
    rig.append("mapping.toml", "");
    rig.edit("mapping.toml", "target = \"name.givenName\"", "target = \"name.givenName\"\nredact = true");
    let told = rig.expect(0, &["log", "ann@corp.example"]).flat();
    assert!(told.contains("name.givenName: [Redact] => [Redact]") && !told.contains("Anne"), "{told}");
}

#[test]
fn it_is_read_beside_a_daemon_and_whoever_goes_away_is_no_failure() {
    let rig = rig();
    let daemon = rig.idle();
    assert!(!names(&rig, &[]).is_empty());
    let mut head =
        rig.command(&["log", "--csv"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started");
    drop(head.stdout.take());
    let output = head.wait_with_output().expect("ended");
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{output:?}");
    daemon.stop();
}
