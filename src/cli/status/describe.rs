//! The status for people, on lines that fit 80 columns.

use std::fmt::Write;

use jiff::{SignedDuration, Timestamp};

use super::super::span::{span, span_ms};
use super::super::wrap::{WIDTH, field, lines};
use super::{Look, findings};
use crate::connector::Expiry;
use crate::engine::{Mends, mends};
use crate::store::{
    CycleProgress, CycleView, Feed, GroupFeeds, LockError, Quarantine, Reconciliation, Status, Waiting,
};

/// So many of the last cycles are shown.
const CYCLES: usize = 5;

pub(super) fn describe(look: &Look) -> String {
    let Look { now, holder, status, health, expiries } = look;
    let (now, holder) = (*now, holder.as_ref());
    let Status { people, deleted, managed, dirty, waiting, cycles, feed, next_cycle, .. } = status;
    let mut text = String::new();
    let mut line = |label: &str, value: &str| field(&mut text, &format!("{label:<12} "), value);
    line("health", &findings::in_short(look));
    for finding in &health.findings {
        let (label, what) = findings::describe(finding, now);
        line(label, &what);
    }
    line("process", &describe_process(holder, now));
    let (running, ended): (Vec<_>, Vec<_>) = cycles.iter().partition(|cycle| cycle.result.is_none());
    for cycle in &running {
        match holder {
            Some(_) => line("running", &describe_running(cycle, status, now)),
            None => line("interrupted", &describe_interrupted(cycle, status.open_intents)),
        }
    }
    match ended.is_empty() {
        true => line("cycles", "none yet"),
        false => {
            // What is said above is not said again.
            let is_told = |error: &str| health.findings.iter().any(|finding| finding.what.contains(error));
            line("cycles", &describe_ended(&ended, is_told, now));
        }
    }
    line("next cycle", &describe_next(*next_cycle, holder.is_some(), !running.is_empty(), now));
    for quarantine in &status.quarantines {
        line("quarantine", &describe_quarantine(quarantine, now));
    }
    line("Entra", &describe_feed(feed, *people, *deleted, now));
    if let Some(groups) = &status.groups {
        line("groups", &describe_groups(*groups, now));
    }
    let held = match status.held {
        0 => String::new(),
        1 => ", 1 person is held".to_owned(),
        held => format!(", {held} people are held"),
    };
    let accounts = if *managed == 1 { "1 account is".to_owned() } else { format!("{managed} accounts are") };
    line("Jostle", &format!("{accounts} managed{held}"));
    if !expiries.is_empty() {
        line("credentials", &describe_expiries(expiries, now));
    }
    let due = if *dirty == 1 { "1 person is".to_owned() } else { format!("{dirty} people are") };
    line("due", &format!("{due} looked at in the next cycle"));
    if let Some(reconciliation) = &status.reconciliation {
        line("reconciled", &describe_reconciliation(reconciliation, now));
    }
    line(
        "waiting",
        &match waiting.len() {
            0 => "nobody".to_owned(),
            1 => "1 person:".to_owned(),
            count => format!("{count} people, each with its reason:"),
        },
    );
    for waiting in waiting {
        describe_waiting(&mut text, waiting, now);
    }
    text
}

