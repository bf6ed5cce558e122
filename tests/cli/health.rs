//! How it does in one word, what there is to do, and what a monitor is told.

use entra_jostle_sync::simulator::{Fault, Side};
use serde_json::json;

use super::rig::{Rig, expect, program, status};

/// The line of `status --check` before its figures, with this exit code.
fn checked(rig: &Rig, code: i32) -> String {
    let done = rig.expect(code, &["status", "--check"]);
    assert_eq!((done.stdout.lines().count(), done.stderr.as_str()), (1, ""), "{done:?}");
    let (said, figures) = done.stdout.trim_end().split_once(" | ").unwrap_or((done.stdout.trim_end(), ""));
    assert!(figures.split(' ').all(|figure| figure.is_empty() || figure.contains('=')), "{figures}");
    said.to_owned()
}

#[test]
fn a_monitor_is_told_in_one_line_and_by_the_exit_code() {
    let rig = Rig::new(0);
    let ids = ["ann", "bob", "cid"].map(|alias| rig.person(alias, &json!({})));
    assert!(checked(&rig, 3).starts_with("UNKNOWN - cannot open the state file"));
    rig.expect(0, &["sync"]);
    assert_eq!(checked(&rig, 0), "OK - nothing has to be done");
    let figures = rig.expect(0, &["status", "--check"]).stdout;
    assert!(figures.contains(" | managed=3 held=0 failing=0 due=0 since_success="), "{figures}");

    rig.faults(vec![Fault::new(Side::Jostle, status(401))]);
    let disable = |id: &String| rig.sim.graph().update_user(id, &json!({"accountEnabled": false})).expect("a change");
    disable(&ids[0]);
    rig.expect(4, &["sync"]);
    let said = checked(&rig, 2);
    assert!(said.starts_with("CRITICAL - Jostle: ") && said.contains("make a new API key in Jostle"), "{said}");
    let json = rig.expect(2, &["status", "--check", "--json"]).json();
    assert_eq!(json["word"], "critical");

    rig.faults(Vec::new());
    ids[1..].iter().for_each(|id| drop(disable(id)));
    rig.expect(11, &["sync"]);
    let said = checked(&rig, 1);
    assert!(
        said.starts_with("WARNING - hold 1.1: 3 people wait for a decision") && said.contains("hold show 1.1"),
        "{said}"
    );
    let health = rig.expect(0, &["status", "--json"]).json()["health"].clone();
    assert_eq!((&health["word"], &health["findings"][0]["cause"]), (&json!("warning"), &json!("held")));
}

#[test]
fn a_date_that_was_configured_is_told_of_and_one_that_is_none_is_refused() {
    let rig = Rig::new(1);
    rig.expect(0, &["sync"]);
    rig.append("entra-jostle-sync.toml", "\n[health]\njostle_key_expires = \"2020-01-01\"\n");
    let said = checked(&rig, 2);
    assert!(said.starts_with("CRITICAL - the credentials for Jostle have expired on 2020-01-01: "), "{said}");
    rig.edit("entra-jostle-sync.toml", "\"2020-01-01\"", "\"soon\"");
    let said = checked(&rig, 3);
    assert!(said.contains("health.jostle_key_expires") && said.contains("write it like"), "{said}");
}

/// A new key is read at the start only, so that nothing short of it helps.
#[test]
fn whoever_does_what_the_remedy_of_a_refused_key_says_has_mended_it() {
    let rig = Rig::new(1);
    let file = rig.folder().join("jostle-api-key");
    let key = std::fs::read_to_string(&file).expect("a key");
    std::fs::write(&file, "jostle-revoked").expect("written");
    let mut run = rig.start(&["run"]);
    run.log_until("quarantine.entered", 1);
    let said = checked(&rig, 2);
    let told = "put it where [jostle] reads it; then entra-jostle-sync check, and systemctl restart entra-jostle-sync";
    assert!(said.ends_with(told), "{said}");
    std::fs::write(&file, key).expect("written");
    rig.expect(0, &["check"]);
    run.stop();
    let run = rig.idle();
    assert_eq!(checked(&rig, 0), "OK - nothing has to be done");
    run.stop();
}

#[test]
fn it_is_drawn_again_only_on_a_terminal() {
    let rig = Rig::new(1);
    let done = rig.expect(2, &["status", "--watch"]);
    assert!(done.stderr.contains("--watch draws on a terminal"), "{done:?}");
    expect(2, program(&["status", "--watch", "--check"]));
}
