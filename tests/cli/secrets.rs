//! No secret on stdout or stderr, at the loudest log level, whatever the servers answer.

use entra_jostle_sync::simulator::{BodyKind, Effect, Fault, Side, SimulatorOptions};
use serde_json::json;

use super::rig::{Rig, status, token};

const COMMANDS: [&[&str]; 4] = [&["check"], &["plan"], &["sync"], &["--provision-on-demand", "ann@corp.example"]];

fn faults() -> Vec<Effect> {
    let html = Effect::Status { status: 500, retry_after: None, code: None, body: BodyKind::Html };
    vec![status(401), status(403), html, Effect::Reset {}, Effect::Truncate { well_framed: true }]
}

/// The client secret, the key, and what every bearer token begins with.
fn canaries(rig: &Rig) -> Vec<String> {
    let details = rig.sim.details();
    let token = rig.runtime().block_on(token(&rig.sim));
    let (head, rest) = token.split_once('.').expect("a token of three parts");
    assert!(head.len() > 20 && rest.len() > 100, "long enough to be no accident: {token}");
    vec![details.client_secret.clone(), details.jostle_api_key.clone(), head.to_owned()]
}

/// Runs a command as loud as it can be and looks for every canary in what it says.
fn say_nothing_secret(rig: &Rig, canaries: &[String], arguments: &[&str]) {
    let arguments = [arguments, &["--log-level", "trace,entra_jostle_sync=trace"]].concat();
    let output = assert_cmd::Command::from_std(rig.command(&arguments)).output().expect("it runs");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(said.contains("TRACE"), "not as loud as it can be: {said}");
    for canary in canaries {
        if let Some(at) = said.find(canary.as_str()) {
            let line = said[..at].lines().last().unwrap_or_default();
            panic!("{arguments:?} told a secret after: {line}");
        }
    }
}

#[test]
fn no_secret_is_told_when_all_is_well() {
    let rig = Rig::new(0);
    let canaries = canaries(&rig);
    rig.person("ann", &json!({}));
    for arguments in COMMANDS {
        say_nothing_secret(&rig, &canaries, arguments);
        say_nothing_secret(&rig, &canaries, &[arguments, &["--json", "--log-format", "json"]].concat());
    }
}

#[test]
fn no_secret_is_told_over_tls() {
    let plain = Rig::new(0);
    let rig = Rig::with(SimulatorOptions { users: 0, tls: true, ..SimulatorOptions::default() });
    rig.person("ann", &json!({}));
    // The same seed has the same secrets.
    assert_eq!(plain.sim.details().client_secret, rig.sim.details().client_secret);
    for arguments in COMMANDS {
        say_nothing_secret(&rig, &canaries(&plain), arguments);
    }
}

fn no_secret_is_told_under_faults_of(side: Side) {
    for effect in faults() {
        let rig = Rig::new(0);
        let canaries = canaries(&rig);
        rig.person("ann", &json!({}));
        for arguments in COMMANDS {
            rig.faults(vec![Fault::new(side, effect.clone()).times(1)]);
            say_nothing_secret(&rig, &canaries, arguments);
            assert!(rig.sim.requests().iter().any(|request| request.fault.is_some()), "{effect:?} never happened");
            rig.sim.clear_requests();
        }
    }
}

#[test]
fn no_secret_is_told_when_the_token_endpoint_fails() {
    no_secret_is_told_under_faults_of(Side::Token);
}

#[test]
fn no_secret_is_told_when_graph_fails() {
    no_secret_is_told_under_faults_of(Side::Graph);
}

#[test]
fn no_secret_is_told_when_jostle_fails() {
    no_secret_is_told_under_faults_of(Side::Jostle);
}

#[test]
fn a_refused_secret_is_not_told_either() {
    let wrong = "canary-of-a-wrong-secret-4711".to_owned();
    for file in ["client-secret", "jostle-api-key"] {
        let rig = Rig::new(0);
        rig.person("ann", &json!({}));
        std::fs::write(rig.folder().join(file), &wrong).expect("written");
        for arguments in COMMANDS {
            say_nothing_secret(&rig, std::slice::from_ref(&wrong), arguments);
        }
    }
}
