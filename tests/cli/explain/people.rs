//! Everybody who may be explained: in scope, out of it, gone, new, failing, unknown.

use serde_json::json;

use super::super::rig::Rig;
use super::{company, explained, flat, group};

/// With a word in the place of what differs from run to run: times and ids.
fn stable(text: &str) -> String {
    let is_id = |word: &str| word.len() >= 32 && word.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    let is_time = |word: &str| word.len() == 20 && word.starts_with("20") && word.ends_with('Z');
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        for word in line.split_inclusive([' ', '\n', '(', ')', ';']) {
            let bare = word.trim_end_matches([' ', '\n', '(', ')', ';']);
            let mark = if is_id(bare) {
                "ID"
            } else if is_time(bare) {
                "TIME"
            } else {
                bare
            };
            out.push_str(&word.replacen(bare, mark, 1));
        }
    }
    out
}

#[test]
fn somebody_in_scope_by_a_nested_group() {
    let (rig, ann) = company();
    let text = explained(&rig, "ANN@corp.example");
    let (_, from_scope) = text.split_once("SCOPE\n").expect("a scope");
    let (scope, rest) = from_scope.split_once("\nMAPPING\n").expect("a mapping");
    let (mapping, rest) = rest.split_once("\nJOSTLE\n").expect("an account");
    insta::assert_snapshot!(stable(&format!("SCOPE\n{scope}")), @r#"
    SCOPE
      in scope: in one of the groups (scope.groups)
      yes scope.guests: no guest
      yes scope.who: member of Sales, which is in Staff
            ann@corp.example > Sales > Staff
      yes scope.filters: no temps
            yes department NOT EQUALS "Temp", and has "Dept-X"
      no  scope.filters: the board
            no  jobTitle IS NULL, and has "Boss"
      yes scope.filter: Not([department] = "Out")
            [department] = "Dept-X"
            [department] = "Out" = false
            Not([department] = "Out") = true
      yes scope.hire_days_before: employeeHireDate is 2020-01-02T00:00:00Z: in scope
          from 2019-12-30 00:00 Europe/Berlin
      groups    Sales (ID)
                Staff (ID)
    "#);
    insta::assert_snapshot!(stable(&format!("JOSTLE\n{rest}")), @r#"
    JOSTLE
      id        ID
      link      created by us
      state     active

      attribute                     sent                seen
      userName                      "ann@corp.example"  "ann@corp.example"
      name.givenName                "Given"             "Given"
      name.familyName               "Family"            "Family"
      emails[type eq "work"].value  "ann@corp.example"  "ann@corp.example"
      active                        true                true
      title                         "Boss"              "Boss"
      nickName                      "[Redact]"          "[Redact]"

    LOG
      TIME cycle 1: create: success
          userName: (none) => "ann@corp.example"
          name.givenName: (none) => "Given"
          name.familyName: (none) => "Family"
          emails[type eq "work"].value: (none) => "ann@corp.example"
          title: (none) => "Boss"
          nickName: (none) => [Redact]
          active: (none) => true

    NEXT CYCLE
      when      no daemon has announced one
      due       no: nothing changed, and no date or retry has come
      would do  nothing: nothing to change
    "#);
    let rows = rig.expect(0, &["mapping", "test", "--user", &ann]).stdout;
    assert_eq!(rows.split_once("\n\n").expect("rows").1, mapping, "the rows are those of mapping test");
}

#[test]
fn somebody_filtered_out_is_in_grace_and_has_what_would_be_done_then() {
    let (rig, ann) = company();
    rig.sim.graph().update_user(&ann, &json!({"department": "Temp", "jobTitle": "B"})).expect("a change");
    rig.expect(0, &["sync"]);
    let text = flat(&explained(&rig, &ann));
    for said in [
        "out of scope: no filter lets the person pass (scope.filters) yes scope.guests",
        "no scope.filters: no temps no department NOT EQUALS \"Temp\", and has \"Temp\"",
        "no scope.filters: the board no jobTitle IS NULL, and has \"B\"",
        "14 days of grace (actions.grace_days)",
        "due no: nothing changed",
        "in 13 d 23 h: the days of grace are over",
        "would do nothing: no longer in scope",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    rig.edit("entra-jostle-sync.toml", "grace_days = 14", "grace_days = 0");
    let text = flat(&explained(&rig, &ann));
    for said in [
        "due the mapping, the scope or the actions changed, so everybody is looked at",
        "will do deactivate: no longer in scope: no filter lets the person pass (scope.filters) active: true => false",
        "limits may be held: more than 10 accounts deactivated in one cycle",
        "active true true false",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    rig.edit("entra-jostle-sync.toml", "[limits]\n", "[limits]\ndeactivate.count = 0\n");
    assert!(flat(&explained(&rig, &ann)).contains("limits is held even alone: more than 0"));
    // What was explained is what is done.
    rig.expect(11, &["sync"]);
}

#[test]
fn somebody_disabled_and_somebody_deleted() {
    let rig = Rig::new(0);
    let [ann, bob, cleo] = ["ann", "bob", "cleo"].map(|alias| rig.person(alias, &json!({})));
    for stays in ["dee", "eve", "fay"] {
        rig.person(stays, &json!({}));
    }
    rig.expect(0, &["sync"]);
    rig.sim.graph().update_user(&ann, &json!({"accountEnabled": false})).expect("a change");
    rig.sim.graph().delete_user(&bob).expect("deleted");
    rig.sim.graph().delete_user(&cleo).expect("deleted");
    rig.sim.graph().purge_user(&cleo).expect("purged");
    rig.expect(0, &["plan"]);
    for (id, state, verdict, reason) in [
        (&ann, "exists, sign-in is blocked", "sign-in is blocked", "sign-in is blocked in Entra"),
        (&bob, "deleted (in the recycle bin), seen at 20", "deleted", "deleted in Entra (in the recycle bin)"),
        (&cleo, "deleted for good, seen at 20", "deleted", "deleted for good in Entra"),
    ] {
        let text = flat(&explained(&rig, id));
        assert!(text.contains(&format!("state {state}")), "{text}");
        assert!(text.contains(&format!("SCOPE out of scope: {verdict}")), "{text}");
        assert!(text.contains("due marked: changed in Entra"), "{text}");
        assert!(text.contains(&format!("will do deactivate: {reason} active: true => false")), "{text}");
    }
    rig.expect(0, &["sync"]);
    for id in [&ann, &bob, &cleo] {
        let text = flat(&explained(&rig, id));
        assert!(text.contains("state inactive") && text.contains("nothing: already inactive"), "{text}");
        assert!(text.contains("cycle 2: deactivate: success"), "{text}");
    }
    rig.append("entra-jostle-sync.toml", "\n[actions]\ndelete = { after_days = 30 }\n");
    let text = flat(&explained(&rig, &cleo));
    assert!(text.contains("in 29 d 23 h: the days of actions.delete are over"), "{text}");
}

#[test]
fn somebody_new_is_looked_for_in_jostle() {
    let rig = Rig::new(0);
    let ann = rig.person("ann", &json!({}));
    rig.expect(0, &["plan"]);
    let text = flat(&explained(&rig, &ann));
    assert!(text.contains("JOSTLE no account is linked LOG nothing of this person is in the log"), "{text}");
    let said = "will do looks for an account with the userName ann@corp.example and adopts it; if there is none: create: \
                in scope, and no account has the userName userName: (none) => \"ann@corp.example\"";
    assert!(text.contains(said), "{text}");
    rig.append("entra-jostle-sync.toml", "\n[actions]\ncreate = false\n");
    let text = flat(&explained(&rig, &ann));
    assert!(text.contains("if there is none: nothing: switched off by actions.create = false"), "{text}");
}

#[test]
fn somebody_whose_mapping_fails_waits_with_the_reason() {
    let rig = Rig::new(0);
    let ann = rig.person("ann", &json!({"givenName": "x".repeat(31)}));
    rig.expect(7, &["sync"]);
    let text = flat(&explained(&rig, &ann));
    let printed = explained(&rig, &ann);
    let (_, next) = printed.split_once("\nNEXT CYCLE\n").expect("a cycle");
    insta::assert_snapshot!(stable(&format!("NEXT CYCLE\n{next}")), @"
    NEXT CYCLE
      when      no daemon has announced one
      waiting   1 failed attempt since TIME; the next only after a
                change in Entra or of the configuration
                mapping: name.givenName takes 30 characters, and givenName has 31:
                shorten it in Entra
      due       no: nothing changed, and no date or retry has come
      would do  FAILS (mapping): name.givenName takes 30 characters, and givenName
                has 31: shorten it in Entra
    ");
    for said in [
        "result FAILS: name.givenName takes 30 characters, and givenName has 31",
        "cycle 1: failure name.givenName takes 30 characters",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
}

#[test]
fn somebody_whom_nobody_knows_and_a_name_that_several_have() {
    let rig = Rig::new(0);
    let done = rig.expect(1, &["explain", "ann@corp.example"]);
    assert!(done.stderr.contains("start the daemon once"), "{done:?}");
    let twins = ["bo", "bob"].map(|alias| rig.person(alias, &json!({"mail": "team@corp.example"})));
    rig.expect(0, &["plan"]);
    let done = rig.expect(8, &["explain", "nobody@corp.example"]);
    assert!(done.stderr.contains("does not know \"nobody@corp.example\"; Entra was last read at 20"), "{done:?}");
    assert_eq!(done.stdout, "");
    let done = rig.expect(8, &["explain", "team@corp.example"]);
    assert!(twins.iter().all(|id| done.stderr.contains(id.as_str())), "{done:?}");
}

#[test]
fn the_chain_of_an_assignment_ends_at_the_application_and_the_manager_is_named() {
    let rig = Rig::new(0);
    let app_id = rig.sim.details().app_id.clone();
    rig.append("entra-jostle-sync.toml", &format!("\n[scope]\nwho = \"assigned\"\napp_id = {app_id:?}\n"));
    rig.append("mapping.toml", "\n[[attribute]]\ntarget = \"title\"\nsource = \"manager.displayName\"\n");
    let [ann, bo] = ["ann", "bo"].map(|alias| rig.person(alias, &json!({})));
    rig.sim.graph().set_manager(&ann, Some(&bo)).expect("a manager");
    let sales = group(&rig, "Sales", &[&ann]);
    let staff = group(&rig, "Staff", &[&sales]);
    rig.sim.graph().assign(&staff, None).expect("assigned");
    rig.expect(0, &["sync"]);
    let text = flat(&explained(&rig, &ann));
    assert!(text.contains(&format!("ann@corp.example > Sales > Staff > application {app_id}")), "{text}");
    assert!(text.contains(&format!("manager bo ({bo})")), "{text}");
    let text = flat(&explained(&rig, &bo));
    assert!(text.contains("out of scope: not assigned to the application (scope.who)"), "{text}");
    assert!(text.contains("manager none who exists"), "{text}");
}
