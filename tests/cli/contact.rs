//! The first contact, settled with what is on the screen alone.

use serde_json::{Value, json};

use super::rig::Rig;

fn account(rig: &Rig, user_name: &str, given: &str, active: bool) -> String {
    let account = json!({
        "userName": user_name, "active": active, "name": {"givenName": given, "familyName": "Family"},
        "emails": [{"type": "work", "value": user_name}],
    });
    let made = rig.sim.jostle().insert(account).expect("an account");
    made["id"].as_str().expect("an id").to_owned()
}

/// A company that moves over: ann is in Jostle, bob is not, cid's address was somebody else's, dee is inactive, and a
/// volunteer is in Jostle alone.
fn company() -> (Rig, [String; 4]) {
    let rig = Rig::new(0);
    rig.edit("entra-jostle-sync.toml", "first_cycle = \"apply\"\n", "");
    for alias in ["ann", "bob", "cid", "dee"] {
        rig.person(alias, &json!({}));
    }
    let ids = [("ann", "Given", true), ("cid", "Karl", true), ("dee", "Given", false), ("volunteer", "Vera", true)];
    let ids = ids.map(|(alias, given, active)| account(&rig, &format!("{alias}@corp.example"), given, active));
    (rig, ids)
}

fn active(rig: &Rig, id: &str) -> Value {
    let accounts = rig.sim.jostle().users_json();
    accounts.iter().find(|account| account["id"] == id).expect("there")["active"].clone()
}

#[test]
fn what_is_on_the_screen_is_enough_to_settle_it() {
    let (rig, [ann, cid, dee, volunteer]) = company();
    let plan = rig.expect(0, &["plan"]).stdout;
    assert!(plan.starts_with("nothing to do, 4 held"), "{plan}");
    assert!(plan.contains("? the account shows the name Karl Family, and the person is Given Family"), "{plan}");
    rig.expect(11, &["sync"]);
    assert_eq!(rig.writes(), Vec::<String>::new());
    let listed = rig.expect(0, &["hold", "list"]).flat();
    for said in [
        "2.1 2 accounts would be taken over or created in doubt",
        "1.1 2 accounts would be taken over or created; held since",
        "Jostle has 4 accounts already, and this state has never met them: nothing is taken over or created before \
         somebody has looked at it (limits.first_cycle) look at it: entra-jostle-sync hold show 1.1",
    ] {
        assert!(listed.contains(said), "{said} in {listed}");
    }
    let shown = rig.expect(0, &["hold", "show", "1.1"]).flat();
    for said in [
        "adopt: an account with this userName was there before ann@corp.example",
        &format!(
            "in Jostle, and in nobody's scope: left alone volunteer@corp.example, Vera Family: account {volunteer}"
        ),
    ] {
        assert!(shown.contains(said), "{said} in {shown}");
    }
    let shown = rig.expect(0, &["hold", "show", "2.1"]).flat();
    assert!(shown.contains(&format!("cid@corp.example: account {cid}")), "{shown}");
    assert!(shown.contains("entra-jostle-sync link USER JOSTLE_ID"), "{shown}");
    rig.expect(0, &["hold", "approve", "1.1"]);
    let done = rig.expect(0, &["link", "cid@corp.example", &cid]).flat();
    assert_eq!(done, "decided for 1 person; the next cycle does it: entra-jostle-sync sync");
    rig.expect(0, &["ignore", "dee@corp.example"]);
    let synced = rig.expect(0, &["sync"]).stdout;
    assert!(synced.contains("1 create, 2 adopt"), "{synced}");
    assert_eq!((active(&rig, &ann), active(&rig, &dee)), (json!(true), json!(false)));
    settled(&rig, &cid);
    let told = rig.expect(0, &["explain", "dee@corp.example"]).flat();
    assert!(told.contains("an administrator decided that the person gets no account"), "{told}");
    rig.expect(0, &["sync"]);
    let refused = rig.expect(8, &["ignore", "cid@corp.example"]).stderr;
    assert!(refused.contains(&format!("has the account {cid} already")), "{refused}");
    let refused = rig.expect(8, &["link", "dee@corp.example", &cid]).stderr;
    assert!(refused.contains("belongs to another Entra user already"), "{refused}");
    rig.expect(8, &["link", "nobody@corp.example", &dee]);
}

