//! What a log shows of people, by `[log] personal_data`: the same company and the same mishaps in every mode.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use entra_jostle_sync::simulator::{Effect, Fault, Side};
use serde_json::json;

use super::company::{Company, HIDDEN, LOUD, hire};
use super::log::{Schema, lines};
use super::rig::{Running, status, token};

/// In the log as a word, or as words, of their own.
fn occurs(log: &str, text: &str) -> bool {
    let is_apart = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
    log.match_indices(text)
        .any(|(at, _)| is_apart(log[..at].chars().next_back()) && is_apart(log[at + text.len()..].chars().next()))
}

/// Cycles with everything that is written, fails, or is held.
fn cycles(company: &mut Company) {
    company.says(&["sync"]);
    let written = json!({"jobTitle": "Captainess", "employeeId": "Whisper2", "department": "Hush2"});
    company.change("ann", &written);
    company.change("bob", &json!({"mail": null}));
    company.change("dee", &written);
    // Jostle has her under the name of somebody who comes later, and of somebody else it is not clear who they are.
    company.by_hand("eve", &json!({"userName": "gus@corp.example"}));
    hire(&company.rig, "gus");
    hire(&company.rig, "zoe");
    let zoe = json!({
        "userName": "zoe@corp.example", "active": true, "name": {"givenName": "Yolanda", "familyName": "Other"},
    });
    company.rig.sim.jostle().insert(zoe).expect("an account");
    let dee = company.account("dee");
    company.rig.faults(vec![Fault::new(Side::Jostle, status(400)).method("PATCH").path(&dee)]);
    company.says(&["plan"]);
    company.says(&["sync"]);
    company.rig.faults(Vec::new());
    for alias in ["ann", "cid", "flo"] {
        company.change(alias, &json!({"accountEnabled": false}));
    }
    company.says(&["sync"]);
    company.change("ann", &json!({"accountEnabled": true}));
    company.says(&["shadow", "--once", "--patience", "0s"]);
    company.by_hand("dee", &json!({"title": "Baroness"}));
    company.rig.faults(vec![Fault::new(Side::Jostle, status(500)).path(&dee)]);
    company.says(&["reconcile"]);
    company.rig.faults(vec![Fault::new(Side::Jostle, status(403))]);
    company.says(&["sync"]);
    company.says(&["reconcile"]);
    company.says(&["--provision-on-demand", "cid@corp.example"]);
    company.rig.faults(Vec::new());
}

/// A daemon, and what is asked of it.
fn beside_a_daemon(company: &mut Company) {
    let rig = &company.rig;
    let mut run = rig.start(&[&["run"], &LOUD[..]].concat());
    company.log += &run.log_until("schedule.next", 1);
    company.by_hand("flo", &json!({"title": "Baroness", "nickName": "Whisper3"}));
    let asked: [&[&str]; 11] = [
        &["reconcile"],
        &["--provision-on-demand", "ann@corp.example"],
        &["--provision-on-demand", "bob@corp.example"],
        &["--provision-on-demand", "nobody@corp.example"],
        &["retry", "bob@corp.example"],
        &["explain", "ann@corp.example"],
        &["pause", "--why", "Xenia-ann asked for it"],
        &["resume"],
        &["hold", "reject", "1.1"],
        &["ignore", "zoe@corp.example"],
        &["undo", "2", "--yes"],
    ];
    for arguments in asked {
        company.says(arguments);
    }
    for said in
        ["{\"version\":1,\"ask\":\"ann@corp.example\"}\n", "{\"version\":1,\"ask\":\"pause\",\"what\":\"Quill-ann\"}\n"]
    {
        let mut caller = UnixStream::connect(company.rig.folder().join("state.db.sock")).expect("somebody listens");
        caller.write_all(said.as_bytes()).expect("written");
        let _answer = caller.read_to_end(&mut Vec::new()).expect("an end");
    }
    let slow = Fault::new(Side::Graph, Effect::Slow { ms: 4500 }).path("ghost").times(1);
    company.rig.faults(vec![slow]);
    company.says(&["--provision-on-demand", "ghost@corp.example"]);
    company.log += &run.log_until("control.failed", 1);
    run.terminate();
    company.log += &Running::finish(run).stderr;
}

/// Everything, in this mode. Every line of it is as its schema says, and nothing of it is a secret.
fn played(mode: &str) -> Company {
    let mut company = Company::new(mode);
    cycles(&mut company);
    beside_a_daemon(&mut company);
    let seen = Schema::printed().events(&company.log);
    for event in [
        "account.unread",
        "control.failed",
        "control.refused",
        "cycle.failed",
        "drift.found",
        "hold.decided",
        "hold.raised",
        "match.chosen",
        "pause.ended",
        "pause.set",
        "quarantine.entered",
        "reconcile.failed",
        "shadow.differs",
        "undo.kept_out",
        "user.created",
        "user.deactivated",
        "user.failed",
        "user.updated",
    ] {
        assert!(seen.contains(event), "{event} did not happen: {seen:?}");
    }
    let details = company.rig.sim.details();
    let token = company.rig.runtime().block_on(token(&company.rig.sim));
    let head = token.split('.').next().expect("a part");
    for secret in [&details.client_secret, &details.jostle_api_key, head] {
        assert!(!company.log.contains(secret), "a secret is told");
    }
    for hidden in HIDDEN.iter().chain(&["Whisper3"]) {
        assert!(!company.log.contains(hidden), "{hidden} is told, in a row that redacts");
    }
    company
}

/// The lines in which this occurs.
fn telling<'a>(log: &'a str, text: &str) -> Vec<&'a str> {
    log.lines().filter(|line| !line.starts_with("entra-jostle-sync: ") && occurs(line, text)).collect()
}

#[test]
fn with_ids_nobody_is_named_and_nothing_is_known_of_anybody() {
    let company = played("ids");
    let people = company.people();
    assert!(people.len() > 100, "{people:?}");
    for text in &people {
        let told = telling(&company.log, text);
        assert!(told.is_empty(), "{text} is told: {told:#?}");
    }
    for text in ["corp.example", "Baroness", "Yolanda", "Captainess"] {
        let told = telling(&company.log.to_lowercase(), &text.to_lowercase()).len();
        assert_eq!(told, 0, "{text} is told");
    }
}

#[test]
fn with_names_people_are_named_and_what_was_written_is_not_told() {
    let company = played("names");
    for name in ["ann@corp.example", "gus@corp.example", "nobody@corp.example", "Xenia-ann"] {
        assert!(!telling(&company.log, name).is_empty(), "{name} is not told");
    }
    let written = lines(&company.log).into_iter().filter(|line| line["changes"].is_string()).count();
    assert_eq!(written, 0);
    for text in ["Chiefess", "Captainess"] {
        let told = telling(&company.log, text);
        assert!(told.is_empty(), "{text} is told: {told:#?}");
    }
}

#[test]
fn with_values_what_was_written_is_told_but_for_rows_that_redact() {
    let company = played("values");
    let written: String =
        lines(&company.log).iter().filter_map(|line| Some(line["changes"].as_str()?.to_owned())).collect();
    for text in ["title: \"Chiefess\" => \"Captainess\"", "nickName: [Redact] => [Redact]", "CustomBadge: [Redact]"] {
        assert!(written.contains(text), "{text} is not told: {written}");
    }
}
