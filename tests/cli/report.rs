//! `report`: one page of HTML about a period, in a file.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use entra_jostle_sync::simulator::Fault;
use scraper::{Html, Selector};
use serde_json::{Value, json};

use super::log::REDACTED;
use super::reconcile::{by_hand, given};
use super::rig::{Done, Rig, status};

/// Ann was created and is held, Bob deactivated, Cid fails, and Dee was changed in Jostle.
fn rig() -> Rig {
    let rig = Rig::new(0);
    rig.append("mapping.toml", REDACTED);
    let people = ["ann", "bob", "cid", "dee"];
    let [ann, bob, cid, _] = people.map(|alias| rig.person(alias, &json!({"employeeId": "Whisper1"})));
    rig.expect(0, &["sync"]);
    rig.sim.graph().update_user(&bob, &json!({"accountEnabled": false})).expect("a change");
    rig.sim.graph().update_user(&cid, &json!({"surname": "<b>\"Tag\"</b>"})).expect("a change");
    let cids = rig.sim.jostle().users_json().into_iter().find(|user| user["userName"] == "cid@corp.example");
    let path = cids.expect("created")["id"].as_str().expect("an id").to_owned();
    let effect = serde_json::to_value(status(400)).expect("an effect");
    let fault = json!({"side": "jostle", "method": "PATCH", "path": path, "effect": effect});
    rig.faults(vec![serde_json::from_value::<Fault>(fault).expect("a fault")]);
    rig.expect(7, &["sync"]);
    rig.faults(Vec::new());
    by_hand(&rig, "dee", &given("<i>Changed</i>"));
    rig.expect(10, &["reconcile"]);
    rig.append("entra-jostle-sync.toml", "\n[limits.update]\ncount = 0\npercent = 0\n");
    let change = json!({"givenName": "Anne & Co", "employeeId": "Whisper2"});
    rig.sim.graph().update_user(&ann, &change).expect("a change");
    rig.expect(11, &["sync"]);
    rig
}

fn out(rig: &Rig) -> PathBuf {
    rig.folder().join("report.html")
}

fn report(rig: &Rig, code: i32, file: &Path, more: &[&str]) -> Done {
    rig.expect(code, &[&["report", "--out", file.to_str().expect("UTF-8")], more].concat())
}

/// The texts of what a selector finds, in one line each.
fn texts(page: &str, selector: &str) -> Vec<String> {
    let (page, selector) = (Html::parse_document(page), Selector::parse(selector).expect("a selector"));
    let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    page.select(&selector).map(|element| words(element.text().collect())).collect()
}

fn text(page: &str, heading: &str) -> String {
    texts(page, &format!("section[aria-labelledby={heading}-heading]")).join(" ")
}

#[test]
fn the_page_tells_what_happened_and_what_there_is_to_do() {
    let rig = rig();
    let done = report(&rig, 0, &out(&rig), &[]);
    assert!(done.stdout.starts_with("report of ") && done.stdout.lines().count() == 1, "{done:?}");
    assert!(done.stdout.ends_with(&format!(" written to {}\n", out(&rig).display())), "{done:?}");
    let page = std::fs::read_to_string(out(&rig)).expect("a page");
    for (section, said) in [
        ("health", "! warning"),
        ("health", "entra-jostle-sync hold approve 1.1"),
        ("operations", "create 4"),
        ("operations", "deactivate 1"),
        ("failures", "400"),
        ("failures", "cid@corp.example"),
        ("failures", "What to do: Correct the value in Entra"),
        ("people", "Created: 4 accounts"),
        ("people", "bob@corp.example"),
        ("held", "Hold 1.1: 1 account would be updated"),
        ("held", "name.givenName \"Given\" → \"Anne & Co\""),
        ("held", "nickName [Redact] → [Redact]"),
        ("drift", "Values that were changed in Jostle: 1"),
        ("drift", "name.givenName \"Given\" → \"<i>Changed</i>\""),
        ("cycles", "4 cycles began in this period."),
    ] {
        assert!(text(&page, section).contains(said), "{said} in {}", text(&page, section));
    }
    let measured = texts(&page, "#latency-table ~ tbody tr");
    assert!(measured.len() == 3 && measured[0].starts_with("all5"), "{measured:?}");
    let tenant = &rig.sim.details().tenant_id;
    assert!(texts(&page, "header").join(" ").contains(tenant), "whose it is");
    assert_eq!((texts(&page, "i"), texts(&page, "b b")), (Vec::new(), Vec::new()), "a value is no element");
    assert!(!page.contains("Whisper"));
}

