//! `mapping eval`, `mapping test` and `mapping lint`.

use std::io::Write as _;
use std::process::Stdio;

use entra_jostle_sync::store::{LogQuery, Reader};
use serde_json::{Value, json};

use super::rig::{Done, Rig, expect, program};

/// A user as `GET /users/{id}?$expand=manager` gives it.
fn ann() -> Value {
    json!({
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users/$entity",
        "id": "11111111-1111-1111-1111-111111111111", "userPrincipalName": "ann@corp.example",
        "mail": "ann@corp.example", "givenName": "Ann", "surname": "Lee", "jobTitle": null, "otherMails": ["a@x.example"],
        "onPremisesExtensionAttributes": {"extensionAttribute3": "Annie"},
        "manager": {"id": "22222222-2222-2222-2222-222222222222", "displayName": "Bo Berg"},
    })
}

fn file(rig: &Rig, user: &Value) -> String {
    let path = rig.folder().join("ann.json");
    std::fs::write(&path, user.to_string()).expect("written");
    path.to_str().expect("UTF-8").to_owned()
}

fn assert_fits_a_terminal(done: &Done) {
    for line in done.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(!done.stdout.contains('\u{1b}'), "no colours in a pipe");
}

const ROWS: &str = r#"
[[attribute]]
target = "title"
source = "jobTitle"
null = "clear"

[[attribute]]
target = "displayName"
source = "manager.displayName"
when = "create"

[[attribute]]
target = "nickName"
source = "extensionAttribute3"
max_length = 3
truncate = true

[[attribute]]
target = "urn:ietf:params:scim:schemas:extension:jostle:2.0:User:CustomProfile"
source = "department"
default = "None"
"#;

#[test]
fn test_shows_what_every_row_reads_and_sends() {
    let rig = Rig::new(0);
    rig.append("mapping.toml", ROWS);
    let done = rig.expect(0, &["mapping", "test", "--user", &file(&rig, &ann())]);
    assert_fits_a_terminal(&done);
    insta::assert_snapshot!(done.stdout, @r#"
    ann@corp.example

    userName
      source  userPrincipalName
      read    userPrincipalName = "ann@corp.example"
      value   "ann@corp.example"
      result  sends "ann@corp.example"

    name.givenName
      source  givenName
      read    givenName = "Ann"
      value   "Ann"
      result  sends "Ann"

    name.familyName
      source  surname
      read    surname = "Lee"
      value   "Lee"
      result  sends "Lee"

    emails[type eq "work"].value
      source  mail
      read    mail = "ann@corp.example"
      value   "ann@corp.example"
      result  sends "ann@corp.example"

    active
      source  $active
      result  decided by the lifecycle: who exists, is enabled and is in scope

    title
      source  jobTitle
      read    jobTitle = (nothing)
      value   (nothing)
      result  removes what Jostle has

    displayName
      source  manager.displayName
      read    manager.displayName = "Bo Berg"
      value   "Bo Berg"
      result  sends "Bo Berg" with a new account; later Jostle keeps its own

    nickName
      source  onPremisesExtensionAttributes.extensionAttribute3
      read    onPremisesExtensionAttributes.extensionAttribute3 = "Annie"
      value   "Annie"
      result  sends "Ann"

    urn:ietf:params:scim:schemas:extension:jostle:2.0:User:CustomProfile
      source  department
      read    department = (nothing)
      value   (nothing)
      result  sends "None" with a new account; later Jostle keeps its own
    "#);
    assert!(rig.requests().is_empty(), "nobody is asked");
    assert!(!rig.folder().join("state.db").exists(), "no state is made");
}

#[test]
fn test_as_json_has_the_same() {
    let rig = Rig::new(0);
    rig.append("mapping.toml", ROWS);
    let answer = rig.expect(0, &["mapping", "test", "--json", "--user", &file(&rig, &ann())]).json();
    assert_eq!(answer["user"], "ann@corp.example");
    let row = |target: &str| {
        let rows = answer["rows"].as_array().expect("rows");
        rows.iter().find(|row| row["target"] == target).unwrap_or_else(|| panic!("{target} in {answer}")).clone()
    };
    assert_eq!(
        row("nickName"),
        json!({
            "target": "nickName", "source": "onPremisesExtensionAttributes.extensionAttribute3",
            "read": {"onPremisesExtensionAttributes.extensionAttribute3": "Annie"}, "steps": [], "value": "Annie",
            "outcome": "sent", "sent": "Ann",
        })
    );
    assert_eq!(row("active")["outcome"], "lifecycle");
    assert_eq!(row("title")["outcome"], "cleared");
    assert_eq!(
        (&row("displayName")["outcome"], &row("displayName")["sent"]),
        (&json!("sent_on_create"), &json!("Bo Berg"))
    );
}

#[test]
fn test_fails_for_a_person_who_would_fail_and_says_why() {
    let rig = Rig::new(0);
    let mut nobody = ann();
    nobody["mail"] = json!("ann at corp");
    nobody["surname"] = json!("x".repeat(41));
    let done = rig.expect(7, &["mapping", "test", "--user", &file(&rig, &nobody)]);
    assert_fits_a_terminal(&done);
    let flat = done.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("FAILS: name.familyName takes 40 characters, and surname has 41"), "{flat}");
    assert!(flat.contains("mail (11 characters) has white space within it"), "{flat}");
}