/// What is soon, or over, is said above too.
fn describe_expiries(expiries: &[Expiry], now: Timestamp) -> String {
    let one = |expiry: &Expiry| match (expiry.days_left(now), expiry) {
        (days @ 2.., Expiry { side, on }) => format!("{side} until {on} ({days} days)"),
        (_, Expiry { side, on }) => format!("{side} until {on}"),
    };
    expiries.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn describe_process(holder: Option<&LockError>, now: Timestamp) -> String {
    match holder {
        Some(LockError::Held { pid, since, command }) => {
            format!("{pid} since {since:.0} ({}): {command}", span(now.duration_since(*since)))
        }
        Some(LockError::HeldByUnknown { .. }) => "one that has not said which it is".to_owned(),
        Some(LockError::Failed { reason, .. }) => format!("unknown: its lock cannot be looked at ({reason})"),
        None => "none: nothing is read or written until one is started".to_owned(),
    }
}

fn describe_running(
    CycleView { id, kind, started_at, .. }: &CycleView,
    Status { open_intents, progress, throttled, .. }: &Status,
    now: Timestamp,
) -> String {
    let (number, kind, ago) = (id.0, kind.as_str(), span(now.duration_since(*started_at)));
    let mut text = format!("{number} ({kind}), since {started_at:.0} ({ago}); writes under way: {open_intents}");
    if let Some(progress) = progress {
        let rest = throttled.iter().map(|throttled| throttled.until).max();
        let _infallible = write!(text, "\n{}", describe_progress(progress, rest, now));
    }
    text
}

/// How many are left, and when they will be done if it goes on as it did; what is throttled goes on after that.
fn describe_progress(
    CycleProgress { planned, done, since }: &CycleProgress,
    throttled_until: Option<Timestamp>,
    now: Timestamp,
) -> String {
    let (left, seconds) = (planned - done, now.duration_since(*since).as_secs().max(1).unsigned_abs());
    let text = format!("{done} of {planned} operations done, {left} left");
    if *done == 0 || left == 0 {
        return text;
    }
    let minutes_rate = done * 60 / seconds;
    let takes = SignedDuration::from_secs((left * seconds / done).cast_signed());
    let Ok(at) = throttled_until.unwrap_or(now).max(now).checked_add(takes) else { return text };
    format!("{text}; {minutes_rate} a minute, done in {} (about {at:.0})", span(at.duration_since(now)))
}

fn describe_interrupted(CycleView { id, kind, started_at, .. }: &CycleView, in_doubt: u64) -> String {
    let (number, kind) = (id.0, kind.as_str());
    format!("{number} ({kind}), since {started_at:.0}; the next start settles its writes in doubt: {in_doubt}")
}

/// The last cycles, the newest first, with the error of the newest one.
fn describe_ended(ended: &[&CycleView], is_told: impl Fn(&str) -> bool, now: Timestamp) -> String {
    let mut text = String::new();
    for (number, cycle) in ended.iter().take(CYCLES).enumerate() {
        let CycleView { id, kind, finished_at, result, error, .. } = cycle;
        let _infallible = write!(text, "{} ({}): {}", id.0, kind.as_str(), result.as_deref().unwrap_or_default());
        if let Some((at, took)) = finished_at.zip(cycle.took()) {
            let (ago, took) = (span(now.duration_since(at)), span_ms(took));
            let _infallible = write!(text, ", {ago} ago, took {took}");
        }
        let all: Vec<_> = cycle.counts().iter().map(|(name, count)| format!("{count} {name}")).collect();
        if !all.is_empty() {
            let _infallible = write!(text, "; {}", all.join(", "));
        }
        if let Some(error) = error.as_ref().filter(|error| number == 0 && !is_told(error)) {
            let _infallible = write!(text, "\n{error}");
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text
}

fn describe_next(next: Option<Timestamp>, is_held: bool, is_running: bool, now: Timestamp) -> String {
    match next.filter(|_| is_held) {
        Some(next) if next > now => format!("{next:.0}, in {}", span(next.duration_since(now))),
        _ if is_held && is_running => "after the one that is running".to_owned(),
        _ => "not scheduled: no daemon has announced one (entra-jostle-sync run)".to_owned(),
    }
}

fn describe_quarantine(quarantine: &Quarantine, now: Timestamp) -> String {
    let Quarantine { side, since, failures, next_at, code, reason: _, is_refusal } = quarantine;
    let times = if *failures == 1 { "once".to_owned() } else { format!("{failures} times in a row") };
    let next = match *next_at > now {
        true => format!("tried again at {next_at:.0}, in {}", span(next_at.duration_since(now))),
        false => "tried again in the next cycle".to_owned(),
    };
    let since_then = span(now.duration_since(*since));
    // Waiting does not mend that, and neither does another try.
    let now = if *is_refusal { "" } else { ", or at once with retry --all" };
    format!("{side} is left alone since {since:.0} ({since_then}), failed {times} ({code}); {next}{now}")
}

fn describe_feed(feed: &Feed, people: u64, deleted: u64, now: Timestamp) -> String {
    let people = if people == 1 { "1 person".to_owned() } else { format!("{people} people") };
    match feed.delta_at {
        Some(at) => {
            let ago = span(now.duration_since(at));
            let baseline = feed
                .baseline_at
                .map_or_else(String::new, |at| format!("; read completely {} ago", span(now.duration_since(at))));
            format!("{people}, {deleted} deleted; read up to {at:.0} ({ago} ago){baseline}")
        }
        None if feed.open_round.is_some() => format!("{people}; the first complete read is not finished"),
        None => "never read to the end".to_owned(),
    }
}

fn describe_groups(GroupFeeds { groups, position_at }: GroupFeeds, now: Timestamp) -> String {
    let are = if groups == 1 { "1 group is".to_owned() } else { format!("{groups} groups are") };
    format!("{are} followed; read up to {position_at:.0} ({} ago)", span(now.duration_since(position_at)))
}

fn describe_reconciliation(reconciliation: &Reconciliation, now: Timestamp) -> String {
    let Reconciliation { at, drift, orphans, active_orphans, unmanaged, deleted } = reconciliation;
    let unmanaged = unmanaged.map_or_else(|| "not known".to_owned(), |count| count.to_string());
    let ago = span(now.duration_since(*at));
    format!(
        "{at:.0} ({ago} ago): {drift} values changed in Jostle; orphans {orphans}, {active_orphans} of them active; \
         unmanaged {unmanaged}; deleted in Jostle {deleted}"
    )
}

fn describe_waiting(out: &mut String, Waiting { user_name, retry, entra_id: _ }: &Waiting, now: Timestamp) {
    let attempts = if retry.attempts == 1 { "1 attempt".to_owned() } else { format!("{} attempts", retry.attempts) };
    let answer = retry.request_id.as_ref().map_or_else(String::new, |id| format!(", request id {id}"));
    let next = match retry.next_at {
        Some(at) if at > now => format!("next attempt in {}", span(at.duration_since(now))),
        Some(_) => "next attempt in the next cycle".to_owned(),
        None => "no next attempt by itself".to_owned(),
    };
    let mended_by = match mends(retry) {
        Mends::Waiting => "waiting may mend it",
        Mends::Somebody => "waiting does not mend it: somebody has to, in Entra or in Jostle",
        Mends::Change => "waiting does not mend it: a change in Entra, of the mapping or of the scope does",
    };
    let (code, since) = (&retry.kind, retry.first_failed_at);
    let story = format!("{attempts} failed since {since:.0} (code {code}{answer}); {next}; {mended_by}");
    let mut indent = 2;
    for part in [format!("{user_name}: {}", retry.message), story] {
        for line in lines(&part, WIDTH - 4) {
            let _infallible = writeln!(out, "{:indent$}{line}", "");
            indent = 4;
        }
    }
}

#[cfg(test)]
mod tests;
