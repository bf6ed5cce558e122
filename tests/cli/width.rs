//! Every result for people fits a terminal of 80 columns, through a pipe as well.

use serde_json::json;

use super::rig::Rig;

/// The result of a command, on lines of which only those are longer that cannot be broken.
fn fitting(rig: &Rig, code: i32, arguments: &[&str]) -> String {
    let done = rig.expect(code, arguments);
    done.flat();
    done.stdout
}

/// Somebody whose values are long, and whose account shows others.
fn rig() -> Rig {
    let rig = Rig::new(0);
    rig.edit("entra-jostle-sync.toml", "first_cycle = \"apply\"\n", "");
    let long = "annabella.maximiliane.von.und.zu.hohenfels";
    rig.person("ann", &json!({"mail": format!("{long}@corp.example")}));
    rig.person("bob", &json!({}));
    for (alias, given) in [("ann", "Given"), ("bob", "Somebody Else")] {
        let mail = format!("{alias}.{long}@old.corp.example");
        let account = json!({
            "userName": format!("{alias}@corp.example"), "active": true,
            "name": {"givenName": given, "familyName": "Family"}, "emails": [{"type": "work", "value": mail}],
        });
        rig.sim.jostle().insert(account).expect("an account");
    }
    rig
}

#[test]
fn every_result_for_people_fits_a_terminal() {
    let rig = rig();
    let file = rig.folder().join("plan.json");
    let file = file.to_str().expect("UTF-8");
    fitting(&rig, 0, &["check"]);
    let plan = rig.expect(0, &["plan", "--out", file]).flat();
    for said in [
        "HELD: it is doubtful whose the accounts are; nothing is taken over or created before somebody has said so",
        "? the account shows the name Somebody Else Family, and the person is Given Family: it may be of somebody who",
    ] {
        assert!(plan.contains(said), "{said} in {plan}");
    }
    for typed in ["plan show", "apply"] {
        assert!(plan.contains(&format!("entra-jostle-sync {typed} {file}")), "{typed} in {plan}");
    }
    fitting(&rig, 0, &["plan", "show", file]);
    fitting(&rig, 11, &["sync"]);
    for command in [&["plan"][..], &["hold", "list"], &["hold", "show", "1"], &["hold", "show", "2"], &["status"]] {
        fitting(&rig, 0, command);
    }
    for hold in ["1.1", "2.1"] {
        fitting(&rig, 0, &["hold", "approve", hold]);
    }
    let sync = fitting(&rig, 0, &["sync"]);
    assert!(sync.starts_with("cycle 2 (incremental): 2 adopt; 0 skipped, 0 failed, 0 held;"), "{sync}");
    fitting(&rig, 0, &["explain", "ann@corp.example"]);
    fitting(&rig, 0, &["--provision-on-demand", "ann@corp.example"]);
    let drawn = fitting(&rig, 2, &["undo", "2"]);
    assert!(drawn.contains("emails[type eq \"work\"].value:"), "{drawn}");
    fitting(&rig, 0, &["reconcile"]);
    fitting(&rig, 7, &["apply", file]);
}

/// What is to be typed can be copied from the screen.
#[test]
fn a_command_stands_on_one_line() {
    let rig = rig();
    rig.expect(11, &["sync"]);
    let told = rig.expect(0, &["explain", "bob@corp.example"]).stdout;
    assert!(told.lines().any(|line| line.contains("entra-jostle-sync hold show ")), "{told}");
    let shown = rig.expect(0, &["hold", "show", "1"]).stdout + &rig.expect(0, &["hold", "show", "2"]).stdout;
    assert!(shown.lines().any(|line| line.contains("entra-jostle-sync link USER JOSTLE_ID")), "{shown}");
}
