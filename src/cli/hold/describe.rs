//! Holds for people, on lines that fit 80 columns.

use std::fmt::Write;

use jiff::Timestamp;

use super::super::span::span;
use super::super::wrap::{WIDTH, field, lines};
use super::Beside;
use crate::model::{HoldClass, Unmanaged, Verdict};
use crate::store::{DecidedOn, DecisionView, HeldPerson, HoldId, HoldView, Waiting};

pub(super) fn list(holds: &[HoldView], now: Timestamp) -> String {
    if holds.is_empty() {
        return "nothing is held".to_owned();
    }
    let mut text = String::new();
    for hold in holds {
        let head = format!("{:<6} ", hold.id);
        let body =
            format!("{}\n{}\nlook at it: entra-jostle-sync hold show {}", heading(hold, now), hold.limit, hold.id);
        field(&mut text, &head, &body);
    }
    text
}

pub(super) fn decisions(decisions: &[DecisionView], now: Timestamp) -> String {
    if decisions.is_empty() {
        return "nothing was decided yet".to_owned();
    }
    let mut text = String::new();
    for DecisionView { hold, class, limit, verdict, by, at, people } in decisions {
        let (accounts, fate, ago) = (accounts(people.len() as u64), class.fate(), span(now.duration_since(*at)));
        let body = format!("{verdict} by {by} at {at:.0} ({ago} ago): {accounts} to be {fate}\n{limit}");
        field(&mut text, &format!("{hold:<6} "), &body);
    }
    text
}

pub(super) fn show(hold: &HoldView, people: &[HeldPerson], now: Timestamp) -> String {
    let mut text = String::new();
    let mut line = |label: &str, value: &str| field(&mut text, &format!("{label:<8} "), value);
    line("hold", &format!("{}: {}", hold.id, heading(hold, now)));
    line("why", &hold.limit);
    line("means", means(hold.class));
    line("approve", &format!("entra-jostle-sync hold approve {} [--only|--except USER...]", hold.id));
    line("reject", &format!("entra-jostle-sync hold reject {} [--only|--except USER...]", hold.id));
    let mut heading = None;
    for person in people {
        let next = (person.held.operation, person.reason.as_str());
        if heading.replace(next) != Some(next) {
            let _infallible = writeln!(text);
            paragraph(&mut text, 0, &format!("{}: {}", next.0, next.1));
        }
        let decided = match (&person.decided, person.held.verdict) {
            (Some((by, at)), verdict) if verdict != Verdict::Open => format!(" ({verdict} by {by} at {at:.0})"),
            _ => String::new(),
        };
        let account = person.held.target_id.as_ref().filter(|_| hold.class == HoldClass::Match);
        let account = account.map_or_else(String::new, |id| format!(": account {id}"));
        paragraph(&mut text, 2, &format!("{}{account}{decided}", person.user_name));
        person.held.changes.iter().for_each(|change| paragraph(&mut text, 6, &change.to_string()));
    }
    text
}

/// What stands beside a hold that asks whose an account is.
pub(super) fn beside(Beside { conflicts, unmanaged }: &Beside) -> String {
    let mut text = String::new();
    if !conflicts.is_empty() {
        let _infallible = writeln!(text);
        paragraph(&mut text, 0, "CONFLICTS: settled with entra-jostle-sync link or ignore, or as they say");
        for Waiting { user_name, retry, .. } in conflicts {
            paragraph(&mut text, 2, user_name);
            paragraph(&mut text, 6, &retry.message);
        }
    }
    if !unmanaged.is_empty() {
        let _infallible = writeln!(text);
        paragraph(&mut text, 0, "in Jostle, and in nobody's scope: left alone");
        for Unmanaged { id, user_name, active, names, work_email: _ } in unmanaged {
            let name = names.line().map_or_else(String::new, |name| format!(", {name}"));
            let inactive = if *active { "" } else { ", inactive" };
            paragraph(&mut text, 2, &format!("{user_name}{name}{inactive}: account {id}"));
        }
    }
    text
}

pub(super) fn decided(hold: HoldId, verdict: Verdict, on: DecidedOn, cycle: bool) -> String {
    let DecidedOn { people, left } = on;
    let mut text = format!("hold {hold}: {verdict} for {}", accounts(people));
    let next = match (verdict, people, cycle) {
        (Verdict::Approved, 1.., true) => {
            "; the daemon begins a cycle for it at once, or as soon as the one under way has ended"
        }
        (Verdict::Approved, 1.., false) => {
            "; the next cycle does it, if that begins within 24 hours: entra-jostle-sync sync"
        }
        (Verdict::Rejected, 1.., _) => "; they stay as they are until they change in Entra",
        _ => "",
    };
    text.push_str(next);
    if left > 0 {
        let _infallible = write!(
            text,
            "\nstill waiting in it: {left}, left out now or added since you looked: entra-jostle-sync hold show {}",
            hold.number
        );
    }
    lines(&text, WIDTH).join("\n")
}

fn heading(hold: &HoldView, now: Timestamp) -> String {
    let HoldView { id: _, class, raised_at, limit: _, open, approved, rejected } = hold;
    let mut text = match open {
        0 => "nobody waits for a decision".to_owned(),
        open => format!("{} would be {}", accounts(*open), class.fate()),
    };
    for (count, verdict) in [(approved, Verdict::Approved), (rejected, Verdict::Rejected)] {
        if *count > 0 {
            let _infallible = write!(text, ", {count} {verdict}");
        }
    }
    let _infallible = write!(text, "; held since {raised_at:.0} ({})", span(now.duration_since(*raised_at)));
    text
}

fn accounts(count: u64) -> String {
    if count == 1 { "1 account".to_owned() } else { format!("{count} accounts") }
}

/// Why there is such a limit.
fn means(class: HoldClass) -> &'static str {
    match class {
        HoldClass::Create => {
            "each costs a seat, and Jostle may write to the person; a scope that is too wide looks like this, and so do \
             people whose accounts are not found by their userName"
        }
        HoldClass::Deactivate => {
            "people are locked out; a wrong filter, an emptied group or a read that went wrong looks like this"
        }
        HoldClass::Delete => "it cannot be undone, and what the people wrote may go with their accounts",
        HoldClass::Loud => {
            "Jostle writes to the people, and they sign in with another name; a domain that was renamed looks like this"
        }
        HoldClass::FirstContact => {
            "whoever is matched wrongly gets somebody else's account, and whoever is not matched gets a second one; later \
             cycles deactivate what is taken over now"
        }
        HoldClass::Match => {
            "approve says that the account is the person's, or that they get a new one; to give them another account: \
             entra-jostle-sync link USER JOSTLE_ID, and none at all: entra-jostle-sync ignore USER"
        }
        HoldClass::Update => {
            "a changed row of the mapping looks like this, and so does a source that was filled wrongly"
        }
    }
}

fn paragraph(text: &mut String, indent: usize, what: &str) {
    let mut indent = indent;
    let first = indent;
    for line in lines(what, WIDTH - first - 2) {
        let _infallible = writeln!(text, "{:indent$}{line}", "");
        indent = first + 2;
    }
}
