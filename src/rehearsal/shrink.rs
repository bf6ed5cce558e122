//! Making a failing scenario small: the few events, people and settings that matter.

use std::cell::Cell;

use super::company::{Company, Rulebook, Whom};
use super::event::Event;
use super::scenario::Scenario;
use crate::simulator::graph::GraphSwitches;

/// Candidates tried at most: a scenario is small enough long before, or each play of it takes long.
const MOST_TRIES: u32 = 3000;

/// The smallest scenario found for which `still_fails` holds, as it must for the given one. Events go first, then
/// people, groups and accounts, then settings, and all over again until nothing more goes.
pub fn shrink(scenario: &Scenario, still_fails: impl Fn(&Scenario) -> bool) -> Scenario {
    let tries = Cell::new(0);
    let fails = |candidate: &Scenario| {
        tries.set(tries.get() + 1);
        tries.get() <= MOST_TRIES && still_fails(candidate)
    };
    let mut smallest = scenario.clone();
    loop {
        let before = smallest.clone();
        without(&mut smallest, &fails, |scenario| &mut scenario.events);
        without(&mut smallest, &fails, |scenario| &mut scenario.company.people);
        without(&mut smallest, &fails, |scenario| &mut scenario.company.groups);
        without(&mut smallest, &fails, |scenario| &mut scenario.company.accounts);
        without(&mut smallest, &fails, |scenario| &mut scenario.company.rulebook.rows);
        for simpler in SIMPLER {
            keep_if_fails(&mut smallest, &fails, simpler);
        }
        simplify_members(&mut smallest, &fails);
        simplify_events(&mut smallest, &fails);
        if smallest == before || tries.get() > MOST_TRIES {
            return smallest;
        }
    }
}

/// Without a name Entra takes nobody, and by the badge everybody is known.
const NEEDED: [&str; 2] = ["userPrincipalName", "mailNickname"];

/// Settings at their simplest, each by itself.
const SIMPLER: [fn(&mut Scenario); 18] = [
    |scenario| scenario.company.jostle.clear(),
    |scenario| scenario.company.entra = GraphSwitches::default(),
    |scenario| scenario.company.entra.page_size = GraphSwitches::default().page_size,
    |scenario| rulebook(scenario, |rulebook| rulebook.whom = Whom::All),
    |scenario| rulebook(scenario, |rulebook| rulebook.nested = false),
    |scenario| rulebook(scenario, |rulebook| rulebook.guests = false),
    |scenario| rulebook(scenario, |rulebook| rulebook.protected = None),
    |scenario| rulebook(scenario, |rulebook| rulebook.switched_off.clear()),
    |scenario| rulebook(scenario, |rulebook| rulebook.keeps_leavers = false),
    |scenario| rulebook(scenario, |rulebook| rulebook.grace_days = 0),
    |scenario| rulebook(scenario, |rulebook| rulebook.delete_after_days = None),
    |scenario| rulebook(scenario, |rulebook| rulebook.recreates = false),
    |scenario| rulebook(scenario, |rulebook| rulebook.entra_dialect = false),
    |scenario| rulebook(scenario, |rulebook| rulebook.limits = None),
    |scenario| rulebook(scenario, |rulebook| rulebook.asks_first = false),
    |scenario| rulebook(scenario, |rulebook| rulebook.repairs = false),
    |scenario| rulebook(scenario, |rulebook| rulebook.concurrency = 1),
    |scenario| scenario.company.people.iter_mut().for_each(|somebody| somebody.manager = None),
];

/// Changes the rulebook of the beginning and those that come later.
fn rulebook(scenario: &mut Scenario, change: impl Fn(&mut Rulebook)) {
    change(&mut scenario.company.rulebook);
    for event in &mut scenario.events {
        if let Event::Configure(rulebook) = event {
            change(rulebook);
        }
    }
}

/// Switches of Jostle and properties of people, one by one.
fn simplify_members(scenario: &mut Scenario, fails: &impl Fn(&Scenario) -> bool) {
    let switches: Vec<String> = scenario.company.jostle.keys().cloned().collect();
    for name in switches {
        keep_if_fails(scenario, fails, |candidate| drop(candidate.company.jostle.remove(&name)));
    }
    for index in 0..scenario.company.people.len() {
        let Company { people, .. } = &scenario.company;
        let names: Vec<String> = people[index].properties.keys().cloned().collect();
        for name in names.into_iter().filter(|name| !NEEDED.contains(&name.as_str())) {
            keep_if_fails(scenario, fails, |candidate| {
                drop(candidate.company.people[index].properties.remove(&name));
            });
        }
    }
}