#[test]
fn a_person_may_come_from_the_snapshot_or_stdin() {
    let rig = Rig::new(0);
    rig.person("ann", &json!({"givenName": "Ann"}));
    let twins = ["bo", "bob"].map(|alias| rig.person(alias, &json!({"mail": "team@corp.example"})));
    let asked =
        |name: &str| vec!["mapping", "test", "--user"].into_iter().chain([name]).map(str::to_owned).collect::<Vec<_>>();
    let run = |code: i32, name: &str| {
        let arguments = asked(name);
        rig.expect(code, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let done = run(1, "ann@corp.example");
    assert!(done.stderr.contains("start the daemon once"), "{done:?}");
    rig.expect(0, &["plan"]);
    assert!(run(0, "ANN@corp.example").stdout.contains("givenName = \"Ann\""));
    let done = run(8, "nobody@corp.example");
    assert!(done.stderr.contains("the snapshot does not know") && done.stderr.contains("give a file"), "{done:?}");
    let done = run(8, "team@corp.example");
    assert!(twins.iter().all(|id| done.stderr.contains(id.as_str())), "{done:?}");
    let mut command = rig.command(&["mapping", "test", "--user", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    child.stdin.take().expect("stdin").write_all(ann().to_string().as_bytes()).expect("written");
    let output = child.wait_with_output().expect("waited");
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).expect("UTF-8").contains("givenName = \"Ann\""));
}

#[test]
fn a_file_that_is_no_user_says_what_to_write() {
    let rig = Rig::new(0);
    for (text, said) in [("{", "is not JSON"), ("[]", "is no user"), ("{\"value\": []}", "is a list of users")] {
        let path = file(&rig, &json!({}));
        std::fs::write(&path, text).expect("written");
        let done = rig.expect(1, &["mapping", "test", "--user", &path]);
        assert!(done.stderr.contains(said) && done.stderr.contains("GET /users/{id}"), "{done:?}");
    }
    let done = rig.expect(1, &["mapping", "test", "--user", "./missing.json"]);
    assert!(done.stderr.contains("failed to read ./missing.json"), "{done:?}");
}

#[test]
fn eval_needs_no_configuration_and_prints_the_value_with_its_kind() {
    let rig = Rig::new(0);
    let path = file(&rig, &ann());
    let run = |code: i32, expression: &str| {
        expect(code, program(&["mapping", "eval", expression, "--user", &path, "--config", "/nowhere.toml"]))
    };
    for (expression, shown) in [
        ("Append([givenName], \" L\")", "value  \"Ann L\"\nkind   a text\n"),
        ("[jobTitle]", "value  (nothing)\nkind   nothing\n"),
        ("[otherMails]", "value  \"a@x.example\"\nkind   a list\n"),
        ("[manager.displayName]", "value  \"Bo Berg\"\nkind   a text\n"),
        ("InStr([mail], \"@\")", "value  4\nkind   a number\n"),
        ("IgnoreFlowIfNullOrEmpty([jobTitle])", "value  (nothing)\nkind   the attribute is left alone\n"),
        ("Redact([mail])", "value  \"[Redact]\"\nkind   a text\n"),
        ("MemberOf(\"Sales\")", "value  false\nkind   true or false\n"),
    ] {
        assert_eq!(run(0, expression).stdout, shown, "{expression}");
    }
    assert_eq!(run(0, "Guid()").stdout, run(0, "Guid()").stdout, "stable for one person");
    let done = run(2, "Append([givenName], \"x\"");
    assert!(
        done.stderr.contains("the expression cannot be used: ") && done.stderr.trim_end().ends_with('^'),
        "{done:?}"
    );
    let done = run(7, "CDate([givenName])");
    assert!(done.stderr.contains("the expression fails for ann@corp.example: CDate "), "{done:?}");
    let command = program(&["mapping", "eval", "[givenName]", "--json", "--user", &path]);
    let answer = expect(0, command).json();
    assert_eq!(
        answer,
        json!({"user": "ann@corp.example", "expression": "[givenName]", "kind": "a text", "value": "Ann"})
    );
}

#[test]
fn test_shows_the_steps_of_an_expression_and_hides_what_is_redacted() {
    let rig = Rig::new(0);
    rig.append(
        "mapping.toml",
        "\n[[attribute]]\ntarget = \"title\"\nexpression = 'Append(ToUpper([givenName]), \"!\")'\n\
         \n[[attribute]]\ntarget = \"nickName\"\nexpression = 'Redact(Append([surname], \"?\"))'\n",
    );
    let path = file(&rig, &ann());
    let done = rig.expect(0, &["mapping", "test", "--user", &path]);
    assert_fits_a_terminal(&done);
    let (_, title) = done.stdout.split_once("\ntitle\n").expect("the row");
    assert!(title.starts_with("  source  Append(ToUpper([givenName]), \"!\")\n"), "{title}");
    assert!(title.contains("ToUpper([givenName]) = \"ANN\"\n"), "{title}");
    assert!(title.contains("  result  sends \"ANN!\"\n"), "{title}");
    let (_, nick) = title.split_once("\nnickName\n").expect("the row");
    assert!(!nick.contains("\"Lee"), "{nick}");
    assert!(nick.contains("  result  sends \"[Redact]\"\n"), "{nick}");
    let json = rig.expect(0, &["mapping", "test", "--json", "--user", &path]).json();
    let rows = json["rows"].as_array().expect("rows");
    let nick = rows.iter().find(|row| row["target"] == "nickName").expect("the row").to_string();
    assert!(!nick.contains("\"Lee"), "{nick}");
}

#[test]
fn what_is_redacted_is_sent_and_shown_in_no_plan_and_no_log() {
    let rig = Rig::new(0);
    rig.append(
        "mapping.toml",
        "\n[[attribute]]\ntarget = \"title\"\nexpression = 'Redact(Append(\"the \", [jobTitle]))'\n",
    );
    let sent = || rig.sim.jostle().users_json()[0]["title"].clone();
    // What a command says, on both streams, at the loudest level of the log.
    let told = |command: &[&str]| {
        let done = rig.expect(0, &[command, &["--log-level", "trace,entra_jostle_sync=trace"]].concat());
        let said = [done.stdout.as_str(), done.stderr.as_str()].concat();
        for secret in ["Oracle", "Augur"] {
            assert!(!said.contains(secret), "{command:?} tells {secret}: {said}");
        }
        done
    };
    let ann = rig.person("ann", &json!({"jobTitle": "Oracle"}));
    assert!(told(&["plan"]).stdout.contains("title: (none) => [Redact]\n"));
    told(&["sync"]);
    assert_eq!(sent(), "the Oracle");

    rig.sim.graph().update_user(&ann, &json!({"jobTitle": "Augur"})).expect("a change");
    assert!(told(&["plan"]).stdout.contains("title: [Redact] => [Redact]\n"));
    let redacted = json!([{"attribute": "title", "old": "[Redact]", "new": "[Redact]"}]);
    assert_eq!(told(&["plan", "--json"]).json()["operations"][0]["changes"], redacted);
    let answers = told(&["--provision-on-demand", "ann@corp.example", "--json"]).json();
    assert_eq!(
        (&answers[0]["changes"], answers[0]["steps"][1]["details"]["jobTitle"].as_str()),
        (&redacted, Some("[Redact]"))
    );
    assert_eq!(sent(), "the Augur");
    // What was sent is compared as it is.
    assert!(told(&["plan"]).stdout.contains("nothing to do"));

    let state = Reader::open(&rig.folder().join("state.db")).expect("the state");
    let log = state.log(&LogQuery { entra_id: None, limit: 9 }).expect("the log");
    let logged: Vec<_> = log.iter().flat_map(|entry| &entry.changes).map(ToString::to_string).collect();
    assert!(logged.contains(&"title: \"[Redact]\" => \"[Redact]\"".to_owned()), "{logged:?}");
    assert!(!logged.concat().contains("Oracle") && !logged.concat().contains("Augur"), "{logged:?}");
}

#[test]
fn lint_finds_nothing_in_the_shipped_mapping_and_advises_on_others() {
    let rig = Rig::new(0);
    let done = rig.expect(0, &["mapping", "lint", "--strict"]);
    assert_eq!(done.stdout, "nothing to say about the mapping\n");
    rig.append("mapping.toml", "\n[[attribute]]\ntarget = \"externalId\"\nsource = \"id\"\n");
    let done = rig.expect(0, &["mapping", "lint"]);
    assert_fits_a_terminal(&done);
    assert!(done.stdout.starts_with("externalId\n    does not come from employeeId"), "{}", done.stdout);
    let found = rig.expect(3, &["mapping", "lint", "--strict", "--json"]).json();
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    assert_eq!(found[0]["target"], "externalId");
    for file in ["client-secret", "jostle-api-key"] {
        std::fs::remove_file(rig.folder().join(file)).expect("a secret");
    }
    rig.expect(0, &["mapping", "lint"]);
}
