//! What locks a whole company out with a program that does as it is told. Each is done to a company of sixty under the
//! limits that are shipped; how many people were harmed is counted in Jostle: none.

use std::collections::BTreeMap;

use entra_jostle_sync::simulator::{Fault, Side};
use serde_json::{Value, json};

use super::rig::{Rig, status};

const PEOPLE: usize = 60;

/// A company in sync, and what Jostle has of everybody.
struct Company {
    rig: Rig,
    ids: Vec<String>,
    before: BTreeMap<String, Value>,
}

fn accounts(rig: &Rig) -> BTreeMap<String, Value> {
    let without_meta = |mut account: Value| {
        account.as_object_mut().expect("an object").remove("meta");
        (account["id"].as_str().expect("an id").to_owned(), account)
    };
    rig.sim.jostle().users_json().into_iter().map(without_meta).collect()
}

impl Company {
    /// In sync under this configuration, which is appended to the simulator's own.
    fn with(configure: impl FnOnce(&Rig, &[String]) -> String) -> Self {
        let rig = Rig::new(0);
        let person = |number| rig.person(&format!("p{number:02}"), &json!({"department": "Sales", "jobTitle": "Boss"}));
        let ids: Vec<_> = (0..PEOPLE).map(person).collect();
        let more = configure(&rig, &ids);
        rig.append("entra-jostle-sync.toml", &more);
        rig.expect(0, &["sync"]);
        let before = accounts(&rig);
        assert_eq!(before.len(), PEOPLE);
        rig.assert_everybody_active(PEOPLE);
        Self { rig, ids, before }
    }

    fn new() -> Self {
        Self::with(|_, _| String::new())
    }

    fn edit_toml(&self, old: &str, new: &str) {
        self.rig.edit("entra-jostle-sync.toml", old, new);
    }

    /// Two cycles end with this code, and nobody has noticed anything.
    fn harms_nobody(&self, code: i32) {
        for _ in 0..2 {
            self.rig.expect(code, &["sync"]);
        }
        let after = accounts(&self.rig);
        let harmed = self.before.iter().filter(|(id, account)| after.get(*id) != Some(*account)).count();
        assert_eq!((harmed, after.len()), (0, PEOPLE), "people who were harmed");
    }

    /// What is held is all of them, and is on the screen.
    fn holds_all(&self, class: &str) {
        let list = self.rig.expect(0, &["hold", "list", "--json"]).json();
        assert_eq!((&list[0]["class"], &list[0]["open"]), (&json!(class), &json!(PEOPLE)), "{list}");
    }

    /// After the cause is mended there is nothing to do, and nothing left to decide.
    fn is_mended(&self) {
        self.rig.expect(0, &["sync"]);
        assert_eq!(self.rig.expect(0, &["hold", "list"]).stdout, "nothing is held\n");
        assert_eq!(accounts(&self.rig), self.before);
    }
}

#[test]
fn a_typo_in_a_filter_excludes_everybody() {
    let company = Company::new();
    let filter =
        "\n[[scope.filters]]\nclauses = [{ attribute = \"department\", operator = \"EQUALS\", value = \"Slaes\" }]\n";
    company.rig.append("entra-jostle-sync.toml", filter);
    company.harms_nobody(11);
    company.holds_all("deactivate");
    company.edit_toml("Slaes", "Sales");
    company.is_mended();
}

#[test]
fn the_domain_is_renamed_and_every_name_changes() {
    let company = Company::new();
    for (number, id) in company.ids.iter().enumerate() {
        let name = format!("p{number:02}@new.example");
        company.rig.sim.graph().update_user(id, &json!({"userPrincipalName": name, "mail": name})).expect("a change");
    }
    company.harms_nobody(11);
    company.holds_all("loud");
    // It was meant: approved, it is a rename by id, and nobody gets a second account.
    company.rig.expect(0, &["hold", "approve", "1.1"]);
    company.rig.expect(0, &["sync"]);
    let after = accounts(&company.rig);
    assert!(after.keys().eq(company.before.keys()));
    assert!(after.values().all(|account| account["userName"].as_str().expect("a name").ends_with("@new.example")));
}

#[test]
fn the_assignment_is_emptied() {
    let company = Company::with(|rig, ids| {
        let group = rig.sim.graph().create_group(&json!({"displayName": "Staff"})).expect("a group");
        let group = group["id"].as_str().expect("an id").to_owned();
        rig.sim.graph().set_members(&group, ids).expect("members");
        rig.sim.graph().assign(&group, None).expect("assigned");
        format!("\n[scope]\nwho = \"assigned\"\napp_id = \"{}\"\n", rig.sim.details().app_id)
    });
    for assignment in company.rig.sim.graph().assignments() {
        company.rig.sim.graph().unassign(assignment["id"].as_str().expect("an id")).expect("unassigned");
    }
    company.harms_nobody(5);
}

