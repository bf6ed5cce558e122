//! What was true at some time: a write is judged by what could have been known, not by what is true at the end.

use std::collections::{BTreeMap, BTreeSet};

use super::account::fold;
use super::standing::{Standing, standing};
use super::truth::Truth;
use super::values::desired;
use crate::rehearsal::company::Rulebook;

/// One person's past.
#[derive(Clone, Debug, Default)]
pub(in crate::rehearsal) struct Past {
    /// Every `userName` that they should have had, folded.
    pub(in crate::rehearsal) names: BTreeSet<String>,
    /// Should have had an active account at some time.
    pub(in crate::rehearsal) was_wanted: bool,
    /// Should have had none at some time, the latest number of a moment.
    pub(in crate::rehearsal) unwanted_at: Option<u64>,
    /// Since when they are out of scope without having been anything else, and the days of grace are what they are.
    pub(in crate::rehearsal) out_since: Option<u64>,
    /// The names since the state was lost, an empty one where there was none, and whether they were wanted all the time since then.
    pub(in crate::rehearsal) names_since_loss: BTreeSet<String>,
    pub(in crate::rehearsal) wanted_since_loss: bool,
    /// An administrator has said since then which account they get, and these are all that ever were said to be theirs.
    pub(in crate::rehearsal) chosen_since_loss: bool,
    pub(in crate::rehearsal) chosen: BTreeSet<String>,
}

/// Everybody's past, by badge.
#[derive(Clone, Debug, Default)]
pub(in crate::rehearsal) struct Chronicle {
    pub(in crate::rehearsal) people: BTreeMap<String, Past>,
    /// Counts the moments: every change in Entra or the configuration is one.
    pub(in crate::rehearsal) moment: u64,
    /// As they were at that moment.
    grace_days: u16,
    /// What was true since the last complete read without a fault, by moment: the program may know any of it.
    recent: Vec<(u64, Truth)>,
}

impl Chronicle {
    /// Notes what is true now.
    pub(in crate::rehearsal) fn note(&mut self, truth: &Truth, rulebook: &Rulebook, chosen: &[String]) {
        self.moment += 1;
        let moment = self.moment;
        for person in truth.people.values() {
            let past = self
                .people
                .entry(person.badge.clone())
                .or_insert_with(|| Past { wanted_since_loss: true, ..Past::default() });
            let standing = standing(person, truth, rulebook, chosen);
            let out_since = past.out_since.filter(|_| rulebook.grace_days == self.grace_days).unwrap_or(moment);
            past.out_since = (standing == Standing::OutOfScope).then_some(out_since);
            let is_wanted = standing == Standing::Wanted;
            past.was_wanted |= is_wanted;
            past.wanted_since_loss &= is_wanted;
            if !is_wanted {
                past.unwanted_at = Some(moment);
            }
            // A name counts even where the rest of the mapping fails: it is what an account is looked up by.
            let name = desired(person, truth, rulebook, false).map(|desired| desired.user_name).ok();
            let name = name.or_else(|| person.text(rulebook.user_name)).as_deref().map(fold);
            past.names_since_loss.insert(name.clone().unwrap_or_default());
            past.names.extend(name);
        }
        self.grace_days = rulebook.grace_days;
        self.recent.push((moment, truth.clone()));
    }

    /// Another configuration: it meets what is known, which may be older than what is true.
    pub(in crate::rehearsal) fn reconfigure(&mut self, rulebook: &Rulebook, chosen: &[String]) {
        for (_, truth) in &self.recent {
            for person in truth.people.values() {
                let past = self.people.entry(person.badge.clone()).or_default();
                past.was_wanted |= standing(person, truth, rulebook, chosen) == Standing::Wanted;
                past.names.extend(person.text(rulebook.user_name).as_deref().map(fold));
            }
        }
    }

    /// An administrator says which account somebody gets, if it is one that is there.
    pub(in crate::rehearsal) fn choose(&mut self, badge: &str, account: Option<&str>) {
        let past = self.people.entry(badge.to_owned()).or_default();
        past.chosen_since_loss = true;
        past.chosen.extend(account.map(str::to_owned));
    }

    /// A complete read without a fault began at this moment: nothing older is known any more.
    pub(in crate::rehearsal) fn known_since(&mut self, moment: u64) {
        self.recent.retain(|(at, _)| *at >= moment);
    }

    /// The state was lost: from now on only what Jostle shows is known.
    pub(in crate::rehearsal) fn lose(&mut self) {
        for past in self.people.values_mut() {
            past.names_since_loss.clear();
            past.wanted_since_loss = true;
            past.chosen_since_loss = false;
        }
    }
}
