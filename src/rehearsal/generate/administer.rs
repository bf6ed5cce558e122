//! What administrators do in the middle of a story. All of it is of a stream of its own, so that the seeds that are known
//! stay what they are.

use serde_json::json;

use super::changes::values_of;
use super::names::{names, object};
use super::rulebook::another;
use super::story::early;
use super::{chance, pick};
use crate::rehearsal::allowance::{Allowance, Allowed, Ceiling};
use crate::rehearsal::company::{Company, Rulebook};
use crate::rehearsal::event::{Change, Event, Moment};
use crate::rehearsal::word::{Of, Word};

/// In so many of a hundred companies somebody looks after the program.
const ADMINISTERED: u8 = 40;

/// The stream of a seed; none where nobody looks after the program.
pub(in crate::rehearsal) fn administered(seed: u64) -> Option<fastrand::Rng> {
    let mut rng = fastrand::Rng::with_seed(seed ^ 0xad31);
    chance(&mut rng, ADMINISTERED).then_some(rng)
}

/// What is configured where somebody looks after the program: mostly limits of every class by themselves.
pub(in crate::rehearsal) fn with_limits(rng: &mut fastrand::Rng, rulebook: &mut Rulebook) {
    if chance(rng, 80) {
        rulebook.limits = Some(allowance(rng));
        rulebook.repairs &= chance(&mut fastrand::Rng::with_seed(rng.clone().u64(..)), 30);
    }
}

/// Limits that often bear on something, those of a day mostly no wider than those of a cycle.
fn allowance(rng: &mut fastrand::Rng) -> Allowance {
    let mut allowed = || {
        let count = pick(rng, &[0, 1, 1, 1, 2, 3]);
        let cycle = Ceiling { count, percent: pick(rng, &[0, 5, 10, 25, 50]) };
        let day = if chance(rng, 50) { cycle } else { Ceiling { count: count + rng.u64(..3), ..cycle } };
        Allowed { cycle, day }
    };
    Allowance { create: allowed(), deactivate: allowed(), delete: allowed(), loud: allowed(), update: allowed() }
}

/// Puts what administrators do anywhere into a story.
pub(in crate::rehearsal) fn administer(rng: &mut fastrand::Rng, company: &Company, events: &mut Vec<Event>) {
    let people = u8::try_from(company.people.len()).unwrap_or(u8::MAX);
    let mut chapters = Chapters { rng, people, rulebook: &company.rulebook };
    for _ in 0..chapters.rng.u8(1..=4) {
        let chapter = chapters.any();
        let at = chapters.rng.usize(..=events.len());
        events.splice(at..at, chapter);
    }
    for _ in 0..chapters.rng.u8(..4) {
        let word = chapters.word();
        let at = chapters.rng.usize(..=events.len());
        events.insert(at, Event::Word(word));
    }
}

struct Chapters<'a> {
    rng: &'a mut fastrand::Rng,
    people: u8,
    rulebook: &'a Rulebook,
}

