//! Both tenants, and what administrators do in them.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value, json};

use super::company::{Company, Rulebook, Somebody, Team};
use super::event::Change;
use super::oracle::{Chronicle, Life, Said, Truth, badge_of, desired, standing};
use crate::simulator::InProcess;
use crate::simulator::jostle::Author;

/// Both tenants, who is who in them, and what was true at some time.
pub(super) struct Tenants {
    pub(super) sim: InProcess,
    pub(super) rulebook: Rulebook,
    pub(super) chronicle: Chronicle,
    pub(super) said: Said,
    people: BTreeMap<u8, String>,
    /// By Entra id.
    badges: BTreeMap<String, String>,
    groups: BTreeMap<u8, String>,
    /// The object ids of the chosen groups.
    pub(super) chosen: Vec<String>,
    /// Jostle's switches that are not at their default.
    pub(super) switches: Map<String, Value>,
}

impl Tenants {
    /// The company as it is at the beginning. Error: what the simulator does not take.
    pub(super) fn found(sim: InProcess, company: &Company) -> Result<Self, String> {
        let mut tenants = Self {
            sim,
            rulebook: company.rulebook.clone(),
            chronicle: Chronicle::default(),
            said: Said::default(),
            people: BTreeMap::new(),
            badges: BTreeMap::new(),
            groups: BTreeMap::new(),
            chosen: Vec::new(),
            switches: company.jostle.clone(),
        };
        tenants.sim.graph().set_switches(company.entra.clone())?;
        for account in &company.accounts {
            // Two that have one name in different cases: the second one is refused, as in life.
            let _refused = tenants.sim.jostle().insert(account.clone());
        }
        tenants.sim.jostle().set_switches(Value::Object(company.jostle.clone()))?;
        for somebody in &company.people {
            tenants.hire(somebody)?;
        }
        for somebody in &company.people {
            tenants.report(somebody.number, somebody.manager);
        }
        for team in &company.groups {
            tenants.form(team)?;
        }
        for team in &company.groups {
            for inner in &team.teams {
                tenants.apply(&Change::Nest { inner: *inner, outer: team.number });
            }
        }
        tenants.note();
        Ok(tenants)
    }

    /// The Entra id of a person.
    pub(super) fn person(&self, number: u8) -> Option<&str> {
        self.people.get(&number).map(String::as_str)
    }

    /// The configuration becomes another one.
    pub(super) fn configure(&mut self, rulebook: Rulebook) {
        self.rulebook = rulebook;
        self.chronicle.reconfigure(&self.rulebook, &self.chosen);
        self.note();
    }

    pub(super) fn truth(&self) -> Truth {
        Truth::of(self.sim.graph(), &self.badges)
    }

    /// Notes what is true now.
    pub(super) fn note(&mut self) {
        let truth = self.truth();
        self.chronicle.note(&truth, &self.rulebook, &self.chosen);
        let mut kept_out = std::mem::take(&mut self.said.kept_out);
        kept_out.retain(|kept| kept.shape == self.shape(&truth, &kept.person, kept.removes));
        self.said.kept_out = kept_out;
    }

    /// Of all that decides what is to be done for a person, the same as long as none of it changes. The values of an
    /// account do not matter to whatever `removes` it. That an administrator does anything in Jostle may change it for
    /// anybody.
    pub(super) fn shape(&self, truth: &Truth, id: &str, removes: bool) -> u64 {
        let Self { rulebook, chosen, .. } = self;
        let mut hasher = DefaultHasher::new();
        if let Some(person) = truth.people.get(id) {
            let manager = truth.manager_of(person).map(|manager| format!("{:?}", manager.properties));
            let standing = standing(person, truth, rulebook, chosen);
            format!("{:?} {:?} {manager:?} {standing:?}", person.life, person.properties).hash(&mut hasher);
            if !removes {
                let desired = [false, true].map(|new| desired(person, truth, rulebook, new));
                format!("{desired:?} {:?}", rulebook.user_name).hash(&mut hasher);
            }
        }
        let Rulebook { protected, switched_off, keeps_leavers, grace_days, delete_after_days, recreates, .. } =
            rulebook;
        (protected, keeps_leavers, grace_days, delete_after_days, recreates).hash(&mut hasher);
        format!("{switched_off:?}").hash(&mut hasher);
        let journal = self.sim.jostle().journal();
        journal.iter().filter(|write| write.by == Author::Administrator).count().hash(&mut hasher);
        hasher.finish()
    }

    /// Whether Jostle does not show who is active.
    pub(super) fn hides_activity(&self) -> bool {
        self.switches.contains_key("invited_reads_inactive")
    }

    /// Somebody changes something. What cannot be, as a name that is taken, is left.
    pub(super) fn apply(&mut self, change: &Change) {
        let _refused = self.try_apply(change);
        self.note();
    }

