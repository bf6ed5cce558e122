//! What changes in the two tenants.

use serde_json::{Value, json};

use super::names::{names, object, value};
use super::people::{MOST_PEOPLE, account, somebody, user_name};
use super::{chance, pick};
use crate::rehearsal::company::Company;
use crate::rehearsal::event::Change;

/// Makes changes for one company.
pub(super) struct Changes<'a> {
    pub(super) company: &'a Company,
    /// People so far, those who will be hired included.
    pub(super) people: u8,
}

/// One to three properties of a person.
pub(super) fn values_of(rng: &mut fastrand::Rng, who: u8) -> Change {
    let changed = (0..=rng.u8(..2)).map(|_| value(rng)).map(|(name, value)| (name.to_owned(), value));
    Change::Set { who, properties: changed.collect() }
}

impl Changes<'_> {
    pub(super) fn next(&mut self, rng: &mut fastrand::Rng) -> Change {
        match rng.u8(..20) {
            0..=2 => self.in_jostle(rng),
            3..=8 => self.of_values(rng),
            9..=12 => self.of_life(rng),
            13..=15 => self.of_groups(rng),
            _ => self.of_membership(rng),
        }
    }

    /// What often follows a change: an account that was deleted is made again by hand.
    pub(super) fn after(&self, rng: &mut fastrand::Rng, change: &Change) -> Option<Change> {
        let Change::Remove(who) = change else { return None };
        chance(rng, 40).then(|| Change::Make(account(rng, &user_name(&self.company.rulebook, *who, 0))))
    }

    fn who(&self, rng: &mut fastrand::Rng) -> u8 {
        rng.u8(..self.people)
    }

    fn of_values(&self, rng: &mut fastrand::Rng) -> Change {
        let who = self.who(rng);
        match rng.u8(..10) {
            0 | 1 => {
                let mut properties = names(who, rng.u8(..3));
                if chance(rng, 25) {
                    properties.remove(pick(rng, &["mail", "userPrincipalName"]));
                }
                Change::Set { who, properties }
            }
            2 => Change::Swap { one: who, other: self.who(rng) },
            3 => Change::Set { who, properties: object(json!({"mail": Value::Null})) },
            4 => Change::Manager { who, manager: chance(rng, 70).then(|| self.who(rng)).filter(|other| *other != who) },
            _ => values_of(rng, who),
        }
    }

    fn of_life(&mut self, rng: &mut fastrand::Rng) -> Change {
        let who = self.who(rng);
        match rng.u8(..9) {
            0 | 1 if self.people < MOST_PEOPLE => {
                let mut hired = somebody(rng, self.people, self.people);
                if chance(rng, 15) {
                    // Somebody with the name of somebody else, who may have left.
                    hired.properties.extend(names(who, 0));
                }
                self.people += 1;
                Change::Hire(Box::new(hired))
            }
            2 => Change::Delete(who),
            3 => Change::Restore(who),
            4 => Change::Purge(who),
            5 => Change::Set { who, properties: object(json!({"userType": pick(rng, &["Guest", "Member"])})) },
            _ => Change::Set { who, properties: object(json!({"accountEnabled": chance(rng, 50)})) },
        }
    }

    fn of_groups(&self, rng: &mut fastrand::Rng) -> Change {
        let groups: Vec<u8> = self.company.groups.iter().map(|team| team.number).collect();
        let (group, other) = (pick(rng, &groups), pick(rng, &groups));
        match rng.u8(..4) {
            0 => Change::Nest { inner: group, outer: other },
            1 => Change::Unnest { inner: group, outer: other },
            2 => Change::AssignGroup(group),
            _ => Change::UnassignGroup(group),
        }
    }

    fn of_membership(&self, rng: &mut fastrand::Rng) -> Change {
        let (who, group) = (self.who(rng), rng.usize(..self.company.groups.len()));
        let group = self.company.groups[group].number;
        match rng.u8(..4) {
            0 => Change::Join { who, group },
            1 => Change::Leave { who, group },
            2 => Change::Assign(who),
            _ => Change::Unassign(who),
        }
    }

    fn in_jostle(&self, rng: &mut fastrand::Rng) -> Change {
        let who = self.who(rng);
        match rng.u8(..6) {
            0 => Change::Remove(who),
            1 => {
                let name = user_name(&self.company.rulebook, rng.u8(..=self.people), rng.u8(..3));
                Change::Make(account(rng, &name))
            }
            2 => Change::Edit { who, attributes: object(json!({"active": chance(rng, 30)})) },
            3 => Change::Edit {
                who,
                attributes: object(json!({"name": {"givenName": "Edited", "familyName": "Edited"}})),
            },
            _ => Change::Edit { who, attributes: object(json!({"title": pick(rng, &["Edited", "Boss"])})) },
        }
    }
}
