//! Traps in what is told: exit codes, logs, the status.

use std::collections::BTreeSet;
use std::process::Command;

use entra_jostle_sync::simulator::{BodyKind, Effect, Fault, Side};
use entra_jostle_sync::store::Lock;
use serde_json::{Value, json};

use super::rig::{Rig, program, status, token};

/// The exit codes that the README promises.
fn promised() -> BTreeSet<i32> {
    let readme = include_str!("../../README.md");
    let (_, table) = readme.split_once("### Exit codes").expect("a table");
    let cells = table.split("\n## ").next().expect("a section").lines().filter_map(|line| line.split('|').nth(1));
    cells.filter_map(|cell| cell.trim().parse().ok()).collect()
}

fn code(mut command: Command) -> i32 {
    command.output().expect("it runs").status.code().expect("an exit code")
}

fn with_ann() -> Rig {
    let rig = Rig::new(0);
    rig.person("ann", &json!({}));
    rig
}

/// Every code has a situation here, and no failure has the code of success.
#[test]
fn failed_run_that_exits_with_0() {
    let sync = |rig: &Rig| code(rig.command(&["sync"]));
    let situations: &[(i32, &dyn Fn() -> i32)] = &[
        (0, &|| sync(&with_ann())),
        (1, &|| {
            let rig = with_ann();
            std::fs::create_dir(rig.folder().join("state.db")).expect("something else in the place of the state");
            sync(&rig)
        }),
        (2, &|| code(program(&["synch"]))),
        (3, &|| {
            let rig = with_ann();
            rig.append("entra-jostle-sync.toml", "\n[limits]\ndeactivate.percent = 500\n");
            sync(&rig)
        }),
        (4, &|| {
            let rig = with_ann();
            std::fs::write(rig.folder().join("client-secret"), "wrong").expect("written");
            sync(&rig)
        }),
        (4, &|| {
            let rig = with_ann();
            std::fs::write(rig.folder().join("jostle-api-key"), "wrong").expect("written");
            sync(&rig)
        }),
        (5, &|| {
            let rig = with_ann();
            rig.faults(vec![Fault::new(Side::Graph, Effect::MissingValue {})]);
            sync(&rig)
        }),
        (6, &|| {
            let rig = with_ann();
            rig.faults(vec![Fault::new(Side::Jostle, status(501))]);
            sync(&rig)
        }),
        (7, &|| {
            let rig = with_ann();
            rig.person("nomail", &json!({"mail": null}));
            sync(&rig)
        }),
        (8, &|| code(with_ann().command(&["--provision-on-demand", "nobody@corp.example"]))),
        (9, &|| {
            let rig = with_ann();
            let _held = Lock::acquire(&rig.folder().join("state.db")).expect("free");
            sync(&rig)
        }),
        (10, &|| code(with_ann().command(&["plan", "--detailed-exitcode"]))),
        (11, &|| {
            let rig = Rig::new(0);
            let ids: Vec<_> = (0..12).map(|number| rig.person(&format!("p{number}"), &json!({}))).collect();
            assert_eq!(sync(&rig), 0);
            for id in &ids {
                rig.sim.graph().update_user(id, &json!({"accountEnabled": false})).expect("a change");
            }
            sync(&rig)
        }),
        (12, &|| {
            let rig = with_ann();
            rig.faults(vec![Fault::new(Side::Jostle, Effect::Hang {})]);
            let mut run = rig.start(&["run", "--log-level", "debug"]);
            run.log_until("request", 1);
            code(rig.command(&["--provision-on-demand", "ann@corp.example"]))
        }),
    ];
    for (number, (expected, situation)) in situations.iter().enumerate() {
        assert_eq!(situation(), *expected, "situation {number}");
    }
    assert_eq!(situations.iter().map(|(code, _)| *code).collect::<BTreeSet<_>>(), promised());
}

