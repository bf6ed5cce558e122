//! An administrator moves from Entra's provisioning job: the job is imported, and its accounts stay as they are.

use std::path::Path;

use entra_jostle_sync::simulator::Side;
use serde_json::{Value, json};

use super::rig::{Rig, expect, token};

const EXTENSION: &str = "urn:ietf:params:scim:schemas:extension:jostle:2.0:User";

/// Somebody in Entra: the alias, what differs from an ordinary member of staff, and how they are assigned.
type Person = (&'static str, Value, Assigned);

#[derive(Clone, Copy, PartialEq)]
enum Assigned {
    Directly,
    ByGroup,
    /// Only by a group within the assigned group, which Entra does not expand.
    ByNestedGroup,
    No,
}

use Assigned::{ByGroup, ByNestedGroup, Directly, No};

/// Who is in Entra now.
fn people() -> Vec<Person> {
    vec![
        // In scope.
        (
            "Anna.Lind",
            json!({"mail": "anna.lind@corp.example", "givenName": "Anna", "surname": "Lind", "country": "Germany",
                "mailNickname": "anna.lind",
                "onPremisesExtensionAttributes": {"extensionAttribute5": "anna@new-home.example"}}),
            Directly,
        ),
        (
            "joerg",
            json!({"givenName": "Jörg", "surname": "Müßig-Øster", "mailNickname": "joerg m", "country": "Norway"}),
            ByGroup,
        ),
        (
            "solo",
            json!({"displayName": "Solo Artist", "givenName": null, "surname": null, "mail": null, "country": null}),
            ByGroup,
        ),
        ("moved", json!({"country": "Norway"}), Directly),
        ("kim_partner.example#EXT#", json!({"mail": "kim@partner.example", "userType": "Guest"}), Directly),
        // Disabled, once provisioned and never.
        ("paused", json!({"accountEnabled": false}), Directly),
        ("waiting", json!({"accountEnabled": false}), ByGroup),
        // Out of scope, once provisioned and never.
        ("nested", json!({}), ByNestedGroup),
        ("transferred", json!({"companyName": "Südwind"}), Directly),
        ("lowercase", json!({"companyName": "nordwind"}), Directly),
        ("numberless", json!({"employeeId": null}), ByGroup),
        ("companyless", json!({"companyName": null}), ByGroup),
        ("unassigned", json!({}), No),
        ("invited", json!({}), No),
    ]
}

/// An account as Entra's job left it, or as somebody made it in Jostle.
fn accounts() -> Vec<Value> {
    let labels = json!({"alternateEmail1Label": "Alumni", "alternateEmail2Label": "Germany"});
    let account = |name: &str, active: bool, given: &str, family: &str, emails: Value| {
        json!({"userName": name, "active": active, "name": {"givenName": given, "familyName": family},
            "emails": emails, EXTENSION: labels})
    };
    let email = |kind: &str, value: &str| json!({"type": kind, "value": value});
    let mut edited = account(
        "moved@corp.example",
        true,
        "Given",
        "Family",
        // Entra clears nothing: the second address is from the days in Germany.
        json!([
            email("work", "moved@corp.example"),
            email("alternate1", "moved@alumni.nordwind.example"),
            email("alternate2", "moved@de.nordwind.example")
        ]),
    );
    // Entra writes this one where it is empty, and Jostle's people changed it. Others were never Entra's.
    edited[EXTENSION]["alternateEmail2Label"] = json!("Deutschland");
    edited["title"] = json!("Captain");
    vec![
        account(
            "Anna.Lind@corp.example",
            true,
            "Anna",
            "Lind",
            // The personal address of the first day; Entra writes it with a new account only.
            json!([
                email("work", "anna.lind@corp.example"),
                email("personal", "anna@old-home.example"),
                email("alternate1", "anna.lind@alumni.nordwind.example"),
                email("alternate2", "anna.lind@de.nordwind.example")
            ]),
        ),
        account(
            "joerg@corp.example",
            true,
            "Jörg",
            "Müßig-Øster",
            json!([email("work", "joerg@corp.example"), email("alternate1", "joerg.m@alumni.nordwind.example")]),
        ),
        account(
            "solo@corp.example",
            true,
            "Solo Artist",
            "-",
            json!([email("work", "solo@corp.example"), email("alternate1", "solo@alumni.nordwind.example")]),
        ),
        edited,
        account(
            "kim@partner.example",
            true,
            "Given",
            "Family",
            json!([
                email("work", "kim@partner.example"),
                email("alternate1", "kim_partner.example@alumni.nordwind.example"),
                email("alternate2", "kim_partner.example@de.nordwind.example")
            ]),
        ),
        account("paused@corp.example", false, "Giv", "Family", json!([email("work", "paused@corp.example")])),
        account("transferred@corp.example", false, "Old", "Name", json!([email("work", "t@corp.example")])),
        account("gone@corp.example", false, "Old", "Name", json!([email("work", "gone@corp.example")])),
        // Made in Jostle by hand, and no business of Entra's.
        json!({"userName": "invited@corp.example", "name": {"givenName": "By", "familyName": "Hand"},
            "emails": [email("work", "invited@corp.example")]}),
        json!({"userName": "volunteer@elsewhere.example", "name": {"givenName": "By", "familyName": "Hand"},
            "emails": [email("work", "volunteer@elsewhere.example")]}),
    ]
}

/// Whom Entra had provisioned by the job's rules and still would.
const PROVISIONED: [&str; 5] =
    ["Anna.Lind@corp.example", "joerg@corp.example", "kim@partner.example", "moved@corp.example", "solo@corp.example"];

/// The company whose accounts Entra's job keeps.
fn company() -> Rig {
    let rig = Rig::new(0);
    let graph = rig.sim.graph();
    let group = |name: &str| graph.create_group(&json!({"displayName": name})).expect("a group")["id"].clone();
    let (staff, inner) = (group("Jostle staff"), group("Temporary staff"));
    let (staff, inner) = (staff.as_str().expect("an id"), inner.as_str().expect("an id"));
    graph.add_member(staff, inner).expect("nested");
    graph.assign(staff, None).expect("assigned");
    for (alias, more, assigned) in people() {
        let nickname = alias.trim_end_matches("#EXT#").to_lowercase();
        let mut user = json!({"companyName": "Nordwind", "employeeId": "1000", "country": "Germany",
            "mailNickname": nickname, "employeeType": "Employee"});
        user.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
        let id = rig.person(alias, &user);
        match assigned {
            Directly => drop(graph.assign(&id, None).expect("assigned")),
            ByGroup => graph.add_member(staff, &id).expect("a member"),
            ByNestedGroup => graph.add_member(inner, &id).expect("a member"),
            No => {}
        }
    }
    let gone = rig.person("gone", &json!({"companyName": "Nordwind", "employeeId": "1001"}));
    graph.assign(&gone, None).expect("assigned");
    graph.delete_user(&gone).expect("deleted");
    graph.set_manager("joerg@corp.example", Some("anna.lind@corp.example")).expect("a manager");
    for account in accounts() {
        rig.sim.jostle().insert(account).expect("an account");
    }
    rig
}

/// What an administrator gets from Graph by hand: the job with its schema and its settings, in one file.
fn exported(rig: &Rig, file: &Path) {
    let details = rig.sim.details().clone();
    let get = async |client: &reqwest::Client, token: &str, path: &str| -> Value {
        let url =
            format!("{}/v1.0/servicePrincipals(appId='{}')/synchronization/{path}", details.graph_root, details.app_id);
        let answer = client.get(url).bearer_auth(token).send().await.expect("an answer");
        serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON")
    };
    let job = rig.runtime().block_on(async {
        let token = token(&rig.sim).await;
        let client = reqwest::Client::new();
        let mut job = get(&client, &token, "jobs").await["value"][0].clone();
        let id = job["id"].as_str().expect("an id").to_owned();
        job["schema"] = get(&client, &token, &format!("jobs/{id}/schema")).await;
        job["secrets"] = get(&client, &token, "secrets").await;
        job
    });
    std::fs::write(file, job.to_string()).expect("written");
}

/// Both files that an import wrote.
fn files(folder: &Path) -> [String; 2] {
    ["mapping.toml", "scope.toml"].map(|name| std::fs::read_to_string(folder.join(name)).expect("a file"))
}

fn path(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// Imports the job from the tenant into a folder beside the configuration, and returns both files.
fn imported(rig: &Rig) -> [String; 2] {
    let (out, app_id) = (rig.folder().join("tenant"), rig.sim.details().app_id.clone());
    rig.expect(0, &["import-entra", "--from-tenant", "--app-id", &app_id, "--out", path(&out)]);
    files(&out)
}

/// Puts both files in place.
fn put_in_place(rig: &Rig, [mapping, scope]: &[String; 2]) {
    std::fs::write(rig.folder().join("mapping.toml"), mapping).expect("written");
    rig.append("entra-jostle-sync.toml", scope);
}

#[test]
fn the_job_from_the_tenant_and_from_a_file_gives_the_same_bytes_every_time() {
    let rig = company();
    let tenant = imported(&rig);
    let (file, out) = (rig.folder().join("job.json"), rig.folder().join("file"));
    exported(&rig, &file);
    let app_id = rig.sim.details().app_id.clone();
    for force in [None, Some("--force")] {
        let mut arguments = vec!["import-entra", path(&file), "--app-id", &app_id, "--out", path(&out)];
        arguments.extend(force);
        rig.expect(0, &arguments);
        assert_eq!(files(&out), tenant);
    }
    rig.expect(0, &["import-entra", "--from-tenant", "--app-id", &app_id, "--out", path(&out), "--force"]);
    assert_eq!(files(&out), tenant);
    // The portal gives the schema alone: who is provisioned is not in it, and the rest is the same.
    std::fs::write(&file, rig.sim.graph().provisioning_schema().to_string()).expect("written");
    let done = rig.expect(0, &["import-entra", path(&file), "--app-id", &app_id, "--out", path(&out), "--force"]);
    assert!(done.stdout.contains("the input does not say who is provisioned"), "{}", done.stdout);
    let [mapping, scope] = files(&out);
    assert_eq!(mapping, tenant[0]);
    let table = |text: &str| text.parse::<toml::Table>().expect("TOML")["scope"].clone();
    assert_eq!(table(&scope), table(&tenant[1]));
}

#[test]
fn a_tenant_that_entra_provisioned_is_taken_over_without_a_change() {
    let rig = company();
    put_in_place(&rig, &imported(&rig));
    let before = rig.sim.jostle().users_json();
    rig.sim.clear_requests();
    let plan = rig.expect(0, &["plan", "--json"]).json();
    let operations = plan["operations"].as_array().expect("operations");
    let mut adopted: Vec<_> = operations.iter().map(|one| one["user"].as_str().expect("a name")).collect();
    adopted.sort_unstable();
    assert_eq!(adopted, PROVISIONED, "{plan:#}");
    for operation in operations {
        assert_eq!((&operation["operation"], &operation["changes"]), (&json!("adopt"), &json!([])), "{operation:#}");
    }
    assert_eq!((&plan["held"], &plan["failed"]), (&json!([]), &json!([])));
    let report = rig.expect(0, &["sync", "--json"]).json();
    assert_eq!(report["operations"], plan["counts"]);
    assert_eq!(report["failed"], 0, "{report}");
    let second = rig.expect(0, &["plan", "--detailed-exitcode", "--json"]).json();
    assert_eq!(second["operations"], json!([]));
    rig.expect(0, &["sync"]);
    assert_eq!(rig.writes(), Vec::<String>::new());
    assert_eq!(rig.sim.jostle().users_json(), before);
    assert!(rig.requests().iter().any(|request| request.side == Side::Jostle), "accounts were looked up");
}

#[test]
fn what_is_printed_as_next_works_when_it_is_typed() {
    let rig = company();
    let (out, app_id) = (rig.folder().join("Entra's job"), rig.sim.details().app_id.clone());
    let done = rig.expect(0, &["import-entra", "--from-tenant", "--app-id", &app_id, "--out", path(&out), "--json"]);
    let shown = done.json();
    let commands: Vec<_> = shown["next"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    let words: Vec<_> = commands.iter().map(|command| command.split(' ').next().unwrap_or_default()).collect();
    assert_eq!(words, ["cp", "cat", "entra-jostle-sync", "entra-jostle-sync"]);
    let programs = Path::new(env!("CARGO_BIN_EXE_entra-jostle-sync")).parent().expect("a folder");
    let typed = |command: &str| {
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", command]).env("PATH", format!("{}:/usr/bin:/bin", programs.display()));
        expect(0, shell).stdout
    };
    typed(commands[0]);
    rig.append("entra-jostle-sync.toml", &typed(commands[1]));
    typed(commands[2]);
    assert!(typed(commands[3]).contains("5 adopt"), "{}", typed(commands[3]));
    // Where the file is in its place already, there is nothing to copy.
    let folder = path(rig.folder()).to_owned();
    let arguments = ["import-entra", "--from-tenant", "--app-id", &app_id, "--force", "--json", "--out"];
    let shown = rig.expect(0, &[&arguments[..], &[&format!("{folder}/.")]].concat()).json();
    assert_eq!(shown["next"].as_array().map(Vec::len), Some(3), "{shown}");
}

/// What one change in Entra makes of an account.
fn after(rig: &Rig, user: &str, change: &Value) -> Value {
    rig.sim.graph().update_user(user, change).expect("a change");
    rig.expect(0, &["sync"]);
    let accounts = rig.sim.jostle().users_json();
    let name = user.to_lowercase();
    accounts.into_iter().find(|one| one["userName"].as_str().is_some_and(|it| it.to_lowercase() == name)).expect("kept")
}

#[test]
fn after_the_move_the_rules_of_the_job_go_on() {
    let rig = company();
    put_in_place(&rig, &imported(&rig));
    rig.expect(0, &["sync"]);
    let renamed = after(&rig, "solo@corp.example", &json!({"givenName": "Sol", "surname": "Å"}));
    assert_eq!(renamed["name"], json!({"givenName": "Sol", "familyName": "Å"}));
    let abroad = after(&rig, "Anna.Lind@corp.example", &json!({"country": "Norway"}));
    assert_eq!(abroad["emails"].as_array().map(Vec::len), Some(4), "nothing is cleared: {abroad}");
    let left = after(&rig, "moved@corp.example", &json!({"companyName": "Südwind"}));
    assert_eq!((&left["active"], &left["title"]), (&json!(false), &json!("Captain")));
    let returned = after(&rig, "paused@corp.example", &json!({"accountEnabled": true}));
    assert_eq!((&returned["active"], &returned["name"]["givenName"]), (&json!(true), &json!("Given")));
}

#[test]
fn without_the_permission_the_job_is_not_read_and_the_message_names_it() {
    let rig = Rig::new(0);
    let app_id = rig.sim.details().app_id.clone();
    let mut switches = rig.sim.graph().switches();
    switches.roles.retain(|role| role != "Synchronization.Read.All");
    rig.sim.graph().set_switches(switches).expect("switches");
    let out = rig.folder().join("tenant");
    let done = rig.expect(4, &["import-entra", "--from-tenant", "--app-id", &app_id, "--out", path(&out)]);
    assert!(done.stderr.contains("Synchronization.Read.All"), "{}", done.stderr);
    assert!(done.stderr.contains("grant admin consent"), "{}", done.stderr);
    assert!(!out.exists(), "nothing is written");
}

#[test]
fn an_application_that_is_not_there_or_has_no_job_is_named() {
    let rig = Rig::new(0);
    let client_id = rig.sim.details().client_id.clone();
    for (app_id, wanted) in [
        (client_id.as_str(), "no provisioning job"),
        ("12345678-9abc-def0-1234-56789abcdef0", "no enterprise application"),
    ] {
        let done = rig.expect(1, &["import-entra", "--from-tenant", "--app-id", app_id]);
        assert!(done.stderr.contains(wanted) && done.stderr.contains(app_id), "{}", done.stderr);
    }
}
