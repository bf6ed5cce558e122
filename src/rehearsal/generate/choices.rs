//! What administrators say of whose an account is. All of it is of a stream of its own, so that the seeds that are known
//! stay what they are.

use serde_json::json;

use super::changes::values_of;
use super::names::object;
use super::people::{MOST_PEOPLE, account, somebody, user_name};
use super::story::early;
use super::{chance, faults, pick};
use crate::rehearsal::company::Company;
use crate::rehearsal::event::{Change, Event, Moment};
use crate::rehearsal::word::{Choice, Of, Word};

/// In so many of a hundred companies somebody says whose an account is.
const CHOOSING: u8 = 20;

/// Puts what is said anywhere into a story.
pub(in crate::rehearsal) fn choose(seed: u64, company: &Company, events: &mut Vec<Event>) {
    let mut rng = fastrand::Rng::with_seed(seed ^ 0xc405);
    if !chance(&mut rng, CHOOSING) {
        return;
    }
    let people = u8::try_from(company.people.len()).unwrap_or(u8::MAX);
    let mut chapters = Chapters { rng: &mut rng, people, company, hired: MOST_PEOPLE };
    for _ in 0..chapters.rng.u8(1..=3) {
        let chapter = chapters.any();
        let at = chapters.rng.usize(..=events.len());
        events.splice(at..at, chapter);
    }
    for _ in 0..chapters.rng.u8(..3) {
        let who = chapters.rng.u8(..people);
        let word = chapters.word(who);
        let at = chapters.rng.usize(..=events.len());
        events.insert(at, word);
    }
}

struct Chapters<'a> {
    rng: &'a mut fastrand::Rng,
    people: u8,
    company: &'a Company,
    /// The number of the next who is hired.
    hired: u8,
}

impl Chapters<'_> {
    fn any(&mut self) -> Vec<Event> {
        let who = if chance(self.rng, 70) { self.hired } else { self.rng.u8(..self.people) };
        let mut events = if who == self.hired { self.hire() } else { lose(who) };
        if chance(self.rng, 60) {
            let name = user_name(&self.company.rulebook, who, self.rng.u8(..3));
            events.push(Event::Change(Change::Make(account(self.rng, &name))));
        }
        events.extend([Event::Calm, Event::Cycle, self.word(who)]);
        if chance(self.rng, 15) {
            // Whoever thinks better of it.
            events.push(self.word(who));
        }
        // Whoever was hired may sign in from now on.
        events.push(Event::Change(Change::Set { who, properties: object(json!({"accountEnabled": true})) }));
        for _ in 0..self.rng.u8(1..=3) {
            events.extend(self.between(who));
            events.push(if chance(self.rng, 20) { Event::OnDemand { who } } else { Event::Cycle });
        }
        events
    }

    /// Somebody who may not sign in yet, and so has no account when they are known.
    fn hire(&mut self) -> Vec<Event> {
        let mut hired = somebody(self.rng, self.hired, self.people);
        hired.properties.extend(object(json!({"accountEnabled": false, "userType": "Member"})));
        hired.assigned = true;
        self.hired += 1;
        vec![Event::Change(Change::Hire(Box::new(hired)))]
    }

    fn word(&mut self, who: u8) -> Event {
        let choice = match self.rng.u8(..3) {
            0 => Choice::Link { nth: self.rng.u8(..8) },
            1 => Choice::Create,
            _ => Choice::Ignore,
        };
        Event::Word(Word::Choose { who, choice })
    }

    /// What may happen before it is done.
    fn between(&mut self, who: u8) -> Option<Event> {
        Some(match self.rng.u8(..14) {
            0 => Event::Fault(faults::fault(self.rng)),
            1 => Event::Kill(Moment::Job { nth: early(self.rng, 30), done: chance(self.rng, 50) }),
            2 => Event::Kill(Moment::Request { nth: early(self.rng, 12), done: chance(self.rng, 50) }),
            3 => Event::Change(values_of(self.rng, who)),
            4 => self.word(who),
            5 => Event::RetryNow { who: chance(self.rng, 50).then_some(who) },
            6 => Event::Restart,
            7 => Event::Pass { minutes: 60 * pick(self.rng, &[1, 5, 26, 30]) },
            8 => Event::Word(Word::Approve(Of::Everybody)),
            9 => {
                let name = user_name(&self.company.rulebook, who, self.rng.u8(..2));
                Event::Change(Change::Make(account(self.rng, &name)))
            }
            _ => return None,
        })
    }
}

/// Somebody whose account is deleted in Jostle, which shows at the next write.
fn lose(who: u8) -> Vec<Event> {
    let write = Change::Set { who, properties: object(json!({"surname": "Lost"})) };
    vec![Event::Change(Change::Remove(who)), Event::Change(write)]
}
