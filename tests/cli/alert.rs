//! Telling people how the daemon does: raised, cleared, tested; and nobody who cannot be told delays anything.

use std::net::SocketAddr;

use entra_jostle_sync::simulator::{Fault, Side};
use rusqlite::Connection;
use serde_json::{Value, json};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::rig::{Rig, expect, program, status};

/// A company of one whose daemon tells a webhook, which answers so.
fn told(answer: u16) -> (Rig, MockServer) {
    let rig = Rig::new(0);
    rig.person("ann", &json!({}));
    let hook = rig.runtime().block_on(async {
        let hook = MockServer::start().await;
        Mock::given(method("POST")).respond_with(ResponseTemplate::new(answer)).mount(&hook).await;
        hook
    });
    configure(&rig, *hook.address());
    (rig, hook)
}

fn configure(rig: &Rig, address: SocketAddr) {
    let section = format!(
        "\n[alerts]\n[[alerts.webhook]]\nname = \"pager\"\nshape = \"plain\"\nurl = \"http://{address}/hook\"\n"
    );
    rig.append("entra-jostle-sync.toml", &section);
}

/// What the webhook was told until now.
fn messages(rig: &Rig, hook: &MockServer) -> Vec<Value> {
    let requests = rig.runtime().block_on(hook.received_requests()).expect("they are recorded");
    requests.iter().map(|request| request.body_json().expect("JSON")).collect()
}

#[test]
fn whoever_is_to_know_is_told_once_with_what_to_type_also_after_a_restart() {
    let (rig, hook) = told(200);
    rig.faults(vec![Fault::new(Side::Jostle, status(401))]);
    let mut run = rig.start(&["run"]);
    run.log_until("alert.sent", 1);
    run.stop();
    let all = messages(&rig, &hook);
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!((&all[0]["kind"], &all[0]["level"]), (&json!("raised"), &json!("critical")));
    let item = &all[0]["items"][0];
    assert_eq!(item["cause"], "credentials_refused");
    let remedy = item["remedy"].as_str().expect("a text");
    assert!(remedy.contains("make a new API key in Jostle") && remedy.contains("systemctl restart"), "{remedy}");

    let mut run = rig.start(&["run", "--log-level", "debug"]);
    run.log_until("schedule.next", 1);
    run.stop();
    assert_eq!(messages(&rig, &hook).len(), 1, "nobody is told again");
}

#[test]
fn who_cannot_be_told_delays_nothing_and_is_told_of_in_the_log() {
    let (rig, hook) = told(503);
    rig.faults(vec![Fault::new(Side::Jostle, status(400)).method("POST").times(1)]);
    rig.person("bob", &json!({}));
    let mut run = rig.start(&["run"]);
    run.log_until("alert.failed", 1);
    rig.faults(Vec::new());
    rig.expect(0, &["retry", "--all"]);
    run.log_until("cycle.finished", 1);
    run.stop();
    assert_eq!(rig.accounts(), 2);
    assert_eq!(messages(&rig, &hook).len(), 1, "it is left alone for a minute");
}

/// A disk that is full is one of the things to tell of, and so cannot be asked to remember it.
#[test]
fn whoever_was_told_is_not_told_again_because_it_cannot_be_written_down() {
    let (rig, hook) = told(200);
    rig.expect(0, &["sync"]);
    let full = "CREATE TRIGGER full BEFORE INSERT ON alert_books BEGIN SELECT RAISE(ABORT, 'full'); END";
    Connection::open(rig.folder().join("state.db")).expect("the state").execute_batch(full).expect("a trigger");
    rig.append("entra-jostle-sync.toml", "\n[health]\njostle_key_expires = \"2020-01-01\"\n");
    let mut run = rig.start(&["run", "--log-level", "debug"]);
    let mut log = run.log_until("alert.sent", 1);
    for cycle in 0..2 {
        rig.person(&format!("another{cycle}"), &json!({}));
        rig.expect(0, &["retry", "--all"]);
        log += &run.log_until("schedule.next", 1);
    }
    run.terminate();
    log += &run.finish().stderr;
    assert_eq!(messages(&rig, &hook).len(), 1);
    assert!(!log.contains("alert.failed"), "{log}");
}

#[test]
fn a_test_says_of_every_channel_what_became_of_it() {
    let (rig, hook) = told(200);
    let (_socket, closed) = rig.closed_port();
    let section = format!("[[alerts.webhook]]\nname = \"gone\"\nshape = \"plain\"\nurl = \"http://{closed}/hook\"\n");
    rig.append("entra-jostle-sync.toml", &section);
    let said = rig.expect(1, &["alert", "test"]).flat();
    assert!(said.contains("pager: delivered") && said.contains("gone: not delivered: "), "{said}");
    assert_eq!(messages(&rig, &hook)[0]["kind"], "test");
    assert_eq!(rig.expect(0, &["alert", "test", "pager"]).stdout, "pager: delivered\n");
    let said = rig.expect(2, &["alert", "test", "mail"]).stderr;
    assert!(said.contains("mail is no channel of [alerts]; there are: pager, gone"), "{said}");
    let json = rig.expect(1, &["alert", "test", "--json"]).json();
    assert_eq!((&json[0]["delivered"], &json[1]["delivered"]), (&json!(true), &json!(false)));
    let said = Rig::new(0).expect(3, &["alert", "test"]).stderr;
    assert!(said.contains("no channel is configured"), "{said}");
    expect(2, program(&["alert"]));
}
