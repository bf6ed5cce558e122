//! A small company that lives on while the program is killed: people come, change and go, and administrators work in
//! Jostle. It remembers what must be true in the end.

use std::collections::{BTreeMap, BTreeSet};

use entra_jostle_sync::simulator::SimulatorOptions;
use fastrand::Rng;
use serde_json::{Value, json};

use super::faults;
use super::moment::Moment;
use super::proxy::Proxy;
use super::rig::Rig;
use super::victim::{self, Ended};

/// The account that nobody may touch, whoever has its name in Entra.
pub(crate) const PROTECTED: &str = "automation@jostle.invalid";

pub(crate) struct Company {
    pub(crate) rig: Rig,
    pub(crate) rng: Rng,
    proxy: Proxy,
    /// Every name, folded, that somebody ever had in Entra, with their Entra id.
    pub(crate) names: BTreeMap<String, String>,
    /// Accounts that administrators made, by id, as they left them.
    pub(crate) handmade: BTreeMap<String, Value>,
    /// People whose account an administrator deleted.
    pub(crate) removed: BTreeSet<String>,
    /// Kills so far.
    pub(crate) kills: u32,
    newcomers: u32,
}

impl Company {
    pub(crate) fn new(mut rng: Rng) -> Self {
        let rig = Rig::with(SimulatorOptions { users: rng.usize(20..=60), seed: rng.u64(..), ..Default::default() });
        let proxy = Proxy::before(&rig);
        let writers = format!("concurrency = {}", rng.choice([1, 4, 16]).expect("some"));
        rig.edit("entra-jostle-sync.toml", "concurrency = 16", &writers);
        rig.edit(
            "entra-jostle-sync.toml",
            "[limits]\n",
            "[limits]\ndeactivate.count = 10000\ncreate.count = 10000\nloud.count = 10000\nupdate.count = 10000\n",
        );
        rig.append("mapping.toml", "\n[[attribute]]\ntarget = \"title\"\nsource = \"jobTitle\"\nnull = \"clear\"\n");
        let mut pages = rig.sim.graph().switches();
        pages.page_size = rng.usize(5..=40);
        rig.sim.graph().set_switches(pages).expect("a page size");
        let (names, handmade, removed) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        let mut company = Self { rig, rng, proxy, names, handmade, removed, kills: 0, newcomers: 0 };
        company.remember_names();
        company.put_account(PROTECTED, true);
        company.rig.person("automation", &json!({"userPrincipalName": PROTECTED}));
        company.put_account("handmade@corp.example", true);
        company
    }

    /// Runs the program until a moment; counts if it was killed.
    pub(crate) fn run(&mut self, arguments: &[&str], moment: Moment) -> Ended {
        let ended = victim::run(&self.rig, &self.proxy, arguments, moment);
        self.kills += u32::from(ended == Ended::Killed);
        ended
    }

    /// A moment of a process that has this many writes to do.
    pub(crate) fn moment(&mut self, writes: u64) -> Moment {
        Moment::random(&mut self.rng, writes)
    }

    /// A fault for the next process, or none.
    pub(crate) fn fault(&mut self) {
        let faults = faults::some(&mut self.rng);
        self.rig.faults(faults);
    }

    /// Some people come, change or go; at most so many writes are due for them.
    pub(crate) fn live(&mut self, changes: u32) {
        for _ in 0..changes {
            match self.rng.u8(0..22) {
                0..4 => self.hire(),
                4..8 => self.change_name(),
                8..11 => self.change("jobTitle"),
                11..14 => self.rename(),
                14..16 => self.toggle(),
                16..18 => self.delete_or_restore(),
                18 => self.purge(),
                _ => self.administrate(),
            }
        }
        self.remember_names();
    }

    fn remember_names(&mut self) {
        for user in self.rig.sim.graph().users() {
            if let (Some(name), Some(id)) = (user["userPrincipalName"].as_str(), user["id"].as_str()) {
                let earlier = self.names.insert(name.to_lowercase(), id.to_owned());
                assert!(earlier.is_none_or(|earlier| earlier == id), "{name} is used again");
            }
        }
    }

    fn alias(&mut self) -> String {
        self.newcomers += 1;
        format!("new{}", self.newcomers)
    }

    fn hire(&mut self) {
        let alias = self.alias();
        // Now and then somebody has made the account before.
        if self.rng.u8(0..4) == 0 {
            let active = self.rng.bool();
            self.put_account(&format!("{alias}@corp.example"), active);
        }
        self.rig.person(&alias, &json!({}));
    }

