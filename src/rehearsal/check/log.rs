//! The provisioning log tells every write that Jostle saw, and no other.

use std::collections::{BTreeMap, BTreeSet};

use super::Found;
use crate::model::{Change, TargetValue};
use crate::rehearsal::evidence::Evidence;
use crate::rehearsal::oracle::{fold, same, value_at};
use crate::rehearsal::rules::Rule;
use crate::simulator::jostle::{Author, JostleWrite};
use crate::store::LogEntry;

/// What one write changed of the mapped attributes: target and new value.
pub(super) type Effect = Vec<(String, Option<String>)>;

pub(super) fn check(evidence: &Evidence, found: &mut Found) {
    let mut lines: BTreeMap<&str, Vec<Line<'_>>> = BTreeMap::new();
    for entry in &evidence.log {
        let Some(id) = entry.target_id.as_ref() else {
            if entry.status == "success" {
                found.add(Rule::Log, format!("a line without an account: {} {}", entry.operation, entry.user_name));
            }
            continue;
        };
        lines.entry(id.as_str()).or_default().push(Line { entry, told: BTreeSet::new() });
    }
    let targets = targets(evidence.switches.contains_key("invited_reads_inactive"));
    let ours = evidence.journal.iter().skip(evidence.told_from).filter(|write| write.by == Author::Api);
    let effects = ours.map(|write| (write, effect(write, &targets)));
    // Whoever must be told chooses its line first: the same write may have been repeated after an administrator's.
    let (may_be_told, must_be_told): (Vec<_>, Vec<_>) =
        effects.partition(|(write, effect)| is_overwritten(evidence, write, effect));
    for (write, effect) in must_be_told.into_iter().chain(may_be_told) {
        if effect.is_empty() && write.before.is_some() && write.after.is_some() {
            continue;
        }
        let of_account = lines.get_mut(write.id.as_str()).map(Vec::as_mut_slice).unwrap_or_default();
        // What a refused PATCH left half done may be told by its failure, if nothing else tells it.
        // Among several, the one that tells little else: what it tells more may be another write's.
        let teller_of = |status| {
            let tellers =
                of_account.iter().enumerate().filter(|(_, line)| line.tells(evidence, write, &effect, status));
            tellers.min_by_key(|(_, line)| line.untold()).map(|(index, _)| index)
        };
        let teller = teller_of("success").or_else(|| teller_of("failure"));
        match teller {
            Some(index) => of_account[index]
                .told
                .extend(effect.into_iter().map(|(target, _)| target).chain([write.method.clone()])),
            None if is_overwritten(evidence, write, &effect) || is_told_in_parts(of_account, &effect) => {}
            None => {
                let told = of_account.iter().map(|line| line.entry.operation.as_str()).collect::<Vec<_>>().join(" ");
                found.add(
                    Rule::Log,
                    format!("no line tells {} {} {effect:?}; its lines are: {told}", write.method, write.id),
                );
            }
        }
    }
    for line in lines.values().flatten() {
        let LogEntry { operation, user_name, changes, status, .. } = line.entry;
        let says = status == "success" && (!changes.is_empty() || operation == "delete");
        if says && line.told.is_empty() && !idle(evidence, line.entry) {
            found.add(Rule::Log, format!("a line tells {operation} of {user_name}, which Jostle never saw"));
        }
    }
}

/// Every target by which the effect of a write is told. Where activity is hidden nobody can tell of it.
pub(super) fn targets(hides_activity: bool) -> Vec<&'static str> {
    let mut targets = vec!["userName", crate::rehearsal::oracle::BADGE];
    targets.extend(TARGETS);
    if !hides_activity {
        targets.push("active");
    }
    targets
}

/// Every target that a mapping may have.
const TARGETS: [&str; 10] = [
    "name.givenName",
    "name.familyName",
    "emails[type eq \"work\"].value",
    "emails[type eq \"personal\"].value",
    "title",
    "phoneNumbers[type eq \"workmobilephone\"].value",
    "urn:ietf:params:scim:schemas:extension:jostle:2.0:User:CustomBadge",
    "urn:ietf:params:scim:schemas:extension:jostle:2.0:User:PersonalPronouns",
    "urn:ietf:params:scim:schemas:extension:jostle:2.0:User:Address1Locality",
    "displayName",
];

struct Line<'a> {
    entry: &'a LogEntry,
    /// What of it Jostle saw. One operation may take several requests, of which a refused one was half carried out.
    told: BTreeSet<String>,
}

/// What a lost answer left in doubt was read.
fn is_settled(entry: &LogEntry) -> bool {
    entry.message.as_deref().is_some_and(|message| message.contains("settled by reading"))
}

