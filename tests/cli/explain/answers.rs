//! What the answer holds and hides: as a plan has it, as JSON, beside a daemon; and a mapping on trial.

use serde_json::{Value, json};

use super::super::rig::Rig;
use super::{company, explained, group};

fn as_json(rig: &Rig, user: &str) -> Value {
    rig.expect(0, &["explain", user, "--json"]).json()
}

#[test]
fn what_is_redacted_is_in_no_part_of_it() {
    let (rig, ann) = company();
    rig.edit("entra-jostle-sync.toml", "attribute = \"department\"", "attribute = \"mail\"");
    rig.edit("entra-jostle-sync.toml", "filter = 'Not([department] = \"Out\")'", "");
    rig.expect(0, &["sync"]);
    rig.sim.graph().update_user(&ann, &json!({"department": "Dept-Y"})).expect("a change");
    rig.expect(0, &["plan"]);
    let all = format!("{}{}", explained(&rig, &ann), rig.expect(0, &["explain", &ann, "--json"]).stdout);
    assert!(!all.contains("Dept-"), "{all}");
    assert!(all.contains("nickName: [Redact] => [Redact]"), "{all}");
}

#[test]
fn the_same_as_json_and_the_same_as_a_plan() {
    let (rig, ann) = company();
    rig.sim.graph().update_user(&ann, &json!({"jobTitle": "Chief"})).expect("a change");
    rig.expect(0, &["plan"]);
    let answer = as_json(&rig, &ann);
    let mut keys: Vec<_> = answer.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "account",
            "choice",
            "decisions",
            "dirty",
            "drift",
            "entra_id",
            "held",
            "in_flight",
            "log",
            "mapping",
            "next_cycle",
            "now",
            "person",
            "read_at",
            "revisit",
            "scope",
            "user",
            "waiting"
        ]
    );
    assert_eq!(
        (&answer["entra_id"], &answer["dirty"], &answer["scope"]["in_scope"]),
        (&json!(ann), &json!(true), &json!(true))
    );
    let way = &answer["scope"]["rules"][1]["way"];
    assert_eq!((&way[0]["name"], &way[1]["name"]), (&json!("Sales"), &json!("Staff")));
    let attributes = answer["account"]["attributes"].as_array().expect("attributes");
    let title = attributes.iter().find(|attribute| attribute["attribute"] == "title").expect("title");
    assert_eq!(
        *title,
        json!({"attribute": "title", "sent": "Boss", "seen": "Boss", "differs": true, "desired": "Chief"})
    );
    let next = &answer["next_cycle"];
    assert_eq!(
        (&next["will"], &next["operation"], &next["due"]),
        (&json!("do"), &json!("update"), &json!(["changed"]))
    );
    let planned = rig.expect(0, &["plan", "--json"]).json();
    assert_eq!(next["changes"], planned["operations"][0]["changes"], "a plan says the same");
    assert_eq!(next["reason"], planned["operations"][0]["reason"]);
}

#[test]
fn works_beside_a_daemon() {
    let rig = Rig::new(0);
    rig.edit("entra-jostle-sync.toml", "every = \"1m\"", "every = \"1h\"\njitter = \"0s\"");
    let ann = rig.person("ann", &json!({}));
    let mut run = rig.start(&["run", "--json"]);
    run.line();
    rig.expect(9, &["sync"]);
    let answer = as_json(&rig, &ann);
    assert_eq!(answer["log"][0]["operation"], "create");
    run.terminate();
    run.finish();
}

#[test]
fn a_mapping_on_trial_knows_the_manager_the_groups_and_the_scope() {
    let rig = Rig::new(0);
    rig.append("entra-jostle-sync.toml", "\n[scope]\nwho = \"groups\"\ngroups = [\"Staff\"]\n");
    rig.append("mapping.toml", "\n[[attribute]]\ntarget = \"title\"\nsource = \"manager.displayName\"\n");
    let [ann, bo, cleo, dan] = ["ann", "bo", "cleo", "dan"].map(|alias| rig.person(alias, &json!({})));
    rig.sim.graph().set_manager(&ann, Some(&bo)).expect("a manager");
    let sales = group(&rig, "Sales", &[&ann, &cleo, &dan]);
    group(&rig, "Staff", &[&sales]);
    rig.expect(0, &["sync"]);
    rig.sim.graph().update_user(&cleo, &json!({"accountEnabled": false})).expect("a change");
    rig.sim.graph().delete_user(&dan).expect("deleted");
    rig.expect(0, &["plan"]);
    let value = |expression: &str, user: &str| {
        rig.expect(0, &["mapping", "eval", expression, "--user", user, "--json"]).json()["value"].clone()
    };
    assert_eq!(value("[manager.displayName]", &ann), "bo");
    assert_eq!(value("MemberOf(\"Staff\")", &ann), true);
    assert_eq!(value("MemberOf(\"Staff\")", &bo), false);
    for (user, is_soft_deleted) in [(&ann, false), (&bo, true), (&cleo, true), (&dan, true)] {
        assert_eq!(value("[IsSoftDeleted]", user), is_soft_deleted, "{user}");
    }
    let rows = rig.expect(0, &["mapping", "test", "--user", &ann]).stdout;
    assert!(rows.contains("read    manager.displayName = \"bo\""), "{rows}");
    // The scope counts, and no row of the mapping need be right for an expression to be tried.
    rig.edit(
        "entra-jostle-sync.toml",
        "groups = [\"Staff\"]",
        "groups = [\"Sales\"]\nfilter = 'Not(MemberOf(\"Sales\"))'",
    );
    std::fs::remove_file(rig.folder().join("mapping.toml")).expect("a mapping");
    assert_eq!(value("[IsSoftDeleted]", &ann), true);
}