/// What was logged, found and held before the row said so is hidden as well.
#[test]
fn what_is_to_be_redacted_now_is_hidden_everywhere() {
    let rig = rig();
    rig.edit("mapping.toml", "target = \"name.givenName\"", "target = \"name.givenName\"\nredact = true");
    report(&rig, 0, &out(&rig), &[]);
    let page = std::fs::read_to_string(out(&rig)).expect("a page");
    assert!(!page.contains("Changed&lt;") && !page.contains("Anne"), "hidden");
    assert!(text(&page, "drift").contains("name.givenName [Redact] → [Redact]"));
}

#[test]
fn a_report_is_replaced_and_nothing_else_is() {
    let rig = rig();
    let file = out(&rig);
    for _ in 0..2 {
        report(&rig, 0, &file, &[]);
        assert_eq!(file.metadata().expect("a file").permissions().mode() & 0o777, 0o600);
    }
    let link = rig.folder().join("link.html");
    symlink(&file, &link).expect("a link");
    std::fs::write(&file, "").expect("an empty file");
    report(&rig, 0, &link, &[]);
    assert!(link.is_symlink() && file.metadata().expect("a file").len() > 1000, "what the link leads to");
    let precious = rig.folder().join("precious");
    std::fs::write(&precious, "<!DOCTYPE html>mine").expect("a file");
    let refused = |file: &Path, why: &str| {
        let done = report(&rig, 1, file, &[]);
        assert!(done.stderr.contains(why) && done.stderr.contains(file.to_str().expect("UTF-8")), "{done:?}");
        assert_eq!(done.stdout, "");
    };
    refused(&precious, "it is no report");
    refused(&rig.folder().join("state.db"), "it is no report");
    refused(rig.folder(), "it is a directory");
    refused(Path::new("/dev/null"), "it is no file");
    refused(&rig.folder().join("no/report.html"), "check that its directory exists");
    assert_eq!(std::fs::read_to_string(&precious).expect("a file"), "<!DOCTYPE html>mine");
    let partial = |entry: std::io::Result<std::fs::DirEntry>| entry.expect("an entry").file_name().into_string();
    let names = std::fs::read_dir(rig.folder()).expect("a folder").map(partial);
    assert!(names.map(Result::unwrap).all(|name| !name.ends_with(".partial")), "nothing is left lying");
}

#[test]
fn it_goes_to_stdout_or_says_as_json_where_it_is() {
    let rig = rig();
    let page = report(&rig, 0, Path::new("-"), &[]).stdout;
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>"), "the page alone");
    let done = report(&rig, 0, &out(&rig), &["--json", "--since", "2h"]).json();
    let bytes = out(&rig).metadata().expect("a file").len();
    assert_eq!((&done["file"], &done["bytes"]), (&json!(out(&rig)), &json!(bytes)));
    let keys: Vec<_> = done.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys, ["bytes", "file", "since", "until"]);
    let done = report(&rig, 2, Path::new("-"), &["--json"]);
    assert!(done.stdout.is_empty() && done.stderr.contains("--out -"), "{done:?}");
}

#[test]
fn a_period_of_nothing_is_a_page_that_says_so() {
    let rig = rig();
    let page = report(&rig, 0, Path::new("-"), &["--since", "2199-01-01"]).stdout;
    assert_eq!(text(&page, "operations"), "OperationsNothing was done to anybody in this period.");
    assert!(text(&page, "held").contains("Hold 1.1"), "what is, is told whatever the period");
    let done = report(&rig, 2, Path::new("-"), &["--since", "yesterday"]);
    assert!(done.stderr.contains("a span like 2h or 7d"), "{done:?}");
}

#[test]
fn whoever_was_purged_is_not_in_it() {
    let rig = rig();
    let users = rig.sim.graph().users();
    let bob = users.iter().find(|user| user["mail"] == "bob@corp.example").expect("bob")["id"].clone();
    rig.sim.graph().purge_user(bob.as_str().expect("an id")).expect("deleted for good");
    rig.expect(11, &["sync"]);
    let accounts = rig.sim.jostle().users_json();
    let account = |user: &&Value| user["userName"] == "bob@corp.example";
    assert!(rig.sim.jostle().remove(accounts.iter().find(account).expect("an account")["id"].as_str().expect("an id")));
    rig.expect(10, &["reconcile"]);
    let page = || report(&rig, 0, Path::new("-"), &[]).stdout;
    assert!(page().contains("bob@"));
    rig.expect(0, &["purge", "bob@corp.example", "--yes"]);
    assert!(!page().contains("bob@"));
}

#[test]
fn it_is_made_beside_a_daemon_and_writes_nothing() {
    let rig = rig();
    let daemon = rig.idle();
    let written = rig.writes();
    let page = report(&rig, 0, Path::new("-"), &[]).stdout;
    assert!(text(&page, "cycles").contains("5 cycles began in this period."), "{}", text(&page, "cycles"));
    assert_eq!(rig.writes(), written);
    daemon.stop();
}