/// Everybody in one group that is the scope.
fn in_a_group() -> (Company, String) {
    let mut staff = String::new();
    let company = Company::with(|rig, ids| {
        let group = rig.sim.graph().create_group(&json!({"displayName": "Staff"})).expect("a group");
        group["id"].as_str().expect("an id").clone_into(&mut staff);
        rig.sim.graph().set_members(&staff, ids).expect("members");
        "\n[scope]\nwho = \"groups\"\ngroups = [\"Staff\"]\n".to_owned()
    });
    (company, staff)
}

#[test]
fn the_group_is_deleted_in_entra() {
    let (company, group) = in_a_group();
    company.rig.sim.graph().delete_group(&group).expect("deleted");
    let done = company.rig.expect(3, &["sync"]);
    assert!(done.stderr.contains("Staff"), "{done:?}");
    company.harms_nobody(3);
    company.rig.sim.graph().restore_group(&group).expect("restored");
    company.is_mended();
}

#[test]
fn the_group_is_emptied_in_entra() {
    let (company, group) = in_a_group();
    company.rig.sim.graph().set_members(&group, &[]).expect("emptied");
    company.harms_nobody(11);
    company.holds_all("deactivate");
    company.rig.sim.graph().set_members(&group, &company.ids).expect("filled");
    company.is_mended();
}

#[test]
fn a_row_of_the_mapping_is_deleted() {
    let company = Company::new();
    company.rig.edit("mapping.toml", "source = \"surname\"", "source = \"surname\"\nwhen = \"create\"");
    company.harms_nobody(0);
    let title = "\n[[attribute]]\ntarget = \"title\"\nsource = \"jobTitle\"\n";
    company.rig.append("mapping.toml", title);
    // The new row changes everybody, so it is asked for first.
    company.harms_nobody(11);
    company.holds_all("update");
    company.rig.edit("mapping.toml", title, "");
    company.is_mended();
}

#[test]
fn the_tenant_id_is_wrong() {
    let company = Company::new();
    let tenant = company.rig.sim.details().tenant_id.clone();
    company.edit_toml(&tenant, "12345678-9abc-def0-1234-56789abcdef0");
    company.harms_nobody(4);
}

#[test]
fn the_base_url_of_jostle_is_wrong() {
    let company = Company::new();
    // What answers there knows no path; the simulator itself would ask for the key first.
    company.rig.faults(vec![Fault::new(Side::Jostle, status(404))]);
    company.rig.sim.graph().update_user(&company.ids[0], &json!({"givenName": "New"})).expect("a change");
    company.harms_nobody(6);
    company.rig.faults(Vec::new());
    company.edit_toml("/scim2\"", "/scim3\"");
    company.harms_nobody(4);
    company.edit_toml("/scim3\"", "/scim2\"");
    company.rig.expect(0, &["sync"]);
    assert_eq!(company.rig.accounts(), PEOPLE, "nobody was taken for deleted, and nobody was made again");
}

/// People came, left and were renamed since.
#[test]
fn the_state_of_last_month_is_put_back() {
    let company = Company::new();
    let rig = &company.rig;
    let (state, copy) = (rig.folder().join("state.db"), rig.folder().join("copy.db"));
    rig.expect(0, &["backup", copy.to_str().expect("UTF-8")]);
    let change = |number: usize, change: Value| {
        rig.sim.graph().update_user(&company.ids[number], &change).expect("a change");
    };
    for number in 0..5 {
        change(number, json!({"accountEnabled": false}));
        change(10 + number, json!({"userPrincipalName": format!("renamed{number}@corp.example")}));
        rig.person(&format!("new{number}"), &json!({}));
    }
    rig.expect(0, &["sync"]);
    let month_later = accounts(rig);
    std::fs::remove_file(&state).expect("removed");
    std::fs::copy(&copy, &state).expect("put back");
    for _ in 0..2 {
        rig.expect(0, &["sync"]);
    }
    assert_eq!(accounts(rig), month_later, "people who were harmed");
}

#[test]
fn the_automation_user_is_inside_the_scope() {
    let company = Company::new();
    let rig = &company.rig;
    let automation = json!({
        "userName": "automation@jostle.invalid", "active": true, "name": {"givenName": "Auto", "familyName": "Mation"},
        "emails": [{"type": "work", "value": "automation@jostle.invalid"}],
    });
    let automation = rig.sim.jostle().insert(automation).expect("an account");
    let shown = |rig: &Rig| accounts(rig).remove(automation["id"].as_str().expect("an id"));
    let before = shown(rig);
    let id = rig.person("robot", &json!({
        "userPrincipalName": "Automation@jostle.invalid", "mail": "Automation@jostle.invalid", "givenName": "Changed",
    }));
    rig.expect(7, &["sync"]);
    rig.sim.graph().update_user(&id, &json!({"accountEnabled": false})).expect("a change");
    rig.expect(0, &["sync"]);
    rig.sim.graph().delete_user(&id).expect("deleted");
    rig.expect(0, &["sync"]);
    assert_eq!(shown(rig), before, "the key would have been lost");
}