    /// Some person with this lifecycle; rooms and guests are none.
    pub(crate) fn somebody(&mut self, lifecycle: &str) -> Option<String> {
        let of_lifecycle = |user: &Value| {
            let is_person = user["userType"] != "Guest" && user["surname"].is_string() && user["mail"].is_string();
            user["lifecycle"] == lifecycle && is_person && user["userPrincipalName"] != PROTECTED
        };
        let users: Vec<_> = self.rig.sim.graph().users().into_iter().filter(of_lifecycle).collect();
        Some(self.rng.choice(&users)?["id"].as_str().expect("an id").to_owned())
    }

    fn set(&self, id: &str, properties: &Value) {
        self.rig.sim.graph().update_user(id, properties).expect("a change");
    }

    fn change(&mut self, property: &str) {
        let Some(id) = self.somebody("live") else { return };
        let value = match property == "jobTitle" && self.rng.u8(0..3) == 0 {
            true => Value::Null,
            false => json!(format!("Value {}", self.rng.u32(..))),
        };
        self.set(&id, &json!({ property: value }));
    }

    fn change_name(&mut self) {
        if let Some(id) = self.somebody("live") {
            let number = self.rng.u32(..);
            self.call(&id, &format!("Value {number}"));
        }
    }

    /// Another given name that keeps its first word: the account of somebody who is called otherwise is asked about, and
    /// nobody answers here.
    pub(crate) fn call(&self, id: &str, more: &str) {
        let user = self.rig.sim.graph().user(id).expect("a user");
        let first = user["givenName"].as_str().and_then(|name| name.split(' ').next()).unwrap_or("Given");
        self.set(id, &json!({"givenName": format!("{first} {more}")}));
    }

    fn rename(&mut self) {
        let alias = self.alias();
        let Some(id) = self.somebody("live") else { return };
        let name = format!("{alias}@corp.example");
        self.set(&id, &json!({"userPrincipalName": name, "mail": name}));
    }

    fn toggle(&mut self) {
        let Some(id) = self.somebody("live") else { return };
        let user = self.rig.sim.graph().user(&id).expect("a user");
        self.set(&id, &json!({"accountEnabled": user["accountEnabled"] == false}));
    }

    fn delete_or_restore(&mut self) {
        let graph = |company: &Self, id: &str, restore: bool| {
            let graph = company.rig.sim.graph();
            if restore { graph.restore_user(id) } else { graph.delete_user(id) }.expect("done");
        };
        match (self.rng.bool().then(|| self.somebody("deleted")).flatten(), self.somebody("live")) {
            (Some(deleted), _) => graph(self, &deleted, true),
            (None, Some(live)) => graph(self, &live, false),
            (None, None) => {}
        }
    }

    fn purge(&mut self) {
        if let Some(id) = self.somebody("deleted") {
            self.rig.sim.graph().purge_user(&id).expect("purged");
        }
    }

    /// An administrator makes an account that has no owner in Entra, or gives some account a nickname.
    fn administrate(&mut self) {
        let name = format!("{}@handmade.example", self.alias());
        if self.rng.u8(0..3) == 0 {
            return self.put_account(&name, true);
        }
        let jostle = self.rig.sim.jostle();
        let accounts = jostle.users_json();
        let account = self.rng.choice(&accounts).expect("the protected account at least");
        let id = account["id"].as_str().expect("an id");
        let edited = jostle.update(id, &json!({"nickName": name})).expect("an edit");
        if let Some(left) = self.handmade.get_mut(id) {
            *left = edited;
        }
    }

    /// An administrator deletes the account of somebody whom the program knows to have one.
    pub(crate) fn remove_somebody(&mut self) {
        let accounts = self.rig.sim.jostle().users_json();
        let account = self.rng.choice(&accounts).expect("some account");
        let (id, name) = (account["id"].as_str().expect("an id"), account["userName"].as_str().expect("a name"));
        let owner = self.names.get(&name.to_lowercase()).filter(|_| !self.unmanaged().contains_key(id));
        if let Some(owner) = owner {
            assert!(self.rig.sim.jostle().remove(id));
            self.removed.insert(owner.clone());
            self.handmade.remove(id);
        }
    }

    fn put_account(&mut self, user_name: &str, active: bool) {
        // Under the name of whoever has the userName: another one would be asked about, and nobody answers here.
        let people = self.rig.sim.graph().users();
        let is_named =
            |user: &&Value| user["userPrincipalName"].as_str().is_some_and(|n| n.eq_ignore_ascii_case(user_name));
        let named =
            people.iter().find(is_named).cloned().unwrap_or_else(|| json!({"givenName": "Given", "surname": "Family"}));
        let account = json!({
            "userName": user_name, "active": active, "name": {"givenName": named["givenName"], "familyName": named["surname"]},
            "emails": [{"type": "work", "value": user_name}],
        });
        let account = self.rig.sim.jostle().insert(account).expect("a new account");
        self.handmade.insert(account["id"].as_str().expect("an id").to_owned(), account);
    }
}
