//! The events of a scenario.

use super::changes::{Changes, values_of};
use super::{chance, faults, pick, rulebook};
use crate::rehearsal::company::{Company, Rulebook};
use crate::rehearsal::event::{Event, Moment};

pub(in crate::rehearsal) fn events(rng: &mut fastrand::Rng, company: &Company) -> Vec<Event> {
    let length = match rng.u8(..100) {
        0..=69 => rng.usize(5..=14),
        70..=95 => rng.usize(15..=25),
        _ => rng.usize(40..=90),
    };
    let people = u8::try_from(company.people.len()).unwrap_or(u8::MAX);
    let mut story =
        Story { changes: Changes { company, people }, rulebook: company.rulebook.clone(), events: Vec::new() };
    if chance(rng, 60) {
        // Most begin in sync.
        story.events.push(Event::Cycle);
    }
    while story.events.len() < length {
        story.chapter(rng);
    }
    story.events
}

/// Puts some reconciliations anywhere into a story. Of a stream of its own, so that the rest of the story stays what it
/// is.
pub(in crate::rehearsal) fn reconcile(seed: u64, events: &mut Vec<Event>) {
    let mut rng = fastrand::Rng::with_seed(!seed);
    for _ in 0..rng.u8(..4) {
        events.insert(rng.usize(..=events.len()), Event::Reconcile);
    }
}

struct Story<'a> {
    changes: Changes<'a>,
    rulebook: Rulebook,
    events: Vec<Event>,
}

impl Story<'_> {
    /// Some changes, perhaps a mishap, a run, and perhaps time that passes.
    fn chapter(&mut self, rng: &mut fastrand::Rng) {
        for _ in 0..rng.u8(..4) {
            let change = self.changes.next(rng);
            let again = self.changes.after(rng, &change);
            self.events.push(Event::Change(change));
            self.events.extend(again.map(Event::Change));
        }
        if chance(rng, 12) {
            self.between(rng);
        }
        if chance(rng, 55) {
            self.mishap(rng);
        }
        let run = self.run(rng);
        if let Event::Beside { who, .. } = run
            && chance(rng, 50)
        {
            // Whoever is done on demand has just been changed, and is changed again when the cycle has read them.
            let (change, later) = (values_of(rng, who), values_of(rng, who));
            self.events.push(Event::Change(change));
            self.events.push(Event::Meanwhile { requests: early(rng, 15), change: later });
        }
        self.events.push(run);
        if chance(rng, 20) {
            self.events.push(Event::Calm);
        }
        if chance(rng, 35) {
            self.time(rng);
        }
    }

    fn mishap(&mut self, rng: &mut fastrand::Rng) {
        let done = chance(rng, 50);
        match rng.u8(..10) {
            0..=4 => {
                for _ in 0..pick(rng, &[1, 1, 1, 2, 4]) {
                    self.events.push(Event::Fault(faults::fault(rng)));
                }
            }
            5 => self.events.push(Event::Kill(Moment::Job { nth: early(rng, 60), done })),
            6 | 7 => self.events.push(Event::Kill(Moment::Request { nth: early(rng, 30), done })),
            8 => {
                let change = self.changes.next(rng);
                self.events.push(Event::Meanwhile { requests: early(rng, 15), change });
            }
            _ => self.events.push(Event::DiskFull { job: early(rng, 50) }),
        }
    }

    fn between(&mut self, rng: &mut fastrand::Rng) {
        let event = match rng.u8(..8) {
            0 | 1 => Event::Restart,
            2 => Event::LoseState,
            3 => Event::RetryNow { who: chance(rng, 50).then(|| self.who(rng)) },
            _ => {
                self.rulebook = rulebook::another(rng, &self.rulebook);
                Event::Configure(Box::new(self.rulebook.clone()))
            }
        };
        self.events.push(event);
    }

    fn run(&self, rng: &mut fastrand::Rng) -> Event {
        match rng.u8(..10) {
            0 | 1 => Event::OnDemand { who: self.who(rng) },
            2 => Event::Beside { who: self.who(rng), after_ms: rng.u64(..400) },
            _ => Event::Cycle,
        }
    }

    fn time(&mut self, rng: &mut fastrand::Rng) {
        let event = match rng.u8(..10) {
            0 => Event::Jump { minutes: pick(rng, &[-3 * 24 * 60, -90, -5, 5, 90, 3 * 24 * 60]) },
            1 => Event::Pass { minutes: rng.u32(1..=10) * 24 * 60 },
            2..=4 => Event::Pass { minutes: rng.u32(60..=48 * 60) },
            _ => Event::Pass { minutes: rng.u32(1..=40) },
        };
        self.events.push(event);
    }

    fn who(&self, rng: &mut fastrand::Rng) -> u8 {
        rng.u8(..self.changes.people)
    }
}

/// Mostly a small number.
pub(super) fn early(rng: &mut fastrand::Rng, most: u32) -> u32 {
    let reach = rng.u32(1..=most);
    rng.u32(1..=reach)
}
