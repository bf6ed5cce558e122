//! The report of a shadow for people: the verdict, counts, then what differs, with what to do about it.

use std::fmt::Write;

use jiff::SignedDuration;

use crate::cli::span::span;
use crate::cli::wrap;
use crate::engine::{ShadowVerdict, Shadowed, Unclear, people_of};
use crate::model::{Aspect, KnownDifference, Operation, TargetValue};

/// As many people are named of each kind.
const MOST_NAMES: usize = 10;

pub(super) fn describe(found: &Shadowed) -> String {
    let mut text = String::new();
    wrap::field(&mut text, "", &(verdict(found) + &questions(found)));
    text.push('\n');
    counts(&mut text, found);
    for group in found.differs.chunk_by(|a, b| a.difference.aspect == b.difference.aspect) {
        differs(&mut text, group);
    }
    unclear(&mut text, "DOUBTFUL: whose the accounts are is asked before they are taken over", &found.doubtful);
    unclear(&mut text, "CONFLICTS", &found.conflicts);
    unclear(&mut text, "FAILED: nothing would be written for them", &found.failed);
    let unread = found.unread.iter().map(|one| format!("{} ({}): {}", one.user, one.jostle_id, one.reason));
    listed(&mut text, "NOT COMPARED", &unread.collect::<Vec<_>>());
    let deleted: Vec<_> = found.deleted.iter().map(|one| format!("{} ({})", one.user, one.jostle_id)).collect();
    listed(&mut text, "deleted in Jostle, and a new state would create them: ignore USER keeps it from that", &deleted);
    text
}

fn verdict(found: &Shadowed) -> String {
    let patience = span(SignedDuration::from_secs(found.patience_s));
    match (found.verdict, found.content_since) {
        (ShadowVerdict::Differs, _) => match found.people_who_differ() {
            1 => format!("1 person differs for longer than {patience}"),
            count => format!("{} differ for longer than {patience}", people(count)),
        },
        (ShadowVerdict::TooEarly, _) => {
            let observed = span(found.at.duration_since(found.first_at));
            format!(
                "too early to say: it was looked at for {observed}, and Entra's job has {patience} for what is pending"
            )
        }
        (ShadowVerdict::Content, Some(since)) if since < found.at => {
            format!("content: for {} nothing differed", span(found.at.duration_since(since)))
        }
        (ShadowVerdict::Content, _) => "content: nothing differs".to_owned(),
    }
}

/// What an administrator is asked at the first contact, whatever the verdict is.
fn questions(found: &Shadowed) -> String {
    match found.doubtful.len() + found.conflicts.len() {
        0 => String::new(),
        count => format!("; of {} it is not clear which account is theirs", people(count)),
    }
}

fn counts(text: &mut String, found: &Shadowed) {
    let mut line = |label: &str, value: String| wrap::field(text, &format!("{label:<12} "), &value);
    line("compared", format!("{} people at {:.0}, since {:.0}", found.people, found.at, found.first_at));
    let longest = found.longest_to_agree().map_or_else(String::new, |time| format!(", after {} at most", span(time)));
    line("agreed", format!("{}{longest}", found.agreed));
    line("pending", of_people(&found.pending));
    line("differs", of_people(&found.differs));
    line("doubtful", found.doubtful.len().to_string());
    line("conflicts", found.conflicts.len().to_string());
    let unmanaged = found.unmanaged.as_ref().map(|unmanaged| unmanaged.len().to_string());
    line("unmanaged", unmanaged.unwrap_or_else(|| "not known".to_owned()));
    if !found.failed.is_empty() {
        line("FAILED", found.failed.len().to_string());
    }
    if !found.unread.is_empty() {
        line("NOT COMPARED", found.unread.len().to_string());
    }
}

fn of_people(differences: &[KnownDifference]) -> String {
    match differences.len() {
        0 => "0".to_owned(),
        count => format!("{count} ({})", people(people_of(differences))),
    }
}

fn people(count: usize) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}

/// One attribute or operation.
fn differs(text: &mut String, group: &[KnownDifference]) {
    let Some(first) = group.first() else { return };
    let aspect = &first.difference.aspect;
    text.push('\n');
    wrap::field(text, "", &format!("{aspect} ({}): {}", people(people_of(group)), meaning(aspect)));
    for known in group.iter().take(MOST_NAMES) {
        wrap::field(text, "  ", &line(known));
    }
    more(text, group.len());
    for advice in advice(group) {
        wrap::field(text, "  > ", advice);
    }
}

fn line(KnownDifference { difference, since, .. }: &KnownDifference) -> String {
    let value = |value: &Option<TargetValue>| value.as_ref().map_or("(none)".to_owned(), ToString::to_string);
    match difference.aspect {
        Aspect::Operation(_) => {
            let why = difference.why.as_ref().map_or_else(String::new, |why| format!(": {why}"));
            format!("{}{why}, since {since:.0}", difference.user)
        }
        Aspect::Attribute(_) => {
            let (old, new) = (value(&difference.old), value(&difference.new));
            format!("{}: {old} => {new}, since {since:.0}", difference.user)
        }
    }
}

fn meaning(aspect: &Aspect) -> &'static str {
    match aspect {
        Aspect::Attribute(_) => "Jostle shows => what would be written",
        Aspect::Operation(Operation::Create) => "they would get an account, and Jostle has none",
        Aspect::Operation(Operation::Deactivate) => "their account would be deactivated, and is active",
        Aspect::Operation(Operation::Delete) => "their account would be deleted, and is there",
        Aspect::Operation(_) => "their account would be activated, and is inactive",
    }
}

/// What to do about it.
fn advice(group: &[KnownDifference]) -> Vec<&'static str> {
    let Some(first) = group.first() else { return Vec::new() };
    let is_cleared = |known: &&KnownDifference| known.difference.new.is_none();
    match &first.difference.aspect {
        Aspect::Attribute(_) => {
            let cleared = group.iter().filter(is_cleared).count();
            let clears = "Entra's job never clears a value: meant, where the row says null = \"clear\"";
            let row = "change the row in mapping.toml until it gives what Jostle shows; if only Jostle is wrong, the \
                       provisioning log of Entra says why";
            let needed = [(cleared > 0, clears), (cleared < group.len(), row)];
            needed.into_iter().filter(|(is_needed, _)| *is_needed).map(|(_, advice)| advice).collect()
        }
        Aspect::Operation(Operation::Create | Operation::Reactivate) => vec![
            "narrow [scope] if they are not to have an account; members of nested groups are in scope with scope.nested \
             = true alone, and Entra's job never takes them",
        ],
        Aspect::Operation(Operation::Delete) => vec!["take actions.delete out if accounts are to stay"],
        Aspect::Operation(_) => vec![
            "widen [scope] if they are to keep their account; else the provisioning log of Entra says why it is active",
        ],
    }
}

fn unclear(text: &mut String, heading: &str, people: &[Unclear]) {
    let line = |one: &Unclear| match &one.jostle_id {
        Some(id) => format!("{} ({id}): {}", one.user, one.reason),
        None => format!("{}: {}", one.user, one.reason),
    };
    listed(text, heading, &people.iter().map(line).collect::<Vec<_>>());
}

fn listed(text: &mut String, heading: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    text.push('\n');
    wrap::field(text, "", heading);
    lines.iter().take(MOST_NAMES).for_each(|line| wrap::field(text, "  ", line));
    more(text, lines.len());
}

fn more(text: &mut String, all: usize) {
    if all > MOST_NAMES {
        let _infallible = writeln!(text, "  and {} more (--json has all)", all - MOST_NAMES);
    }
}