/// Who said what of whose account, and what came of it.
fn settled(rig: &Rig, cid: &str) {
    let list = rig.expect(0, &["settle", "--list", "--json"]).json();
    let find = |user: &str| list.as_array().expect("a list").iter().find(|one| one["user"] == user).expect("there");
    let (linked, ignored) = (find("cid@corp.example"), find("dee@corp.example"));
    assert_eq!((&linked["choice"], &linked["jostle_id"]), (&json!("link"), &json!(cid)));
    assert!(linked["done_at"].is_string() && linked["by"].is_string() && linked["at"].is_string(), "{linked}");
    assert_eq!((&ignored["choice"], &ignored["done_at"]), (&json!("ignore"), &json!(null)));
    let text = rig.expect(0, &["settle", "--list"]).flat();
    for said in [
        format!("cid@corp.example: the account {cid} is theirs said by "),
        "dee@corp.example: gets no account said by ".to_owned(),
    ] {
        assert!(text.contains(&said), "{said} in {text}");
    }
    let told = rig.expect(0, &["explain", "cid@corp.example"]).flat();
    for said in ["an administrator said that it is the person's", &format!(": the account {cid} is theirs; done at ")] {
        assert!(told.contains(said), "{said} in {told}");
    }
    let told = rig.expect(0, &["explain", "dee@corp.example"]).flat();
    assert!(told.contains("DECIDED") && told.contains(": gets no account"), "{told}");
    let told = rig.expect(0, &["explain", "ann@corp.example"]).flat();
    assert!(told.contains("approved in hold 1.1, of accounts to be taken over or created"), "{told}");
}

/// What stands in the place of an id is none.
#[test]
fn a_line_without_an_account_decides_nothing() {
    let (rig, _) = company();
    rig.person("eve", &json!({}));
    account(&rig, "eve.old@corp.example", "Given", true);
    rig.expect(11, &["sync"]);
    let file = rig.folder().join("accounts");
    let name = file.to_str().expect("UTF-8");
    std::fs::write(&file, "link eve@corp.example JOSTLE_ID\n").expect("written");
    let refused = rig.expect(1, &["settle", name]).stderr;
    assert!(
        refused.contains("line 1: write the account's id in the place of JOSTLE_ID; nothing was decided"),
        "{refused}"
    );
    assert_eq!(rig.expect(0, &["settle", "--list"]).stdout, "nothing was said about anybody's account\n");
}

#[test]
fn a_reviewed_file_settles_many() {
    let (rig, [_, cid, dee, _]) = company();
    rig.expect(11, &["sync"]);
    let file = rig.folder().join("accounts");
    let name = file.to_str().expect("UTF-8");
    let written = rig.expect(0, &["settle", "--write", name]).flat();
    assert!(written.contains(": 2 people; take the # off one line of each"), "{written}");
    let text = std::fs::read_to_string(&file).expect("written");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    for line in [format!("# link cid@corp.example {cid}"), format!("# link dee@corp.example {dee}")] {
        assert!(text.contains(&line), "{line} in {text}");
    }
    let refused = rig.expect(1, &["settle", name]).stderr;
    assert!(refused.contains("decides nothing"), "{refused}");
    let refused = rig.expect(1, &["settle", "--write", name]).stderr;
    assert!(refused.contains("name a file that is not there yet"), "{refused}");
    let text = text.replace("# link cid", "link cid").replace("# ignore dee", "ignore dee");
    std::fs::write(&file, &text).expect("edited");
    let done = rig.expect(0, &["settle", name]).flat();
    assert_eq!(done, "decided for 2 people; the next cycle does it: entra-jostle-sync sync");
    let synced = rig.expect(11, &["sync"]).stdout;
    assert!(synced.contains("1 adopt"), "{synced}");
    std::fs::write(&file, text + "create dee@corp.example\n").expect("edited");
    let refused = rig.expect(1, &["settle", name]).stderr;
    assert!(
        refused.contains("cid@corp.example has the account") && refused.contains("nothing was decided"),
        "{refused}"
    );
}

#[test]
fn beside_a_daemon_a_decision_takes_effect_at_once() {
    let (rig, [_, cid, ..]) = company();
    rig.edit("entra-jostle-sync.toml", "every = \"1m\"", "every = \"1h\"");
    let mut run = rig.start(&["run"]);
    run.log_until("cycle.finished", 1);
    let done = rig.expect(0, &["link", "cid@corp.example", &cid, "--json"]).json();
    assert_eq!(done, json!({"people": 1, "cycle": true}));
    run.log_until("event=\"match.chosen\"", 1);
    run.log_until("event=\"user.adopted\"", 1);
}
