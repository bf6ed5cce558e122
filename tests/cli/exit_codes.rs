//! Every exit code of the README's table, and what stderr says beside it.

use entra_jostle_sync::simulator::{Fault, Side};
use entra_jostle_sync::store::Lock;
use serde_json::json;

use super::rig::{Rig, expect, program, status};

#[test]
fn a_sync_that_did_everything_ends_with_0() {
    let rig = Rig::new(0);
    rig.person("ann", &json!({}));
    rig.expect(0, &["sync"]);
    rig.assert_one_account_each();
}

#[test]
fn a_wrong_command_line_ends_with_2_and_says_what_is_wrong() {
    let cases: [(&[&str], &str); 6] = [
        (&[], "Usage:"),
        (&["--json"], "Usage:"),
        (&["synch"], "synch"),
        (&["--provision-on-demand", "ann@corp.example", "sync"], "--provision-on-demand"),
        (&["sync", "--provision-on-demand", "ann@corp.example"], "--provision-on-demand"),
        (&["sync", "--log-format", "xml"], "xml"),
    ];
    for (arguments, told) in cases {
        let done = expect(2, program(arguments));
        assert!(done.stderr.contains(told), "{arguments:?}: {done:?}");
        assert_eq!(done.stdout, "", "{arguments:?}");
    }
}

#[test]
fn a_wrong_configuration_ends_with_3_and_every_problem_is_named() {
    let rig = Rig::new(0);
    let done = expect(3, program(&["sync", "--json", "--config", "/no/such/entra-jostle-sync.toml"]));
    assert!(done.stderr.contains("/no/such/entra-jostle-sync.toml"), "{done:?}");
    assert_eq!(done.stdout, "");

    rig.edit("entra-jostle-sync.toml", "every = \"1m\"", "every = \"1s\"\nevry = 1");
    rig.edit("entra-jostle-sync.toml", "concurrency = 16", "concurrency = 0");
    rig.edit("entra-jostle-sync.toml", "tenant_id = ", "tenant = ");
    rig.edit("mapping.toml", "source = \"surname\"", "source = \"surnam\"");
    for command in ["sync", "plan", "check", "run"] {
        let done = rig.expect(3, &[command]);
        for key in ["schedule.every", "schedule.evry", "jostle.concurrency", "entra.tenant_id", "surnam"] {
            assert!(done.stderr.contains(key), "{command} does not name {key}: {}", done.stderr);
        }
    }
    assert!(rig.sim.requests().is_empty(), "nothing is asked with a wrong configuration");
}

#[test]
fn refused_credentials_end_with_4_and_name_the_side() {
    for (file, side) in [("client-secret", "Entra"), ("jostle-api-key", "Jostle")] {
        let rig = Rig::new(0);
        rig.person("ann", &json!({}));
        std::fs::write(rig.folder().join(file), "wrong").expect("written");
        for arguments in [&["sync"][..], &["plan"], &["check"], &["--provision-on-demand", "ann@corp.example"]] {
            let done = rig.expect(4, arguments);
            let told = format!("{}{}", done.stdout, done.stderr);
            assert!(told.contains(side), "{arguments:?}: {told}");
        }
        assert_eq!(rig.accounts(), 0);
    }
}

#[test]
fn credentials_that_do_not_suffice_end_with_4() {
    let rig = Rig::new(0);
    rig.person("ann", &json!({}));
    rig.faults(vec![Fault::new(Side::Jostle, status(403))]);
    rig.expect(4, &["sync"]);
    rig.faults(Vec::new());
    let mut switches = rig.sim.graph().switches();
    switches.roles.clear();
    rig.sim.graph().set_switches(switches).expect("a switch");
    let done = rig.expect(4, &["check"]);
    assert!(done.stdout.contains("User.Read.All"), "{done:?}");
    rig.expect(4, &["sync"]);
}

#[test]
fn check_names_the_permission_of_everything_that_the_scope_needs() {
    let rig = Rig::new(0);
    let scope = format!(
        "[scope]\nwho = \"assigned\"\napp_id = \"{}\"\nleave_at = \"18:00\"\n\n[state]",
        rig.sim.details().app_id
    );
    rig.edit("entra-jostle-sync.toml", "[state]", &scope);
    let mut switches = rig.sim.graph().switches();
    switches.roles = vec!["User.Read.All".to_owned()];
    rig.sim.graph().set_switches(switches.clone()).expect("a switch");
    let needed = ["User-LifeCycleInfo.Read.All", "GroupMember.Read.All", "Application.Read.All"];
    let done = rig.expect(4, &["check"]);
    for permission in needed {
        assert!(done.flat().contains(permission), "{permission}: {done:?}");
    }
    switches.roles.extend(needed.map(str::to_owned));
    rig.sim.graph().set_switches(switches).expect("a switch");
    let done = rig.expect(0, &["check"]);
    for permission in needed {
        assert!(done.stdout.contains(&format!("works, with {permission}")), "{permission}: {done:?}");
    }
}

#[test]
fn an_unreachable_entra_ends_with_5() {
    let rig = Rig::new(0);
    let (_held, address) = rig.closed_port();
    let authority = format!("authority = \"{}\"", rig.sim.details().authority);
    rig.edit("entra-jostle-sync.toml", &authority, &format!("authority = \"http://{address}\""));
    let done = rig.expect(5, &["sync"]);
    assert!(done.stderr.contains("Entra") && done.stderr.contains("connection refused"), "{done:?}");
}

