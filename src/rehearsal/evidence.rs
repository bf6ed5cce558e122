//! All that the rules are judged by: the truth of both tenants, what was done, and what the program says of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::company::Rulebook;
use super::oracle::{Chronicle, Life, Person, Said, Truth, badge_of, value_at};
use crate::model::{Link, MatchChoice};
use crate::simulator::jostle::{Author, JostleWrite};
use crate::store::{LogEntry, Retry};

/// The evidence at one moment.
pub(super) struct Evidence {
    pub(super) truth: Truth,
    pub(super) rulebook: Rulebook,
    pub(super) chosen: Vec<String>,
    pub(super) chronicle: Chronicle,
    pub(super) said: Said,
    /// Jostle's switches that are not at their default.
    pub(super) switches: serde_json::Map<String, Value>,
    /// Every account, by id.
    pub(super) accounts: BTreeMap<String, Value>,
    /// Every write in Jostle, the oldest first.
    pub(super) journal: Vec<JostleWrite>,
    /// Where the journal was when the state was lost.
    pub(super) told_from: usize,
    /// The provisioning log, the oldest first.
    pub(super) log: Vec<LogEntry>,
    /// Links by Entra id.
    pub(super) links: BTreeMap<String, Link>,
    /// Who waits, by Entra id.
    pub(super) waiting: BTreeMap<String, Retry>,
    /// The program's clock was set, so that it cannot tell how old an account is.
    pub(super) clock_set: bool,
    /// Accounts that were ours when the state was lost.
    pub(super) forgotten: BTreeSet<String>,
    /// What came back after a repair, by account and attribute: it is not fought over.
    pub(super) given_up: BTreeSet<(String, String)>,
}

impl Evidence {
    /// The link of a person whose account is not known to be gone.
    pub(super) fn link_of(&self, person: &Person) -> Option<&Link> {
        self.links.get(&person.id).filter(|link| !link.gone)
    }

    /// Whom an account is kept for, by their Entra id.
    pub(super) fn kept_for(&self, account: &str) -> Option<&str> {
        let id = self.said.keeps(account)?.person.as_str();
        self.truth.people.get(id).filter(|person| person.life != Life::Purged).map(|_| id)
    }

    /// Whether an administrator has said that somebody gets no account.
    pub(super) fn is_ignored(&self, person: &Person) -> bool {
        self.said.choice_of(&person.id) == Some(&MatchChoice::Ignore)
    }

    /// Who is linked to an account.
    pub(super) fn owner_of(&self, account: &str) -> Option<&str> {
        let of = |link: &&Link| !link.gone && link.target_id.as_str() == account;
        self.links.values().find(of).map(|link| link.entra_id.as_str())
    }

    /// Whether an administrator changed an attribute after we last did. What was there before our first write does not
    /// count: it was seen.
    pub(super) fn edited(&self, account: &str, target: &str) -> bool {
        let of_account = || self.journal.iter().filter(|write| write.id == account);
        let ours = of_account().filter(|write| write.by == Author::Api);
        let Some(first) = ours.map(|write| write.number).next() else { return false };
        let changed = |write: &&JostleWrite| {
            let at = |resource: &Option<Value>| resource.as_ref().and_then(|resource| value_at(resource, target));
            write.number > first && at(&write.before) != at(&write.after)
        };
        of_account().rfind(changed).is_some_and(|write| write.by == Author::Administrator)
    }

    /// Whether what an administrator changed may stand: nobody looked for it, or it came back after a repair.
    pub(super) fn stands(&self, account: &str, target: &str) -> bool {
        let is_given_up = || self.given_up.contains(&(account.to_owned(), target.to_owned()));
        self.edited(account, target) && (!self.rulebook.repairs || is_given_up())
    }

    /// Whether an attribute is as it was when the account was adopted, which it also is when the state was lost. A value
    /// that no row was for at that time is not known, and so is not cleared by a row that comes later: that takes reading
    /// the account again.
    pub(super) fn never_written(&self, account: &str, target: &str) -> bool {
        let at = |resource: &Option<Value>| resource.as_ref().and_then(|resource| value_at(resource, target));
        let known = self.journal.iter().skip(self.told_from);
        let ours = known.filter(|write| write.id == account && write.by == Author::Api);
        !ours.into_iter().any(|write| at(&write.before) != at(&write.after))
    }

    /// Whether an administrator deleted an account with this id or badge.
    pub(super) fn removed(&self, account: Option<&str>, badge: &str) -> bool {
        self.journal.iter().any(|write| {
            let is_removal = write.by == Author::Administrator && write.after.is_none();
            let was = write.before.as_ref().and_then(badge_of);
            is_removal && (Some(write.id.as_str()) == account || was == Some(badge))
        })
    }

    /// Whether an account of ours could rightly be forgotten with the state: nobody of its name was to have one, or was
    /// said to get another.
    pub(super) fn excused(&self, account: &str) -> bool {
        if !self.forgotten.contains(account) || self.owner_of(account).is_some() {
            return false;
        }
        let Some(resource) = self.accounts.get(account) else { return true };
        let past = badge_of(resource).and_then(|badge| self.chronicle.people.get(badge));
        past.is_none_or(|past| {
            let name = super::oracle::user_name_of(resource);
            !past.wanted_since_loss
                || past.chosen_since_loss
                || past.names_since_loss.iter().any(|other| *other != name)
        })
    }
}
