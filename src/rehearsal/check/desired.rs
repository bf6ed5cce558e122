//! Jostle equals the desired state, and whoever cannot have it waits for the right reason.

use super::Found;
use super::waiting::{Obstacle, obstacle};
use crate::model::{Link, MatchChoice, Operation};
use crate::rehearsal::evidence::Evidence;
use crate::rehearsal::oracle::{Desired, Person, Standing, Wanted, is_active, same, standing, value_at};
use crate::rehearsal::rules::Rule;
use crate::simulator::jostle::Author;
use crate::store::Retry;
use serde_json::Value;

pub(super) fn check(evidence: &Evidence, found: &mut Found) {
    for person in evidence.truth.people.values() {
        let one = One { evidence, person, badge: person.badge.clone() };
        match standing(person, &evidence.truth, &evidence.rulebook, &evidence.chosen) {
            Standing::Wanted => one.wanted(found),
            other => one.unwanted(other, found),
        }
    }
}

struct One<'a> {
    evidence: &'a Evidence,
    person: &'a Person,
    badge: String,
}

impl One<'_> {
    fn wanted(&self, found: &mut Found) {
        let Self { evidence, person, badge } = self;
        let retry = evidence.waiting.get(&person.id);
        if evidence.is_ignored(person) {
            // That nobody gives them an account is judged when it is done.
            if let Some(retry) = retry {
                found.add(Rule::Waiting, format!("{badge} waits, who is to get no account: {}", retry.message));
            }
            return;
        }
        let may_have_none = self.may_have_none();
        match (obstacle(evidence, person), retry) {
            (Ok(desired), None) => self.has(&desired, may_have_none, found),
            (Ok(_), Some(_)) if self.is_unknown() => {}
            (Ok(_), Some(retry)) if self.has_chosen_what_is_gone(retry) => {}
            (Ok(_), Some(retry)) => {
                found.add(Rule::Waiting, format!("{badge} waits for no reason: {} ({})", retry.message, retry.kind));
            }
            (Err(Obstacle::Mapping(_)), Some(retry)) if retry.kind == "mapping" => {}
            (Err(Obstacle::Name(_)), Some(retry)) if retry.kind != "mapping" => {}
            (Err(Obstacle::Mapping(why) | Obstacle::Name(why)), Some(retry)) => {
                found
                    .add(Rule::Waiting, format!("{badge} waits for {} ({}), not for {why}", retry.message, retry.kind));
            }
            (Err(_), None) if may_have_none => {}
            (Err(Obstacle::Mapping(why) | Obstacle::Name(why)), None) => {
                found.add(Rule::Waiting, format!("{badge} does not wait, although {why}"));
            }
        }
    }

    /// Jostle does not say whether the account is gone, or whether it is active where nobody who is not gets anything:
    /// nobody could know.
    fn is_unknown(&self) -> bool {
        let Self { evidence, person, .. } = self;
        let is = |switch: &str| evidence.switches.contains_key(switch);
        let is_gone = |link: &Link| !evidence.accounts.contains_key(link.target_id.as_str());
        let hides_activity =
            |link: &Link| is("invited_reads_inactive") || evidence.edited(link.target_id.as_str(), "active");
        let link = evidence.link_of(person);
        is("unknown_id_is_500") && link.is_some_and(is_gone)
            || self.off(Operation::Reactivate) && link.is_some_and(hides_activity)
    }

    /// The account that was approved as the person's was deleted since: an administrator chooses another one.
    fn has_chosen_what_is_gone(&self, retry: &Retry) -> bool {
        let removed = self.evidence.journal.iter().filter(|write| write.by == Author::Administrator);
        let mut removed = removed.filter(|write| write.after.is_none());
        let is_told = |id: &str| retry.message.contains(&format!("no account {id}, which an administrator chose"));
        retry.kind == "conflict" && removed.any(|write| is_told(&write.id))
    }

    fn off(&self, operation: Operation) -> bool {
        self.evidence.rulebook.switched_off.contains(&operation)
    }

    /// An administrator deleted the account, or none is ever created.
    fn may_have_none(&self) -> bool {
        let Self { evidence, person, badge } = self;
        let link = evidence.links.get(&person.id);
        if let Some(choice) = evidence.said.choice_of(&person.id) {
            return *choice == MatchChoice::Create && self.off(Operation::Create);
        }
        let known_gone = link.is_some_and(|link| link.gone);
        let missing = link.is_none_or(|link| !evidence.accounts.contains_key(link.target_id.as_str()));
        let removed = evidence.removed(link.map(|link| link.target_id.as_str()), badge);
        // Where it is to be created again, only what was not noticed may be missing.
        let deleted = missing && removed && !(known_gone && evidence.rulebook.recreates);
        deleted || link.is_none() && self.off(Operation::Create)
    }

    fn has(&self, desired: &Desired, may_have_none: bool, found: &mut Found) {
        let Self { evidence, person, badge } = self;
        let link = evidence.link_of(person);
        let account = link.and_then(|link| Some((link, evidence.accounts.get(link.target_id.as_str())?)));
        let Some((link, account)) = account else {
            if !may_have_none {
                found.add(Rule::Desired, format!("{badge} ({}) has no account", desired.user_name));
            }
            return;
        };
        self.shows(link, account, desired, found);
    }

    fn shows(&self, link: &Link, account: &Value, desired: &Desired, found: &mut Found) {
        let Self { evidence, badge, .. } = self;
        let id = link.target_id.as_str();
        let invited = evidence.switches.contains_key("invited_reads_inactive");
        let excused = self.off(Operation::Reactivate) || invited || evidence.stands(id, "active");
        if !is_active(account) && !excused {
            found.add(Rule::Desired, format!("{badge} ({}) is inactive", desired.user_name));
        }
        // Whoever is inactive gets nothing where nobody is reactivated.
        if self.off(Operation::Update) || self.off(Operation::Reactivate) && !is_active(account) {
            return;
        }
        let user_name = ("userName", Wanted::This(desired.user_name.clone()));
        for (target, wanted) in desired.values.iter().chain([&user_name]) {
            let shown = value_at(account, target);
            let is_right = match wanted {
                Wanted::Anything => true,
                Wanted::Nothing => shown.is_none() || evidence.never_written(id, target),
                Wanted::This(text) => shown.as_ref().is_some_and(|shown| same(target, shown, text)),
            };
            if !is_right && !evidence.stands(id, target) {
                found.add(Rule::Desired, format!("{badge} has {target} {shown:?}, not {wanted:?}"));
            }
        }
    }

    fn unwanted(&self, standing: Standing, found: &mut Found) {
        let Self { evidence, person, badge } = self;
        if let Some(retry) = evidence.waiting.get(&person.id).filter(|_| !self.is_unknown()) {
            found.add(Rule::Waiting, format!("{badge} waits, who is to have nothing: {}", retry.message));
        }
        let Some(link) = evidence.link_of(person) else { return };
        let id = link.target_id.as_str();
        let Some(account) = evidence.accounts.get(id) else { return };
        let kept = standing == Standing::OutOfScope && evidence.rulebook.keeps_leavers;
        if is_active(account) && !kept && !self.off(Operation::Deactivate) && !evidence.stands(id, "active") {
            found.add(Rule::Desired, format!("{badge} is active, and should not be ({standing:?})"));
        }
        let ends = standing == Standing::Purged && evidence.rulebook.delete_after_days.is_some();
        // Where nobody is deactivated only an account that we know to be inactive is deleted.
        let seems_active = self.off(Operation::Deactivate)
            && (evidence.switches.contains_key("invited_reads_inactive") || evidence.edited(id, "active"));
        if ends && !is_active(account) && !seems_active {
            found.add(Rule::Desired, format!("{badge} still has an account, and was deleted for good long ago"));
        }
    }
}
