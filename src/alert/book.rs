//! What somebody has been told, and what they are to be told now: raised once, repeated at growing intervals, told when it
//! is over. A pure decision; each recipient has a book of their own.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Item, Kind, Message};
use crate::health::{Cause, Finding, Level};

/// Between the first telling and the first repetition it is once `repeat_after`, then so many times that, and so on; the
/// last one stays.
const GROWTH: [i32; 4] = [1, 4, 12, 24];

/// What is gone for less than this may be back at once.
const OVER_AFTER: SignedDuration = SignedDuration::from_mins(5);

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// How often somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The first repetition comes after this.
    pub repeat_after: SignedDuration,
    /// At most so many messages an hour.
    pub per_hour: u64,
}

/// What one recipient has been told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    told: Vec<Told>,
    /// When messages of the last hour were sent.
    sent: Vec<Timestamp>,
    /// So many messages are kept back until there have been fewer within an hour.
    suppressed: u64,
}

/// One finding of which somebody has been told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    cause: Cause,
    subject: Option<String>,
    level: Level,
    about: BTreeSet<String>,
    since: Option<Timestamp>,
    what: String,
    last_at: Timestamp,
    times: u32,
    gone_since: Option<Timestamp>,
}

/// What a recipient of this level is told now, and the book to keep once all of it has been delivered. If there would be
/// too many messages, only what is new is told; if that is too much, it is told with whatever comes until it is not.
pub fn tell(
    book: &Book,
    findings: &[Finding],
    least: Level,
    rules: Rules,
    now: Timestamp,
    host: &str,
) -> (Vec<Message>, Book) {
    let findings: Vec<_> = findings.iter().filter(|finding| finding.level >= least).collect();
    let is_recent = |at: &&Timestamp| now.duration_since(**at) < HOUR && **at <= now;
    let mut sent: Vec<_> = book.sent.iter().filter(is_recent).copied().collect();
    let room = usize::try_from(rules.per_hour).unwrap_or(usize::MAX).saturating_sub(sent.len());
    let mut wanted = 0;
    for only_new in [false, true] {
        let (page, told) = Page::write(book, &findings, only_new, rules, now);
        let messages = page.messages(book.suppressed, now, host);
        if messages.len() > room {
            wanted = messages.len() as u64;
            continue;
        }
        sent.extend(messages.iter().map(|_| now));
        let suppressed = if messages.is_empty() { book.suppressed } else { 0 };
        return (messages, Book { told, sent, suppressed });
    }
    (Vec::new(), Book { told: book.told.clone(), sent, suppressed: book.suppressed.max(wanted) })
}

impl Told {
    fn is_of(&self, finding: &Finding) -> bool {
        (self.cause, &self.subject) == (finding.cause, &finding.subject)
    }
}

/// What is told at one look.
#[derive(Default)]
struct Page {
    only_new: bool,
    raised: Vec<Item>,
    repeated: Vec<Item>,
    cleared: Vec<Item>,
}

impl Page {
    /// With what has been told once all of it is delivered.
    fn write(book: &Book, findings: &[&Finding], only_new: bool, rules: Rules, now: Timestamp) -> (Self, Vec<Told>) {
        let mut page = Self { only_new, ..Self::default() };
        let known = |finding: &Finding| book.told.iter().find(|told| told.is_of(finding));
        let mut told: Vec<_> = findings.iter().map(|finding| page.meet(known(finding), finding, rules, now)).collect();
        let is_gone = |told: &&Told| !findings.iter().any(|finding| told.is_of(finding));
        told.extend(book.told.iter().filter(is_gone).filter_map(|told| page.miss(told, now)));
        (page, told)
    }

    /// Something is there.
    fn meet(&mut self, told: Option<&Told>, finding: &Finding, rules: Rules, now: Timestamp) -> Told {
        let Finding { level, cause, subject, since, what, remedy, about } = finding;
        let item = || Item {
            level: *level,
            cause: *cause,
            subject: subject.clone(),
            since: *since,
            what: what.clone(),
            remedy: remedy.clone(),
        };
        let (mut last_at, mut times) = told.map_or((now, 0), |told| (told.last_at, told.times));
        match told {
            Some(told) if told.level >= *level && told.about.is_superset(about) => {
                let is_due = now.duration_since(told.last_at) >= wait(told.times, rules) || told.last_at > now;
                if is_due && repeats(*cause) && !self.only_new {
                    self.repeated.push(item());
                    (last_at, times) = (now, times + 1);
                }
            }
            _ => {
                self.raised.push(item());
                (last_at, times) = (now, 1);
            }
        }
        Told {
            cause: *cause,
            subject: subject.clone(),
            level: told.map_or(*level, |told| told.level.max(*level)),
            about: about.clone(),
            since: *since,
            what: what.clone(),
            last_at,
            times,
            gone_since: None,
        }
    }

    /// Something is not there any more.
    fn miss(&mut self, told: &Told, now: Timestamp) -> Option<Told> {
        let gone_since = told.gone_since.filter(|since| *since <= now).unwrap_or(now);
        if now.duration_since(gone_since) < OVER_AFTER || self.only_new {
            return Some(Told { gone_since: Some(gone_since), ..told.clone() });
        }
        self.cleared.push(Item {
            level: told.level,
            cause: told.cause,
            subject: told.subject.clone(),
            since: told.since,
            what: told.what.clone(),
            remedy: String::new(),
        });
        None
    }

    /// At most one message of each kind.
    fn messages(self, suppressed: u64, at: Timestamp, host: &str) -> Vec<Message> {
        let Self { raised, repeated, cleared, only_new: _ } = self;
        let kinds = [(Kind::Raised, raised), (Kind::Repeated, repeated), (Kind::Cleared, cleared)];
        let message = |(kind, mut items): (Kind, Vec<Item>)| {
            items.sort_by_key(|item| std::cmp::Reverse(item.level));
            let level = items.first()?.level;
            Some(Message { kind, level, at, host: host.to_owned(), items, suppressed })
        };
        kinds.into_iter().filter_map(message).collect()
    }
}

/// Until the next repetition, after so many tellings.
fn wait(times: u32, rules: Rules) -> SignedDuration {
    let step = (times.saturating_sub(1) as usize).min(GROWTH.len() - 1);
    rules.repeat_after.saturating_mul(GROWTH[step])
}

/// What is told of in stages of its own is not repeated between them.
fn repeats(cause: Cause) -> bool {
    !matches!(cause, Cause::CredentialExpiring | Cause::JostleChanged)
}

#[cfg(test)]
mod tests;
