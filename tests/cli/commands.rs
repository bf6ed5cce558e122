//! What commands promise beside their exit code: who writes, what is asked, what people are told.

use serde_json::{Value, json};

use super::rig::Rig;

#[test]
fn a_plan_writes_nothing_and_is_what_the_sync_after_it_does() {
    let rig = Rig::new(60);
    let plan = rig.expect(0, &["plan", "--json"]).json();
    assert_eq!(rig.writes(), Vec::<String>::new());
    assert_eq!(rig.accounts(), 0);
    assert_eq!(rig.expect(0, &["plan", "--json"]).json(), plan, "a plan is forgotten once it is printed");
    let report = rig.expect(0, &["sync", "--json"]).json();
    assert_eq!(report["operations"], plan["counts"]);
    rig.assert_one_account_each();
}

#[test]
fn a_second_sync_does_nothing() {
    let rig = Rig::new(60);
    rig.expect(0, &["sync"]);
    rig.sim.clear_requests();
    let report = rig.expect(0, &["sync", "--json"]).json();
    assert!(report["operations"].as_object().expect("counts").values().all(|count| count == 0), "{report}");
    assert_eq!(rig.requests().len(), 1, "an idle cycle asks Graph once and Jostle never: {:?}", rig.requests());
    let plan = rig.expect(0, &["plan", "--detailed-exitcode", "--json"]).json();
    assert_eq!(plan["operations"], json!([]));
}

#[test]
fn one_person_on_demand_costs_four_requests_at_most() {
    let rig = Rig::new(60);
    let person = rig.employees().pop_first().expect("an employee");
    rig.sim.clear_requests();
    rig.expect(0, &["--provision-on-demand", &person]);
    assert!(rig.requests().len() <= 4, "{:?}", rig.requests());
    assert_eq!(rig.writes().len(), 1);
    rig.sim.clear_requests();
    let done = rig.expect(0, &["--provision-on-demand", &person]);
    assert!(rig.requests().len() <= 4 && rig.writes().is_empty(), "{:?}", rig.requests());
    for step in ["1. Connect", "2. Import", "3. Scope", "4. Match", "5. Act"] {
        assert!(done.stdout.contains(step), "{}", done.stdout);
    }
}

#[test]
fn a_check_asks_for_the_account_whose_key_is_used() {
    let rig = Rig::new(5);
    assert!(rig.expect(0, &["check"]).stdout.contains("ok       protected accounts"));
    let path = rig.folder().join("entra-jostle-sync.toml");
    let text = std::fs::read_to_string(&path).expect("the configuration");
    let names = "user_names = [\"automation@jostle.invalid\"]";
    assert!(text.contains(names), "{text}");
    std::fs::write(&path, text.replace(names, "user_names = []")).expect("written");
    let warned = rig.expect(0, &["check"]).stdout;
    assert!(warned.contains("warning  protected accounts") && warned.contains("Automation user"), "{warned}");
}

#[test]
fn a_check_reads_only_and_names_an_attribute_that_the_tenant_does_not_have() {
    let rig = Rig::new(5);
    rig.append("mapping.toml", "\n[[attribute]]\ntarget = \"title\"\nsource = \"jobTitle\"\n");
    rig.expect(0, &["check"]);
    rig.sim.jostle().set_switches(json!({"schema_missing_attribute": "title"})).expect("a switch");
    let done = rig.expect(3, &["check"]);
    let failed: Vec<_> = done.stdout.lines().filter(|line| line.starts_with("FAILED")).collect();
    assert!(failed.len() == 1 && done.flat().ends_with("take out of the mapping: title"), "{}", done.stdout);
    assert!(rig.sim.requests().iter().all(|request| request.method == "GET" || request.path.contains("/oauth2/")));
    assert!(!rig.folder().join("state.db").exists(), "a check makes no state");
}

#[test]
fn status_before_the_first_run_says_so_and_makes_no_state() {
    let rig = Rig::new(0);
    let done = rig.expect(1, &["status"]);
    assert!(done.stderr.contains("there is no such file; start the daemon once"), "{done:?}");
    assert_eq!(done.stdout, "");
    assert!(!rig.folder().join("state.db").exists());
}

#[test]
fn status_after_a_plan_does_not_pretend_that_a_cycle_ran() {
    let rig = Rig::new(5);
    rig.expect(0, &["plan"]);
    let done = rig.expect(0, &["status"]);
    assert!(done.stdout.contains("cycles       none yet"), "{}", done.stdout);
    assert_eq!(rig.expect(0, &["status", "--json"]).json()["cycles"], json!([]));
}

#[test]
fn status_names_who_failed_with_the_reason() {
    let rig = Rig::new(0);
    rig.person("nomail", &json!({"mail": null}));
    rig.expect(7, &["sync"]);
    let done = rig.expect(0, &["status"]);
    let (_, named) = done.stdout.split_once("nomail@corp.example: ").expect("named");
    let text = named.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("mail is empty in Entra"), "{text}");
    assert!(text.contains("waiting does not mend it: a change in Entra"), "{text}");
}

#[test]
fn the_demo_ends_with_both_sides_equal() {
    let done = super::rig::expect(0, super::rig::program(&["demo", "--users", "60", "--json", "--log-level", "warn"]));
    let shown = done.json();
    assert_eq!(shown["differences"], json!([]));
    assert_eq!(shown["people"], 60);
    let rows = shown["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 9);
    assert!(rows.iter().all(|row| row["pushed"] == row["expected"] && row["pushed"] != Value::Null), "{shown}");
}

#[test]
fn status_needs_no_secret_and_no_mapping() {
    let rig = Rig::new(2);
    rig.expect(0, &["sync"]);
    for file in ["client-secret", "jostle-api-key", "mapping.toml"] {
        std::fs::remove_file(rig.folder().join(file)).expect("a file of the configuration");
    }
    let status = rig.expect(0, &["status", "--json"]).json();
    assert_eq!(status["managed"], 2);
    rig.expect(3, &["sync"]);
}
