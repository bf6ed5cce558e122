use std::collections::BTreeSet;

use super::*;

const RULES: Rules = Rules { repeat_after: SignedDuration::from_hours(1), per_hour: 3 };

fn at(minute: i64) -> Timestamp {
    "2026-03-01T08:00:00Z".parse::<Timestamp>().expect("a time") + SignedDuration::from_mins(minute)
}

fn finding(cause: Cause, level: Level) -> Finding {
    let (subject, since, what) = (None, Some(at(-5)), format!("{} it is", cause.as_str()));
    Finding { level, cause, subject, since, what, remedy: "do something".to_owned(), about: BTreeSet::new() }
}

/// Somebody who is told, look by look.
#[derive(Default)]
struct Recipient {
    book: Book,
}

impl Recipient {
    /// What they are told: the kind and the causes of each message.
    fn told(&mut self, findings: &[Finding], minute: i64) -> Vec<String> {
        let (messages, book) = tell(&self.book, findings, Level::Warning, RULES, at(minute), "host");
        // The book survives a restart.
        let text = serde_json::to_string(&book).expect("JSON");
        self.book = serde_json::from_str(&text).expect("a book");
        assert_eq!(self.book, book);
        let line = |message: &Message| {
            let causes: Vec<_> = message.items.iter().map(|item| item.cause.as_str()).collect();
            let more = if message.suppressed > 0 { format!(" after {}", message.suppressed) } else { String::new() };
            format!("{:?} {:?}: {}{more}", message.kind, message.level, causes.join(" "))
        };
        messages.iter().map(line).collect()
    }
}

fn none() -> Vec<String> {
    Vec::new()
}

#[test]
fn it_is_raised_once_repeated_at_growing_intervals_and_cleared() {
    let held = [finding(Cause::Held, Level::Warning)];
    let mut ann = Recipient::default();
    let told: Vec<_> =
        (0..=48 * 60).filter_map(|minute| ann.told(&held, minute).pop().map(|line| (minute, line))).collect();
    let minutes: Vec<_> = told.iter().map(|(minute, _)| *minute).collect();
    assert_eq!(minutes, [0, 60, 60 * 5, 60 * 17, 60 * 41]);
    assert_eq!((told[0].1.as_str(), told[1].1.as_str()), ("Raised Warning: held", "Repeated Warning: held"));
    assert_eq!(ann.told(&[], 3000), none());
    assert_eq!(ann.told(&[], 3004), none());
    assert_eq!(ann.told(&[], 3005), ["Cleared Warning: held"]);
    assert_eq!((ann.told(&[], 3006), ann.book.told.len()), (none(), 0));
}

#[test]
fn what_is_gone_for_a_moment_was_never_gone() {
    let held = [finding(Cause::Held, Level::Warning)];
    let mut ann = Recipient::default();
    assert_eq!(ann.told(&held, 0).len(), 1);
    assert_eq!(ann.told(&[], 1), none());
    assert_eq!(ann.told(&held, 3), none());
    assert_eq!(ann.told(&[], 4), none());
    assert_eq!(ann.told(&[], 8), none(), "it is gone for four minutes");
    assert_eq!(ann.told(&[], 9), ["Cleared Warning: held"]);
}

#[test]
fn what_is_below_the_level_of_somebody_is_not_told_them() {
    let mut ann = Recipient::default();
    assert_eq!(ann.told(&[finding(Cause::Throttled, Level::Notice)], 0), none());
    let paused = |level| [finding(Cause::Paused, level)];
    assert_eq!(ann.told(&paused(Level::Notice), 1), none());
    assert_eq!(ann.told(&paused(Level::Warning), 2), ["Raised Warning: paused"]);
}

#[test]
fn what_gets_worse_is_raised_again_and_what_gets_better_is_not() {
    let room = |level| [finding(Cause::DiskNearlyFull, level)];
    let mut ann = Recipient::default();
    assert_eq!(ann.told(&room(Level::Warning), 0), ["Raised Warning: disk_nearly_full"]);
    assert_eq!(ann.told(&room(Level::Critical), 1), ["Raised Critical: disk_nearly_full"]);
    assert_eq!(ann.told(&room(Level::Warning), 2), none());
    assert_eq!(ann.told(&room(Level::Critical), 3), none(), "it was told already");
}