#[test]
fn an_unreachable_jostle_ends_with_6_and_the_report_says_why() {
    let rig = Rig::new(0);
    rig.person("ann", &json!({}));
    let (_held, address) = rig.closed_port();
    let base_url = rig.sim.details().jostle_base_url.clone();
    rig.edit("entra-jostle-sync.toml", &base_url, &format!("http://{address}/scim2"));
    let done = rig.expect(6, &["sync", "--json"]);
    let error = done.json()["error"].as_str().expect("an error").to_owned();
    assert!(error.contains("Jostle") && error.contains("connection refused"), "{error}");
}

#[test]
fn a_person_who_fails_ends_with_7_and_the_rest_is_done() {
    let rig = Rig::new(0);
    rig.person("ann", &json!({}));
    rig.person("bob", &json!({"mail": null}));
    let done = rig.expect(7, &["sync"]);
    assert!(done.stdout.contains("1 create") && done.stdout.contains("1 failed"), "{done:?}");
    assert_eq!(rig.accounts(), 1);
    let done = rig.expect(7, &["--provision-on-demand", "bob@corp.example"]);
    assert!(done.flat().contains("mail is empty in Entra"), "{done:?}");
}

#[test]
fn somebody_nobody_knows_ends_with_8() {
    let rig = Rig::new(0);
    let done = rig.expect(8, &["--provision-on-demand", "nobody@corp.example"]);
    assert!(done.stdout.contains("nobody@corp.example"), "{done:?}");
}

#[test]
fn several_people_are_all_reported_and_an_unknown_one_decides_the_code() {
    let rig = Rig::new(0);
    rig.person("ann", &json!({}));
    rig.person("bob", &json!({"mail": null}));
    let people = ["ann@corp.example", "nobody@corp.example", "bob@corp.example"];
    for order in [[0, 1, 2], [2, 1, 0]] {
        let mut arguments = vec!["--json"];
        for index in order {
            arguments.extend(["--provision-on-demand", people[index]]);
        }
        let answers = rig.expect(8, &arguments).json();
        let users: Vec<_> = answers.as_array().expect("a list").iter().map(|answer| answer["user"].clone()).collect();
        assert_eq!(users, order.map(|index| people[index]));
        assert!(answers[1]["error"].as_str().expect("an error").contains("nobody@corp.example"), "{answers}");
    }
    assert_eq!(rig.accounts(), 1);
}

#[test]
fn what_was_done_for_the_first_is_told_although_jostle_fails_at_the_second() {
    let rig = Rig::new(0);
    rig.person("ann", &json!({}));
    rig.person("bob", &json!({}));
    rig.faults(vec![Fault::new(Side::Jostle, status(401)).path("bob")]);
    let arguments =
        ["--json", "--provision-on-demand", "ann@corp.example", "--provision-on-demand", "bob@corp.example"];
    let done = rig.expect(4, &arguments);
    let answers = done.json();
    assert_eq!((&answers[0]["operation"], &answers[1]["status"]), (&json!("create"), &json!("failure")), "{done:?}");
    assert!(done.stderr.contains("Jostle"), "{done:?}");
}

#[test]
fn a_state_that_another_process_holds_ends_with_9_and_names_it() {
    let rig = Rig::new(0);
    rig.expect(0, &["sync"]);
    let lock = Lock::acquire(&rig.folder().join("state.db")).expect("free");
    let holder = format!("process {} ", std::process::id());
    // The last two would hand it over, but the holder is none that takes it.
    let commands = [&["sync"][..], &["run"], &["--provision-on-demand", "ann@corp.example"], &["retry", "--all"]];
    for arguments in commands {
        let done = rig.expect(9, arguments);
        assert!(done.stderr.contains(&holder), "{arguments:?}: {done:?}");
    }
    for arguments in [&["check"][..], &["plan"], &["status"]] {
        rig.expect(0, arguments);
    }
    drop(lock);
    rig.expect(0, &["sync"]);
}

#[test]
fn a_plan_with_something_to_do_ends_with_10_only_if_asked() {
    let rig = Rig::new(0);
    let ann = rig.person("ann", &json!({}));
    rig.expect(10, &["plan", "--detailed-exitcode"]);
    rig.expect(0, &["plan"]);
    rig.expect(0, &["sync"]);
    rig.expect(0, &["plan", "--detailed-exitcode"]);
    rig.sim.graph().update_user(&ann, &json!({"givenName": "Anne"})).expect("a change");
    let done = rig.expect(10, &["plan", "--detailed-exitcode"]);
    assert!(done.stdout.contains("\"Given\" => \"Anne\""), "{done:?}");
}

#[test]
fn a_mass_deactivation_ends_with_11_and_the_plan_says_which() {
    let rig = Rig::new(0);
    let ids: Vec<_> = (0..20).map(|number| rig.person(&format!("p{number}"), &json!({}))).collect();
    rig.expect(0, &["sync"]);
    for id in &ids[..15] {
        rig.sim.graph().update_user(id, &json!({"accountEnabled": false})).expect("a change");
    }
    let report = rig.expect(11, &["sync", "--json"]).json();
    assert_eq!((&report["held"], &report["operations"]["deactivate"]), (&json!(15), &json!(0)));
    let done = rig.expect(10, &["plan", "--detailed-exitcode"]);
    assert!(done.stdout.contains("15 held") && done.stdout.contains("p3@corp.example"), "{done:?}");
    rig.assert_everybody_active(20);
}