/// A change while a run is under way becomes one before it.
fn simplify_events(scenario: &mut Scenario, fails: &impl Fn(&Scenario) -> bool) {
    for index in 0..scenario.events.len() {
        if let Event::Meanwhile { change, .. } = scenario.events[index].clone() {
            keep_if_fails(scenario, fails, |candidate| candidate.events[index] = Event::Change(change.clone()));
        }
    }
}

fn keep_if_fails(scenario: &mut Scenario, fails: &impl Fn(&Scenario) -> bool, change: impl FnOnce(&mut Scenario)) {
    let mut candidate = scenario.clone();
    change(&mut candidate);
    if candidate != *scenario && fails(&candidate) {
        *scenario = candidate;
    }
}

/// Delta debugging: takes away halves of a part, then quarters, down to single items, as long as the rest still fails.
fn without<T: Clone>(
    scenario: &mut Scenario,
    fails: &impl Fn(&Scenario) -> bool,
    part: impl Fn(&mut Scenario) -> &mut Vec<T>,
) {
    let mut size = part(scenario).len();
    while size > 0 {
        // From the end: what comes late is rarely what matters, and nothing depends on it.
        let mut end = part(scenario).len();
        while end > 0 {
            let start = end.saturating_sub(size);
            let mut candidate = scenario.clone();
            part(&mut candidate).drain(start..end);
            if fails(&candidate) {
                *scenario = candidate;
            }
            end = start;
        }
        size /= 2;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]

    use super::*;
    use crate::rehearsal::Change;

    fn cycles(scenario: &Scenario) -> usize {
        scenario.events.iter().filter(|event| **event == Event::Cycle).count()
    }

    /// A long scenario with many people.
    fn scenario() -> Scenario {
        (1..10_000)
            .map(Scenario::from_seed)
            .find(|scenario| cycles(scenario) > 5 && scenario.company.people.len() > 5)
            .unwrap()
    }

    #[test]
    fn only_what_matters_is_left() {
        let small = shrink(&scenario(), |candidate| {
            cycles(candidate) >= 2 && candidate.company.people.iter().any(|somebody| somebody.number == 3)
        });
        assert_eq!(small.events, [Event::Cycle, Event::Cycle]);
        let Company { people, groups, accounts, rulebook, entra, jostle } = &small.company;
        assert_eq!(people.iter().map(|somebody| somebody.number).collect::<Vec<_>>(), [3]);
        assert_eq!(people[0].properties.keys().collect::<Vec<_>>(), ["mailNickname", "userPrincipalName"]);
        assert!(groups.is_empty() && accounts.is_empty() && jostle.is_empty());
        assert!(rulebook.rows.is_empty() && rulebook.whom == Whom::All && rulebook.concurrency == 1);
        assert_eq!(*entra, GraphSwitches::default());
    }

    #[test]
    fn what_matters_together_stays_together() {
        let mut long = scenario();
        let change = |who| Event::Change(Change::Delete(who));
        long.events = (0..40).map(change).collect();
        let needed = [change(3), change(17), change(38)];
        let small = shrink(&long, |candidate| needed.iter().all(|event| candidate.events.contains(event)));
        assert_eq!(small.events, needed);
    }

    #[test]
    fn a_change_in_the_middle_of_a_run_comes_before_it_if_that_is_enough() {
        let mut long = scenario();
        long.events = vec![Event::Meanwhile { requests: 3, change: Change::Delete(1) }, Event::Cycle];
        let told = |event: &Event| matches!(event, Event::Change(_) | Event::Meanwhile { .. });
        assert_eq!(
            shrink(&long, |candidate| candidate.events.iter().any(told)).events,
            [Event::Change(Change::Delete(1))]
        );
    }

    #[test]
    fn nothing_is_tried_for_ever() {
        let tries = Cell::new(0);
        let _small = shrink(&scenario(), |candidate| {
            tries.set(tries.get() + 1);
            // Every answer another one: there is always something to try.
            candidate.events.len() % 2 == tries.get() % 2
        });
        assert!(tries.get() <= MOST_TRIES as usize, "{tries:?}");
    }
}