/// No level of the log, in no format, tells a secret or a token, whether all is well or the servers refuse.
#[test]
fn secrets_in_debug_logs() {
    let rig = with_ann();
    let details = rig.sim.details();
    let bearer = rig.runtime().block_on(token(&rig.sim));
    let (head, _) = bearer.split_once('.').expect("a token of three parts");
    let canaries = [details.client_secret.as_str(), details.jostle_api_key.as_str(), head];
    let html = Effect::Status { status: 500, retry_after: None, code: None, body: BodyKind::Html };
    let refused = [Fault::new(Side::Token, status(401)), Fault::new(Side::Jostle, status(403))];
    let broken = [Fault::new(Side::Graph, html), Fault::new(Side::Jostle, Effect::Truncate { well_framed: true })];
    let on_demand = ["--provision-on-demand", "ann@corp.example"];
    let runs = refused.into_iter().chain(broken).map(|fault| (vec![fault.times(1)], &["sync"][..]));
    let runs: Vec<_> = runs.chain([(Vec::new(), &["sync"][..]), (Vec::new(), &on_demand)]).collect();
    // A level alone is that of the program; of its libraries too is what a directive asks for.
    let loudest = "trace,entra_jostle_sync=trace";
    let formats = [("error", "text"), ("warn", "text"), ("info", "json"), ("debug", "text"), (loudest, "text")];
    for (number, (level, format)) in formats.into_iter().chain([(loudest, "json")]).enumerate() {
        rig.person(&format!("p{number}"), &json!({}));
        for (faults, command) in &runs {
            rig.faults(faults.clone());
            let options = ["--log-level", level, "--log-format", format];
            let output = rig.command(&[command, &options[..]].concat()).output().expect("it runs");
            let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            assert!(level != loudest || said.contains("TRACE"), "not as loud as it can be: {said}");
            for canary in canaries {
                assert!(!said.contains(canary), "{command:?} {options:?} told {canary}");
            }
        }
    }
}

/// Until a cycle has ended well, nothing says that one did.
#[test]
fn status_that_is_well_before_the_first_run() {
    let rig = with_ann();
    let last_cycle = |rig: &Rig| {
        let told = rig.expect(0, &["status"]).stdout;
        let line = told.lines().find_map(|line| line.strip_prefix("cycles")).expect("a line");
        line.trim().to_owned()
    };
    let results = |rig: &Rig| -> Vec<Value> {
        let status = rig.expect(0, &["status", "--json"]).json();
        status["cycles"].as_array().expect("cycles").iter().map(|cycle| cycle["result"].clone()).collect()
    };
    let nothing = rig.expect(1, &["status"]);
    assert!(nothing.stdout.is_empty() && nothing.stderr.contains("there is no such file"), "{nothing:?}");
    rig.expect(0, &["plan"]);
    assert_eq!((last_cycle(&rig).as_str(), results(&rig)), ("none yet", Vec::new()));

    rig.faults(vec![of_jostle_without_end()]);
    let mut run = rig.start(&["run", "--log-level", "debug"]);
    run.log_until("request", 1);
    assert_eq!(results(&rig), [Value::Null]);
    assert_eq!(last_cycle(&rig), "none yet");
    let told = rig.expect(0, &["status"]).stdout;
    assert!(told.contains("\nrunning      1 (initial), since "), "{told}");
    run.kill();
    let told = rig.expect(0, &["status"]).stdout;
    assert!(told.contains("\ninterrupted  1 (initial), since ") && told.contains("\nprocess      none: "), "{told}");
    rig.faults(vec![Fault::new(Side::Graph, status(404))]);
    assert_ne!(code(rig.command(&["sync"])), 0);
    assert_eq!(results(&rig), ["failed", "interrupted"]);
    assert!(last_cycle(&rig).starts_with("2 (initial): failed"), "{}", last_cycle(&rig));
    rig.faults(Vec::new());
    rig.expect(0, &["sync"]);
    assert!(last_cycle(&rig).starts_with("3 (initial): ok"), "{}", last_cycle(&rig));
}

fn of_jostle_without_end() -> Fault {
    Fault::new(Side::Jostle, Effect::Hang {})
}