impl Line<'_> {
    fn untold(&self) -> usize {
        self.entry.changes.len().saturating_sub(self.told.len())
    }

    /// Whether this line tells this write, and tells nothing of it twice.
    fn tells(&self, evidence: &Evidence, write: &JostleWrite, effect: &Effect, status: &str) -> bool {
        let LogEntry { operation, changes, .. } = self.entry;
        let is_whole = write.before.is_none() || write.after.is_none();
        if self.entry.status != status
            || is_whole && !self.told.is_empty()
            || effect.iter().any(|(target, _)| self.told.contains(target))
        {
            return false;
        }
        // An account that seems to be old is adopted, not created.
        if write.before.is_none() && evidence.clock_set && operation == "adopt" && status == "success" {
            return true;
        }
        let fits = match (write.before.is_some(), write.after.is_some()) {
            (false, _) => operation == "create" && status == "success",
            (true, false) => operation == "delete" && status == "success",
            (true, true) => !["create", "delete"].contains(&operation.as_str()),
        };
        fits && effect.iter().all(|(target, value)| changes.iter().any(|change| says(change, target, value.as_deref())))
    }
}

pub(super) fn says(change: &Change, target: &str, value: Option<&str>) -> bool {
    let told = match &change.new {
        Some(TargetValue::Text(text)) => Some(text.clone()),
        Some(TargetValue::Flag(flag)) => Some(flag.to_string()),
        None => None,
    };
    let is_same = match (&told, value) {
        // Jostle may trim what it stores.
        (Some(told), Some(value)) => same(target, told, value) || told.trim() == value,
        (told, value) => told.is_none() && value.is_none(),
    };
    change.attribute.to_string() == target && is_same
}

pub(super) fn effect(write: &JostleWrite, targets: &[&str]) -> Effect {
    let at = |resource: &Option<serde_json::Value>, target: &str| {
        resource.as_ref().and_then(|resource| value_at(resource, target))
    };
    if write.after.is_none() {
        return Vec::new();
    }
    let changed = targets.iter().filter_map(|target| {
        let (before, after) = (at(&write.before, target), at(&write.after, target));
        (before != after).then(|| ((*target).to_owned(), after))
    });
    changed.collect()
}

/// A clearing that reading cannot prove is sent again and told then; reading told the rest.
fn is_told_in_parts(lines: &mut [Line<'_>], effect: &Effect) -> bool {
    let tells = |line: &Line<'_>, target: &String, value: &Option<String>| {
        line.entry.status == "success"
            && !line.told.contains(target)
            && line.entry.changes.iter().any(|change| says(change, target, value.as_deref()))
    };
    let tellers = effect.iter().map(|(target, value)| {
        let teller = lines.iter().position(|line| tells(line, target, value))?;
        (value.is_none() || is_settled(lines.get(teller)?.entry)).then_some((teller, target.clone()))
    });
    let Some(tellers) = tellers.collect::<Option<Vec<_>>>().filter(|tellers| !tellers.is_empty()) else {
        return false;
    };
    for (teller, target) in tellers {
        lines[teller].told.insert(target);
    }
    true
}

/// The next to touch the account was an administrator, who left no trace of this write: where its outcome was lost,
/// nobody can tell any more that it was carried out.
fn is_overwritten(evidence: &Evidence, write: &JostleWrite, effect: &Effect) -> bool {
    let later = evidence.journal.iter().filter(|next| next.number > write.number && next.id == write.id);
    // A write that is repeated leaves everything as it was.
    let next = later.into_iter().find(|next| next.by == Author::Administrator || next.before != next.after);
    next.filter(|next| next.by == Author::Administrator).is_some_and(|next| match &next.after {
        None => true,
        Some(after) => effect.iter().any(|(target, value)| value_at(after, target) != *value),
    })
}

/// A write that Jostle saw and that left everything as it was: an administrator had done the same, or it was repeated.
fn idle(evidence: &Evidence, entry: &LogEntry) -> bool {
    evidence.journal.iter().any(|write| {
        // Of what an administrator did meanwhile reading cannot tell that it was not us.
        let settled = is_settled(entry);
        let invited = evidence.switches.contains_key("invited_reads_inactive");
        let shows = |change: &Change| {
            let target = change.attribute.to_string();
            // Whoever has never signed in reads as inactive, whatever is written.
            if invited && target == "active" {
                return true;
            }
            let after = write.after.as_ref().and_then(|after| value_at(after, &target));
            let is_alike = || matches!((&change.new, &after), (Some(TargetValue::Text(told)), Some(after)) if fold(told) == fold(after));
            says(change, &target, after.as_deref()) || settled && is_alike()
        };
        (write.by == Author::Api || settled)
            && Some(write.id.as_str()) == entry.target_id.as_ref().map(crate::model::TargetId::as_str)
            && (settled || effect(write, &TARGETS).is_empty())
            && entry.changes.iter().all(shows)
    })
}