impl Chapters<'_> {
    fn any(&mut self) -> Vec<Event> {
        // What is known before it is what is true, or not.
        let mut events = if chance(self.rng, 60) { vec![Event::Calm, Event::Cycle] } else { Vec::new() };
        let chapter = match self.rng.u8(..12) {
            0..=3 => self.hold(),
            4..=5 => self.leak(),
            6..=7 => self.pause(),
            8..=9 => self.undo(),
            _ => self.plan(),
        };
        for event in chapter {
            if chance(self.rng, 6) {
                let (nth, done) = (early(self.rng, 12), chance(self.rng, 50));
                let moment =
                    if chance(self.rng, 50) { Moment::Job { nth, done } } else { Moment::Request { nth, done } };
                events.push(Event::Kill(moment));
            }
            events.push(event);
        }
        events
    }

    fn word(&mut self) -> Word {
        match self.rng.u8(..10) {
            0..=2 => Word::Approve(self.of()),
            3..=4 => Word::Reject(self.of()),
            5 => Word::Pause { removals: chance(self.rng, 50) },
            6 => Word::Resume,
            7 => Word::Undo { back: self.rng.u8(..3), only: None },
            8 => Word::Draw,
            _ => Word::Apply,
        }
    }

    fn of(&mut self) -> Of {
        let some = |rng: &mut fastrand::Rng, people| (0..rng.u8(1..=3)).map(|_| rng.u8(..people)).collect();
        match self.rng.u8(..4) {
            0 => Of::Only(some(self.rng, self.people)),
            1 => Of::Except(some(self.rng, self.people)),
            _ => Of::Everybody,
        }
    }

    /// The same happens to several people.
    fn many(&mut self) -> Vec<Event> {
        let kind = self.rng.u8(..6);
        let first = self.rng.u8(..self.people);
        let turn = self.rng.u8(..3);
        let count = self.rng.u8(2..=5).min(self.people);
        (0..count).map(|nth| Event::Change(self.one(kind, (first + nth) % self.people, turn))).collect()
    }

    fn one(&mut self, kind: u8, who: u8, turn: u8) -> Change {
        let set = |properties| Change::Set { who, properties };
        match kind {
            0 => set(object(json!({"accountEnabled": false}))),
            1 => set(object(json!({"accountEnabled": true}))),
            2 => set(names(who, turn)),
            3 => Change::Delete(who),
            4 => set(object(json!({"surname": format!("Family {turn}")}))),
            _ => values_of(self.rng, who),
        }
    }

    fn pass(&mut self, most_hours: u32) -> Event {
        Event::Pass { minutes: self.rng.u32(1..=most_hours * 60) }
    }

    /// Many at once, and somebody decides about what is held of it; perhaps it is changed back or again.
    fn hold(&mut self) -> Vec<Event> {
        let mut events = self.many();
        events.push(Event::Cycle);
        if chance(self.rng, 30) {
            events.extend(self.many());
        }
        let of = self.of();
        events.push(Event::Word(if chance(self.rng, 60) { Word::Approve(of) } else { Word::Reject(of) }));
        if chance(self.rng, 25) {
            let who = self.rng.u8(..self.people);
            events.push(Event::Change(values_of(self.rng, who)));
        }
        if chance(self.rng, 25) {
            events.push(self.pass(30));
        }
        events.push(Event::Cycle);
        events.extend(self.looked_at_again());
        if chance(self.rng, 40) {
            events.extend([self.pass(3), Event::Cycle]);
        }
        events
    }

    /// Another configuration, often for nobody in particular: whoever is kept out is looked at again like everybody.
    fn looked_at_again(&mut self) -> Vec<Event> {
        if chance(self.rng, 50) {
            return Vec::new();
        }
        let mut rulebook = another(self.rng, self.rulebook);
        if chance(self.rng, 60) {
            rulebook = Rulebook { guests: !self.rulebook.guests, ..self.rulebook.clone() };
        }
        vec![Event::Configure(Box::new(rulebook)), Event::Cycle]
    }

    /// One after the other, each below what a cycle may do.
    fn leak(&mut self) -> Vec<Event> {
        let (kind, turn) = (self.rng.u8(..6), self.rng.u8(..3));
        let first = self.rng.u8(..self.people);
        let mut events = Vec::new();
        for nth in 0..self.rng.u8(2..=5) {
            events.push(Event::Change(self.one(kind, (first + nth) % self.people, turn)));
            events.push(Event::Cycle);
            let hours = pick(self.rng, &[1, 1, 6, 26]);
            events.push(self.pass(hours));
        }
        events
    }

    fn pause(&mut self) -> Vec<Event> {
        let removals = chance(self.rng, 60);
        let mut events = self.many();
        events.push(Event::Word(match chance(self.rng, 40) {
            true => Word::PauseMeanwhile { removals, after_ms: self.rng.u64(..600) },
            false => Word::Pause { removals },
        }));
        for _ in 0..self.rng.u8(1..=3) {
            match self.rng.u8(..5) {
                0 => events.push(Event::OnDemand { who: self.rng.u8(..self.people) }),
                1 => events.push(Event::Restart),
                2 => events.extend(self.many()),
                _ => {}
            }
            events.push(Event::Cycle);
        }
        if chance(self.rng, 75) {
            events.extend([Event::Word(Word::Resume), Event::Cycle]);
        }
        events
    }

    fn undo(&mut self) -> Vec<Event> {
        let mut events = self.many();
        events.push(Event::Cycle);
        if chance(self.rng, 30) {
            let who = self.rng.u8(..self.people);
            events.push(Event::Change(values_of(self.rng, who)));
        }
        let only = chance(self.rng, 20).then(|| self.rng.u8(..self.people));
        events.push(Event::Word(Word::Undo { back: pick(self.rng, &[0, 0, 0, 1, 2]), only }));
        events.push(Event::Cycle);
        events.extend(self.looked_at_again());
        if chance(self.rng, 30) {
            events.extend([Event::Word(Word::Undo { back: self.rng.u8(..2), only: None }), Event::Cycle]);
        }
        events
    }

    fn plan(&mut self) -> Vec<Event> {
        let mut events = self.many();
        events.push(Event::Word(Word::Draw));
        for _ in 0..self.rng.u8(..3) {
            match self.rng.u8(..4) {
                0 => events.extend(self.many()),
                1 => events.push(Event::Cycle),
                2 => events.push(Event::OnDemand { who: self.rng.u8(..self.people) }),
                _ => events.push(self.pass(30)),
            }
        }
        events.push(Event::Word(Word::Apply));
        if chance(self.rng, 40) {
            events.push(Event::Cycle);
        }
        events
    }
}
