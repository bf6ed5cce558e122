//! `explain`: everything that is known of one person, from the state alone.

mod answers;
mod people;

use serde_json::json;

use super::rig::{Done, Rig};

/// Explains somebody, which must fit a terminal and ask nobody.
fn explained(rig: &Rig, user: &str) -> String {
    let before = rig.requests().len();
    let Done { stdout, .. } = rig.expect(0, &["explain", user]);
    for line in stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(!stdout.contains('\u{1b}'), "no colours in a pipe");
    assert_eq!(rig.requests().len(), before, "nobody is asked");
    stdout
}

/// Without line breaks, for texts that may be broken anywhere.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn group(rig: &Rig, name: &str, members: &[&str]) -> String {
    let group = rig.sim.graph().create_group(&json!({"displayName": name})).expect("a group");
    let id = group["id"].as_str().expect("an id").to_owned();
    for member in members {
        rig.sim.graph().add_member(&id, member).expect("a member");
    }
    id
}

/// Staff holds Sales; two filters, an expression and a row that is redacted.
const SCOPE: &str = r#"
[scope]
who = "groups"
groups = ["Staff"]
hire_days_before = 3
time_zone = "Europe/Berlin"
filter = 'Not([department] = "Out")'

[[scope.filters]]
title = "no temps"
[[scope.filters.clauses]]
attribute = "department"
operator = "NOT EQUALS"
value = "Temp"

[[scope.filters]]
title = "the board"
[[scope.filters.clauses]]
attribute = "jobTitle"
operator = "IS NULL"

[actions]
grace_days = 14
"#;

const ROWS: &str = r#"
[[attribute]]
target = "title"
source = "jobTitle"

[[attribute]]
target = "nickName"
expression = 'Redact(Append([department], "!"))'
"#;

/// Ann in Sales, which is in Staff, with an account.
fn company() -> (Rig, String) {
    let rig = Rig::new(0);
    rig.append("entra-jostle-sync.toml", SCOPE);
    rig.append("mapping.toml", ROWS);
    let ann = rig.person(
        "ann",
        &json!({"department": "Dept-X", "jobTitle": "Boss", "employeeHireDate": "2020-01-02T00:00:00Z"}),
    );
    let sales = group(&rig, "Sales", &[&ann]);
    group(&rig, "Staff", &[&sales]);
    rig.expect(0, &["sync"]);
    (rig, ann)
}
