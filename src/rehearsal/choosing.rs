//! What administrators say of whose an account is, through what the commands use, and what becomes of it.

use super::check;
use super::office::BY;
use super::oracle::{Chosen, Life, badge_of};
use super::player::Player;
use super::rules::Rule;
use super::runs::{Left, Ran};
use super::tenants::Tenants;
use super::word::Choice;
use crate::model::{EntraId, MatchChoice, TargetId};
use crate::store::{self, PersonRecord};

impl Player {
    /// An administrator says which account somebody gets. Whoever has one is passed over.
    pub(super) async fn choose(&mut self, who: u8, choice: Choice) -> Result<(), String> {
        let Some(entra_id) = self.stage.tenants().person(who).map(EntraId::new) else { return Ok(()) };
        let Some(choice) = self.meant(&entra_id, choice)? else { return Ok(()) };
        let record = self.record_of(&entra_id).await;
        let may_be_said = record.is_some_and(|record| account_in(&record).is_none());
        let Some(program) = self.program.take() else { return Err("no program".to_owned()) };
        self.has_approved |= may_be_said;
        let (said, before) = self.stage.tenants().choose(&entra_id, &choice);
        let chosen = store::Chosen { entra_id: entra_id.clone(), choice };
        let ran = self.run(program.engine.choose(vec![chosen], BY.to_owned())).await;
        self.program = Some(program);
        if let Ran::Done(Ok(people)) = &ran
            && *people != u64::from(may_be_said)
        {
            let detail = format!("{} has an account or not, and was said for {people} to get one", said.badge);
            self.stage.broken(Rule::Chosen, detail);
        }
        self.after_run(Left::of(&ran)).await?;
        // Nobody knows what a program has stored that is dead, before the state was read.
        let stored = self.record_of(&entra_id).await.and_then(|record| record.choice);
        let counts = [Some(said), before].into_iter().flatten().find(|said| stored.as_ref() == Some(&said.choice));
        self.stage.tenants().said.chosen.extend(counts);
        Ok(())
    }

    /// What is said; none: there is nothing to be said. What belongs to somebody else is refused by the command.
    fn meant(&self, entra_id: &EntraId, choice: Choice) -> Result<Option<MatchChoice>, String> {
        let nth = match choice {
            Choice::Link { nth } => nth,
            Choice::Create => return Ok(Some(MatchChoice::Create)),
            Choice::Ignore => return Ok(Some(MatchChoice::Ignore)),
        };
        let reader = self.reader()?;
        let is_free =
            |id: &TargetId| reader.owner_of(id).is_ok_and(|owner| owner.is_none_or(|owner| owner == *entra_id));
        let mut free: Vec<_> = self.stage.tenants().accounts_for(entra_id).into_iter().filter(is_free).collect();
        let at = usize::from(nth).checked_rem(free.len());
        Ok(at.map(|at| MatchChoice::Link { jostle_id: free.swap_remove(at) }))
    }

    /// Whether what was said is kept to; it is over for whoever has an account.
    pub(super) async fn judge_chosen(&self) {
        let said = self.stage.tenants().said.chosen.clone();
        for chosen in said {
            let record = self.record_of(&EntraId::new(&chosen.person)).await;
            let account = record.as_ref().and_then(account_in);
            let mut tenants = self.stage.tenants();
            let writes = tenants.sim.jostle().journal().split_off(chosen.since);
            let mut found = check::chosen(&chosen, &writes, account.as_deref());
            if tenants.keeps_for(&chosen) {
                found.extend(check::kept_for(&chosen, &writes));
            }
            if account.is_some() || !found.is_empty() {
                tenants.said.chosen.retain(|other| other.person != chosen.person);
            }
            drop(tenants);
            self.stage.notes().violations.extend(found);
        }
    }

    /// What the program knows of somebody.
    async fn record_of(&self, entra_id: &EntraId) -> Option<PersonRecord> {
        self.store_now()?.person(entra_id).await.ok()?
    }
}

/// The account that the program takes for somebody's.
fn account_in(PersonRecord { link, .. }: &PersonRecord) -> Option<String> {
    link.as_ref().filter(|link| !link.gone).map(|link| link.target_id.to_string())
}

impl Tenants {
    /// What is said of somebody from now on, in the place of what was said before.
    fn choose(&mut self, entra_id: &EntraId, choice: &MatchChoice) -> (Chosen, Option<Chosen>) {
        let person = entra_id.to_string();
        let badge = self.truth().people.remove(&person).map(|person| person.badge).unwrap_or_default();
        let before = self.said.chosen.iter().position(|other| other.person == person);
        let before = before.map(|at| self.said.chosen.remove(at));
        let is_outdone = |other: &Chosen| choice.jostle_id().is_some_and(|id| other.choice.jostle_id() == Some(id));
        self.said.chosen.iter_mut().for_each(|other| other.outdone |= is_outdone(other));
        self.said.kept_out.retain(|kept| kept.person != person);
        self.chronicle.choose(&badge, choice.jostle_id().map(TargetId::as_str));
        let accounts = self.sim.jostle().users_json();
        let theirs = accounts.iter().filter(|account| badge_of(account) == Some(&badge));
        let said = Chosen {
            theirs: theirs.filter_map(|account| account["id"].as_str().map(str::to_owned)).collect(),
            outdone: false,
            since: self.sim.jostle().journal().len(),
            choice: choice.clone(),
            person,
            badge,
        };
        (said, before)
    }

    /// Whether nobody else is to get what was said to be somebody's.
    fn keeps_for(&self, Chosen { person, outdone, .. }: &Chosen) -> bool {
        !outdone && self.truth().people.get(person).is_some_and(|person| person.life != Life::Purged)
    }

    /// The accounts that may be said to be somebody's: those that nobody was ever given, and their own.
    fn accounts_for(&self, entra_id: &EntraId) -> Vec<TargetId> {
        let badge = self.truth().people.remove(entra_id.as_str()).map(|person| person.badge);
        let accounts = self.sim.jostle().users_json();
        let may_be =
            accounts.iter().filter(|account| badge_of(account).is_none_or(|other| Some(other) == badge.as_deref()));
        may_be.filter_map(|account| account["id"].as_str().map(TargetId::new)).collect()
    }
}