fn about(cause: Cause, about: &[&str]) -> [Finding; 1] {
    let about = about.iter().map(|name| (*name).to_owned()).collect();
    [Finding { about, ..finding(cause, Level::Warning) }]
}

#[test]
fn an_expiry_is_told_of_at_every_stage_and_not_between() {
    let expiring = |stages: &[&str]| about(Cause::CredentialExpiring, stages);
    let mut ann = Recipient::default();
    assert_eq!(ann.told(&expiring(&["14"]), 0).len(), 1);
    assert_eq!(ann.told(&expiring(&["14"]), 60 * 24 * 5), none());
    assert_eq!(ann.told(&expiring(&["14", "7"]), 60 * 24 * 7), ["Raised Warning: credential_expiring"]);
}

/// Whoever fails for weeks hides nobody who fails since today.
#[test]
fn somebody_else_of_whom_nobody_was_told_is_told_of_at_once() {
    let failing = |people: &[&str]| about(Cause::PeopleFailing, people);
    let mut ann = Recipient::default();
    let raised = ["Raised Warning: people_failing"];
    assert_eq!(ann.told(&failing(&["bob"]), 0), raised);
    assert_eq!(ann.told(&failing(&["bob", "cid"]), 70), raised, "and what is raised is not repeated besides");
    assert_eq!(ann.told(&failing(&["cid"]), 71), none(), "one less is nothing new");
    assert_eq!(ann.told(&failing(&["cid", "dee"]), 72), raised, "as many as before, but another one");
    assert_eq!(ann.told(&failing(&["bob", "cid", "dee"]), 140), raised, "bob was well again, and is not any more");
}

#[test]
fn what_comes_together_is_one_message_the_worst_first() {
    let hold = |number: &str| Finding { subject: Some(number.to_owned()), ..finding(Cause::Held, Level::Warning) };
    let all = [hold("1"), finding(Cause::CredentialsRefused, Level::Critical), hold("2")];
    let mut ann = Recipient::default();
    assert_eq!(ann.told(&all, 0), ["Raised Critical: credentials_refused held held"]);
    assert_eq!(ann.told(&all[..2], 1), none());
    assert_eq!(ann.told(&all[..2], 6), ["Cleared Warning: held"]);
}

#[test]
fn there_are_never_more_in_an_hour_and_what_was_kept_back_is_told_with_the_next() {
    let causes = [Cause::Held, Cause::Paused, Cause::Quarantine, Cause::Stopped, Cause::CycleFailed];
    let all: Vec<_> = causes.map(|cause| finding(cause, Level::Warning)).into();
    let mut ann = Recipient::default();
    for minute in 0..3 {
        assert_eq!(ann.told(&all[..=usize::try_from(minute).expect("small")], minute).len(), 1);
    }
    assert_eq!(ann.told(&all[..4], 3), none());
    assert_eq!(ann.told(&all, 4), none());
    assert_eq!(ann.told(&all, 59), none());
    let told = ["Raised Warning: stopped cycle_failed after 1"];
    assert_eq!(ann.told(&all, 60), told, "all that was kept back is one message, however often it was looked");
    assert_eq!(ann.told(&all, 61), ["Repeated Warning: held paused"]);
}

#[test]
fn a_clock_that_is_set_back_silences_nobody() {
    let held = [finding(Cause::Held, Level::Warning)];
    let mut ann = Recipient::default();
    for minute in [1000, 1001, 1002] {
        ann.told(&held, minute);
    }
    assert_eq!(ann.told(&held, 0), ["Repeated Warning: held"]);
    assert_eq!(ann.told(&[finding(Cause::Paused, Level::Warning)], 1), ["Raised Warning: paused"]);
}
