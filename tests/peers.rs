//! Tests against servers and clients that are not ours; `tests/run` installs them and sets `PEERS_VENV`.

#![cfg(feature = "peers")]
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "tests may")]

mod common;
#[path = "peers/report.rs"]
mod report;
#[path = "peers/smtp.rs"]
mod smtp;

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use common::{Target, World, scenarios};
use entra_jostle_sync::simulator::{Simulator, SimulatorOptions};

const TOKEN: &str = "a-token-for-the-peer";

fn venv(program: &str) -> PathBuf {
    let venv =
        std::env::var_os("PEERS_VENV").expect("PEERS_VENV names the folder that tests/run installs the peers in");
    PathBuf::from(venv).join("bin").join(program)
}

fn peer(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(file)
}

/// One server for all tests, each with a tenant of its own; it ends with this process, whose pipe it reads.
fn server() -> &'static str {
    static SERVER: OnceLock<(Child, String)> = OnceLock::new();
    let start = || {
        let extension = concat!(env!("CARGO_MANIFEST_DIR"), "/src/jostle/jostle-extension-schema.json");
        let mut child = Command::new(venv("python"))
            .arg(peer("scim_server.py"))
            .args([extension, TOKEN])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the SCIM server starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        let address =
            line.trim().strip_prefix("Serving SCIM on ").expect("the address").trim_end_matches("/v2").to_owned();
        (child, address)
    };
    &SERVER.get_or_init(start).1
}

async fn world(tenant: &str) -> World {
    let base_url = format!("{}/{tenant}/v2", server());
    World::against(Target { base_url, api_key: TOKEN.to_owned() }).await
}

#[tokio::test]
async fn scim2_server_all_four_pushes() {
    scenarios::all_four_pushes(world("pushes").await).await;
}

#[tokio::test]
async fn scim2_server_deletion_and_restore() {
    scenarios::deletion_and_restore(world("deletion").await).await;
}

#[tokio::test]
async fn scim2_server_rename_keeps_the_account() {
    scenarios::rename_keeps_the_account(world("rename").await).await;
}

#[tokio::test]
async fn scim2_server_accounts_that_were_there_are_adopted() {
    scenarios::accounts_that_were_there_are_adopted(world("adoption").await).await;
}

#[tokio::test]
async fn scim2_server_special_characters() {
    scenarios::special_characters(world("characters").await).await;
}

#[tokio::test]
async fn scim2_server_special_characters_are_matched() {
    scenarios::special_characters_are_matched(world("matching").await).await;
}

#[tokio::test]
async fn scim2_server_every_form_of_attribute() {
    scenarios::every_form_of_attribute_is_set_changed_and_cleared(world("attributes").await).await;
}

#[tokio::test]
async fn scim2_server_deleted_account_is_not_created_again() {
    let delete = async |world: &World, id: &str| {
        let url = format!("{}/Users/{id}", world.target.base_url);
        let answer = reqwest::Client::new().delete(url).bearer_auth(TOKEN).send().await.expect("an answer");
        assert!(answer.status().is_success());
    };
    scenarios::an_account_deleted_by_an_administrator_is_not_created_again(world("gone").await, delete).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scim2_tester_finds_no_error_in_the_simulated_jostle() {
    let simulator = Simulator::start(SimulatorOptions { users: 0, ..Default::default() }).await.expect("starts");
    let details = simulator.details().clone();
    let venv = PathBuf::from(std::env::var_os("PEERS_VENV").expect("PEERS_VENV"));
    let run = move || {
        let script = peer("scim2_tester.sh");
        Command::new("sh").arg(script).args([details.jostle_base_url, details.jostle_api_key]).arg(venv).output()
    };
    let output = tokio::task::spawn_blocking(run).await.expect("joins").expect("the tester runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

/// Runs one of Microsoft's clients against a tenant of so many people over TLS.
async fn client_of_graph(script: &'static str, users: usize) {
    let options = SimulatorOptions { users, tls: true, ..Default::default() };
    let simulator = Simulator::start(options).await.expect("starts");
    let folder = tempfile::tempdir().expect("a folder");
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, simulator.ca_pem().expect("a CA")).expect("written");
    let mut details = simulator.details().clone();
    details.ca_file = Some(ca_file);
    let run = move || {
        let mut child = Command::new(venv("python"))
            .arg(peer(script))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the client starts");
        let json = serde_json::to_vec(&details).expect("JSON");
        child.stdin.take().expect("piped").write_all(&json).expect("the details are read");
        child.wait_with_output()
    };
    let output = tokio::task::spawn_blocking(run).await.expect("joins").expect("the client runs");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn msal_gets_a_token_over_tls_and_reads_people_with_it() {
    client_of_graph("msal_token.py", 20).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_graph_sdk_reads_groups_managers_assignments_and_the_job() {
    client_of_graph("msgraph_groups.py", 60).await;
}
