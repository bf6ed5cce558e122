//! A company whose people are known by what they are called, and what is logged of them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::rig::Rig;

pub(super) const LOUD: [&str; 4] = ["--log-format", "json", "--log-level", "debug"];

const ROWS: &str = r#"
[[attribute]]
target = "title"
source = "jobTitle"

[[attribute]]
target = "nickName"
source = "employeeId"
redact = true

[[attribute]]
target = "urn:ietf:params:scim:schemas:extension:jostle:2.0:User:CustomBadge"
expression = 'Redact([department])'
"#;

/// What must not be shown although it is written: the values of rows that redact.
pub(super) const HIDDEN: [&str; 4] = ["Whisper1", "Whisper2", "Hush1", "Hush2"];

/// A company with seven people whose values cannot be anything else.
pub(super) struct Company {
    pub(super) rig: Rig,
    pub(super) log: String,
}

impl Company {
    pub(super) fn new(mode: &str) -> Self {
        let rig = Rig::new(30);
        rig.append("entra-jostle-sync.toml", &format!("\n[log]\npersonal_data = \"{mode}\"\n"));
        rig.append("entra-jostle-sync.toml", "\n[limits.deactivate]\ncount = 2\npercent = 100\n");
        rig.edit("entra-jostle-sync.toml", "every = \"1m\"", "every = \"1h\"");
        rig.append("mapping.toml", ROWS);
        for alias in ["ann", "bob", "cid", "dee", "eve", "flo"] {
            hire(&rig, alias);
        }
        Self { rig, log: String::new() }
    }

    /// Runs a command to its end, however it ends, and keeps what it logs.
    pub(super) fn says(&mut self, arguments: &[&str]) {
        let done = self.rig.start(&[arguments, &LOUD].concat()).finish();
        self.log += &done.stderr;
    }

    pub(super) fn change(&self, alias: &str, values: &Value) {
        let name = format!("{alias}@corp.example");
        let users = self.rig.sim.graph().users();
        let user = users.iter().find(|user| user["userPrincipalName"] == name).expect("somebody");
        self.rig.sim.graph().update_user(user["id"].as_str().expect("an id"), values).expect("a change");
    }

    /// The Jostle id of an account.
    pub(super) fn account(&self, alias: &str) -> String {
        let accounts = self.rig.sim.jostle().users_json();
        let found = accounts.iter().find(|account| account["userName"] == format!("{alias}@corp.example"));
        found.expect("an account")["id"].as_str().expect("an id").to_owned()
    }

    pub(super) fn by_hand(&self, alias: &str, values: &Value) {
        self.rig.sim.jostle().update(&self.account(alias), values).expect("changed");
    }

    /// Whatever names somebody, or is known of them.
    pub(super) fn people(&self) -> BTreeSet<String> {
        let of = |user: &Value, name: &str| user[name].as_str().map(str::to_owned);
        let names = ["userPrincipalName", "mail", "givenName", "surname", "jobTitle", "employeeId"];
        let users = self.rig.sim.graph().users();
        users.iter().flat_map(|user| names.iter().filter_map(move |name| of(user, name))).collect()
    }
}

pub(super) fn hire(rig: &Rig, alias: &str) {
    let values = json!({
        "givenName": format!("Xenia-{alias}"), "surname": format!("Quill-{alias}"), "jobTitle": "Chiefess",
        "employeeId": "Whisper1", "department": "Hush1",
    });
    rig.person(alias, &values);
}
