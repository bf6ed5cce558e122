//! The page that `report` writes, in a browser that is not ours, judged by a referee that is not ours.

use std::path::Path;
use std::process::Command;

use entra_jostle_sync::simulator::{RunningSimulator, Simulator, SimulatorOptions, write_config};
use serde_json::{Value, json};

use super::{peer, venv};

/// Runs the program on a configuration to its end, which must have this exit code.
fn expect(code: i32, config: &Path, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_entra-jostle-sync"));
    let output = command.args(arguments).arg("--config").arg(config).env_clear().output().expect("it runs");
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
}

fn ids(users: &[Value]) -> Vec<String> {
    let is_employee = |user: &&Value| user["accountEnabled"] != false && user["userType"] != "Guest";
    let id = |user: &Value| user["id"].as_str().expect("an id").to_owned();
    users.iter().filter(is_employee).map(id).collect()
}

/// People were created, some are held and one fails, and somebody was busy in Jostle: so much that lists have to be
/// opened, with a name that has no end, and a value that is written from right to left.
fn happened(sim: &RunningSimulator, config: &Path) {
    let (graph, jostle) = (sim.graph(), sim.jostle());
    let name = format!("endless{}@corp.example", "x".repeat(50));
    let person = json!({
        "userPrincipalName": name, "mail": name, "displayName": "Endless", "givenName": "Given", "surname": "Family",
        "accountEnabled": true, "userType": "Member",
    });
    graph.create_user(&person).expect("a new person");
    expect(0, config, &["sync"]);
    let users = graph.users();
    let ids = ids(&users);
    for id in &ids[..15] {
        graph.update_user(id, &json!({"accountEnabled": false})).expect("a change");
    }
    graph.update_user(&ids[20], &json!({"mail": null})).expect("a change");
    let accounts = jostle.users_json();
    for account in accounts.iter().rev().take(3) {
        let id = account["id"].as_str().expect("an id");
        let name = json!({"name": {"givenName": "מרים <b>\"Else\"", "familyName": "Family"}});
        jostle.update(id, &name).expect("a change");
    }
    jostle
        .insert(json!({"userName": "stranger@corp.example", "name": {"givenName": "S", "familyName": "T"}}))
        .expect("an account");
    expect(11, config, &["sync"]);
    expect(10, config, &["reconcile"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_is_shown_by_a_browser_and_axe_finds_nothing() {
    let sim = Simulator::start(SimulatorOptions { users: 60, ..Default::default() }).await.expect("starts");
    let folder = tempfile::tempdir().expect("a folder");
    let config = write_config(folder.path(), sim.details(), sim.ca_pem()).expect("a configuration");
    let page = folder.path().join("report.html");
    let run = move || {
        happened(&sim, &config);
        expect(0, &config, &["report", "--out", page.to_str().expect("UTF-8")]);
        // Its output ends when the browser has: whatever was left behind would hold it open.
        Command::new(venv("python")).arg(peer("report_page.py")).arg(page).output()
    };
    let output = tokio::task::spawn_blocking(run).await.expect("joins").expect("the browser is driven");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}");
}