    fn try_apply(&mut self, change: &Change) -> Result<(), String> {
        let sim = self.sim.clone();
        let graph = sim.graph();
        let said = |error: crate::simulator::graph::TenantError| error.to_string();
        let person = |number: &u8| self.people.get(number).cloned().ok_or_else(|| "nobody".to_owned());
        let group = |number: &u8| self.groups.get(number).cloned().ok_or_else(|| "no group".to_owned());
        match change {
            Change::Hire(somebody) => return self.hire(somebody),
            Change::Set { who, properties } => {
                graph.update_user(&person(who)?, &Value::Object(properties.clone())).map_err(said)?;
            }
            Change::Swap { one, other } => return self.swap(&person(one)?, &person(other)?),
            Change::Delete(who) if self.somebody_else_lives(*who) => {
                graph.delete_user(&person(who)?).map_err(said)?;
            }
            Change::Purge(who) if self.somebody_else_lives(*who) => graph.purge_user(&person(who)?).map_err(said)?,
            Change::Restore(who) => {
                graph.restore_user(&person(who)?).map_err(said)?;
            }
            Change::Manager { who, manager } => self.report(*who, *manager),
            Change::Join { who, group: into } => graph.add_member(&group(into)?, &person(who)?).map_err(said)?,
            Change::Leave { who, group: of } => graph.remove_member(&group(of)?, &person(who)?).map_err(said)?,
            Change::Nest { inner, outer } if inner != outer => {
                graph.add_member(&group(outer)?, &group(inner)?).map_err(said)?;
            }
            // Nothing joins itself; and a tenant without anybody is never believed, and rightly so.
            Change::Nest { .. } | Change::Delete(_) | Change::Purge(_) => {}
            Change::Unnest { inner, outer } => graph.remove_member(&group(outer)?, &group(inner)?).map_err(said)?,
            Change::Assign(who) => {
                graph.assign(&person(who)?, None).map_err(said)?;
            }
            Change::AssignGroup(number) => {
                graph.assign(&group(number)?, None).map_err(said)?;
            }
            Change::Unassign(who) => self.unassign(&person(who)?)?,
            Change::UnassignGroup(number) => self.unassign(&group(number)?)?,
            Change::Edit { who, attributes } => {
                let account = self.account_of(*who).ok_or("no account")?;
                sim.jostle().update(&account, &Value::Object(attributes.clone()))?;
            }
            Change::Remove(who) => {
                sim.jostle().remove(&self.account_of(*who).ok_or("no account")?);
            }
            Change::Make(account) => {
                sim.jostle().insert(account.clone())?;
            }
        }
        Ok(())
    }

    fn hire(&mut self, somebody: &Somebody) -> Result<(), String> {
        let Somebody { number, properties, assigned, manager } = somebody;
        let created =
            self.sim.graph().create_user(&Value::Object(properties.clone())).map_err(|error| error.to_string())?;
        let id = created["id"].as_str().unwrap_or_default().to_lowercase();
        self.people.insert(*number, id.clone());
        self.badges.insert(id.clone(), format!("b{number}"));
        if *assigned {
            self.sim.graph().assign(&id, None).map_err(|error| error.to_string())?;
        }
        self.report(*number, *manager);
        Ok(())
    }

    fn report(&self, who: u8, manager: Option<u8>) {
        let Some(person) = self.person(who) else { return };
        let manager = manager.and_then(|manager| self.person(manager));
        let _refused = self.sim.graph().set_manager(person, manager);
    }

    fn form(&mut self, team: &Team) -> Result<(), String> {
        let graph = self.sim.graph();
        let properties = json!({
            "displayName": format!("Group {}", team.number), "mailEnabled": false,
            "mailNickname": "group", "securityEnabled": true,
        });
        let group = graph.create_group(&properties).map_err(|error| error.to_string())?;
        let id = group["id"].as_str().unwrap_or_default().to_lowercase();
        for member in team.people.iter().filter_map(|number| self.people.get(number)) {
            graph.add_member(&id, member).map_err(|error| error.to_string())?;
        }
        if team.assigned {
            graph.assign(&id, None).map_err(|error| error.to_string())?;
        }
        if team.chosen {
            self.chosen.push(id.clone());
        }
        self.groups.insert(team.number, id);
        Ok(())
    }

    fn unassign(&self, principal: &str) -> Result<(), String> {
        let graph = self.sim.graph();
        for assignment in graph.assignments() {
            let is_theirs = assignment["principalId"].as_str().is_some_and(|id| id.eq_ignore_ascii_case(principal));
            if let Some(id) = assignment["id"].as_str().filter(|_| is_theirs) {
                graph.unassign(id).map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }

    /// Over a name that nobody has, since no two have the same one at any moment.
    fn swap(&self, one: &str, other: &str) -> Result<(), String> {
        let names = |key: &str| {
            let user = self.sim.graph().user(key).filter(|user| user["lifecycle"] == "live")?;
            let of = |name: &str| (name.to_owned(), user[name].clone());
            Some([of("userPrincipalName"), of("mail")].into_iter().collect::<Map<_, _>>())
        };
        let (Some(first), Some(second)) = (names(one), names(other)) else { return Err("nobody".to_owned()) };
        let aside = json!({"userPrincipalName": "aside@corp.example"});
        for (key, names) in [(one, aside), (other, Value::Object(first)), (one, Value::Object(second))] {
            self.sim.graph().update_user(key, &names).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn somebody_else_lives(&self, who: u8) -> bool {
        let id = self.person(who).unwrap_or_default();
        self.truth().people.values().any(|person| person.id != id && person.life == Life::Live)
    }

    /// The account with a person's badge.
    fn account_of(&self, who: u8) -> Option<String> {
        let badge = format!("b{who}");
        let accounts = self.sim.jostle().users_json();
        let found = accounts.iter().find(|account| badge_of(account) == Some(&badge))?;
        found["id"].as_str().map(str::to_owned)
    }
}
